//! ADTS (ISO/IEC 14496-3, 1.A.2 and 1.A.3): AAC with a header before each frame, as transport streams carry it.

use bytes::Bytes;

use crate::ConfigError;
use crate::aac::{AAC_LC, AudioSpecificConfig, RATES};

/// Bytes of a header without CRC, and with one.
pub const HEADER: usize = 7;
const WITH_CRC: usize = 9;
/// The largest frame, header included: what 13 bits hold.
pub const MAX_FRAME: usize = 0x1fff;

/// What all headers of a stream say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adts {
    /// The object type less one: 1 AAC LC.
    profile: u8,
    /// Index of the sampling frequency.
    rate: u8,
    /// channel_configuration, 1 to 7.
    channels: u8,
}

/// A header that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it says of the stream.
    pub adts: Adts,
    /// Bytes of the header.
    pub header: usize,
    /// Bytes of the frame, header included: more than the header has.
    pub len: usize,
    /// Raw data blocks in the frame, 1 to 4. Where they end can't be told when there are several.
    pub blocks: u8,
}

impl Adts {
    /// What headers say for a track whose AudioSpecificConfig is `config`. HE-AAC is written as its AAC LC core:
    /// decoders find the rest by themselves.
    ///
    /// # Errors
    /// When the configuration can't be read, or says what a header has no place for: a rate without index, more than
    /// seven channels that aren't 7.1, frames of 960 samples.
    pub fn from_config(config: &[u8]) -> Result<Self, ConfigError> {
        let parsed = AudioSpecificConfig::parse(config)?;
        let rate = RATES.iter().position(|&rate| rate == parsed.rate);
        let channels = match parsed.channels {
            n @ 1..=6 => n,
            8 => 7,
            _ => return Err(ConfigError::Unsupported("AAC channels in ADTS")),
        };
        if parsed.frame_samples != 1024 {
            return Err(ConfigError::Unsupported("AAC frames of 960 samples in ADTS"));
        }
        Ok(Self {
            profile: if parsed.object_type > 4 {
                AAC_LC
            } else {
                parsed.object_type
            } - 1,
            rate: rate.ok_or(ConfigError::Unsupported("AAC sampling frequency in ADTS"))? as u8,
            channels,
        })
    }

    /// The AudioSpecificConfig that says the same.
    pub fn config(self) -> Bytes {
        let [profile, rate, channels] = [self.profile, self.rate, self.channels].map(u16::from);
        Bytes::copy_from_slice(&((profile + 1) << 11 | rate << 7 | channels << 3).to_be_bytes())
    }

    /// Samples a second.
    pub fn rate(self) -> u32 {
        RATES[usize::from(self.rate)]
    }

    /// The header before a raw_data_block of `len` bytes; none when 13 bits don't hold its length.
    pub fn header(self, len: usize) -> Option<[u8; HEADER]> {
        let len = (len + HEADER <= MAX_FRAME).then_some(len + HEADER)?;
        Some([
            0xff,
            0xf1, // MPEG-4, no CRC
            self.profile << 6 | self.rate << 2 | self.channels >> 2,
            self.channels << 6 | (len >> 11) as u8,
            (len >> 3) as u8,
            (len << 5) as u8 | 0x1f, // a buffer fullness of all ones says that the bit rate varies
            0xfc,
        ])
    }
}

/// Reads the header that `bytes` begins with; none when there is none, when its channels are laid out by a program
/// config element, or when fewer than [`HEADER`] bytes are there.
pub fn read(bytes: &[u8]) -> Option<Frame> {
    let &[0xff, second, b, c, d, e, f, ..] = bytes else {
        return None;
    };
    // syncword, and layer, which is 0.
    if second & 0xf6 != 0xf0 {
        return None;
    }
    let adts = Adts {
        profile: b >> 6,
        rate: b >> 2 & 0x0f,
        channels: b << 2 & 4 | c >> 6,
    };
    let header = if second & 1 == 1 { HEADER } else { WITH_CRC };
    let len = usize::from(c & 3) << 11 | usize::from(d) << 3 | usize::from(e >> 5);
    let usable = usize::from(adts.rate) < RATES.len() && adts.channels > 0 && len > header;
    usable.then_some(Frame {
        adts,
        header,
        len,
        blocks: (f & 3) + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_header_is_the_one_that_ffmpeg_writes() {
        // The first frame of `ffmpeg -f lavfi -i sine=r=48000:d=0.2 -ac 2 -c:a aac -f adts`: 295 bytes.
        let adts = Adts::from_config(&[0x11, 0x90]).unwrap();
        assert_eq!(
            adts.header(288).unwrap(),
            [0xff, 0xf1, 0x4c, 0x80, 0x24, 0xff, 0xfc]
        );
        assert_eq!(adts.rate(), 48_000);
    }

    #[test]
    fn configurations_survive_both_ways() {
        for &rate in &RATES {
            for channels in [1, 2, 6, 8] {
                let config = AudioSpecificConfig::lc(rate, channels).unwrap();
                let adts = Adts::from_config(&config).unwrap();
                let read = read(&adts.header(100).unwrap()).unwrap();
                assert_eq!((read.header, read.len, read.blocks), (7, 107, 1));
                assert_eq!((read.adts, read.adts.config()), (adts, config));
            }
        }
    }

    #[test]
    fn he_aac_is_written_as_its_core() {
        let adts = Adts::from_config(&[0x2b, 0x11, 0x88, 0x00]).unwrap();
        assert_eq!(adts.config(), AudioSpecificConfig::lc(24_000, 2).unwrap());
    }

    #[test]
    fn what_has_no_place_is_refused() {
        assert!(Adts::from_config(&[0x11, 0x94]).is_err(), "960 samples");
        assert!(
            Adts::from_config(&[0x17, 0x80, 0x22, 0x60, 0x10, 0]).is_err(),
            "17 600 Hz"
        );
        let adts = Adts::from_config(&[0x11, 0x90]).unwrap();
        assert!(adts.header(8184).is_some() && adts.header(8185).is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..10)) {
            let _ = read(&bytes);
            if let Some(frame) = read(&[&[0xff, 0xf0][..], &bytes].concat()) {
                prop_assert!(frame.len > frame.header && frame.adts.rate() > 0);
            }
        }
    }
}
