//! Periods (ISO/IEC 23009-1, 5.3.2): stretches with one set of tracks, one init segment each and no hole.

use std::collections::VecDeque;

use media::{Timestamp, Utc};

/// How far the ends of segments may be from where the manifest's durations put them, in nanoseconds.
const REGULAR: i64 = 50_000_000;
/// How far media may drift from the time of day before the next period puts it right, in nanoseconds. A crystal that is
/// wrong by 200 ppm takes eight minutes for it.
const DRIFT: i64 = 100_000_000;
/// A clock that is so far behind at once, in nanoseconds, has jumped and not drifted.
const JUMP: i64 = 2 * DRIFT;
/// So many segments of one duration in a row make a stream regular; a period that was shorter makes it irregular.
const STEADY: u64 = 4;

/// How a period's segments are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// By their number alone: each lasts so many nanoseconds, and the one that grows can be asked for.
    Number(i64),
    /// By a list of those that are complete.
    Timeline,
}

/// A period, which lasts to the next one, or to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    /// Its identity in the stream, rising from 1.
    pub(crate) id: u64,
    /// Number of its first segment.
    pub(crate) first: u64,
    /// Where it begins on the stream's line.
    pub(crate) begin: Timestamp,
    /// Where it begins on the manifest's line, in nanoseconds since the availability start time.
    pub(crate) at: i64,
    /// The init segment of the pictures and of the sound, for those it has.
    pub(crate) inits: [Option<u32>; 2],
    pub(crate) addressing: Addressing,
    /// Where it was over, on the stream's line; none while it goes on.
    pub(crate) end: Option<Timestamp>,
}

impl Period {
    /// A moment of the stream's line on the manifest's, in nanoseconds.
    pub(crate) fn place(&self, at: Timestamp) -> i64 {
        self.at + at.nanos_since(self.begin)
    }
}

/// A segment that is complete in every track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Complete {
    pub(crate) number: u64,
    pub(crate) begin: Timestamp,
    pub(crate) end: Timestamp,
    /// The init segment of each track that has something in it.
    pub(crate) inits: [Option<u32>; 2],
    /// Whether the session ended with it: it is as long as happened to be.
    pub(crate) last: bool,
}

/// How the time of day stands to the manifest's.
enum Off {
    Little,
    /// By so many nanoseconds, which the next period puts right.
    Drifted(i64),
    /// It jumped back, and stays behind.
    Behind,
}

/// Divides a stream into periods. Without IO or clock: times of day come with what happens.
#[derive(Debug, Default)]
pub(crate) struct Periods {
    /// Oldest first; the newest may go on.
    list: VecDeque<Period>,
    made: u64,
    /// What segments are expected to last, where the stream is regular.
    nominal: Option<i64>,
    /// The duration of the newest segments, and how many had it.
    steady: (i64, u64),
    /// The manifest's zero: time of day, and the same moment on the stream's line.
    zero: Option<(Utc, Timestamp)>,
    /// The manifest's line less the stream's, in nanoseconds.
    offset: i64,
    /// How far the time of day may be behind the manifest's, in nanoseconds and negative: it once jumped there.
    behind: i64,
    /// Whether there was a complete segment, and so somebody may have a manifest.
    has_complete: bool,
    /// How far the stream has come.
    reached: Timestamp,
    published: Option<Utc>,
}

impl Periods {
    /// The publisher promises segments of so many nanoseconds.
    pub(crate) fn promise(&mut self, nominal: i64) {
        self.nominal = Some(nominal);
    }

    pub(crate) fn list(&self) -> &VecDeque<Period> {
        &self.list
    }

    /// What segments last, in nanoseconds: as is expected, else as the newest did; none before the first.
    pub(crate) fn usual(&self) -> Option<i64> {
        let newest = Some(self.steady.0).filter(|&nanos| nanos > 0);
        self.nominal.or(newest)
    }

    /// MPD@availabilityStartTime; none before a time of day was known.
    pub(crate) fn available_since(&self) -> Option<Utc> {
        self.zero.map(|(utc, _)| utc)
    }

    /// MPD@publishTime: never falls.
    pub(crate) fn published(&self) -> Option<Utc> {
        self.published
    }

    /// Segment `number` begins at `begin`, which is `utc`, in tracks with these init segments: a period does, where none
    /// goes on.
    pub(crate) fn begins(
        &mut self,
        number: u64,
        begin: Timestamp,
        inits: [Option<u32>; 2],
        utc: Option<Utc>,
    ) {
        if self.newest().is_some() {
            return;
        }
        self.reached = begin;
        let addressing = self.nominal.map_or(Addressing::Timeline, Addressing::Number);
        self.add(number, begin, inits, addressing, utc);
    }

    /// A segment is complete in all tracks; `utc` is the time of day of its end.
    pub(crate) fn complete(&mut self, segment: &Complete, utc: Option<Utc>) {
        self.reached = segment.end;
        if !std::mem::replace(&mut self.has_complete, true) {
            self.set_zero_anew(segment, utc);
        }
        if self.newest().is_none_or(|p| p.inits != segment.inits) {
            self.replace(segment, utc);
        }
        if segment.last {
            return;
        }
        self.note_duration(segment.end.nanos_since(segment.begin));
        if self.is_over(segment) || self.has_drifted(segment.end, utc) {
            self.end(segment.end);
        }
    }

    /// By the end of the first segment more is known of the time of day than at its first picture: where publishers don't
    /// say it, their first packets come in a heap.
    fn set_zero_anew(&mut self, first: &Complete, utc: Option<Utc>) {
        let micros = first.end.nanos_since(first.begin) / 1_000;
        let Some(utc) = utc else { return };
        self.zero = Some((Utc(utc.as_micros().saturating_sub(micros)), first.begin));
        self.published = None;
        // Nobody has seen a manifest yet: those to come are expected to last as long, so that the stream needn't change
        // from a list to numbers later on, of which shaka-player 5 takes the time of what is newest wrongly.
        let expected = self.nominal.unwrap_or(first.end.nanos_since(first.begin));
        if let Some(period) = self.list.back_mut() {
            period.at = 0;
            if !first.last {
                self.nominal = Some(expected);
                period.addressing = Addressing::Number(expected);
            }
        }
        self.publish();
    }

    /// Whether what comes next is to be found in another way than the period's.
    fn is_over(&mut self, segment: &Complete) -> bool {
        let Some(period) = self.newest() else { return false };
        match period.addressing {
            Addressing::Number(nominal) => {
                let segments = segment.number - period.first + 1;
                let planned = nominal.saturating_mul(i64::try_from(segments).unwrap_or(i64::MAX));
                let off = segment.end.nanos_since(period.begin).saturating_sub(planned);
                let over = off.abs() > REGULAR;
                // An exception, such as a key frame that somebody asked for, divides; more than that is irregular.
                if over && segments <= STEADY {
                    self.nominal = None;
                }
                over
            }
            Addressing::Timeline => {
                self.publish();
                let (duration, times) = self.steady;
                let over = times >= STEADY;
                if over {
                    self.nominal = Some(duration);
                }
                over
            }
        }
    }

    /// The period is over at `end`: the session is, or its tracks change.
    pub(crate) fn end(&mut self, end: Timestamp) {
        let Some(period) = self.list.back_mut().filter(|p| p.end.is_none()) else {
            return;
        };
        period.end = Some(end);
        self.publish();
    }

    /// Forgets periods that were over before segment `oldest`.
    pub(crate) fn forget(&mut self, oldest: u64) {
        while self.list.get(1).is_some_and(|next| next.first <= oldest) {
            self.list.pop_front();
            self.publish();
        }
    }

    /// The period that goes on.
    fn newest(&self) -> Option<&Period> {
        self.list.back().filter(|p| p.end.is_none())
    }

    /// A segment has other tracks than its period: it gets one of its own. One that was announced for it goes.
    fn replace(&mut self, segment: &Complete, utc: Option<Utc>) {
        if self.newest().is_some_and(|p| p.first == segment.number) {
            self.list.pop_back();
        } else {
            self.end(segment.begin);
        }
        if segment.inits != [None, None] {
            let length = segment.end.nanos_since(segment.begin) / 1_000;
            let begun = utc.map(|end| Utc(end.as_micros().saturating_sub(length)));
            self.add(
                segment.number,
                segment.begin,
                segment.inits,
                Addressing::Timeline,
                begun,
            );
        }
    }

    fn add(
        &mut self,
        first: u64,
        begin: Timestamp,
        inits: [Option<u32>; 2],
        addressing: Addressing,
        utc: Option<Utc>,
    ) {
        if let Some(utc) = utc {
            let (zero, place) = *self.zero.get_or_insert((utc, begin));
            let told = (utc.as_micros() - zero.as_micros()) * 1_000 + place.as_nanos() - begin.as_nanos();
            self.correct(told - self.offset);
        }
        let least = self.list.back().map_or(0, |p| p.at);
        let zero = self.zero.map_or(0, |(_, place)| place.as_nanos());
        self.made += 1;
        self.list.push_back(Period {
            id: self.made,
            first,
            begin,
            at: (begin.as_nanos() - zero + self.offset).max(least),
            inits,
            addressing,
            end: None,
        });
        self.publish();
    }

    /// Whether the time of day at `end` is another than the manifest's by now.
    fn has_drifted(&mut self, end: Timestamp, utc: Option<Utc>) -> bool {
        let (Some(period), Some((zero, _)), Some(utc)) = (self.newest(), self.zero, utc) else {
            return false;
        };
        let off = (utc.as_micros() - zero.as_micros()) * 1_000 - period.place(end);
        match self.off(off) {
            Off::Little => false,
            Off::Drifted(_) => true,
            Off::Behind => {
                self.behind = off;
                false
            }
        }
    }

    /// What it means that the time of day is `off` from the manifest's.
    fn off(&self, off: i64) -> Off {
        match off {
            ahead if ahead > DRIFT => Off::Drifted(ahead),
            // Two periods that overlap by much stop players; that the media are older than the manifest says does no
            // harm: they can all be had in time.
            jumped if jumped - self.behind < -JUMP => Off::Behind,
            behind if behind - self.behind < -DRIFT => Off::Drifted(behind - self.behind),
            _ => Off::Little,
        }
    }

    /// Brings the manifest's line up to the time of day, which is `off` from it.
    fn correct(&mut self, off: i64) {
        match self.off(off) {
            Off::Little => {}
            Off::Behind => self.behind = off,
            Off::Drifted(by) => {
                self.offset += by;
                self.behind = (off - by).min(0);
            }
        }
    }

    fn note_duration(&mut self, lasted: i64) {
        let (duration, times) = self.steady;
        self.steady = match (lasted - duration).abs() < REGULAR / STEADY as i64 {
            true => (duration, times + 1),
            false => (lasted, 1),
        };
    }

    /// The manifest changed with what happened just now.
    fn publish(&mut self) {
        let (Some((zero, _)), Some(period)) = (self.zero, self.list.back()) else {
            return;
        };
        let micros = zero
            .as_micros()
            .saturating_add(period.place(self.reached) / 1_000);
        self.published = self.published.max(Some(Utc(micros)));
    }
}
