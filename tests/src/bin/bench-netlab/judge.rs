//! What came, in figures.

use std::collections::HashSet;

use netlab::Scenario;

/// The receiver's buffer: what comes no later than this behind the usual is shown in time, in ms.
const BUFFER: f64 = 500.0;
/// How long after a fault's begin the studio has to find its rate, in seconds.
const FINDS: f64 = 3.0;
/// A rate is judged over this long, in seconds.
const WINDOW: f64 = 2.0;
/// The part of the usual rate that counts as full quality.
const FULL: f64 = 0.95;

/// Something that came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arrived {
    /// When, in ms of UTC.
    pub(crate) at: f64,
    pub(crate) bytes: usize,
    /// A picture's number and when it was taken, in ms of UTC; none for sound.
    pub(crate) picture: Option<(u32, f64)>,
}

impl Arrived {
    pub(crate) const fn sound(at: f64, bytes: usize) -> Self {
        Self {
            at,
            bytes,
            picture: None,
        }
    }
}

/// A place's figures. What could not be told is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    /// Pictures that came.
    pub(crate) pictures: usize,
    /// Pictures between the first and the last that never came.
    pub(crate) missing: usize,
    /// The longest time without a new picture at a receiver with a buffer, in ms.
    pub(crate) freeze: Option<f64>,
    /// The longest from taken to shown there, in ms.
    pub(crate) delay: Option<f64>,
    /// Of what the line could carry, from 3 s after the fault's begin to its end, how much came: 0 to 1.
    pub(crate) share: Option<f64>,
    /// From the fault's end to the first picture taken after it, in seconds.
    pub(crate) live: Option<f64>,
    /// From the fault's end to the usual rate, in seconds.
    pub(crate) full: Option<f64>,
}

/// Judges what came to one place of a show while the scenario ran, from `begin` to `end` in ms of UTC.
pub(crate) fn judge(scenario: &Scenario, [begin, end]: [f64; 2], arrived: &[Arrived]) -> Figures {
    let shown = shown(arrived, begin);
    let seconds = |at: f64| begin + at * 1e3;
    let numbers: HashSet<u32> = arrived.iter().filter_map(|a| Some(a.picture?.0)).collect();
    let span = numbers.iter().max().zip(numbers.iter().min());
    let span = span.map_or(0, |(last, first)| (last - first) as usize + 1);
    let mut figures = Figures {
        pictures: numbers.len(),
        missing: span - numbers.len(),
        // Who never comes back stands still to the end.
        freeze: max(shown
            .windows(2)
            .map(|two| two[1].0 - two[0].0)
            .chain(shown.last().map(|last| end - last.0))),
        delay: max(shown.iter().map(|(at, taken)| at - taken)),
        ..Figures::default()
    };
    let Some([from, to]) = scenario.fault else {
        return figures;
    };
    let bits = |from: f64, to: f64| {
        let within = arrived
            .iter()
            .filter(|a| (seconds(from)..seconds(to)).contains(&a.at));
        within.map(|a| a.bytes).sum::<usize>() as f64 * 8.0
    };
    // A shortened run may end before the fault does.
    let over = to.min((end - begin) / 1e3);
    let could = scenario.kilobits(from + FINDS, over) * 1e3;
    figures.share = (could > 0.0).then(|| bits(from + FINDS, over) / could);
    let usual = bits(from - WINDOW, from) / WINDOW;
    // In tenths of a second.
    let windows = (0..).map(|n| to + f64::from(n) / 10.0);
    figures.full = windows
        .take_while(|at| usual > 0.0 && seconds(at + WINDOW) <= end)
        .find(|at| bits(*at, at + WINDOW) / WINDOW >= usual * FULL)
        .map(|at| at - to);
    let new = arrived
        .iter()
        .find(|a| a.picture.is_some_and(|(_, taken)| taken >= seconds(to)));
    figures.live = new.map(|a| (a.at - seconds(to)) / 1e3);
    figures
}

/// When each picture is shown by a receiver that keeps the usual delay and its buffer, and when it was taken: one that
/// comes later is shown at once, one older than what is shown is not.
fn shown(arrived: &[Arrived], begin: f64) -> Vec<(f64, f64)> {
    let pictures = || arrived.iter().filter_map(|a| Some((a.at, a.picture?)));
    let mut early: Vec<f64> = pictures()
        .filter(|(at, _)| *at < begin)
        .map(|(at, (_, taken))| at - taken)
        .collect();
    early.sort_by(f64::total_cmp);
    let usual = early.get(early.len() / 2).copied().unwrap_or(0.0);
    let mut shown: Vec<(f64, f64)> = Vec::new();
    for (at, (_, taken)) in pictures() {
        if shown.last().is_none_or(|(_, newest)| taken > *newest) {
            shown.push((at.max(taken + usual + BUFFER), taken));
        }
    }
    shown
}

fn max(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::max)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
