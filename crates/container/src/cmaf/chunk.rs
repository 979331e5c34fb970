//! Chunks: `moof` and `mdat`, optionally with `prft` before them.

use bytes::Bytes;
use media::Utc;
use mp4_atom::{Encode, Mfhd, Moof, Prft, ReferenceTime, Tfdt, Tfhd, Traf, Trun, TrunEntry, TrunSamples};

use super::Error;

/// Sample flags (ISO/IEC 14496-12, 8.8.3.1): depends on no other sample.
pub(super) const SYNC: u32 = 0x0200_0000;
/// Depends on others, and is no sync sample.
pub(super) const NOT_SYNC: u32 = 0x0101_0000;

/// One sample of a chunk. Cloning shares the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Time to the next sample's decoding, in ticks.
    pub duration: u32,
    /// Presentation less decoding time, in ticks.
    pub composition: i32,
    /// Whether decoding can begin here.
    pub key: bool,
    /// The sample: an H.264 access unit with lengths of four bytes, or an AAC raw_data_block.
    pub data: Bytes,
}

/// Writes one chunk: `moof` with one `traf` (default-base-is-moof, `tfdt` and `trun` of version 1) and `mdat`;
/// copies each sample once.
///
/// `base_decode_time` is that of the first sample, in ticks of the track. With `reference`, a `prft` says
/// which moment of the day the media time (in ticks) stands for.
///
/// # Errors
/// [`Error::TooLarge`] when the chunk would reach 2 GiB.
pub fn chunk(
    sequence: u32,
    track_id: u32,
    base_decode_time: u64,
    samples: &[Sample],
    reference: Option<(Utc, u64)>,
) -> Result<Bytes, Error> {
    let payload: usize = samples.iter().map(|s| s.data.len()).sum();
    let mdat_size = u32::try_from(payload + 8).map_err(|_| Error::TooLarge)?;
    let mut moof = moof(sequence, track_id, base_decode_time, samples)?;
    let head = encoded(&moof)?.len();
    let data_offset = i32::try_from(head + 8).map_err(|_| Error::TooLarge)?;
    moof.traf[0].trun[0].data_offset = Some(data_offset);

    let mut out = Vec::with_capacity(32 + head + 8 + payload);
    if let Some((utc, media_time)) = reference {
        prft(track_id, utc, media_time)
            .encode(&mut out)
            .map_err(|_| Error::TooLarge)?;
    }
    moof.encode(&mut out).map_err(|_| Error::TooLarge)?;
    out.extend_from_slice(&mdat_size.to_be_bytes());
    out.extend_from_slice(b"mdat");
    for sample in samples {
        out.extend_from_slice(&sample.data);
    }
    Ok(out.into())
}

fn encoded(atom: &impl Encode) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(512);
    atom.encode(&mut out).map_err(|_| Error::TooLarge)?;
    Ok(out)
}

/// Durations and flags that all samples share stand once in `tfhd`.
fn moof(sequence: u32, track_id: u32, base: u64, samples: &[Sample]) -> Result<Moof, Error> {
    let duration = shared(samples.iter().map(|s| s.duration));
    let flags = shared(samples.iter().map(flags_of));
    let compositions = samples.iter().any(|s| s.composition != 0);
    let entry = |s: &Sample| {
        Ok(TrunEntry {
            duration: duration.is_none().then_some(s.duration),
            size: Some(u32::try_from(s.data.len()).map_err(|_| Error::TooLarge)?),
            flags: flags.is_none().then_some(flags_of(s)),
            cts: compositions.then_some(s.composition.into()),
        })
    };
    let entries = samples.iter().map(entry).collect::<Result<Vec<_>, Error>>()?;
    Ok(Moof {
        mfhd: Mfhd {
            sequence_number: sequence,
        },
        traf: vec![Traf {
            tfhd: Tfhd {
                track_id,
                default_sample_duration: duration,
                default_sample_flags: flags,
                default_base_is_moof: true,
                ..Default::default()
            },
            tfdt: Some(Tfdt {
                base_media_decode_time: base,
            }),
            trun: vec![Trun {
                data_offset: Some(0),
                samples: TrunSamples::Explicit(entries),
            }],
            ..Default::default()
        }],
    })
}

fn flags_of(sample: &Sample) -> u32 {
    if sample.key { SYNC } else { NOT_SYNC }
}

/// The value all have, if they have one.
fn shared(mut values: impl Iterator<Item = u32>) -> Option<u32> {
    let first = values.next()?;
    values.all(|v| v == first).then_some(first)
}

/// UTC as the moment of the experience itself (flags 24 of ISO/IEC 14496-12, 8.16.5).
fn prft(track_id: u32, utc: Utc, media_time: u64) -> Prft {
    Prft {
        reference_track_id: track_id,
        ntp_timestamp: ntp(utc),
        media_time,
        utc_time_semantics: ReferenceTime::RealTime,
    }
}

/// Seconds between the epochs of NTP (1900) and of UTC (1970).
const NTP_EPOCH: i64 = 2_208_988_800;

/// NTP's 64-bit format: seconds since 1900 and a binary fraction (RFC 5905, 6).
fn ntp(utc: Utc) -> u64 {
    let seconds = utc.as_micros().div_euclid(1_000_000).wrapping_add(NTP_EPOCH) as u32;
    let micros = utc.as_micros().rem_euclid(1_000_000) as u64;
    // Rounded up, so that whole microseconds come back by rounding down.
    let fraction = (micros << 32).div_ceil(1_000_000);
    u64::from(seconds) << 32 | fraction
}

/// Back from NTP's format, for years 1970 to 2036.
pub(super) fn utc(ntp: u64) -> Utc {
    let seconds = (ntp >> 32) as i64 - NTP_EPOCH;
    let micros = ((ntp & 0xffff_ffff) * 1_000_000) >> 32;
    Utc(seconds * 1_000_000 + micros as i64)
}
