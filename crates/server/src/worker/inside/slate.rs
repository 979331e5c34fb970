//! A picture in, a slate out.

use std::io::{Read, Write};

use api::{Code, Fault};
use bytes::{Bytes, BytesMut};
use container::flv::{self, access_unit, configuration, write_tag};
use container::{aac, opus};
use media::{AudioCodec, CodecParameters, FrameRate, Packet, Size};

use super::{broken, fault, give};
use crate::slate::LARGEST_PICTURE;
use crate::worker::job::{SlateJob, SlatePictures, SlateSound};

/// Reads the picture from `input` to its end and writes to `output`, as FLV: configuration and packets of a round of
/// pictures, then those of the sound, which is one packet.
pub(super) fn make(job: &SlateJob, input: impl Read, mut output: impl Write) -> Result<(), Fault> {
    let mut picture = Vec::new();
    let mut input = input.take(LARGEST_PICTURE);
    input.read_to_end(&mut picture).map_err(|e| broken(&e))?;
    let mut out = BytesMut::from(&flv::header(job.pictures.is_some(), job.sound.is_some())[..]);
    if let Some(wanted) = &job.pictures {
        let (parameters, packets) = pictures(wanted, &picture)?;
        write(&CodecParameters::Video(parameters), &packets, &mut out);
    }
    if let Some(wanted) = &job.sound {
        let (parameters, packet) = silence(wanted)?;
        write(&CodecParameters::Audio(parameters), &[packet], &mut out);
    }
    give(&mut output, &mut out)
}

fn pictures(wanted: &SlatePictures, picture: &[u8]) -> Result<(media::VideoParameters, Vec<Packet>), Fault> {
    let rate = FrameRate::new(wanted.rate.0, wanted.rate.1);
    let rate = rate.ok_or_else(|| unreadable(&"a frame rate of nothing"))?;
    let size = Size::new(wanted.width, wanted.height);
    pipeline::slate::pictures(picture, size, rate, wanted.frames).map_err(|e| fault::from(&e))
}

fn silence(wanted: &SlateSound) -> Result<(media::AudioParameters, Packet), Fault> {
    let track = match wanted {
        SlateSound::Aac(config) => aac::parameters(&Bytes::copy_from_slice(config)),
        SlateSound::Opus(header) => opus::parameters(&Bytes::copy_from_slice(header)),
    };
    let track = track.map_err(|e| unreadable(&e))?;
    pipeline::slate::silence(&track).map_err(|e| fault::from(&e))
}

/// The codec that has to be there.
pub(super) fn codec(sound: &SlateSound) -> AudioCodec {
    match sound {
        SlateSound::Aac(_) => AudioCodec::Aac,
        SlateSound::Opus(_) => AudioCodec::Opus,
    }
}

fn write(parameters: &CodecParameters, packets: &[Packet], out: &mut BytesMut) {
    out.extend_from_slice(&write_tag(&configuration(parameters, 0)));
    for packet in packets {
        out.extend_from_slice(&write_tag(&access_unit(parameters, packet)));
    }
}

fn unreadable(why: &dyn std::fmt::Display) -> Fault {
    Fault::new(
        Code::MediaMalformed,
        format!("No slate can be made for these tracks: {why}."),
    )
}
