//! Reads chunks as [`super::chunk`] writes them.

use bytes::Bytes;
use media::Utc;
use mp4_atom::{Atom, FourCC, Mdat, Moof, Prft, Tfhd, Trun};

use super::chunk::{SYNC, utc};
use super::{Error, Sample};

/// More samples than any chunk of ours has.
const MAX_SAMPLES: usize = 4096;

/// What a chunk holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Sequence number of the `mfhd`.
    pub sequence: u32,
    /// The track.
    pub track_id: u32,
    /// Decoding time of the first sample, in ticks.
    pub base_decode_time: u64,
    /// The samples; they share the chunk's bytes.
    pub samples: Vec<Sample>,
    /// UTC and the media time it stands for, where there is a `prft`.
    pub reference: Option<(Utc, u64)>,
}

/// Takes the first chunk off `bytes`: `prft` or not, `moof` with one `traf` and one `trun`, `mdat`. None when
/// nothing is left.
///
/// # Errors
/// [`Error::Malformed`] on anything else.
pub fn read_chunk(bytes: &mut Bytes) -> Result<Option<Chunk>, Error> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let mut reference = None;
    let (mut kind, mut body) = take_box(bytes)?;
    if kind == Prft::KIND {
        let prft = decode::<Prft>(&body)?;
        reference = Some((utc(prft.ntp_timestamp), prft.media_time));
        (kind, body) = take_box(bytes)?;
    }
    if kind != Moof::KIND {
        return Err(Error::Malformed("no moof"));
    }
    let moof_size = body.len() + 8;
    let moof = decode::<Moof>(&body)?;
    let (kind, mdat) = take_box(bytes)?;
    if kind != Mdat::KIND {
        return Err(Error::Malformed("no mdat"));
    }
    let [traf] = moof.traf.as_slice() else {
        return Err(Error::Malformed("not one traf"));
    };
    let [trun] = traf.trun.as_slice() else {
        return Err(Error::Malformed("not one trun"));
    };
    if trun.data_offset != i32::try_from(moof_size + 8).ok() {
        return Err(Error::Malformed("samples don't begin with mdat"));
    }
    let tfdt = traf.tfdt.as_ref().ok_or(Error::Malformed("no tfdt"))?;
    Ok(Some(Chunk {
        sequence: moof.mfhd.sequence_number,
        track_id: traf.tfhd.track_id,
        base_decode_time: tfdt.base_media_decode_time,
        samples: samples(&traf.tfhd, trun, mdat)?,
        reference,
    }))
}

/// Takes one box with a size of 32 bits: its kind and its body.
fn take_box(bytes: &mut Bytes) -> Result<(FourCC, Bytes), Error> {
    let head = bytes.first_chunk::<8>().ok_or(Error::Malformed("cut short"))?;
    let [s0, s1, s2, s3, k0, k1, k2, k3] = *head;
    let size = u32::from_be_bytes([s0, s1, s2, s3]) as usize;
    if size < 8 || size > bytes.len() {
        return Err(Error::Malformed("box size"));
    }
    let whole = bytes.split_to(size);
    Ok((FourCC::from([k0, k1, k2, k3]), whole.slice(8..)))
}

fn decode<T: Atom>(body: &Bytes) -> Result<T, Error> {
    T::decode_body(&mut body.as_ref()).map_err(|_| Error::Malformed("box body"))
}

fn samples(tfhd: &Tfhd, trun: &Trun, mut data: Bytes) -> Result<Vec<Sample>, Error> {
    const MISSING: Error = Error::Malformed("sample without size or duration");
    if trun.samples.len() > MAX_SAMPLES {
        return Err(Error::TooLarge);
    }
    let mut samples = Vec::with_capacity(trun.samples.len());
    for entry in &trun.samples {
        let size = entry.size.or(tfhd.default_sample_size).ok_or(MISSING)? as usize;
        if size > data.len() {
            return Err(Error::Malformed("sample past the end of mdat"));
        }
        samples.push(Sample {
            duration: entry.duration.or(tfhd.default_sample_duration).ok_or(MISSING)?,
            composition: entry.cts.unwrap_or(0).try_into().map_err(|_| Error::TooLarge)?,
            key: entry.flags.or(tfhd.default_sample_flags) == Some(SYNC),
            data: data.split_to(size),
        });
    }
    Ok(samples)
}
