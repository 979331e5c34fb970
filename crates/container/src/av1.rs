//! AV1 (Alliance for Open Media, "AV1 Bitstream & Decoding Process Specification"): configuration records and what
//! a sequence header says of the picture.

use bytes::Bytes;
use media::{Size, VideoCodec, VideoParameters};

use crate::ConfigError;
use crate::bits::BitReader;

/// obu_type of a sequence header (6.2.2).
const SEQUENCE_HEADER: u8 = 1;
/// Bytes before the OBUs of a record.
const RECORD: usize = 4;

/// What the workspace keeps of a track whose AV1CodecConfigurationRecord ("AV1 Codec ISO Media File Format
/// Binding", 2.3.3) is `record`. The frame rate isn't read.
///
/// # Errors
/// When the record can't be read, or holds no sequence header.
pub fn parameters(record: &Bytes) -> Result<VideoParameters, ConfigError> {
    if record.first() != Some(&0x81) {
        return Err(ConfigError::Malformed("av1C version"));
    }
    let mut rest = record.get(RECORD..).ok_or(ConfigError::Truncated)?;
    while !rest.is_empty() {
        let (kind, payload) = obu(&mut rest)?;
        if kind == SEQUENCE_HEADER {
            return Ok(VideoParameters {
                codec: VideoCodec::Av1,
                size: size(payload)?,
                config: record.clone(),
                rate: None,
            });
        }
    }
    Err(ConfigError::Unsupported("an av1C without a sequence header"))
}

/// The codec as in RFC 6381 (the binding's section 5): `av01.0.04M.08`.
pub fn codecs(record: &[u8]) -> String {
    let Some(&[profile, flags]) = record.get(1..3) else {
        return "av01".into();
    };
    let tier = if flags & 0x80 == 0 { 'M' } else { 'H' };
    let depth = match (flags & 0x40 != 0, flags & 0x20 != 0) {
        (false, _) => 8,
        (true, false) => 10,
        (true, true) => 12,
    };
    format!("av01.{}.{:02}{tier}.{depth:02}", profile >> 5, profile & 0x1f)
}

/// Whether a temporal unit has a sequence header, as those that decoding can begin at have (7.5).
pub fn has_sequence_header(unit: &[u8]) -> bool {
    let mut rest = unit;
    std::iter::from_fn(|| (!rest.is_empty()).then(|| obu(&mut rest).ok()).flatten())
        .any(|(kind, _)| kind == SEQUENCE_HEADER)
}

/// The next OBU's type and payload (5.3): one without a size reaches to the end.
fn obu<'a>(rest: &mut &'a [u8]) -> Result<(u8, &'a [u8]), ConfigError> {
    let (&header, mut left) = rest.split_first().ok_or(ConfigError::Truncated)?;
    if header & 0x04 != 0 {
        left = left.get(1..).ok_or(ConfigError::Truncated)?;
    }
    let len = match header & 0x02 {
        0 => left.len(),
        _ => leb128(&mut left)?,
    };
    let (payload, left) = left.split_at_checked(len).ok_or(ConfigError::Truncated)?;
    *rest = left;
    Ok((header >> 3 & 0x0f, payload))
}

/// 4.10.5.
fn leb128(rest: &mut &[u8]) -> Result<usize, ConfigError> {
    let mut value = 0u64;
    for at in 0..8 {
        let (&byte, left) = rest.split_first().ok_or(ConfigError::Truncated)?;
        *rest = left;
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return usize::try_from(value).map_err(|_| ConfigError::Malformed("an OBU too large"));
        }
    }
    Err(ConfigError::Malformed("a number of more than 8 bytes"))
}

/// max_frame_width and max_frame_height (5.5.1).
fn size(header: &[u8]) -> Result<Size, ConfigError> {
    let r = &mut BitReader::new(header);
    r.skip(4)?; // seq_profile, still_picture
    if r.flag()? {
        r.skip(5)?; // reduced_still_picture_header: seq_level_idx
    } else {
        operating_points(r)?;
    }
    let (across, down) = (r.bits(4)? + 1, r.bits(4)? + 1);
    Ok(Size::new(r.bits(across)? + 1, r.bits(down)? + 1))
}

fn operating_points(r: &mut BitReader<'_>) -> Result<(), ConfigError> {
    let mut delay_bits = None;
    if r.flag()? {
        r.skip(64)?; // num_units_in_display_tick, time_scale
        if r.flag()? {
            r.ue()?; // num_ticks_per_picture_minus_1: uvlc is written as Exp-Golomb is (4.10.3)
        }
        if r.flag()? {
            delay_bits = Some(r.bits(5)? as usize + 1);
            r.skip(42)?; // num_units_in_decoding_tick and the lengths of two other fields
        }
    }
    let display_delay = r.flag()?;
    for _ in 0..=r.bits(5)? {
        r.skip(12)?; // operating_point_idc
        if r.bits(5)? > 7 {
            r.skip(1)?; // seq_tier
        }
        if let Some(bits) = delay_bits
            && r.flag()?
        {
            r.skip(2 * bits + 1)?;
        }
        if display_delay && r.flag()? {
            r.skip(4)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ffmpeg 8.1.2 wrote with libsvtav1 for 160x90: level 2.0, no timing.
    const RECORD: &[u8] = &[
        0x81, 0x00, 0x0c, 0x00, 0x0a, 0x0a, 0x00, 0x00, 0x00, 0x03, 0xb4, 0xfd, 0x90, 0x0b, 0xe0, 0x01,
    ];

    #[test]
    fn a_sequence_header_says_how_large_pictures_are() {
        let read = parameters(&Bytes::from_static(RECORD)).unwrap();
        assert_eq!(
            (read.codec, read.size, read.rate),
            (VideoCodec::Av1, Size::new(160, 90), None)
        );
        assert_eq!(codecs(RECORD), "av01.0.00M.08");
        assert!(has_sequence_header(&RECORD[4..]) && !has_sequence_header(&[0x12, 0x00]));
    }

    #[test]
    fn records_that_cannot_be_are_refused() {
        for cut in 0..RECORD.len() - 3 {
            assert!(parameters(&Bytes::from_static(&RECORD[..cut])).is_err(), "{cut}");
        }
        let other = [&[0x7f], &RECORD[1..]].concat();
        assert!(parameters(&other.into()).is_err());
        let endless = [&RECORD[..4], &[0x0a], &[0xff; 9][..]].concat();
        assert!(parameters(&endless.into()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..64)) {
            let bytes = Bytes::from([&RECORD[..6], &bytes].concat());
            let _ = (parameters(&bytes), codecs(&bytes));
        }
    }
}
