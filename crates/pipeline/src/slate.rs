//! What a show's viewers get while nothing comes of it: a picture that stands still, and silence. Encoded once, to be played
//! over and over.

use std::time::Duration;

use container::aac::{AAC_LC, AudioSpecificConfig};
use media::{
    AudioBlock, AudioCodec, AudioParameters, CodecParameters, ColorInfo, FrameRate, Packet, PixelFormat,
    Size, Timestamp, VideoFrame, VideoParameters,
};

use crate::encode::{
    AacEncoder, AudioConfig, AudioEncoder, FrameCoder, OpusCoder, OpusConfig, RATE, VideoConfig,
};
use crate::file::fitted;
use crate::{Error, element};

/// Kilobits a second for silence.
const SILENCE_KBPS: u32 = 32;
/// Packets of silence that are made; the one in the middle has nothing of the beginning in it, and nothing of the end.
const SILENT_PACKETS: usize = 9;
/// How long an encoder of sound may take for one packet.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes an element of each kind that a slate needs, so that GStreamer has loaded them all.
///
/// # Errors
/// [`Error::Init`], [`Error::MissingElement`].
pub fn load(pictures: bool, sound: Option<AudioCodec>) -> Result<(), Error> {
    element::init()?;
    if pictures {
        element::make("x264enc")?;
    }
    let names: &[&str] = match sound {
        Some(AudioCodec::Aac) => {
            AacEncoder::installed()?;
            // The encoder's delay is measured by decoding.
            &["avdec_aac", "audioconvert"]
        }
        Some(AudioCodec::Opus) => &["audioconvert", "opusenc"],
        None => &[],
    };
    names.iter().try_for_each(|name| element::make(name).map(drop))
}

/// One round of a still picture: `picture` (a PNG or JPEG), whole and in the middle, as H.264 of the constrained baseline
/// profile, which every decoder of H.264 plays. It is `frames` of `rate`, of which the first is the only key frame, so that
/// it can follow on itself.
///
/// # Errors
/// [`Error::File`] for a damaged picture, [`Error::Unsupported`] for a size (16 to 8192 a side, even) or rate (1 to 240)
/// that no level of H.264 allows, [`Error::MissingElement`].
pub fn pictures(
    picture: &[u8],
    size: Size,
    rate: FrameRate,
    frames: u32,
) -> Result<(VideoParameters, Vec<Packet>), Error> {
    let config = VideoConfig {
        color: ColorInfo::BT709,
        ..VideoConfig::new(size, rate, kilobits(size))
    };
    let mut coder = FrameCoder::new(config)?;
    let still = fitted(picture, size, PixelFormat::I420)?;
    let mut packets = Vec::new();
    for n in 0..frames {
        let frame = VideoFrame {
            pts: rate.tick(n.into()),
            ..still.clone()
        };
        packets.extend(coder.encode(&frame, n == 0)?);
    }
    packets.extend(coder.finish()?);
    let parameters = coder.parameters();
    parameters
        .map(|parameters| (parameters, packets))
        .ok_or_else(|| Error::Unsupported("a slate without pictures".to_owned()))
}

/// What a picture of that size may take: its one key frame gets 400 ms of it.
fn kilobits(size: Size) -> u32 {
    (size.area() / 500).clamp(300, 8_000) as u32
}

/// One packet of silence in the codec of `track`, and the parameters of a track that has nothing else: the track's own
/// where its decoder takes the packet as it is.
///
/// # Errors
/// [`Error::Unsupported`] for a rate that AAC's encoders don't have, [`Error::MissingElement`].
pub fn silence(track: &AudioParameters) -> Result<(AudioParameters, Packet), Error> {
    let channels = track.channels.clamp(1, 2);
    let (made, packets) = match track.codec {
        AudioCodec::Aac => silent_aac(track.rate, channels)?,
        AudioCodec::Opus => silent_opus(channels)?,
    };
    let packet = packets.into_iter().nth(SILENT_PACKETS / 2);
    let packet = packet.ok_or_else(|| Error::Unsupported("a slate without sound".to_owned()))?;
    let parameters = if fits(track, &made) { track.clone() } else { made };
    Ok((parameters, packet))
}

fn fits(track: &AudioParameters, made: &AudioParameters) -> bool {
    let plain = match track.codec {
        AudioCodec::Aac => {
            AudioSpecificConfig::parse(&track.config).is_ok_and(|config| config.object_type == AAC_LC)
        }
        AudioCodec::Opus => true,
    };
    let same =
        (track.rate, track.channels, track.frame_samples) == (made.rate, made.channels, made.frame_samples);
    plain && same
}

fn silent_aac(rate: u32, channels: u8) -> Result<(AudioParameters, Vec<Packet>), Error> {
    let encoder = AudioEncoder::new(AudioConfig {
        rate,
        channels,
        bitrate_kbps: SILENCE_KBPS,
        encoder: None,
    })?;
    let CodecParameters::Audio(parameters) = encoder.parameters() else {
        return Err(Error::Unsupported("sound without parameters".to_owned()));
    };
    let samples = usize::from(parameters.frame_samples) * SILENT_PACKETS;
    encoder.submit(&AudioBlock::silence(
        Timestamp::ZERO,
        rate,
        channels.into(),
        samples,
    ))?;
    encoder.finish();
    let mut packets = Vec::new();
    while packets.len() <= SILENT_PACKETS / 2 {
        packets.extend(encoder.next_packet(PATIENCE)?);
    }
    Ok((parameters, packets))
}

fn silent_opus(channels: u8) -> Result<(AudioParameters, Vec<Packet>), Error> {
    let config = OpusConfig {
        channels,
        bitrate_kbps: SILENCE_KBPS,
    };
    let parameters = config.parameters();
    let samples = usize::from(parameters.frame_samples) * SILENT_PACKETS;
    let mut coder = OpusCoder::new(&config)?;
    let block = AudioBlock::silence(Timestamp::ZERO, RATE, channels.into(), samples);
    let mut packets = coder.encode(&block)?;
    packets.extend(coder.finish()?);
    Ok((parameters, packets))
}

#[cfg(test)]
#[path = "slate_tests.rs"]
mod tests;
