//! AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).

use bytes::Bytes;
use media::AudioParameters;

use crate::ConfigError;
use crate::bits::BitReader;

/// Sampling frequencies by index (table 1.18).
pub(crate) const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/// Object type of AAC LC.
pub const AAC_LC: u8 = 2;

/// What an AudioSpecificConfig says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioSpecificConfig {
    /// audioObjectType as signalled first: 2 AAC LC, 5 HE-AAC, 29 HE-AAC v2.
    pub object_type: u8,
    /// Samples a second of the core coder (half of what HE-AAC plays).
    pub rate: u32,
    /// Channels of the core coder, 1 to 8.
    pub channels: u8,
    /// Samples of each channel in one packet, at `rate`: 1024, or 960.
    pub frame_samples: u16,
}

impl AudioSpecificConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// When it is cut short, its rate is outside 7 350 to 96 000, its object type isn't AAC, or its channels
    /// are laid out by a program config element.
    pub fn parse(config: &[u8]) -> Result<Self, ConfigError> {
        let r = &mut BitReader::new(config);
        let object_type = read_object_type(r)?;
        let rate = read_rate(r)?;
        let channels = match r.bits(4)? {
            n @ 1..=6 => n as u8,
            7 | 12 | 14 => 8,
            11 => 7,
            0 => return Err(ConfigError::Unsupported("AAC channels by program config element")),
            _ => return Err(ConfigError::Malformed("AAC channel configuration")),
        };
        let mut core = object_type;
        if matches!(object_type, 5 | 29) {
            read_rate(r)?; // the rate that is played
            core = read_object_type(r)?;
        }
        if !matches!(core, 1..=4) {
            return Err(ConfigError::Unsupported("audio object type"));
        }
        let short = r.flag()?; // frameLengthFlag of GASpecificConfig (4.4.1)
        Ok(Self {
            object_type,
            rate,
            channels,
            frame_samples: if short { 960 } else { 1024 },
        })
    }

    /// The two bytes for AAC LC with frames of 1024 samples; none when `rate` has no index or `channels`
    /// isn't 1 to 6 or 8.
    pub fn lc(rate: u32, channels: u8) -> Option<Bytes> {
        let index = RATES.iter().position(|&r| r == rate)? as u16;
        let layout = match channels {
            1..=6 => u16::from(channels),
            8 => 7,
            _ => return None,
        };
        let word = u16::from(AAC_LC) << 11 | index << 7 | layout << 3;
        Some(Bytes::copy_from_slice(&word.to_be_bytes()))
    }
}

/// What the workspace keeps of a track whose AudioSpecificConfig is `config`.
///
/// # Errors
/// Those of [`AudioSpecificConfig::parse`].
pub fn parameters(config: &Bytes) -> Result<AudioParameters, ConfigError> {
    let parsed = AudioSpecificConfig::parse(config)?;
    Ok(AudioParameters {
        codec: media::AudioCodec::Aac,
        config: config.clone(),
        rate: parsed.rate,
        channels: parsed.channels,
        frame_samples: parsed.frame_samples,
    })
}

fn read_object_type(r: &mut BitReader<'_>) -> Result<u8, ConfigError> {
    const ESCAPE: u32 = 31;
    match r.bits(5)? {
        ESCAPE => Ok(32 + r.bits(6)? as u8),
        n => Ok(n as u8),
    }
}

fn read_rate(r: &mut BitReader<'_>) -> Result<u32, ConfigError> {
    const EXPLICIT: u32 = 15;
    let rate = match r.bits(4)? {
        EXPLICIT => r.bits(24)?,
        index => *RATES
            .get(index as usize)
            .ok_or(ConfigError::Malformed("AAC sampling frequency index"))?,
    };
    if !(7_350..=96_000).contains(&rate) {
        return Err(ConfigError::Unsupported("AAC sampling frequency"));
    }
    Ok(rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_configurations_are_read() {
        let read = |bytes: &[u8]| AudioSpecificConfig::parse(bytes).unwrap();
        let lc = |rate, channels| AudioSpecificConfig {
            object_type: 2,
            rate,
            channels,
            frame_samples: 1024,
        };
        assert_eq!(read(&[0x11, 0x90]), lc(48_000, 2));
        assert_eq!(read(&[0x12, 0x08]), lc(44_100, 1));
        // HE-AAC v1, signalled first: 24 kHz core, 48 kHz played.
        let he = read(&[0x2b, 0x11, 0x88, 0x00]);
        assert_eq!((he.object_type, he.rate, he.channels), (5, 24_000, 2));
        // 960 samples a frame.
        assert_eq!(read(&[0x11, 0x94]).frame_samples, 960);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for &rate in &RATES {
            for channels in [1, 2, 6, 8] {
                let config = AudioSpecificConfig::lc(rate, channels).unwrap();
                let p = parameters(&config).unwrap();
                assert_eq!((p.rate, p.channels, p.frame_samples), (rate, channels, 1024));
            }
        }
        assert_eq!(AudioSpecificConfig::lc(44_000, 2), None);
    }

    #[test]
    fn what_is_not_carried_is_refused() {
        let parse = AudioSpecificConfig::parse;
        assert_eq!(parse(&[0x11]), Err(ConfigError::Truncated));
        // Object type 34 (MPEG-1 layer III), and a rate of index 13.
        assert!(parse(&[0xf8, 0x46, 0x40, 0x00]).is_err());
        assert_eq!(
            parse(&[0x16, 0x90]),
            Err(ConfigError::Malformed("AAC sampling frequency index"))
        );
        // An explicit rate of 0 would divide by zero later.
        assert!(parse(&[0x17, 0x80, 0, 0, 0x10, 0]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(config in proptest::collection::vec(any::<u8>(), 0..16)) {
            if let Ok(c) = AudioSpecificConfig::parse(&config) {
                prop_assert!(c.rate > 0 && c.channels > 0);
            }
        }
    }
}
