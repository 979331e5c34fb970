//! What is said of the places of a show, in virtual time.

use api::health::{Logged, Strength};
use uplink::Bounds;
use uplink::health::{Connection, Why};
use uplink::machine::Trouble;

use super::*;

const BOUNDS: Bounds = Bounds {
    least_kbps: 428,
    most_kbps: 2_628,
};

/// A show of the places "first" and "second", and how they are.
struct Show {
    wards: Wards,
    now: Instant,
    losing: Option<Trouble>,
    told: Vec<Event>,
}

impl Show {
    fn new() -> Self {
        let now = Instant::now();
        let mut wards = Wards::default();
        let places = ["first", "second"].map(|name| (name.to_owned(), BOUNDS.most_kbps));
        wards.begin(places.into_iter(), now);
        Self {
            wards,
            now,
            losing: None,
            told: Vec::new(),
        }
    }

    /// So many seconds in which the second place is like that; the first is well.
    fn run(&mut self, seconds: usize, second: impl Fn(Seen) -> Seen) -> &mut Self {
        for beat in 1..=seconds * 20 {
            self.now += Duration::from_millis(50);
            let well = Seen {
                connection: Connection::Live,
                made_kbps: 2_600,
                delivered_kbps: Some(2_600),
                ..Seen::new(self.now, BOUNDS)
            };
            let rtt = Some(Duration::from_millis(40));
            let looked = [(well, rtt), (second(well), None)].into_iter();
            self.told.extend(self.wards.see(looked, self.losing, self.now));
            if beat % 20 == 0 {
                let sent_kbps = 2_600;
                let counted = Counted {
                    sent_kbps,
                    ..Counted::default()
                };
                self.wards.second([counted; 2].into_iter());
            }
        }
        self
    }
}

fn away(seen: Seen) -> Seen {
    Seen {
        connection: Connection::Away(Why::Unanswered),
        ..seen
    }
}

#[test]
fn a_place_that_is_lost_is_said_and_so_is_that_it_is_back() {
    let mut show = Show::new();
    show.run(5, |seen| seen);
    assert!(show.told.is_empty() && show.wards.worst().is_none());
    show.run(4, away);
    let [Event::Warning { warning }] = &show.told[..] else {
        panic!("{:?}", show.told);
    };
    assert_eq!(
        (
            warning.place.as_str(),
            warning.diagnosis.cause.as_str(),
            warning.bad
        ),
        ("second", "place.unreachable", true)
    );
    assert_eq!(show.wards.worst(), Some(("second", Cause::Unreachable)));
    let standing = show.wards.warnings(show.now);
    assert!(
        standing.len() == 1 && standing[0].diagnosis.seconds > 1.0,
        "{standing:?}"
    );
    let (place, diagnosis) = show.wards.place("second", show.now).unwrap();
    assert_eq!(place.strength, Strength::Broken);
    assert_eq!(diagnosis.unwrap().cause, "place.unreachable");
    show.run(6, |seen| seen);
    let cause = Cause::Unreachable.code().to_owned();
    let place = "second".to_owned();
    assert_eq!(show.told.last(), Some(&Event::Better { place, cause }));
    assert_eq!(show.wards.better(show.now), Some("second"));
    assert!(show.wards.warnings(show.now).is_empty());
    show.run(6, |seen| seen);
    assert_eq!(show.wards.better(show.now), None);
}

#[test]
fn a_computer_that_loses_pictures_is_said_of_one_place() {
    let mut show = Show::new();
    show.run(3, |seen| seen);
    show.losing = Some(Trouble::Graphics);
    show.run(1, |seen| seen);
    assert!(show.wards.worst().is_none());
    show.run(3, |seen| seen);
    let cause = Cause::Machine(Trouble::Graphics);
    assert_eq!(show.wards.worst(), Some(("first", cause)));
    assert_eq!(show.told.len(), 1, "of one place, not of all: {:?}", show.told);
}

#[test]
fn history_tells_each_second_and_what_happened_also_when_the_show_has_ended() {
    let mut show = Show::new();
    let nothing = [Counted::default(); 2].into_iter();
    assert!(!show.wards.second(nothing), "no second has passed yet");
    show.run(5, |seen| seen).run(4, away);
    show.wards.end();
    assert!(show.wards.worst().is_none() && show.wards.warnings(show.now).is_empty());
    let history = show.wards.history(false);
    assert_eq!((history.from, history.step), (0.0, 1.0));
    let [first, second] = &history.places[..] else {
        panic!("{history:?}");
    };
    assert_eq!((first.wanted_kbps, first.sent_kbps[8]), (2_628, 2_600));
    assert_eq!(
        (first.rtt_ms[0], second.rtt_ms[0], second.lost[0]),
        (Some(40), None, None)
    );
    assert_eq!(
        second.strength[4..7],
        [Strength::Strong, Strength::Broken, Strength::Broken]
    );
    let log: Vec<_> = history
        .log
        .iter()
        .map(|entry| (entry.place.as_str(), &entry.what))
        .collect();
    let cause = "place.unreachable".to_owned();
    assert_eq!(
        log,
        [
            ("first", &Logged::Reached),
            ("second", &Logged::Reached),
            ("second", &Logged::Lost { refused: false }),
            ("second", &Logged::Found { cause }),
        ]
    );
    assert_eq!(show.wards.history(true).places[0].sent_kbps.len(), 9);
    show.told.clear();
    show.run(70, away);
    assert!(show.told.is_empty(), "of what has ended nothing is said");
    assert_eq!(show.wards.history(true).places[0].sent_kbps.len(), 9);
}
