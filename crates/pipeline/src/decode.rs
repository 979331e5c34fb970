//! H.264 back to pictures and AAC back to sound, on the caller's thread: for tests, tools and probes.
//!
//! `decode` gives at once whatever the packet made ready; times are those of the packets.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use media::{AudioBlock, AudioParameters, Packet, VideoFrame, VideoParameters};

use crate::chain::{Chain, Flow, Output};
use crate::{Error, clock, element, frame};

/// H.264 packets in, I420 frames out, in the order of showing.
pub struct FrameDecoder {
    chain: Chain,
    ready: Arc<Mutex<Vec<VideoFrame>>>,
}

impl FrameDecoder {
    /// A decoder for a track. It uses one thread, the caller's.
    ///
    /// # Errors
    /// [`Error::MissingElement`] without libav; [`Error::Element`] when the avcC record is refused.
    pub fn new(track: &VideoParameters) -> Result<Self, Error> {
        let libav = element::make("avdec_h264")?;
        libav.set_property("max-threads", 1i32);
        let convert = element::make("videoconvert")?;
        let input = gst::Caps::builder("video/x-h264")
            .field("stream-format", "avc")
            .field("alignment", "au")
            .field("codec_data", gst::Buffer::from_slice(track.config.clone()))
            .build();
        let output = gst::Caps::builder("video/x-raw").field("format", "I420").build();
        let (ready, keep) = shelf();
        let exit = move |out: Output| {
            let frame = out
                .pts
                .and_then(|pts| frame::from_buffer(out.buffer, &out.caps, pts));
            keep_all(&keep, frame)
        };
        let chain = Chain::new("avdec_h264", &[&libav, &convert], &input, &output, exit)?;
        Ok(Self { chain, ready })
    }

    /// Decodes one packet and gives the frames that are ready; those with B-frames behind them come later.
    ///
    /// # Errors
    /// [`Error::WrongTime`], or [`Error::Element`] when the decoder gave up.
    pub fn decode(&mut self, packet: &Packet) -> Result<Vec<VideoFrame>, Error> {
        self.chain.push(input(packet)?)?;
        Ok(take(&self.ready))
    }

    /// Ends the stream and gives the frames still held.
    ///
    /// # Errors
    /// [`Error::Element`] when the decoder gave up.
    pub fn finish(&mut self) -> Result<Vec<VideoFrame>, Error> {
        self.chain.finish()?;
        Ok(take(&self.ready))
    }
}

/// AAC packets in, interleaved samples out.
pub struct SampleDecoder {
    chain: Chain,
    ready: Arc<Mutex<Vec<AudioBlock>>>,
}

impl SampleDecoder {
    /// A decoder for a track.
    ///
    /// # Errors
    /// [`Error::MissingElement`] without libav; [`Error::Element`] when the configuration is refused.
    pub fn new(track: &AudioParameters) -> Result<Self, Error> {
        let libav = element::make("avdec_aac")?;
        let convert = element::make("audioconvert")?;
        let input = gst::Caps::builder("audio/mpeg")
            .field("mpegversion", 4i32)
            .field("stream-format", "raw")
            .field("framed", true)
            .field("rate", track.rate as i32)
            .field("channels", i32::from(track.channels))
            .field("codec_data", gst::Buffer::from_slice(track.config.clone()))
            .build();
        let output = gst::Caps::builder("audio/x-raw")
            .field("format", "F32LE")
            .field("layout", "interleaved")
            .build();
        let (ready, keep) = shelf();
        let exit = move |out| keep_all(&keep, samples(out));
        let chain = Chain::new("avdec_aac", &[&libav, &convert], &input, &output, exit)?;
        Ok(Self { chain, ready })
    }

    /// Decodes one packet and gives the sound that is ready.
    ///
    /// # Errors
    /// [`Error::WrongTime`], or [`Error::Element`] when the decoder gave up.
    pub fn decode(&mut self, packet: &Packet) -> Result<Vec<AudioBlock>, Error> {
        self.chain.push(input(packet)?)?;
        Ok(take(&self.ready))
    }

    /// Ends the stream and gives the sound still held.
    ///
    /// # Errors
    /// [`Error::Element`] when the decoder gave up.
    pub fn finish(&mut self) -> Result<Vec<AudioBlock>, Error> {
        self.chain.finish()?;
        Ok(take(&self.ready))
    }
}

fn input(packet: &Packet) -> Result<gst::Buffer, Error> {
    let mut buffer = gst::Buffer::from_slice(packet.data.clone());
    let writable = buffer.get_mut().ok_or(Error::WrongTime(packet.pts))?;
    writable.set_pts(clock::to_gst(packet.pts)?);
    writable.set_dts(clock::to_gst(packet.dts)?);
    if !packet.key {
        writable.set_flags(gst::BufferFlags::DELTA_UNIT);
    }
    Ok(buffer)
}

/// A buffer of 32-bit samples as a block.
fn samples(output: Output) -> Option<AudioBlock> {
    let format = output.caps.structure(0)?;
    let number = |name| u32::try_from(format.get::<i32>(name).ok()?).ok();
    let bytes: Bytes = frame::bytes(output.buffer)?;
    Some(AudioBlock {
        pts: output.pts?,
        rate: number("rate")?,
        channels: u16::try_from(number("channels")?).ok()?,
        samples: bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|sample| f32::from_le_bytes(*sample))
            .collect(),
    })
}

type Shelf<T> = Arc<Mutex<Vec<T>>>;

fn shelf<T>() -> (Shelf<T>, Shelf<T>) {
    let shelf = Shelf::default();
    (Arc::clone(&shelf), shelf)
}

fn keep_all<T>(shelf: &Shelf<T>, item: Option<T>) -> Flow {
    match (item, shelf.lock()) {
        (Some(item), Ok(mut shelf)) => shelf.push(item),
        _ => tracing::warn!("a decoded buffer could not be read"),
    }
    Flow::Continue(())
}

fn take<T>(shelf: &Shelf<T>) -> Vec<T> {
    shelf
        .lock()
        .map(|mut shelf| std::mem::take(&mut *shelf))
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
