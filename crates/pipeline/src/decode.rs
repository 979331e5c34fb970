//! Pictures and AAC back to frames and samples, on the caller's thread: for transcoding, tests, tools and probes.
//!
//! `decode` gives at once whatever the packet made ready; times are those of the packets.

use bytes::Bytes;
use gstreamer as gst;
use media::{AudioBlock, AudioParameters, Packet, VideoCodec, VideoFrame, VideoParameters};

use crate::chain::{Chain, Flow, Output};
use crate::shelf::Shelf;
use crate::{Error, clock, element, frame};

/// Packets of any codec in, I420 frames out, in the order of showing.
pub struct FrameDecoder {
    chain: Chain,
    ready: Shelf<VideoFrame>,
}

impl FrameDecoder {
    /// A decoder for a track. It uses one thread, the caller's.
    ///
    /// # Errors
    /// [`Error::MissingElement`] without a decoder of the codec; [`Error::Element`] when the record is refused.
    pub fn new(track: &VideoParameters) -> Result<Self, Error> {
        let (name, decoder) = decoder(track.codec)?;
        let convert = element::make("videoconvert")?;
        let output = gst::Caps::builder("video/x-raw").field("format", "I420").build();
        let ready = Shelf::default();
        let keep = Shelf::clone(&ready);
        let exit = move |out: Output| {
            let frame = out
                .pts
                .and_then(|pts| frame::from_buffer(out.buffer, &out.caps, pts));
            keep_all(&keep, frame)
        };
        let chain = Chain::new(name, &[&decoder, &convert], &coded(track), &output, exit)?;
        Ok(Self { chain, ready })
    }

    /// Decodes one packet and gives the frames that are ready; those with B-frames behind them come later.
    ///
    /// # Errors
    /// [`Error::WrongTime`], or [`Error::Element`] when the decoder gave up.
    pub fn decode(&mut self, packet: &Packet) -> Result<Vec<VideoFrame>, Error> {
        self.chain.push(input(packet)?)?;
        Ok(self.ready.take())
    }

    /// Ends the stream and gives the frames still held.
    ///
    /// # Errors
    /// [`Error::Element`] when the decoder gave up.
    pub fn finish(&mut self) -> Result<Vec<VideoFrame>, Error> {
        self.chain.finish()?;
        Ok(self.ready.take())
    }
}

/// AAC packets in, interleaved samples out.
pub struct SampleDecoder {
    chain: Chain,
    ready: Shelf<AudioBlock>,
}

impl SampleDecoder {
    /// A decoder for a track.
    ///
    /// # Errors
    /// [`Error::MissingElement`] without libav; [`Error::Element`] when the configuration is refused.
    pub fn new(track: &AudioParameters) -> Result<Self, Error> {
        Self::with(track, &[], gst::Caps::builder("audio/x-raw"))
    }

    /// One whose sound is of another rate and number of channels.
    pub(crate) fn resampled(track: &AudioParameters, rate: u32, channels: u8) -> Result<Self, Error> {
        let resample = element::make("audioresample")?;
        let output = gst::Caps::builder("audio/x-raw")
            .field("rate", rate as i32)
            .field("channels", i32::from(channels));
        Self::with(track, &[resample], output)
    }

    fn with(
        track: &AudioParameters,
        behind: &[gst::Element],
        output: gst::caps::Builder<gst::caps::NoFeature>,
    ) -> Result<Self, Error> {
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
        let output = output
            .field("format", "F32LE")
            .field("layout", "interleaved")
            .build();
        let ready = Shelf::default();
        let keep = Shelf::clone(&ready);
        let exit = move |out| keep_all(&keep, samples(out));
        let elements: Vec<&gst::Element> = [&libav, &convert].into_iter().chain(behind).collect();
        let chain = Chain::new("avdec_aac", &elements, &input, &output, exit)?;
        Ok(Self { chain, ready })
    }

    /// Decodes one packet and gives the sound that is ready.
    ///
    /// # Errors
    /// [`Error::WrongTime`], or [`Error::Element`] when the decoder gave up.
    pub fn decode(&mut self, packet: &Packet) -> Result<Vec<AudioBlock>, Error> {
        self.chain.push(input(packet)?)?;
        Ok(self.ready.take())
    }

    /// Ends the stream and gives the sound still held.
    ///
    /// # Errors
    /// [`Error::Element`] when the decoder gave up.
    pub fn finish(&mut self) -> Result<Vec<AudioBlock>, Error> {
        self.chain.finish()?;
        Ok(self.ready.take())
    }
}

/// The decoders of a codec: the one that is taken, and the one that is taken where that isn't installed.
const fn decoders(codec: VideoCodec) -> (&'static str, Option<&'static str>) {
    match codec {
        VideoCodec::H264 => ("avdec_h264", None),
        VideoCodec::Hevc => ("avdec_h265", None),
        VideoCodec::Av1 => ("av1dec", Some("dav1ddec")),
        VideoCodec::Vp9 => ("vp9dec", Some("avdec_vp9")),
    }
}

/// An installed decoder of the codec, told to use one thread.
pub(crate) fn decoder(codec: VideoCodec) -> Result<(&'static str, gst::Element), Error> {
    let (first, other) = decoders(codec);
    let made = element::make(first).map(|made| (first, made));
    let (name, decoder) = made.or_else(|missing| {
        let other = other.ok_or_else(|| missing.clone())?;
        element::make(other)
            .map(|made| (other, made))
            .map_err(|_| missing)
    })?;
    element::work_alone(&decoder);
    Ok((name, decoder))
}

/// A track's packets as caps.
fn coded(track: &VideoParameters) -> gst::Caps {
    let (name, format) = match track.codec {
        VideoCodec::H264 => ("video/x-h264", Some(("avc", "au"))),
        VideoCodec::Hevc => ("video/x-h265", Some(("hvc1", "au"))),
        VideoCodec::Av1 => ("video/x-av1", Some(("obu-stream", "tu"))),
        VideoCodec::Vp9 => ("video/x-vp9", None),
    };
    let caps = gst::Caps::builder(name);
    let caps = match format {
        Some((stream, alignment)) => caps.field("stream-format", stream).field("alignment", alignment),
        None => caps,
    };
    match track.codec {
        // Its record says nothing that the stream doesn't.
        VideoCodec::Vp9 => caps.build(),
        _ => caps
            .field("codec_data", gst::Buffer::from_slice(track.config.clone()))
            .build(),
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

fn keep_all<T>(shelf: &Shelf<T>, item: Option<T>) -> Flow {
    match item {
        Some(item) => shelf.put(item),
        None => tracing::warn!("a decoded buffer could not be read"),
    }
    Flow::Continue(())
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
