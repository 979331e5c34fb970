//! x264's element, set for going live, and what comes out of it.

use bytes::Bytes;
use container::h264;
use gstreamer as gst;
use gstreamer::prelude::*;
use media::{Packet, PixelFormat, TrackKind};

use super::config::VideoConfig;
use super::level::Level;
use crate::chain::{Chain, Flow, Output};
use crate::{Error, element, frame};

/// x264's word for no key frames but those asked for (X264_KEYINT_MAX_INFINITE).
const NEVER: u32 = 1 << 30;

/// What is asked of the stream beside the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The High profile from NV12, with key frames at a cadence: a show's own.
    Show,
    /// The constrained baseline profile from I420, with key frames only where they are asked for: what every WebRTC
    /// stack decodes.
    Plain,
}

impl Form {
    pub(super) const fn layout(self) -> PixelFormat {
        match self {
            Self::Show => PixelFormat::Nv12,
            Self::Plain => PixelFormat::I420,
        }
    }

    pub(super) const fn profile(self) -> &'static str {
        match self {
            Self::Show => "high",
            Self::Plain => "constrained-baseline",
        }
    }

    /// A bit rate as [`level::of`] takes it: the others may have 1/1.25 of what the High profile may.
    pub(super) const fn as_high(self, kbps: u32) -> u32 {
        match self {
            Self::Show => kbps,
            Self::Plain => kbps.saturating_mul(5).div_ceil(4),
        }
    }
}

fn x264(config: &VideoConfig, form: Form) -> Result<gst::Element, Error> {
    let x264 = element::make("x264enc")?;
    x264.set_property_from_str("tune", "zerolatency");
    x264.set_property_from_str("speed-preset", config.preset.name());
    x264.set_property_from_str("pass", "cbr");
    x264.set_property("bitrate", config.bitrate_kbps);
    x264.set_property("vbv-buf-capacity", config.vbv_ms);
    let cadence = match form {
        Form::Show => config.gop_frames(),
        Form::Plain => NEVER,
    };
    x264.set_property("key-int-max", cadence);
    x264.set_property("threads", config.threads());
    // Slices in parallel, which the tune would set, cost bits; b-frames cost delay.
    x264.set_property("sliced-threads", false);
    x264.set_property("bframes", 0u32);
    // What makes a stream of the High profile one, also with the fastest preset.
    x264.set_property("dct8x8", form == Form::Show);
    x264.set_property("aud", false);
    // No key frames but those asked for: a cut in the picture must not break the cadence.
    x264.set_property("option-string", "scenecut=0");
    Ok(x264)
}

fn output_caps(level: Level, form: Form) -> gst::Caps {
    gst::Caps::builder("video/x-h264")
        .field("stream-format", "avc")
        .field("alignment", "au")
        .field("profile", form.profile())
        .field("level", level.name)
        .build()
}

/// The avcC record, which GStreamer keeps with the caps.
pub(super) fn codec_data(caps: &gst::Caps) -> Option<Bytes> {
    let buffer = caps.structure(0)?.get::<gst::Buffer>("codec_data").ok()?;
    frame::bytes(buffer)
}

/// The encoder and its chain.
pub(super) fn chain(
    config: &VideoConfig,
    level: Level,
    form: Form,
    on_output: impl FnMut(Output) -> Flow + Send + 'static,
) -> Result<(gst::Element, Chain), Error> {
    let x264 = x264(config, form)?;
    let input = frame::caps(form.layout(), config.size, config.rate, config.color)?;
    let output = output_caps(level, form);
    let chain = Chain::new("x264enc", &[&x264], &input, &output, on_output)?;
    Ok((x264, chain))
}

/// Hands the packet to `taken`, which says whether more is wanted.
pub(super) fn emit(output: Output, taken: impl FnOnce(Packet) -> bool) -> Flow {
    let key = !output.buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
    let (Some(pts), Some(data)) = (output.pts, frame::bytes(output.buffer)) else {
        tracing::error!("x264 gave a packet without time or bytes");
        return Flow::Break(());
    };
    let packet = Packet {
        kind: TrackKind::Video,
        track: 0,
        pts,
        // Without B-frames the order of coding is that of showing.
        dts: pts,
        key,
        data: without_headers(&data),
    };
    if taken(packet) {
        Flow::Continue(())
    } else {
        Flow::Break(())
    }
}

/// The slices: x264enc puts the parameter sets before each key frame, and before the first x264's settings in words
/// (an SEI). The first are in the record, nobody needs the other.
fn without_headers(data: &Bytes) -> Bytes {
    let headers = h264::nal_units(data).take_while(|nal| !h264::is_vcl(h264::kind(nal)));
    let length: usize = headers.map(|nal| nal.len() + 4).sum();
    data.slice(length.min(data.len())..)
}
