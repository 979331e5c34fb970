//! onMetaData (annex E.5).

use bytes::Bytes;
use media::{AudioCodec, CodecParameters, FrameRate, Track, VideoCodec};

use super::{body, value_named};
use crate::amf0::Value;
use crate::flv::{audio, video};

/// Name of the script tag with a stream's properties.
pub const METADATA: &str = "onMetaData";
/// CodecID of H.264 and SoundFormat of AAC; Enhanced RTMP writes the four characters of others as a number.
const AVC: f64 = 7.0;
const AAC: f64 = 10.0;

/// What a publisher says of its stream; each may be missing and none is sure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Pixels a row.
    pub width: Option<u32>,
    /// Rows.
    pub height: Option<u32>,
    /// Frames a second; 29.97 and its kin are read as the fractions they stand for.
    pub frame_rate: Option<FrameRate>,
    /// Video, kbit/s.
    pub video_kbps: Option<f64>,
    /// Sound, kbit/s.
    pub audio_kbps: Option<f64>,
    /// Samples a second.
    pub audio_rate: Option<u32>,
    /// The program that encodes, at most 128 characters of it.
    pub encoder: Option<String>,
}

/// The body of the script tag that describes `tracks`; of several tracks of a kind the one numbered 0.
pub fn on_metadata(tracks: &[Track]) -> Bytes {
    let mut list = Vec::new();
    for track in tracks.iter().filter(|t| t.id == 0) {
        match &track.parameters {
            CodecParameters::Video(v) => {
                let id = match v.codec {
                    VideoCodec::H264 => AVC,
                    other => u32::from_be_bytes(video::four_of(other)).into(),
                };
                list.push(("videocodecid", Value::Number(id)));
                list.push(("width", f64::from(v.size.width).into()));
                list.push(("height", f64::from(v.size.height).into()));
                if let Some(rate) = v.rate {
                    let fps = f64::from(rate.num()) / f64::from(rate.den());
                    list.push(("framerate", fps.into()));
                }
            }
            CodecParameters::Audio(a) => {
                let id = match a.codec {
                    AudioCodec::Aac => AAC,
                    AudioCodec::Opus => u32::from_be_bytes(audio::OPUS).into(),
                };
                list.push(("audiocodecid", Value::Number(id)));
                list.push(("audiosamplerate", f64::from(a.rate).into()));
                list.push(("audiosamplesize", Value::Number(16.0)));
                list.push(("audiochannels", f64::from(a.channels).into()));
                list.push(("stereo", (a.channels > 1).into()));
            }
        }
    }
    let named = list.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    body(METADATA, &Value::EcmaArray(named))
}

/// Reads the body of a script tag; none when it isn't onMetaData.
pub fn parse_metadata(bytes: &[u8]) -> Option<Metadata> {
    let value = value_named(bytes, METADATA)?;
    let number = |key| {
        let n = value.get(key).and_then(Value::as_number);
        n.filter(|n| n.is_finite() && *n > 0.0)
    };
    let encoder = value.get("encoder").and_then(Value::as_str);
    Some(Metadata {
        width: number("width").and_then(whole),
        height: number("height").and_then(whole),
        frame_rate: number("framerate").and_then(frame_rate),
        video_kbps: number("videodatarate"),
        audio_kbps: number("audiodatarate"),
        audio_rate: number("audiosamplerate").and_then(whole),
        encoder: encoder.map(|e| e.chars().take(128).collect()),
    })
}

fn whole(n: f64) -> Option<u32> {
    (n <= 1_000_000.0).then_some(n as u32)
}

/// The rational that a decimal number of frames a second stands for.
fn frame_rate(fps: f64) -> Option<FrameRate> {
    if !(0.1..=1000.0).contains(&fps) {
        return None;
    }
    let near = |x: f64| (x - x.round()).abs() < 0.01;
    if near(fps) {
        FrameRate::new(fps.round() as u32, 1)
    } else if near(fps * 1.001) {
        FrameRate::new((fps * 1.001).round() as u32 * 1000, 1001)
    } else {
        FrameRate::new((fps * 1000.0).round() as u32, 1000)
    }
}
