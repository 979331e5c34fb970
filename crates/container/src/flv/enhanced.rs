//! The headers of Enhanced RTMP: codecs by four characters, modifiers, several tracks in one message.
//!
//! Source: "Enhanced RTMP", version 2 (Veovera Software Organization), "ExAudioTagHeader" and "ExVideoTagHeader".

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::Error;

/// Four characters that name a codec: `avc1`, `hvc1`, `av01`, `vp09`, `mp4a`, `Opus`.
pub type FourCc = [u8; 4];

/// Packet types that pictures and sound share.
pub(super) const SEQUENCE_START: u8 = 0;
pub(super) const CODED: u8 = 1;
pub(super) const SEQUENCE_END: u8 = 2;
const MOD_EX: u8 = 7;
/// The only modifier there is: nanoseconds to be added to the timestamp.
const NANOSECONDS: u8 = 0;

/// What stands before the tracks.
pub(super) struct Head {
    pub(super) packet: u8,
    /// Nanoseconds to be added to the tag's timestamp, below a million.
    pub(super) nanos: u32,
    pub(super) rest: Bytes,
}

impl Head {
    /// Reads on behind the first byte, which said `packet`: modifiers are taken off, unknown ones passed over.
    pub(super) fn read(body: &Bytes, mut packet: u8) -> Result<Self, Error> {
        let (mut rest, mut nanos) = (body.clone(), 0);
        take(&mut rest, 1)?;
        while packet == MOD_EX {
            let mut size = usize::from(take(&mut rest, 1)?[0]) + 1;
            if size == 256 {
                size = usize::from(take(&mut rest, 2)?.get_u16()) + 1;
            }
            let data = take(&mut rest, size)?;
            let next = take(&mut rest, 1)?[0];
            packet = next & 0x0f;
            if let (NANOSECONDS, [.., a, b, c]) = (next >> 4, &data[..]) {
                nanos = u32::from_be_bytes([0, *a, *b, *c]) % 1_000_000;
            }
        }
        Ok(Self { packet, nanos, rest })
    }

    /// The tracks behind it; `multitrack` is the packet type that says that there are several.
    pub(super) fn tracks(mut self, multitrack: u8) -> Result<Tracks, Error> {
        let (mut packet, mut many) = (self.packet, Many::No);
        if packet == multitrack {
            let kind = take(&mut self.rest, 1)?[0];
            packet = kind & 0x0f;
            many = match kind >> 4 {
                0 => Many::One,
                1 => Many::Several,
                _ => Many::SeveralCodecs,
            };
        }
        let codec = match many {
            Many::SeveralCodecs => FourCc::default(),
            _ => four(&mut self.rest)?,
        };
        Ok(Tracks {
            rest: Some(self.rest),
            packet,
            many,
            codec,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Many {
    No,
    One,
    Several,
    SeveralCodecs,
}

/// One track's part of a message.
pub(super) struct Part {
    pub(super) track: u8,
    pub(super) codec: FourCc,
    pub(super) packet: u8,
    pub(super) data: Bytes,
}

/// Iterator over the tracks of a message; each takes at least a byte of it.
pub(super) struct Tracks {
    rest: Option<Bytes>,
    packet: u8,
    many: Many,
    codec: FourCc,
}

impl Tracks {
    fn part(&mut self, mut rest: Bytes) -> Result<Part, Error> {
        if self.many == Many::SeveralCodecs {
            self.codec = four(&mut rest)?;
        }
        let mut part = Part {
            track: 0,
            codec: self.codec,
            packet: self.packet,
            data: Bytes::new(),
        };
        if self.many != Many::No {
            part.track = take(&mut rest, 1)?[0];
        }
        if matches!(self.many, Many::Several | Many::SeveralCodecs) {
            let size = take(&mut rest, 3)?.get_uint(3) as usize;
            part.data = take(&mut rest, size)?;
            self.rest = (!rest.is_empty()).then_some(rest);
        } else {
            part.data = rest;
        }
        Ok(part)
    }
}

impl Iterator for Tracks {
    type Item = Result<Part, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        Some(self.part(rest))
    }
}

/// The next `n` bytes.
fn take(rest: &mut Bytes, n: usize) -> Result<Bytes, Error> {
    if rest.len() < n {
        return Err(Error::Truncated);
    }
    Ok(rest.split_to(n))
}

fn four(rest: &mut Bytes) -> Result<FourCc, Error> {
    let mut codec = FourCc::default();
    take(rest, 4)?.copy_to_slice(&mut codec);
    Ok(codec)
}

/// A tag's body for one track of several, in a message of its own: `first` is the byte that begins it, `packet` the
/// type of what is in it (AvMultitrackType OneTrack).
pub(super) fn track_body(first: u8, packet: u8, codec: FourCc, track: u8, data: &[&[u8]]) -> Bytes {
    let mut out = BytesMut::with_capacity(7 + data.iter().map(|part| part.len()).sum::<usize>());
    out.put_slice(&[first, packet]);
    out.put_slice(&codec);
    out.put_u8(track);
    for part in data {
        out.put_slice(part);
    }
    out.freeze()
}

/// A tag's body for one track, the only one: `first` is the byte that begins it.
pub(super) fn body(first: u8, codec: FourCc, composition_ms: Option<i32>, data: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(8 + data.len());
    out.put_u8(first);
    out.put_slice(&codec);
    if let Some(ms) = composition_ms {
        out.put_int(ms.into(), 3);
    }
    out.put_slice(data);
    out.freeze()
}
