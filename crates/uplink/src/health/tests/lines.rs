//! What is said of lines.

use super::*;

#[test]
fn a_deep_cut_is_said_within_a_second() {
    for mode in [Mode::Steady, Mode::LowestDelay] {
        let mut show = Show::new(mode);
        show.run(60.0, dip(900.0, 22.0));
        let begins = show.begins();
        assert_eq!(
            begins.len(),
            1,
            "{mode:?}: {begins:?} {:?} {:?}",
            show.changes,
            show.line.lowered()
        );
        let (at, cause) = begins[0];
        assert_eq!(cause, Cause::LineFull);
        assert!((10.0..10.9).contains(&at), "{mode:?}: {at}");
        let betters = show.betters();
        assert_eq!(
            betters.len(),
            1,
            "{mode:?}: {betters:?} {:?} {:?}",
            show.changes,
            show.line.lowered()
        );
        assert!(
            (37.0..50.0).contains(&betters[0].0),
            "{mode:?}: {betters:?} {:?} {:?}",
            show.changes,
            show.line.lowered()
        );
    }
}

#[test]
fn what_is_healed_within_two_seconds_is_not_said() {
    for (kbps, seconds) in [
        (2_100.0, 1.5),
        (2_300.0, 1.9),
        (0.0, 1.5),
        (0.0, 0.5),
        (900.0, 0.3),
    ] {
        let show = Show::on(60.0, dip(kbps, seconds));
        assert_eq!(show.changes.len(), 1, "{kbps} {seconds}: {:?}", show.changes);
    }
}

#[test]
fn a_shallow_dip_that_lasts_is_said() {
    let show = Show::on(60.0, dip(2_100.0, 30.0));
    let begins = show.begins();
    assert!(
        matches!(begins[..], [(12.0..20.0, Cause::LineFull)]),
        "{begins:?}"
    );
    assert!(matches!(show.betters()[..], [(40.0..55.0, Cause::LineFull)]));
}

#[test]
fn a_blackout_is_said_once_and_ended_once() {
    let show = Show::on(60.0, dip(0.0, 10.0));
    assert!(
        matches!(show.begins()[..], [(12.0..12.6, Cause::Silent)]),
        "{:?}",
        show.begins()
    );
    assert!(
        matches!(show.betters()[..], [(25.0..25.6, Cause::Silent)]),
        "{:?}",
        show.betters()
    );
    assert_eq!(show.changes.len(), 3, "{:?}", show.changes);
}

#[test]
fn half_an_hour_of_clean_lines_with_jitter_raises_no_alarm() {
    let mut random = fastrand::Rng::with_seed(1);
    let jitter: Vec<f64> = (0..40_000).map(|_| random.f64() * 0.02).collect();
    let trace = Trace::new(Kind::Clean, 4, 1_800);
    let clean = along(&trace);
    let carries = |at: f64| {
        let (rate, delay, loss) = clean(at);
        (rate, delay + jitter[(at * 20.0) as usize], loss)
    };
    for mode in [Mode::Steady, Mode::LowestDelay] {
        let mut show = Show::new(mode);
        show.run(1_800.0, carries);
        assert_eq!(show.said, []);
        assert_eq!(show.changes.len(), 1, "{:?}", show.changes);
    }
}

#[test]
fn a_line_that_flaps_is_unsteady_and_said_seldom() {
    for kbps in [0.0, 300.0, 900.0, 1_300.0] {
        let flaps = |at: f64| {
            let low = at as u32 % 10 >= 5;
            (if low { kbps } else { 10_000.0 }, 0.02, 0.0)
        };
        let show = Show::on(600.0, flaps);
        let all = (&show.changes, show.begins());
        assert!(show.changes.len() <= 6, "{kbps}: {all:?}");
        assert!(once_a_minute(&show.advices()), "{kbps}: {all:?}");
        assert_eq!(show.watch.cause(), Some(Cause::LineUnsteady), "{kbps}: {all:?}");
        assert!((1..=3).contains(&show.begins().len()), "{kbps}: {all:?}");
    }
}

#[test]
fn a_steady_line_is_never_called_unsteady() {
    for kbps in (400..2_700).step_by(100) {
        let steady = |_| (f64::from(kbps), 0.02, 0.0);
        let show = Show::on(300.0, steady);
        let unsteady = show.changes.iter().find(|c| c.1 == Some(Cause::LineUnsteady));
        assert_eq!(unsteady, None, "{kbps}");
        let short = kbps < 2_400;
        assert!(
            !short || show.watch.cause() == Some(Cause::LineFull),
            "{kbps}: {:?}",
            show.changes
        );
    }
}

#[test]
fn on_bad_lines_the_advice_changes_at_most_once_a_minute() {
    for kind in [
        Kind::WifiContention,
        Kind::Microwave,
        Kind::WalkingAway,
        Kind::Handover,
    ] {
        for seed in 0..8 {
            let trace = Trace::new(kind, seed, 600);
            let show = Show::on(600.0, along(&trace));
            let all = (kind, seed, &show.changes);
            assert!(once_a_minute(&show.advices()), "{all:?}");
            assert!(once_a_minute(&show.taken_back()), "{all:?}");
        }
    }
}
