//! H.264 on the caller's thread, for frames that were decoded.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use media::{Packet, Timestamp, VideoCodec, VideoFrame, VideoParameters};

use super::config::VideoConfig;
use super::x264::{self, Form};
use crate::chain::Chain;
use crate::shelf::Shelf;
use crate::{Error, frame};

/// How far times may go back and still be taken for damage.
const BACK: Duration = Duration::from_secs(1);

/// I420 frames in, H.264 of the constrained baseline profile out, on the caller's thread; key frames come only where
/// they are asked for.
pub(crate) struct FrameCoder {
    config: VideoConfig,
    chain: Chain,
    avcc: Arc<OnceLock<Bytes>>,
    made: Shelf<Packet>,
    newest: Option<Timestamp>,
}

impl FrameCoder {
    pub(crate) fn new(config: VideoConfig) -> Result<Self, Error> {
        let level = config.level(Form::Plain)?;
        let (made, avcc) = (Shelf::default(), Arc::new(OnceLock::new()));
        let (kept, record) = (Shelf::clone(&made), Arc::clone(&avcc));
        let (_, chain) = x264::chain(&config, level, Form::Plain, move |output| {
            if record.get().is_none()
                && let Some(said) = x264::codec_data(&output.caps)
            {
                let _ = record.set(said);
            }
            x264::emit(output, |packet| {
                kept.put(packet);
                true
            })
        })?;
        Ok(Self {
            config,
            chain,
            avcc,
            made,
            newest: None,
        })
    }

    /// Whether frames like this one are what it was made for, and its time goes on from the last one's: more than a second
    /// back, the source has begun anew.
    pub(crate) fn fits(&self, frame: &VideoFrame) -> bool {
        let back = |newest: Timestamp| newest.saturating_since(frame.pts) > BACK;
        self.config.check(frame, Form::Plain).is_ok() && !self.newest.is_some_and(back)
    }

    /// Takes a frame, and gives the packets that are ready: with several threads some frames later.
    pub(crate) fn encode(&mut self, frame: &VideoFrame, key: bool) -> Result<Vec<Packet>, Error> {
        self.config.check(frame, Form::Plain)?;
        if self.newest.is_some_and(|newest| frame.pts <= newest) {
            return Err(Error::WrongTime(frame.pts));
        }
        let buffer = frame::to_buffer(frame)?;
        if key {
            self.chain.force_key();
        }
        self.chain.push(buffer)?;
        self.newest = Some(frame.pts);
        Ok(self.made.take())
    }

    /// Ends the pictures and gives what was still held.
    pub(crate) fn finish(&mut self) -> Result<Vec<Packet>, Error> {
        self.chain.finish()?;
        Ok(self.made.take())
    }

    /// What a decoder must know; none before the first packet.
    pub(crate) fn parameters(&self) -> Option<VideoParameters> {
        Some(VideoParameters {
            codec: VideoCodec::H264,
            config: self.avcc.get()?.clone(),
            size: self.config.size,
            rate: Some(self.config.rate),
        })
    }
}
