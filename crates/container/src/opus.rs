//! Opus: identification headers (RFC 7845, 5.1) and how long a packet lasts (RFC 6716, 3.1).

use bytes::Bytes;
use media::{AudioCodec, AudioParameters};

use crate::ConfigError;

/// Opus' own clock, whatever was encoded.
const RATE: u32 = 48_000;
/// Samples of a packet until one has come: 20 ms, what encoders do unless told otherwise.
const USUAL: u16 = 960;
/// The longest packet: 120 ms.
const LONGEST: u16 = 5_760;

/// What the workspace keeps of a track whose identification header is `header`; packets are taken for 20 ms long.
///
/// # Errors
/// When it is cut short, of another major version, or has no channel.
pub fn parameters(header: &Bytes) -> Result<AudioParameters, ConfigError> {
    let rest = header
        .strip_prefix(b"OpusHead")
        .ok_or(ConfigError::Malformed("not an Opus header"))?;
    let &[version, channels, ..] = rest else {
        return Err(ConfigError::Truncated);
    };
    if version >= 16 {
        return Err(ConfigError::Unsupported("another version of Opus"));
    }
    if channels == 0 {
        return Err(ConfigError::Malformed("no channel"));
    }
    fields(header)?;
    Ok(AudioParameters {
        codec: AudioCodec::Opus,
        config: header.clone(),
        rate: RATE,
        channels,
        frame_samples: USUAL,
    })
}

/// The identification header of a stream of one or two channels of which nothing else is said.
pub fn head(channels: u8) -> Bytes {
    let mut head = [0; 19];
    head[..8].copy_from_slice(b"OpusHead");
    head[8..10].copy_from_slice(&[1, channels]);
    head[12..16].copy_from_slice(&RATE.to_le_bytes());
    Bytes::copy_from_slice(&head)
}

/// Pre-skip, input rate, output gain and mapping family of a header that [`parameters`] could read.
pub(crate) fn fields(header: &[u8]) -> Result<(u16, u32, i16, u8), ConfigError> {
    let b = header.get(10..19).ok_or(ConfigError::Truncated)?;
    Ok((
        u16::from_le_bytes([b[0], b[1]]),
        u32::from_le_bytes([b[2], b[3], b[4], b[5]]),
        i16::from_le_bytes([b[6], b[7]]),
        b[8],
    ))
}

/// Samples of each channel in a packet, at 48 kHz; none when it isn't one.
pub fn samples(packet: &[u8]) -> Option<u16> {
    let toc = *packet.first()?;
    // Table 2, in samples: by mode and size.
    let frame: u16 = match toc >> 3 {
        config @ 0..12 => [480, 960, 1920, 2880][usize::from(config & 3)],
        config @ 12..16 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u16::from(packet.get(1)? & 0x3f),
    };
    frame
        .checked_mul(frames)
        .filter(|all| (1..=LONGEST).contains(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stereo, 312 samples of pre-skip, made from 48 kHz.
    const HEAD: &[u8] = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0";

    #[test]
    fn a_header_is_read() {
        let read = parameters(&Bytes::from_static(HEAD)).unwrap();
        assert_eq!((read.channels, read.rate, read.frame_samples), (2, 48_000, 960));
        assert_eq!(fields(HEAD), Ok((312, 48_000, 0, 0)));
        for cut in 0..HEAD.len() {
            assert!(parameters(&Bytes::from_static(&HEAD[..cut])).is_err(), "{cut}");
        }
        let mut other = HEAD.to_vec();
        other[8] = 16;
        assert!(parameters(&other.into()).is_err());
    }

    #[test]
    fn a_header_is_made_as_ffmpeg_makes_it() {
        // What ffprobe 5.1 shows as extradata of Opus in a transport stream, which says the channels alone.
        assert_eq!(head(2), &b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0"[..]);
        assert!(parameters(&head(1)).is_ok());
    }

    #[test]
    fn a_packet_says_how_long_it_lasts() {
        // CELT 20 ms; two of 20 ms; three of 60 ms are too long; SILK 60 ms; hybrid 10 ms; CELT 2.5 ms.
        assert_eq!(samples(&[31 << 3]), Some(960));
        assert_eq!(samples(&[31 << 3 | 1]), Some(1920));
        assert_eq!(samples(&[3 << 3 | 3, 3]), None);
        assert_eq!(samples(&[3 << 3]), Some(2880));
        assert_eq!(samples(&[12 << 3]), Some(480));
        assert_eq!(samples(&[28 << 3]), Some(120));
        assert_eq!([samples(&[]), samples(&[3]), samples(&[3, 0])], [None; 3]);
    }
}
