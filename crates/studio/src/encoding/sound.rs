//! The sound of a group in one codec, and who takes it.

use std::sync::Arc;
use std::time::Duration;

use media::{AudioBlock, AudioCodec, CodecParameters, Packet, Track};
use pipeline::Error;
use pipeline::encode::{AudioConfig, AudioEncoder, OpusConfig, OpusEncoder};
use tokio::sync::watch;

use super::Tracks;
use crate::output::{Item, Queue};

/// An encoder of sound, and the destinations that take what it makes.
pub(crate) struct Sound {
    encoder: Encoder,
    queues: Vec<Arc<Queue>>,
    tracks: watch::Sender<Tracks>,
}

enum Encoder {
    Aac(AudioEncoder),
    Opus(OpusEncoder),
}

impl Sound {
    /// An encoder of `codec` at `kbps` for the destinations of `queues`.
    ///
    /// # Errors
    /// Those of the encoder.
    pub(crate) fn new(codec: AudioCodec, kbps: u32, queues: Vec<Arc<Queue>>) -> Result<Self, Error> {
        let encoder = match codec {
            AudioCodec::Aac => Encoder::Aac(AudioEncoder::new(AudioConfig::new(kbps))?),
            AudioCodec::Opus => Encoder::Opus(OpusEncoder::new(OpusConfig::new(kbps))?),
        };
        Ok(Self {
            encoder,
            queues,
            tracks: watch::Sender::new(None),
        })
    }

    pub(super) const fn codec(&self) -> AudioCodec {
        match self.encoder {
            Encoder::Aac(_) => AudioCodec::Aac,
            Encoder::Opus(_) => AudioCodec::Opus,
        }
    }

    pub(super) fn tracks(&self) -> watch::Receiver<Tracks> {
        self.tracks.subscribe()
    }

    /// Says what the show is made of, once.
    pub(super) fn announce(&self, video: impl FnOnce() -> CodecParameters) {
        if self.tracks.borrow().is_some() {
            return;
        }
        let audio = match &self.encoder {
            Encoder::Aac(encoder) => encoder.parameters(),
            Encoder::Opus(encoder) => encoder.parameters(),
        };
        let tracks = [video(), audio].map(|parameters| Track { id: 0, parameters });
        self.tracks.send_replace(Some(Arc::new(tracks)));
    }

    pub(super) fn submit(&self, block: &AudioBlock) -> Result<(), Error> {
        match &self.encoder {
            Encoder::Aac(encoder) => encoder.submit(block),
            Encoder::Opus(encoder) => encoder.submit(block),
        }
    }

    pub(super) fn next_packet(&self, timeout: Duration) -> Result<Option<Packet>, Error> {
        match &self.encoder {
            Encoder::Aac(encoder) => encoder.next_packet(timeout),
            Encoder::Opus(encoder) => encoder.next_packet(timeout),
        }
    }

    pub(super) fn deliver(&self, item: &Item) {
        self.queues.iter().for_each(|queue| queue.push(item.clone()));
    }

    pub(super) fn finish(&self) {
        match &self.encoder {
            Encoder::Aac(encoder) => encoder.finish(),
            Encoder::Opus(encoder) => encoder.finish(),
        }
    }
}
