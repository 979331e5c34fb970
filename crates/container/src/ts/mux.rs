//! Writes transport streams.

mod annexb;
mod clock;
mod stream;
mod tables;

#[cfg(test)]
mod tests;

use bytes::BytesMut;
use media::{Packet, Track, TrackKind};

use self::clock::Clock;
use self::stream::{Continuity, Packets, Streams};
use self::tables::Tables;
use super::packet::{Adaptation, begin};
use super::time::HZ;
use super::{Error, PACKET, pes};

pub use clock::PCR_LEAD;

/// Writes one program. A packet of a track becomes one PES packet, which is whole packets of the stream.
///
/// Tables stand before the first packet, before every key frame, and at least twice a second where packets come as often:
/// who begins to read at a key frame has all it needs. The clock (PCR) goes with the pictures, or with the sound where
/// there are none, and is [`PCR_LEAD`] behind a packet's decoding time. So packets are to be given in the order of
/// these times; one track may lag behind the other by less than that.
#[derive(Debug)]
pub struct Muxer {
    streams: Streams,
    tables: Tables,
    clock: Clock,
    continuity: Continuity,
}

impl Muxer {
    /// A writer of `tracks`: one of pictures, one of sound, or both.
    ///
    /// # Errors
    /// [`Error::Codec`], [`Error::Tracks`] or [`Error::Config`].
    pub fn new(tracks: &[Track]) -> Result<Self, Error> {
        let streams = Streams::new(tracks)?;
        Ok(Self {
            tables: Tables::new(&streams),
            clock: Clock::default(),
            continuity: Continuity::default(),
            streams,
        })
    }

    /// A writer of a piece by itself, that may follow any other: a segment of HLS. Its first packets say that their
    /// counters begin anew.
    ///
    /// # Errors
    /// As [`Muxer::new`].
    pub fn piece(tracks: &[Track]) -> Result<Self, Error> {
        Ok(Self {
            continuity: Continuity::anew(),
            ..Self::new(tracks)?
        })
    }

    /// Goes on with other tracks, or with the same in another configuration, which pictures have from the next key
    /// frame on. Where there are other codecs, tables of a new version follow.
    ///
    /// # Errors
    /// As [`Muxer::new`]; nothing changes then.
    pub fn set_tracks(&mut self, tracks: &[Track]) -> Result<(), Error> {
        self.streams = Streams::new(tracks)?;
        self.tables.change(&self.streams);
        Ok(())
    }

    /// Says that the next packet has times of another time base. A leap in decoding time, over one second back or ten
    /// ahead, says so by itself.
    pub fn discontinuity(&mut self) {
        self.clock.jump();
    }

    /// Appends `packet` to `out`: a multiple of [`PACKET`] bytes.
    ///
    /// # Errors
    /// [`Error::NoTrack`], [`Error::AccessUnit`] or [`Error::TooLarge`]; nothing is written then, and the next packet
    /// may be.
    pub fn write(&mut self, packet: &Packet, out: &mut BytesMut) -> Result<(), Error> {
        let stream = self.streams.of(packet)?;
        let payload = stream.payload(packet)?;
        let (pts, dts) = (packet.pts.as_ticks(HZ), packet.dts.as_ticks(HZ));
        let header = pes::header(stream.stream_id(), pts, dts, payload.len());
        let left = header.as_bytes().len() + payload.len();
        out.reserve((left / (PACKET - 4) + 5) * PACKET);

        let key = packet.key && packet.kind == TrackKind::Video;
        let pcr_pid = self.streams.pcr_pid();
        let jumps = self.clock.jumps(packet.dts);
        self.tables.write(dts, key || jumps, &mut self.continuity, out);
        let mut adaptation = Adaptation::default();
        if stream.pid() == pcr_pid {
            adaptation = self.clock.tick(packet.dts);
            adaptation.random_access = packet.key;
        } else if self.clock.is_overdue(packet.dts) {
            // The pictures are late, or stand still: the clock goes on without them.
            let tick = self.clock.tick(packet.dts);
            let (continuity, tick) = self.continuity.of(pcr_pid, tick);
            begin(out, pcr_pid, false, continuity, tick, 0);
        }
        let mut packets = Packets::begin(out, stream.pid(), &mut self.continuity, adaptation, left);
        packets.put(header.as_bytes());
        payload.write(|bytes| packets.put(bytes));
        Ok(())
    }
}
