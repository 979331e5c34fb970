//! What the studio warned of, read from what it logs.

use std::fmt;

use jiff::Timestamp;

/// Words by which a line of the log is known.
const WORDS: &str = ": a warning: ";

/// The warnings of one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Warned {
    /// Causes that were said before anything was the matter.
    falsely: Vec<String>,
    /// The first afterwards: seconds since the fault's begin, and the cause.
    first: Option<(f64, String)>,
    /// The others.
    then: Vec<String>,
}

impl Warned {
    /// Those of `place` in `log`; `fault` is when something was the matter, in seconds since `begin`, which is in ms of
    /// UTC.
    pub(crate) fn read(log: &str, place: &str, fault: Option<[f64; 2]>, begin: f64) -> Self {
        let mut warned = Self::default();
        for (at, cause) in log.lines().filter_map(|line| read(line, place)) {
            let since = fault.map(|fault| (at - begin) / 1e3 - fault[0]);
            match since.filter(|since| *since >= 0.0) {
                None => warned.falsely.push(cause),
                Some(since) if warned.first.is_none() => warned.first = Some((since, cause)),
                Some(_) => warned.then.push(cause),
            }
        }
        warned
    }
}

/// When a line warns of `place`, in ms of UTC, and of what.
fn read(line: &str, place: &str) -> Option<(f64, String)> {
    let (stamp, rest) = line.split_once(' ')?;
    let (_, said) = rest.split_once(WORDS)?;
    let field = |name: &str| Some(said.split_once(&format!("{name}=\""))?.1.split_once('"')?.0);
    let at = stamp.parse::<Timestamp>().ok()?;
    let ms = at.as_microsecond() as f64 / 1e3;
    (field("output")? == place).then_some((ms, field("cause")?.to_owned()))
}

impl fmt::Display for Warned {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(self.falsely.iter().map(|cause| format!("FALSELY {cause}")));
        words.extend(self.first.iter().map(|(at, cause)| format!("{at:.2} s {cause}")));
        words.extend(self.then.iter().map(|cause| format!("then {cause}")));
        match words.is_empty() {
            true => f.write_str("-"),
            false => f.write_str(&words.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "2026-11-22T13:52:22.241513Z  INFO studio::output::pulse: less is sent output=\"place0\"\n\
        2026-11-22T13:52:22.450000Z  WARN studio::control::look: a warning: Too slow. output=\"place0\" cause=\"line.full\"\n\
        2026-11-22T13:52:24.450000Z  WARN studio::control::look: a warning: No. output=\"place0\" cause=\"place.refused\"\n";

    #[test]
    fn the_first_warning_of_a_place_is_timed_from_the_faults_begin() {
        let stamp: Timestamp = "2026-11-22T13:52:20Z".parse().unwrap();
        let begin = stamp.as_millisecond() as f64;
        let said = |place, fault| Warned::read(LOG, place, fault, begin).to_string();
        assert_eq!(
            said("place0", Some([2.0, 9.0])),
            "0.45 s line.full, then place.refused"
        );
        assert_eq!(said("place1", Some([2.0, 9.0])), "-");
        assert_eq!(
            said("place0", Some([4.0, 9.0])),
            "FALSELY line.full, 0.45 s place.refused"
        );
        assert_eq!(said("place0", None), "FALSELY line.full, FALSELY place.refused");
    }
}
