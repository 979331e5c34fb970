//! One track on its way from samples to parts and segments.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use container::cmaf::{self, Sample};
use media::{CodecParameters, Packet, Timestamp, TrackKind, Utc};

use crate::clock::Clock;
use crate::config::CLOSE_NANOS;
use crate::segment::{Head, Part, Segment, UNITS, units};
use crate::timeline::{first_tick, frame_ticks, timescale};

/// Samples in a part at most, however short they are.
const MOST_SAMPLES: usize = 512;

/// The state of one rendition's only track.
#[derive(Debug)]
pub(crate) struct Track {
    kind: TrackKind,
    pub(crate) parameters: CodecParameters,
    timescale: u32,
    /// Ticks of a nominal frame.
    frame: u32,
    /// The longest a part may be, in [`UNITS`]; fixed at the stream's beginning.
    pub(crate) part_target: u64,
    /// Number of the newest init segment, from 1.
    pub(crate) version: u32,
    inits: BTreeMap<u32, Init>,
    /// The newest packet: how long it lasts, the next one says.
    pending: Option<Packet>,
    pub(crate) open: Option<Open>,
    /// Complete segments, oldest first: those listed and those that stay fetchable for a while.
    pub(crate) segments: VecDeque<Segment>,
    chunks: u32,
    /// Time of day of the newest segment: it never falls.
    utc: Option<Utc>,
    /// Where the last sample's decoding ends.
    end: Timestamp,
}

/// An init segment, and what it says.
#[derive(Debug)]
pub(crate) struct Init {
    bytes: Bytes,
    pub(crate) parameters: CodecParameters,
    pub(crate) timescale: u32,
}

/// The segment that grows.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) head: Head,
    /// Where it begins on the line; of the first sample's presentation where there is one.
    start: Timestamp,
    pub(crate) parts: Vec<Part>,
    /// Ticks and bytes taken so far, the part being built included.
    ticks: u64,
    bytes: usize,
    part: Building,
}

/// The part that grows.
#[derive(Debug, Default)]
struct Building {
    samples: Vec<Sample>,
    ticks: u64,
    dts: u64,
    pts: Timestamp,
}

impl Track {
    pub(crate) fn new(parameters: CodecParameters, part: Duration) -> Result<Self, cmaf::Error> {
        let mut track = Self {
            kind: parameters.kind(),
            timescale: timescale(&parameters),
            frame: frame_ticks(&parameters),
            parameters,
            part_target: 0,
            version: 0,
            inits: BTreeMap::new(),
            pending: None,
            open: None,
            segments: VecDeque::new(),
            chunks: 0,
            utc: None,
            end: Timestamp::ZERO,
        };
        let (frame, ticks) = (u128::from(track.frame), u128::from(track.timescale));
        let frames = (part.as_nanos() * ticks + frame * 500_000_000) / (frame * 1_000_000_000);
        let target = frames.max(1) * frame * u128::from(UNITS);
        track.part_target = target.div_ceil(ticks) as u64;
        track.renew(track.parameters.clone())?;
        Ok(track)
    }

    /// Takes over changed parameters, with an init segment of their own. Nothing may be open or pending.
    pub(crate) fn renew(&mut self, parameters: CodecParameters) -> Result<(), cmaf::Error> {
        self.timescale = timescale(&parameters);
        self.frame = frame_ticks(&parameters);
        let init = Init {
            bytes: cmaf::init_segment(&parameters, self.timescale, self.id())?,
            parameters: parameters.clone(),
            timescale: self.timescale,
        };
        self.parameters = parameters;
        self.version += 1;
        self.inits.insert(self.version, init);
        Ok(())
    }

    /// Track ids tell the two apart where a player puts them together.
    fn id(&self) -> u32 {
        match self.kind {
            TrackKind::Video => 1,
            TrackKind::Audio => 2,
        }
    }

    pub(crate) fn pending(&self) -> Option<&Packet> {
        self.pending.as_ref()
    }

    pub(crate) fn open_msn(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.head.msn)
    }

    /// Whether the open segment has samples besides the pending one.
    pub(crate) fn has_taken(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.ticks > 0)
    }

    /// Where the open segment ends by now.
    pub(crate) fn open_end(&self) -> Option<Timestamp> {
        let open = self.open.as_ref()?;
        let length = Timestamp::from_ticks(open.ticks as i64, self.timescale).as_nanos();
        Some(open.start + Duration::from_nanos(length as u64))
    }

    /// How long the open segment is, in nanoseconds, if the next sample is decoded at `dts`.
    pub(crate) fn length_at(&self, dts: Timestamp) -> i64 {
        let taken = self.open.as_ref().map_or(0, |open| open.ticks);
        let pending = self.pending.as_ref().map_or(0, |p| dts.nanos_since(p.dts).max(0));
        Timestamp::from_ticks(taken as i64, self.timescale).as_nanos() + pending
    }

    /// Whether the open segment reaches `limit` nanoseconds if the next sample is decoded at `dts` and lasts a
    /// nominal frame.
    pub(crate) fn reaches(&self, limit: i64, dts: Timestamp) -> bool {
        let frame = Timestamp::from_ticks(self.frame.into(), self.timescale).as_nanos();
        self.length_at(dts) + frame >= limit
    }

    /// Bytes of the open segment, the pending packet included.
    pub(crate) fn open_bytes(&self) -> usize {
        let pending = self.pending.as_ref().map_or(0, |p| p.data.len());
        self.open.as_ref().map_or(0, |open| open.bytes) + pending
    }

    /// Takes the next packet of the open segment: the one before it lasts until it.
    /// A packet from before that one's end is decoded there instead.
    pub(crate) fn push(&mut self, mut packet: Packet, clock: &Clock) {
        self.settle(Some(packet.dts), clock);
        if packet.dts < self.end {
            let tick = first_tick(self.end, self.timescale);
            packet.dts = Timestamp::from_ticks(tick, self.timescale);
            packet.pts = packet.pts.max(packet.dts);
        }
        if self.begins_close(&packet) {
            let tick = first_tick(self.end, self.timescale);
            packet.dts = Timestamp::from_ticks(tick, self.timescale);
            packet.pts = packet.dts;
        }
        if let Some(open) = self.open.as_mut().filter(|open| open.ticks == 0) {
            // The schedule says where a segment begins; its first sample says where exactly.
            open.start = packet.pts;
            open.head.utc = clock.utc(packet.pts).max(open.head.utc);
            self.utc = open.head.utc;
        }
        self.pending = Some(packet);
    }

    /// Whether a packet of sound is a session's first and begins almost where the last session ended: it takes the hole's
    /// time as well, as players stand still at holes in the sound.
    fn begins_close(&self, packet: &Packet) -> bool {
        let begins = |open: &Open| open.ticks == 0 && open.head.discontinuity;
        let hole = packet.dts.nanos_since(self.end);
        self.kind == TrackKind::Audio
            && self.pending.is_none()
            && self.open.as_ref().is_some_and(begins)
            && (1..=CLOSE_NANOS).contains(&hole)
    }

    /// Where the pending packet ends if it lasts a nominal frame, and else the open segment.
    fn nominal_end(&self) -> Option<Timestamp> {
        let Some(packet) = &self.pending else {
            return self.open_end();
        };
        let dts = packet.dts.as_ticks(self.timescale).max(0);
        Some(Timestamp::from_ticks(dts + i64::from(self.frame), self.timescale))
    }

    /// The session ends at `end`: what is pending lasts until there, if it almost does.
    pub(crate) fn settle_last(&mut self, end: Timestamp, clock: &Clock) {
        let hole = self.nominal_end().map(|own| end.nanos_since(own));
        let close = hole.is_some_and(|hole| (1..=CLOSE_NANOS).contains(&hole));
        self.settle(close.then_some(end), clock);
    }

    /// The later of two tracks' ends.
    pub(crate) fn last_end<'a>(tracks: impl Iterator<Item = &'a Self>) -> Timestamp {
        tracks.filter_map(Self::nominal_end).max().unwrap_or_default()
    }

    /// Gives the pending packet its duration (up to `next`, or a nominal frame) and puts it into the part.
    pub(crate) fn settle(&mut self, next: Option<Timestamp>, clock: &Clock) {
        let Some(packet) = self.pending.take() else { return };
        let dts = packet.dts.as_ticks(self.timescale).max(0);
        let duration = next.map_or(self.frame.into(), |next| next.as_ticks(self.timescale) - dts);
        let duration = duration.max(1);
        self.end = Timestamp::from_ticks(dts + duration, self.timescale);
        let composition = packet.pts.as_ticks(self.timescale) - dts;
        let sample = Sample {
            duration: u32::try_from(duration).unwrap_or(u32::MAX),
            composition: i32::try_from(composition).unwrap_or(i32::MAX),
            key: packet.key,
            data: packet.data,
        };
        let Some(open) = &mut self.open else { return };
        if !open.part.samples.is_empty() && self.exceeds(sample.duration) {
            self.close_part(clock);
        }
        self.append(sample, dts as u64, packet.pts);
        if self.exceeds(self.frame) {
            self.close_part(clock);
        }
    }

    fn append(&mut self, sample: Sample, dts: u64, pts: Timestamp) {
        let Some(open) = &mut self.open else { return };
        if open.part.samples.is_empty() {
            open.part.dts = dts;
            open.part.pts = pts;
        }
        open.ticks += u64::from(sample.duration);
        open.bytes += sample.data.len();
        open.part.ticks += u64::from(sample.duration);
        open.part.samples.push(sample);
    }

    /// Whether the part would be too long with `ticks` more.
    fn exceeds(&self, ticks: u32) -> bool {
        self.open.as_ref().is_some_and(|open| {
            let sum = u128::from(open.part.ticks + u64::from(ticks)) * u128::from(UNITS);
            sum > u128::from(self.part_target) * u128::from(self.timescale)
                || open.part.samples.len() >= MOST_SAMPLES
        })
    }

    fn close_part(&mut self, clock: &Clock) {
        let id = self.id();
        let Some(open) = &mut self.open else { return };
        let part = std::mem::take(&mut open.part);
        let Some(first) = part.samples.first() else { return };
        self.chunks = self.chunks.wrapping_add(1);
        let reference = clock
            .utc(part.pts)
            .map(|utc| (utc, part.pts.as_ticks(self.timescale).max(0) as u64));
        let independent = first.key;
        // Only parts of 2 GiB fail, and a segment's bytes are limited far below.
        if let Ok(data) = cmaf::chunk(self.chunks, id, part.dts, &part.samples, reference) {
            open.parts.push(Part {
                data,
                duration: units(part.ticks, self.timescale),
                independent,
            });
        }
    }

    /// Closes the open segment at `start` and opens the one with this head there. What is pending belongs
    /// to the new one; settle it before, if it doesn't.
    pub(crate) fn cut(&mut self, mut head: Head, start: Timestamp, clock: &Clock) {
        self.close(start, clock);
        head.version = self.version;
        head.utc = clock.utc(start).max(self.utc);
        self.utc = head.utc;
        self.open = Some(Open {
            head,
            start,
            parts: Vec::new(),
            ticks: 0,
            bytes: 0,
            part: Building::default(),
        });
    }

    /// Closes the open segment. Where it has no sample it becomes a gap that lasts until `end`.
    pub(crate) fn close(&mut self, end: Timestamp, clock: &Clock) {
        self.close_part(clock);
        let Some(open) = self.open.take() else { return };
        let until_end = end.nanos_since(open.start).max(0) as u64;
        let (ticks, timescale) = match open.parts.is_empty() {
            true => (until_end, 1_000_000_000),
            false => (open.ticks, self.timescale),
        };
        self.segments.push_back(Segment {
            bytes: open.parts.iter().map(|p| p.data.len()).sum(),
            head: open.head,
            parts: open.parts,
            duration: units(ticks, timescale),
            start: open.start,
            ticks,
            timescale,
            left: None,
        });
    }

    pub(crate) fn init(&self, version: u32) -> Option<Bytes> {
        self.inits.get(&version).map(|init| init.bytes.clone())
    }

    /// Forgets init segments before number `oldest`.
    pub(crate) fn retain_inits(&mut self, oldest: u32) {
        self.inits.retain(|&version, _| version >= oldest);
    }

    /// What init segment `version` says.
    pub(crate) fn described(&self, version: u32) -> Option<&Init> {
        self.inits.get(&version)
    }

    /// Number of the segment behind the newest; none before the first.
    pub(crate) fn next_msn(&self) -> Option<u64> {
        let newest = self.segments.back().map(|s| s.head.msn);
        Some(self.open_msn().or(newest)? + 1)
    }

    /// The init segment that segment `msn` needs; none when there is no such segment.
    pub(crate) fn init_of(&self, msn: u64) -> Option<u32> {
        let open = self.open.as_ref().map(|open| &open.head);
        let complete = self.complete(msn).map(|segment| &segment.head);
        Some(open.filter(|head| head.msn == msn).or(complete)?.version)
    }

    /// Complete segment `msn`.
    pub(crate) fn complete(&self, msn: u64) -> Option<&Segment> {
        let first = self.segments.front()?.head.msn;
        self.segments.get(usize::try_from(msn.checked_sub(first)?).ok()?)
    }

    /// The parts of segment `msn`, and whether it is complete; none when there is no such segment.
    pub(crate) fn parts(&self, msn: u64) -> Option<(&[Part], bool)> {
        if let Some(open) = self.open.as_ref().filter(|open| open.head.msn == msn) {
            return Some((&open.parts, false));
        }
        self.complete(msn).map(|segment| (segment.parts.as_slice(), true))
    }
}
