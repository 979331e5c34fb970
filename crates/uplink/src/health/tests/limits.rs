//! What holds whatever happens.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::*;

fn cause(random: &mut Rng) -> Option<Cause> {
    let one = random.choice(Cause::ALL);
    one.filter(|_| random.f32() < 0.7)
}

/// Keeps the rules of what is said.
#[derive(Default)]
struct Referee {
    now: BTreeMap<usize, Option<Cause>>,
    open: Vec<(usize, Cause)>,
    begun: Vec<(Instant, usize, Cause)>,
}

impl Referee {
    fn hear(&mut self, said: &[Said], at: Instant) {
        let begins = said.iter().filter_map(|said| match said {
            Said::Begins { cause, .. } => Some(*cause),
            Said::Better { .. } => None,
        });
        assert!(begins.is_sorted(), "worst first: {said:?}");
        assert!(
            said.is_sorted_by_key(|said| matches!(said, Said::Begins { .. })),
            "{said:?}"
        );
        said.iter().for_each(|said| self.hear_one(said, at));
        for (place, cause) in &self.open {
            let now = self.now[place].map(Cause::severity);
            assert!(Some(cause.severity()) <= now, "{place} is better than {cause:?}");
        }
    }

    fn hear_one(&mut self, said: &Said, at: Instant) {
        match *said {
            Said::Begins { place, cause, since } => {
                assert!(since <= at && self.now[&place] == Some(cause), "{said:?}");
                self.begins(place, cause, at);
            }
            Said::Better { place, cause } => {
                let open = self.open.iter().position(|open| *open == (place, cause));
                self.open.remove(open.expect("what ends has begun"));
            }
        }
    }

    fn begins(&mut self, place: usize, cause: Cause, at: Instant) {
        assert!(!self.open.contains(&(place, cause)));
        let same = self.begun.iter().rev().find(|b| (b.1, b.2) == (place, cause));
        assert!(same.is_none_or(|b| at - b.0 >= Duration::from_secs(30)));
        let before_last = self.begun.iter().rev().nth(1);
        assert!(before_last.is_none_or(|b| at - b.0 >= Duration::from_secs(60)));
        self.open.push((place, cause));
        self.begun.push((at, place, cause));
    }
}

#[test]
fn warnings_keep_their_limits_and_end_what_they_began() {
    for seed in 0..100 {
        let mut random = Rng::with_seed(seed);
        let (mut warnings, mut referee, mut now) = (Warnings::default(), Referee::default(), Instant::now());
        for _ in 0..500 {
            for _ in 0..random.u32(0..4) {
                let (place, cause) = (random.usize(0..5), cause(&mut random));
                warnings.note(place, cause, now);
                referee.now.insert(place, cause);
            }
            referee.hear(&warnings.say(now), now);
            assert_eq!(warnings.say(now), [], "all is said at once");
            assert!(warnings.next_due().is_none_or(|due| due > now));
            now += Duration::from_millis(random.u64(0..20_000));
            if let Some(due) = warnings.next_due().filter(|due| *due <= now) {
                now = due;
                let said = warnings.say(due);
                assert!(!said.is_empty(), "seed {seed}: what is due is said");
                referee.hear(&said, due);
            }
        }
        (0..5).for_each(|place| warnings.note(place, None, now));
        referee.now.values_mut().for_each(|cause| *cause = None);
        referee.hear(&warnings.say(now), now);
        assert_eq!(referee.open, []);
        assert!(!referee.begun.is_empty());
    }
}

/// A place to which anything may happen, for some seconds at a time.
fn anything(random: &mut Rng, at: Instant) -> Seen {
    let connections = [
        Connection::Connecting,
        Connection::Away(Why::Unanswered),
        Connection::Away(Why::Refused),
    ];
    let connection = random.choice(connections).filter(|_| random.f32() < 0.2);
    let target_kbps = random.u32(0..4_000);
    Seen {
        connection: connection.unwrap_or(Connection::Live),
        target_kbps,
        made_kbps: random.u32(0..4_000),
        delivered_kbps: Some(random.u32(0..4_000) * u32::from(random.f32() < 0.8))
            .filter(|_| random.f32() < 0.9),
        estimate_kbps: Some(target_kbps).filter(|_| random.f32() < 0.1),
        waiting: Duration::from_millis(random.u64(0..500)),
        loss: Some(random.f32() * 0.03),
        server_slow: random.f32() < 0.1,
        machine: (random.f32() < 0.1).then_some(Trouble::Busy),
        shared: random.f32() < 0.1,
        lowered: random.u64(0..10),
        skipped: random.u64(0..10),
        ..Seen::new(at, BOUNDS)
    }
}

#[test]
fn what_is_said_of_a_line_is_taken_back_at_most_once_a_minute() {
    for seed in 0..20 {
        let (mut random, begin) = (Rng::with_seed(seed), Instant::now());
        let (mut watch, mut told, mut eased, mut kept) = (Watch::default(), None, None, begin);
        let mut seen = Seen::new(begin, BOUNDS);
        for n in 0..12_000 {
            let at = begin + STEP * n;
            if at >= kept {
                seen = anything(&mut random, at);
                kept = at + Duration::from_millis(random.u64(0..8_000));
            }
            seen.at = at;
            let standing = watch.see(&seen);
            assert!(standing.quality <= 100);
            let now = watch.cause();
            let taken_back = now != told && now.map(Cause::severity) <= told.map(Cause::severity);
            if taken_back && told.map(Cause::severity) < Some(Severity::Gone) {
                let before = eased.replace(at);
                assert!(
                    before.is_none_or(|before| at - before >= Duration::from_secs(60)),
                    "seed {seed}"
                );
            }
            told = now;
        }
    }
}
