//! Where a place stands, and what was done about it.

use super::*;

#[test]
fn the_first_axis_is_where_the_target_is_between_the_bounds() {
    let at = |target_kbps, bounds| {
        let seen = Seen {
            target_kbps,
            ..Seen::new(Instant::now(), bounds)
        };
        Watch::default().see(&seen).quality
    };
    let bounds = |least_kbps, most_kbps| Bounds {
        least_kbps,
        most_kbps,
    };
    assert_eq!(at(300, bounds(300, 2_300)), 0);
    assert_eq!(at(1_300, bounds(300, 2_300)), 50);
    assert_eq!(at(2_300, bounds(300, 2_300)), 100);
    assert_eq!(at(9_000, bounds(300, 2_300)), 100);
    assert_eq!(at(10, bounds(300, 2_300)), 0);
    assert_eq!(at(300, bounds(300, 300)), 100);
}

#[test]
fn the_second_axis_is_whether_the_line_carries_what_it_is_sent() {
    let of = |change: &dyn Fn(&mut Seen)| {
        let mut seen = well(Instant::now());
        change(&mut seen);
        Watch::default().see(&seen).strength
    };
    assert_eq!(of(&|_| ()), Strength::Strong);
    assert_eq!(of(&|s| s.connection = Connection::Connecting), Strength::Unknown);
    assert_eq!(
        of(&|s| s.connection = Connection::Away(Why::Refused)),
        Strength::Broken
    );
    assert_eq!(of(&|s| s.delivered_kbps = None), Strength::Unknown);
    assert_eq!(of(&|s| s.target_kbps = 900), Strength::Enough);
    assert_eq!(of(&|s| s.waiting = Duration::from_millis(150)), Strength::Enough);
    assert_eq!(of(&|s| s.waiting = Duration::from_millis(350)), Strength::Weak);
    assert_eq!(of(&|s| s.loss = Some(0.05)), Strength::Weak);
}

#[test]
fn it_worsens_at_once_and_betters_after_two_seconds() {
    let (mut watch, begin) = (Watch::default(), Instant::now());
    let mut strength = |ms, waiting| {
        let mut seen = well(begin + Duration::from_millis(ms));
        seen.waiting = Duration::from_millis(waiting);
        watch.see(&seen).strength
    };
    assert_eq!(strength(0, 0), Strength::Strong);
    assert_eq!(strength(50, 400), Strength::Weak);
    assert_eq!(strength(100, 0), Strength::Weak);
    assert_eq!(strength(2_050, 0), Strength::Weak);
    assert_eq!(strength(2_100, 0), Strength::Strong);
}

#[test]
fn a_cut_shows_at_once_and_what_is_better_after_a_while() {
    let show = Show::on(60.0, dip(900.0, 22.0));
    let first = |from, strength| {
        show.standings
            .iter()
            .find(|s| s.0 >= from && s.1.strength == strength)
            .map(|s| s.0)
    };
    assert!(first(0.0, Strength::Weak).is_some_and(|at| at < 10.5));
    let carries = first(10.5, Strength::Enough);
    assert!(carries.is_some_and(|at| at < 15.0), "{carries:?}");
    let all = first(32.0, Strength::Strong);
    assert!(all.is_some_and(|at| (33.0..43.0).contains(&at)), "{all:?}");
    let lowest = show.standings.iter().map(|s| s.1.quality).min();
    assert!(
        lowest.is_some_and(|quality| (10..30).contains(&quality)),
        "{lowest:?}"
    );
}

#[test]
fn a_blackout_is_broken_after_a_second() {
    let show = Show::on(20.0, dip(0.0, 5.0));
    let broken = show.standings.iter().find(|s| s.1.strength == Strength::Broken);
    assert!(broken.is_some_and(|s| (11.0..11.5).contains(&s.0)), "{broken:?}");
}

#[test]
fn the_log_tells_what_was_done_without_every_step() {
    let show = Show::on(60.0, dip(900.0, 22.0));
    let log: Vec<_> = show.watch.log().entries().map(|entry| entry.what).collect();
    assert_eq!(log[0], Done::Reached);
    assert!(
        matches!(
            log[1],
            Done::Lowered {
                from_kbps: 2_628,
                to_kbps: ..900
            }
        ),
        "{log:?}"
    );
    assert_eq!(log[2], Done::Found(Cause::LineFull));
    assert!(matches!(log[3], Done::Raised { .. }), "{log:?}");
    assert_eq!(log.last(), Some(&Done::Over(Cause::LineFull)));
    let raised = log.iter().rev().nth(1);
    assert!(
        matches!(raised, Some(Done::Raised { to_kbps: 2_628, .. })),
        "{log:?}"
    );
    assert!(log.len() < 20, "{log:?}");
}

#[test]
fn falls_within_a_second_are_one() {
    let (mut watch, begin) = (Watch::default(), Instant::now());
    for (ms, target_kbps) in [(0, 2_628), (500, 1_500), (900, 1_200), (2_000, 800)] {
        let mut seen = well(begin + Duration::from_millis(ms));
        seen.target_kbps = target_kbps;
        watch.see(&seen);
    }
    let lowered = |from_kbps, to_kbps| Done::Lowered { from_kbps, to_kbps };
    let log: Vec<_> = watch.log().entries().map(|entry| entry.what).collect();
    assert_eq!(log, [Done::Reached, lowered(2_628, 1_200), lowered(1_200, 800)]);
}

#[test]
fn the_log_keeps_the_last_things_only() {
    let (mut watch, begin) = (Watch::default(), Instant::now());
    for n in 0..200 {
        let mut seen = well(begin + STEP * n);
        if n % 2 == 0 {
            seen.connection = Connection::Away(Why::Unanswered);
        }
        watch.see(&seen);
    }
    assert_eq!(watch.log().entries().count(), 64);
    assert_eq!(
        watch.log().entries().last().map(|entry| entry.what),
        Some(Done::Reached)
    );
    let count = watch.log().count();
    assert!(count >= 200, "also those that aren't kept: {count}");
    assert_eq!(watch.log().after(0).count(), 64);
    assert_eq!(watch.log().after(count - 2).count(), 2);
    assert_eq!(watch.log().after(count + 1).count(), 0);
}
