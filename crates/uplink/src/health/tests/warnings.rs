//! What is said of several places.

use super::*;

/// Warnings at seconds since the begin, without `since`.
struct Desk {
    begin: Instant,
    warnings: Warnings,
}

impl Desk {
    fn new() -> Self {
        Self {
            begin: Instant::now(),
            warnings: Warnings::default(),
        }
    }

    fn at(&self, seconds: f64) -> Instant {
        self.begin + Duration::from_secs_f64(seconds)
    }

    /// What is said at `seconds`, where these are now the causes of these places.
    fn say(&mut self, seconds: f64, causes: &[(usize, Option<Cause>)]) -> Vec<(&'static str, usize, Cause)> {
        let now = self.at(seconds);
        for (place, cause) in causes {
            self.warnings.note(*place, *cause, now);
        }
        let words = self.warnings.say(now).into_iter().map(|said| match said {
            Said::Begins { place, cause, .. } => ("begins", place, cause),
            Said::Better { place, cause } => ("better", place, cause),
        });
        words.collect()
    }

    /// Seconds until there is something to say.
    fn due(&self) -> Option<f64> {
        let due = self.warnings.next_due();
        due.map(|due| (due - self.begin).as_secs_f64())
    }
}

use Cause::{LineFull, LineLossy, Refused, Silent, Unreachable};

const MACHINE: Cause = Cause::Machine(Trouble::Busy);

#[test]
fn of_four_places_the_two_worst_are_said_and_the_others_later_if_it_lasts() {
    let mut desk = Desk::new();
    let four = [
        (0, Some(LineFull)),
        (1, Some(Unreachable)),
        (2, Some(LineLossy)),
        (3, Some(Refused)),
    ];
    let said = desk.say(0.0, &four);
    assert_eq!(said, [("begins", 3, Refused), ("begins", 1, Unreachable)]);
    assert_eq!(desk.due(), Some(60.0));
    assert_eq!(desk.say(59.9, &[]), []);
    assert_eq!(
        desk.say(60.0, &[]),
        [("begins", 2, LineLossy), ("begins", 0, LineFull)]
    );
    assert_eq!(desk.due(), None);
    let well = [(0, None), (1, None), (2, None), (3, None)];
    assert_eq!(desk.say(61.0, &well).len(), 4);
}

#[test]
fn what_was_held_back_and_healed_is_neither_said_nor_ended() {
    let mut desk = Desk::new();
    desk.say(
        0.0,
        &[(0, Some(LineFull)), (1, Some(Unreachable)), (2, Some(LineLossy))],
    );
    assert_eq!(desk.say(30.0, &[(0, None)]), []);
    assert_eq!(desk.due(), None);
    assert_eq!(desk.say(70.0, &[]), []);
}

#[test]
fn the_same_is_said_again_after_half_a_minute_if_it_is_still_so() {
    let mut desk = Desk::new();
    assert_eq!(desk.say(0.0, &[(0, Some(Silent))]), [("begins", 0, Silent)]);
    assert_eq!(desk.say(5.0, &[(0, None)]), [("better", 0, Silent)]);
    assert_eq!(desk.say(10.0, &[(0, Some(Silent))]), []);
    assert_eq!(desk.due(), Some(30.0));
    desk.warnings.note(0, Some(Silent), desk.at(30.0));
    let since = desk.at(10.0);
    let begins = [Said::Begins {
        place: 0,
        cause: Silent,
        since,
    }];
    assert_eq!(desk.warnings.say(desk.at(30.0)), begins);
    assert_eq!(desk.say(31.0, &[(0, None)]), [("better", 0, Silent)]);
    assert_eq!(desk.say(32.0, &[(0, Some(Silent))]), []);
    assert_eq!(desk.say(40.0, &[(0, None)]), []);
    assert_eq!(desk.say(90.0, &[]), []);
}

#[test]
fn what_gets_worse_is_said_and_ends_first() {
    let mut desk = Desk::new();
    assert_eq!(desk.say(0.0, &[(0, Some(LineFull))]), [("begins", 0, LineFull)]);
    assert_eq!(
        desk.say(5.0, &[(0, Some(LineLossy))]),
        [],
        "means the same for viewers"
    );
    assert_eq!(desk.say(10.0, &[(0, Some(Silent))]), [("begins", 0, Silent)]);
    assert_eq!(desk.say(15.0, &[(0, Some(Unreachable))]), []);
    assert_eq!(desk.say(20.0, &[(0, Some(LineFull))]), [("better", 0, Silent)]);
    assert_eq!(desk.say(25.0, &[(0, None)]), [("better", 0, LineFull)]);
}

#[test]
fn a_slow_machine_is_said_once_for_all_places() {
    let mut desk = Desk::new();
    let slow = [(0, Some(MACHINE)), (1, Some(MACHINE)), (2, Some(MACHINE))];
    assert_eq!(desk.say(0.0, &slow), [("begins", 0, MACHINE)]);
    assert_eq!(desk.due(), None);
    let well = [(0, None), (1, None), (2, None)];
    assert_eq!(desk.say(90.0, &well), [("better", 0, MACHINE)]);
}
