//! The streams that tracks become, and the packets they are cut into.

use bytes::{BufMut, Bytes, BytesMut};
use media::{AudioCodec, CodecParameters, Packet, Track, TrackKind, VideoCodec};

use super::super::packet::{Adaptation, begin};
use super::super::{Error, kind, opus, pes};
use super::annexb::{AnnexB, Unit};
use crate::adts::{self, Adts};

/// PIDs of the map, of pictures and of sound.
pub(super) const PMT_PID: u16 = 0x1000;
const VIDEO_PID: u16 = 0x100;
const AUDIO_PID: u16 = 0x101;

/// Continuity counters of tables, pictures and sound (ISO/IEC 13818-1, 2.4.3.3).
#[derive(Debug, Default)]
pub(super) struct Continuity([Counter; 4]);

/// The counter of a PID's last packet, and whether the next is to say that it begins anew.
#[derive(Clone, Copy, Debug)]
struct Counter {
    last: u8,
    anew: bool,
}

/// So that each begins at 0.
impl Default for Counter {
    fn default() -> Self {
        Self {
            last: 15,
            anew: false,
        }
    }
}

impl Continuity {
    /// All begin anew, whatever stood before, and each PID's next packet says so (2.4.3.5).
    pub(super) fn anew() -> Self {
        let counter = Counter {
            anew: true,
            ..Counter::default()
        };
        Self([counter; 4])
    }

    /// The counter of `pid`, and what the next packet says.
    pub(super) fn of(&mut self, pid: u16, adaptation: Adaptation) -> (&mut u8, Adaptation) {
        let [pat, pmt, video, audio] = &mut self.0;
        let counter = match pid {
            VIDEO_PID => video,
            AUDIO_PID => audio,
            PMT_PID => pmt,
            _ => pat,
        };
        let discontinuity = adaptation.discontinuity || std::mem::take(&mut counter.anew);
        let adaptation = Adaptation {
            discontinuity,
            ..adaptation
        };
        (&mut counter.last, adaptation)
    }
}

/// At least one stream, at most one of a kind.
#[derive(Debug)]
pub(super) struct Streams(Vec<Stream>);

impl Streams {
    pub(super) fn new(tracks: &[Track]) -> Result<Self, Error> {
        let count = |kind| tracks.iter().filter(|t| t.parameters.kind() == kind).count();
        if tracks.is_empty() || count(TrackKind::Video) > 1 || count(TrackKind::Audio) > 1 {
            return Err(Error::Tracks);
        }
        tracks.iter().map(Stream::new).collect::<Result<_, _>>().map(Self)
    }

    /// The stream of a packet's track.
    pub(super) fn of(&self, packet: &Packet) -> Result<&Stream, Error> {
        let (kind, track) = (packet.kind, packet.track);
        let stream = self.0.iter().find(|s| s.kind() == kind && s.track == track);
        stream.ok_or(Error::NoTrack(kind, track))
    }

    /// The stream that has the clock: pictures where there are some.
    pub(super) fn pcr_pid(&self) -> u16 {
        self.0.iter().map(Stream::pid).min().unwrap_or(VIDEO_PID)
    }

    /// What the map says: stream_type, PID, descriptors.
    pub(super) fn map(&self) -> Vec<(u8, u16, Bytes)> {
        let entry = |stream: &Stream| (stream.stream_type, stream.pid(), stream.descriptors());
        self.0.iter().map(entry).collect()
    }
}

/// A track with what is written around its packets.
#[derive(Debug)]
pub(super) struct Stream {
    /// Number of the track.
    track: u8,
    stream_type: u8,
    codec: Codec,
}

#[derive(Debug)]
enum Codec {
    Video(AnnexB),
    Aac(Adts),
    /// With its descriptors.
    Opus(Bytes),
}

impl Stream {
    fn new(track: &Track) -> Result<Self, Error> {
        let (stream_type, codec) = match &track.parameters {
            CodecParameters::Video(p) => match p.codec {
                VideoCodec::H264 => (kind::H264, Codec::Video(AnnexB::h264(&p.config)?)),
                VideoCodec::Hevc => (kind::HEVC, Codec::Video(AnnexB::hevc(&p.config)?)),
                VideoCodec::Av1 => return Err(Error::Codec("AV1")),
                VideoCodec::Vp9 => return Err(Error::Codec("VP9")),
            },
            CodecParameters::Audio(p) => match p.codec {
                AudioCodec::Aac => (kind::AAC, Codec::Aac(Adts::from_config(&p.config)?)),
                AudioCodec::Opus => (kind::PRIVATE, Codec::Opus(opus::descriptors(p.channels)?)),
            },
        };
        Ok(Self {
            track: track.id,
            stream_type,
            codec,
        })
    }

    fn kind(&self) -> TrackKind {
        match self.codec {
            Codec::Video(_) => TrackKind::Video,
            Codec::Aac(_) | Codec::Opus(_) => TrackKind::Audio,
        }
    }

    pub(super) fn pid(&self) -> u16 {
        match self.kind() {
            TrackKind::Video => VIDEO_PID,
            TrackKind::Audio => AUDIO_PID,
        }
    }

    fn descriptors(&self) -> Bytes {
        match &self.codec {
            Codec::Opus(descriptors) => descriptors.clone(),
            Codec::Video(_) | Codec::Aac(_) => Bytes::new(),
        }
    }

    pub(super) fn stream_id(&self) -> u8 {
        match self.codec {
            Codec::Video(_) => pes::VIDEO,
            Codec::Aac(_) => pes::AUDIO,
            Codec::Opus(_) => pes::PRIVATE,
        }
    }

    /// A packet as it is carried.
    pub(super) fn payload<'a>(&'a self, packet: &'a Packet) -> Result<Payload<'a>, Error> {
        match &self.codec {
            Codec::Video(annexb) => Ok(Payload::Video(annexb.unit(&packet.data, packet.key)?)),
            Codec::Aac(adts) => {
                let len = packet.data.len();
                let header = adts.header(len).ok_or(Error::TooLarge(len))?;
                Ok(Payload::Aac(header, &packet.data))
            }
            Codec::Opus(_) => Ok(Payload::Opus(opus::Header::new(packet.data.len())?, &packet.data)),
        }
    }
}

/// What a PES packet carries.
pub(super) enum Payload<'a> {
    Video(Unit<'a>),
    Aac([u8; adts::HEADER], &'a [u8]),
    Opus(opus::Header, &'a [u8]),
}

impl Payload<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Video(unit) => unit.len(),
            Self::Aac(header, data) => header.len() + data.len(),
            Self::Opus(header, data) => header.len() + data.len(),
        }
    }

    /// Hands its bytes to `put`, piece by piece.
    pub(super) fn write(&self, mut put: impl FnMut(&[u8])) {
        match self {
            Self::Video(unit) => unit.pieces().for_each(put),
            Self::Aac(header, data) => {
                put(header);
                put(data);
            }
            Self::Opus(header, data) => {
                header.pieces().into_iter().for_each(&mut put);
                put(data);
            }
        }
    }
}

/// The packets of one PES packet, while it is written.
pub(super) struct Packets<'a> {
    out: &'a mut BytesMut,
    pid: u16,
    continuity: &'a mut u8,
    /// Bytes still to come, and for how many the packet begun has room.
    left: usize,
    room: usize,
}

impl<'a> Packets<'a> {
    /// Begins the first, for a PES packet of `left` bytes.
    pub(super) fn begin(
        out: &'a mut BytesMut,
        pid: u16,
        continuity: &'a mut Continuity,
        adaptation: Adaptation,
        left: usize,
    ) -> Self {
        let (continuity, adaptation) = continuity.of(pid, adaptation);
        let room = begin(out, pid, true, continuity, adaptation, left);
        Self {
            out,
            pid,
            continuity,
            left,
            room,
        }
    }

    /// Writes the next bytes: in all as many as were announced.
    pub(super) fn put(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.room == 0 {
                let none = Adaptation::default();
                self.room = begin(self.out, self.pid, false, self.continuity, none, self.left);
            }
            let (now, later) = bytes.split_at(bytes.len().min(self.room));
            self.out.put_slice(now);
            (self.left, self.room) = (self.left - now.len(), self.room - now.len());
            bytes = later;
        }
    }
}
