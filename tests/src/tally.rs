//! Program frames counted at the receiver, by the numbers burnt into them, and whether the studio's report says the
//! same.

use std::collections::HashSet;

use api::studio::{OutputStats, ShowReport};
use media::FrameRate;

use crate::player::Picture;

/// What a tick's picture turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Its own.
    Own,
    /// An older one again.
    Repeated,
    /// One whose number can't be read.
    Unread,
    /// None came.
    Absent,
}

/// Pictures of a show as they came, one slot a tick, from the first that came to the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// What became of each tick.
    pub slots: Vec<Slot>,
    /// The number that the first slot's own picture bears.
    pub first: u64,
    /// Numbers between the first and the last that never showed: the count by numbers alone.
    pub missing: u64,
    /// Pictures with a lower number than the one before.
    pub backwards: u64,
}

impl Tally {
    /// Counts `pictures` of a show with `rate` ticks a second.
    pub fn of(pictures: &[Picture], rate: FrameRate) -> Self {
        let Some(start) = pictures.first().map(|picture| picture.pts.as_nanos()) else {
            return Self::default();
        };
        // FLV's times are whole milliseconds: the nearest tick is meant.
        let tick = |picture: &Picture| {
            let ticks = (picture.pts.as_nanos() - start) as f64 * rate.as_f64() / 1e9;
            ticks.round() as i64
        };
        let numbers = || {
            pictures
                .iter()
                .filter_map(|p| Some((tick(p), i64::from(p.number?))))
        };
        // No picture is ahead of its tick, so the newest against its tick says which number is whose.
        let ahead = numbers().map(|(tick, number)| number - tick).max().unwrap_or(0);
        let ticks = pictures.iter().map(tick).max().unwrap_or(-1) + 1;
        let mut slots = vec![Slot::Absent; usize::try_from(ticks).unwrap_or(0)];
        for picture in pictures {
            let tick = tick(picture);
            let slot = match picture.number {
                None => Slot::Unread,
                Some(number) if i64::from(number) == tick + ahead => Slot::Own,
                Some(_) => Slot::Repeated,
            };
            if let Some(place) = usize::try_from(tick).ok().and_then(|tick| slots.get_mut(tick)) {
                *place = slot;
            }
        }
        let values: Vec<i64> = numbers().map(|(_, number)| number).collect();
        let distinct: HashSet<_> = values.iter().collect();
        let span = values
            .iter()
            .max()
            .zip(values.iter().min())
            .map_or(0, |(high, low)| high - low + 1);
        Self {
            slots,
            first: u64::try_from(ahead).unwrap_or(0),
            missing: u64::try_from(span).unwrap_or(0) - distinct.len() as u64,
            backwards: values.windows(2).filter(|pair| pair[1] < pair[0]).count() as u64,
        }
    }

    /// How many slots are `slot`.
    pub fn count(&self, slot: Slot) -> u64 {
        self.slots.iter().filter(|&&s| s == slot).count() as u64
    }

    /// Ticks without their own picture: missing or repeated.
    pub fn wrong(&self) -> u64 {
        let slots = self.slots.len() as u64 - self.count(Slot::Own);
        slots.max(self.missing) + self.backwards
    }

    /// The most ticks without their own picture among any `length` in a row; `None` when there are fewer.
    pub fn worst(&self, length: usize) -> Option<u64> {
        let wrong = |slots: &[Slot]| slots.iter().filter(|&&slot| slot != Slot::Own).count() as u64;
        self.slots.windows(length.max(1)).map(wrong).max()
    }

    /// Ticks with their own picture in each second, on average.
    pub fn true_rate(&self, rate: FrameRate) -> f64 {
        self.count(Slot::Own) as f64 * rate.as_f64() / (self.slots.len() as f64).max(1.0)
    }

    /// Where the studio's report and this count differ, each in words; nothing when they agree.
    ///
    /// `output` is what the report says of the way these pictures came by. What was not received can't be judged: a
    /// tick said to be repeated may be one before the first picture that came (the destination was not connected
    /// yet), or one whose repeat was refused by the encoder.
    pub fn differences(&self, report: &ShowReport, output: &OutputStats) -> Vec<String> {
        let first = report
            .counter
            .as_ref()
            .map_or(self.first, |counter| counter.first_counter);
        let before = self.first.saturating_sub(first);
        let after = report
            .program
            .due
            .saturating_sub(before + self.slots.len() as u64);
        let lost = self.count(Slot::Absent) + after;
        let refused: u64 = report.encodings.iter().map(|encoding| encoding.refused).sum();
        let owned = refused + output.dropped_line;
        let (repeated, program) = (self.count(Slot::Repeated), &report.program);
        let mut said = Vec::new();
        let mut differ = |differ: bool, what: String| said.extend(differ.then_some(what));
        differ(
            !(repeated..=repeated + before + lost).contains(&program.repeated),
            format!(
                "the report says {} repeated, {repeated} were seen and {} not received",
                program.repeated,
                before + lost
            ),
        );
        differ(
            lost > owned,
            format!(
                "{lost} never came, {after} of them at the end; the report owns up to {owned} refused or dropped"
            ),
        );
        let (due, composed, late) = (program.due, program.composed, program.late);
        differ(
            composed + late != due,
            format!("{composed} composed and {late} late are not the {due} due"),
        );
        let unread = self.count(Slot::Unread);
        differ(unread > 0, format!("{unread} can't be read"));
        said
    }
}

#[cfg(test)]
mod tests {
    use api::studio::{CounterMap, EncodingStats, ProgramStats};
    use media::Timestamp;

    use super::*;

    const RATE: FrameRate = FrameRate::whole(30);

    /// Pictures given as tick and number.
    fn pictures(list: &[(i64, u32)]) -> Vec<Picture> {
        let picture = |&(tick, number): &(i64, u32)| Picture {
            number: (number > 0).then_some(number),
            key: false,
            clock: None,
            pts: Timestamp::from_millis((tick * 1000 + 15) / 30),
            mark: None,
        };
        list.iter().map(picture).collect()
    }

    fn report(repeated: u64, refused: u64) -> ShowReport {
        ShowReport {
            program: ProgramStats {
                due: 8,
                composed: 8 - repeated,
                late: repeated,
                repeated,
                ..ProgramStats::default()
            },
            encodings: vec![EncodingStats {
                refused,
                ..EncodingStats::default()
            }],
            counter: Some(CounterMap {
                first_counter: 11,
                ..CounterMap::default()
            }),
            ..ShowReport::default()
        }
    }

    #[test]
    fn each_tick_ends_once() {
        // Tick 100 bears 12; 103 is a repeat, 105 never came, 106 can't be read.
        let seen = pictures(&[(100, 12), (101, 13), (102, 14), (103, 14), (104, 16), (106, 0)]);
        let tally = Tally::of(&seen, RATE);
        use Slot::{Absent, Own, Repeated, Unread};
        assert_eq!(tally.slots, [Own, Own, Own, Repeated, Own, Absent, Unread]);
        assert_eq!((tally.first, tally.missing, tally.backwards), (12, 1, 0));
        assert_eq!(
            (tally.wrong(), tally.worst(4), tally.worst(8)),
            (3, Some(3), None)
        );
        assert_eq!(Tally::of(&[], RATE), Tally::default());
    }

    #[test]
    fn a_first_picture_that_is_a_repeat_is_known_by_those_behind_it() {
        let tally = Tally::of(&pictures(&[(7, 20), (8, 22), (9, 23)]), RATE);
        assert_eq!(tally.slots, [Slot::Repeated, Slot::Own, Slot::Own]);
        assert_eq!(tally.first, 21);
    }

    #[test]
    fn a_report_that_says_too_little_is_found_out() {
        // One repeated, one absent; of 8 ticks from number 11 on, the first was not seen.
        let seen = pictures(&[(0, 12), (1, 13), (2, 13), (4, 16), (5, 17), (6, 18)]);
        let tally = Tally::of(&seen, RATE);
        let output = OutputStats::default();
        assert_eq!(tally.differences(&report(1, 1), &output), Vec::<String>::new());
        // What is said of a picture that was not received may be true: the first, and the absent one.
        assert_eq!(tally.differences(&report(3, 1), &output), Vec::<String>::new());
        assert_eq!(tally.differences(&report(0, 1), &output).len(), 1);
        assert_eq!(tally.differences(&report(4, 1), &output).len(), 1);
        assert_eq!(tally.differences(&report(1, 0), &output).len(), 1);
        // The last tick did not come.
        let tally = Tally::of(&seen[..5], RATE);
        assert_eq!(tally.differences(&report(1, 1), &output).len(), 1);
        assert_eq!(tally.differences(&report(1, 2), &output), Vec::<String>::new());
    }
}
