//! VP9 ("VP9 Bitstream & Decoding Process Specification", 0.6): configuration records and what a key frame says of the
//! picture.

use media::{Size, VideoCodec, VideoParameters};

use crate::ConfigError;
use crate::bits::BitReader;

/// Bytes of a VPCodecConfigurationRecord ("VP Codec ISO Media File Format Binding", 1.0): that of VP9 ends with an
/// empty field.
const RECORD: usize = 8;
/// Version and flags of the box that the record is of. ffmpeg 8.1 sends them, too.
const BOX: [u8; 4] = [1, 0, 0, 0];
const SYNC_CODE: u32 = 0x49_83_42;
/// color_space of RGB.
const RGB: u32 = 7;
/// Levels, times ten, and the largest picture of each in luma samples (annex A).
const LEVELS: [(u8, u32); 9] = [
    (10, 36_864),
    (11, 73_728),
    (20, 122_880),
    (21, 245_760),
    (30, 552_960),
    (31, 983_040),
    (40, 2_228_224),
    (50, 8_912_896),
    (60, 35_651_584),
];

/// What a key frame says of the stream (6.2).
struct Header {
    profile: u8,
    bit_depth: u8,
    full_range: bool,
    /// Chroma subsampling as in a record, 4:2:0 as 1.
    chroma: u8,
    size: Size,
}

/// What the workspace keeps of a track of VP9, by the record that came first and the `key` frame behind it: a record
/// doesn't say how large pictures are, and encoders leave more of it out. What the frame says holds. The frame rate
/// isn't read.
///
/// # Errors
/// When the record can't be read, or the frame isn't a key frame.
pub fn parameters(record: &[u8], key: &[u8]) -> Result<VideoParameters, ConfigError> {
    let record = record.strip_prefix(&BOX).unwrap_or(record);
    let &[_, level, depth, primaries, transfer, matrix] =
        record.first_chunk::<6>().ok_or(ConfigError::Truncated)?;
    let header = header(key)?;
    let chroma = match (header.chroma, depth >> 1 & 7) {
        (1, sited @ 0..=1) => sited,
        (coded, _) => coded,
    };
    let mut config = Vec::with_capacity(RECORD);
    config.push(header.profile);
    config.push(if level == 0 { level_of(header.size) } else { level });
    config.push(header.bit_depth << 4 | chroma << 1 | u8::from(header.full_range));
    config.extend([primaries, transfer, matrix, 0, 0]);
    Ok(VideoParameters {
        codec: VideoCodec::Vp9,
        config: config.into(),
        size: header.size,
        rate: None,
    })
}

/// The codec as in RFC 6381 (the binding's "Codecs Parameter String"): `vp09.00.10.08`.
pub fn codecs(record: &[u8]) -> String {
    match record {
        [profile, level, depth, ..] => format!("vp09.{profile:02}.{level:02}.{:02}", depth >> 4),
        _ => "vp09".into(),
    }
}

/// Whether `frame` is a key frame.
pub fn is_key(frame: &[u8]) -> bool {
    header(frame).is_ok()
}

/// The least level for pictures of this size; how many there are a second isn't known.
fn level_of(size: Size) -> u8 {
    let samples = size.width.saturating_mul(size.height);
    let found = LEVELS.iter().find(|(_, most)| samples <= *most);
    found.map_or(62, |(level, _)| *level)
}

fn header(frame: &[u8]) -> Result<Header, ConfigError> {
    const NO_KEY: ConfigError = ConfigError::Malformed("no key frame of VP9");
    let r = &mut BitReader::new(frame);
    if r.bits(2)? != 2 {
        return Err(NO_KEY);
    }
    let profile = r.bits(1)? | r.bits(1)? << 1;
    let reserved = profile == 3 && r.flag()?;
    let (repeats, inter) = (r.flag()?, r.flag()?);
    r.skip(2)?; // show_frame, error_resilient_mode
    if reserved || repeats || inter || r.bits(24)? != SYNC_CODE {
        return Err(NO_KEY);
    }
    let bit_depth = match profile >= 2 {
        true => 10 + 2 * r.bits(1)?,
        false => 8,
    };
    let (full_range, chroma) = color(r, profile)?;
    let size = Size::new(r.bits(16)? + 1, r.bits(16)? + 1);
    Ok(Header {
        profile: profile as u8,
        bit_depth: bit_depth as u8,
        full_range,
        chroma,
        size,
    })
}

/// Whether the range is full, and the chroma subsampling (color_config, 6.2.2).
fn color(r: &mut BitReader<'_>, profile: u32) -> Result<(bool, u8), ConfigError> {
    let free = profile & 1 == 1;
    if r.bits(3)? == RGB {
        r.skip(usize::from(free))?;
        return Ok((true, 3));
    }
    let full_range = r.flag()?;
    if !free {
        return Ok((full_range, 1));
    }
    let chroma = match (r.flag()?, r.flag()?) {
        (false, false) => 3,
        (true, false) => 2,
        (true, true) => 1,
        (false, true) => return Err(ConfigError::Unsupported("VP9 with chroma of half the lines")),
    };
    r.skip(1)?;
    Ok((full_range, chroma))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ffmpeg 8.1.2 wrote with libvpx-vp9 for 160x90 in 4:2:0, version and flags of the box first.
    const SENT: &[u8] = &[1, 0, 0, 0, 0, 0, 0x82, 2, 2, 2, 0, 0];
    const KEY: &[u8] = &[
        0x82, 0x49, 0x83, 0x42, 0x00, 0x09, 0xf0, 0x05, 0x96, 0x0e, 0x38, 0x24,
    ];
    /// The same in 4:4:4; the record says profile 0 all the same.
    const SENT_444: &[u8] = &[1, 0, 0, 0, 0, 0x0a, 0x87, 2, 2, 2, 0, 0];
    const KEY_444: &[u8] = &[
        0xa2, 0x49, 0x83, 0x42, 0xe0, 0x09, 0xf0, 0x05, 0x96, 0x08, 0x38, 0x24,
    ];

    #[test]
    fn a_key_frame_says_how_large_pictures_are_and_corrects_the_record() {
        let read = parameters(SENT, KEY).unwrap();
        assert_eq!((read.codec, read.size), (VideoCodec::Vp9, Size::new(160, 90)));
        assert_eq!(&read.config[..], [0, 10, 0x82, 2, 2, 2, 0, 0]);
        assert_eq!(codecs(&read.config), "vp09.00.10.08");
        let without_box = parameters(&SENT[4..], KEY).unwrap();
        assert_eq!(without_box, read);
    }

    #[test]
    fn who_keeps_all_chroma_is_of_profile_1() {
        let read = parameters(SENT_444, KEY_444).unwrap();
        assert_eq!(read.size, Size::new(160, 90));
        assert_eq!((read.config[0], read.config[2]), (1, 0x87));
        assert_eq!(codecs(&read.config), "vp09.01.10.08");
    }

    #[test]
    fn what_is_no_key_frame_or_cut_short_is_refused() {
        for cut in 0..9 {
            assert!(parameters(SENT, &KEY[..cut]).is_err(), "{cut}");
        }
        let inter = [&[0x86], &KEY[1..]].concat();
        assert!(is_key(KEY) && !is_key(&inter));
        assert!(parameters(SENT, &inter).is_err());
        assert!(parameters(&SENT[..9], KEY).is_err());
        assert_eq!(level_of(Size::new(1920, 1080)), 40);
        assert_eq!(level_of(Size::new(65_536, 65_536)), 62);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..32)) {
            let _ = (parameters(SENT, &bytes), parameters(&bytes, KEY), codecs(&bytes));
        }
    }
}
