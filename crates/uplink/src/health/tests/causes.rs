//! What each cause is found from, and what is said about it.

use super::*;

/// How often a place is seen: the least and the most often.
const PACES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(50)];

/// What a place is seen as at `seconds`, where all is well but for what `change` does.
type Change = fn(&mut Seen, f64);

/// When which causes were found within 100 s, at both paces.
fn found(change: Change) -> [Vec<(f64, Option<Cause>)>; 2] {
    PACES.map(|pace| {
        let begin = Instant::now();
        let (mut watch, mut found) = (Watch::default(), Vec::new());
        for n in 0..(100.0 / pace.as_secs_f64()) as u32 {
            let mut seen = well(begin + pace * n);
            let at = (seen.at - begin).as_secs_f64();
            change(&mut seen, at);
            watch.see(&seen);
            if found.last().and_then(|last: &(f64, _)| last.1) != watch.cause() {
                found.push((at, watch.cause()));
            }
        }
        found
    })
}

/// Whether `cause` is found within 0.75 s of `from`, first and alone.
fn finds(cause: Cause, from: f64, change: Change) {
    for all in found(change) {
        let first = all.first().filter(|f| f.1 == Some(cause));
        let soon = first.is_some_and(|f| (from..=from + 0.75).contains(&f.0));
        assert!(soon && all.len() == 1, "{cause:?}: {all:?}");
    }
}

fn finds_nothing(change: Change) {
    assert_eq!(found(change), [Vec::new(), Vec::new()]);
}

/// A place that gets 900 of 2628 kbit/s from 10 s on, while more waits than is good.
fn cut(seen: &mut Seen, at: f64) {
    if at >= 10.0 {
        (seen.target_kbps, seen.made_kbps, seen.delivered_kbps) = (900, 900, Some(900));
        (seen.waiting, seen.lowered) = (Duration::from_millis(200), 1);
    }
}

#[test]
fn each_cause_is_found_from_its_sign() {
    finds(Cause::LineFull, 10.2, cut);
    finds(Cause::ServerSlow, 10.2, |seen, at| {
        seen.server_slow = true;
        cut(seen, at);
    });
    finds(Cause::LineBusy, 10.2, |seen, at| {
        seen.shared = true;
        cut(seen, at);
    });
    finds(Cause::LineLossy, 12.0, |seen, at| {
        seen.loss = (at >= 10.0).then_some(0.03);
    });
    finds(Cause::Machine(Trouble::Busy), 12.0, |seen, at| {
        seen.machine = (at >= 10.0).then_some(Trouble::Busy);
    });
    finds(Cause::Silent, 12.0, silent_from_ten);
}

fn silent_from_ten(seen: &mut Seen, at: f64) {
    if at >= 10.0 {
        seen.delivered_kbps = Some(0);
        seen.waiting = Duration::from_secs_f64(at - 10.0);
    }
}

#[test]
fn what_is_told_is_no_cause_where_all_passes() {
    finds_nothing(|seen, _| (seen.server_slow, seen.shared) = (true, true));
    finds_nothing(|seen, at| seen.machine = (at % 3.0 < 1.0).then_some(Trouble::Busy));
    finds_nothing(|seen, at| seen.loss = Some(if at % 3.0 < 1.0 { 0.05 } else { 0.0 }));
    finds_nothing(|seen, _| seen.loss = Some(0.019));
}

#[test]
fn a_connection_that_begins_to_carry_again_is_no_deep_cut() {
    finds_nothing(|seen, at| {
        let silent = (10.0..11.5).contains(&at);
        if silent || (11.5..12.2).contains(&at) {
            (seen.target_kbps, seen.waiting) = (300, Duration::from_millis(200));
            seen.delivered_kbps = Some(if silent { 0 } else { 900 });
        }
    });
}

#[test]
fn where_all_is_acknowledged_a_line_is_not_silent() {
    finds_nothing(|seen, at| {
        silent_from_ten(seen, at);
        (seen.outstanding, seen.waiting) = (false, Duration::ZERO);
    });
}

#[test]
fn a_server_that_does_not_read_is_not_a_silent_line() {
    finds(Cause::ServerSlow, 12.0, |seen, at| {
        seen.server_slow = true;
        silent_from_ten(seen, at);
    });
}

#[test]
fn a_server_that_was_too_slow_is_to_blame_for_a_while() {
    let all = found(|seen, at| {
        seen.server_slow = (10.0..11.0).contains(&at);
        cut(seen, at);
    });
    for all in all {
        let causes: Vec<_> = all.iter().filter_map(|found| found.1).collect();
        assert_eq!(causes, [Cause::ServerSlow, Cause::LineFull], "{all:?}");
        // What was said stands for a minute.
        assert!((70.0..71.0).contains(&all[1].0), "{all:?}");
    }
}

#[test]
fn a_place_that_is_lost_has_two_seconds_to_come_back() {
    finds_nothing(|seen, at| {
        if (10.0..11.9).contains(&at) {
            seen.connection = Connection::Away(Why::Refused);
        }
    });
    finds(Cause::Unreachable, 12.0, |seen, at| {
        lost(seen, at, Why::Unanswered);
    });
    finds(Cause::Refused, 12.0, |seen, at| lost(seen, at, Why::Refused));
    finds(Cause::Down, 12.0, |seen, at| lost(seen, at, Why::Down));
}

#[test]
fn what_lies_beyond_a_server_of_the_sellers_is_no_fault_of_the_uplinks() {
    finds(Cause::Beyond, 12.0, |seen, at| {
        seen.beyond = true;
        lost(seen, at, Why::Unanswered);
    });
    finds(Cause::Beyond, 5.0, |seen, _| {
        (seen.beyond, seen.connection) = (true, Connection::Connecting);
    });
    assert_eq!(Cause::Beyond.side(), Side::Server);
}

fn lost(seen: &mut Seen, at: f64, why: Why) {
    if at >= 10.0 {
        seen.connection = Connection::Away(why);
    }
}

#[test]
fn silence_counts_from_its_begin_though_the_connection_is_given_up() {
    finds(Cause::Unreachable, 12.0, |seen, at| {
        silent_from_ten(seen, at);
        lost(seen, at - 1.0, Why::Unanswered);
    });
}

#[test]
fn a_first_try_has_five_seconds() {
    finds_nothing(|seen, at| {
        if at < 4.9 {
            seen.connection = Connection::Connecting;
        }
    });
    finds(Cause::Unreachable, 5.0, |seen, _| {
        seen.connection = Connection::Connecting;
    });
}

#[test]
fn a_rate_that_nobody_changes_is_too_much_when_pictures_are_skipped() {
    let skips = |seen: &mut Seen, at: f64| {
        seen.delivered_kbps = None;
        seen.skipped = ((at - 10.0).max(0.0) * 4.0) as u64;
    };
    finds(Cause::LineFull, 12.0, skips);
    finds_nothing(|seen, at| seen.skipped = u64::from(at > 10.0) * 20);
}

#[test]
fn an_estimate_counts_when_it_stands() {
    // Congestion control that begins low, and one that falls to 900 kbit/s.
    finds_nothing(|seen, at| estimate(seen, 300.0 * 1.08_f64.powf(at)));
    finds(Cause::LineFull, 13.0, |seen, at| {
        let cut = 900.0 + 30.0 * (at * 9.0).sin();
        estimate(seen, if at < 10.0 { 4_000.0 } else { cut });
    });
}

#[test]
fn an_estimate_that_falls_deep_while_something_waits_counts_at_once() {
    let cut = |seen: &mut Seen, at: f64| {
        estimate(seen, if at < 10.0 { 4_000.0 } else { 900.0 });
        seen.waiting = Duration::from_millis(if at < 10.0 { 20 } else { 150 });
    };
    finds(Cause::LineFull, 10.2, cut);
    // In the beginning it isn't known, then low, and what is sent waits for it.
    finds_nothing(|seen, at| {
        if at > 0.5 {
            estimate(seen, 300.0 * 1.08_f64.powf(at));
        }
        seen.waiting = Duration::from_millis(150);
    });
}

fn estimate(seen: &mut Seen, kbps: f64) {
    (seen.estimate_kbps, seen.delivered_kbps) = (Some(kbps as u32), None);
    seen.target_kbps = ((kbps * 0.9) as u32).min(BOUNDS.most_kbps);
}

#[test]
fn a_steady_line_is_not_unsteady_because_reports_of_it_scatter() {
    assert!(!is_called(Cause::LineUnsteady, |seen, at| {
        seen.target_kbps = 1_000 + (at * 100.0) as u32 % 800;
        seen.made_kbps = seen.target_kbps;
        let scatter = 1.0 + 0.25 * (at * 40.0).sin() + 0.15 * (at * 17.0).sin();
        seen.delivered_kbps = Some((1_500.0 * scatter) as u32);
        seen.waiting = Duration::from_millis((at * 50.0) as u64 % 400);
    }));
}

#[test]
fn a_picture_that_stood_still_makes_no_line_unsteady() {
    // For 5 s little is made, then more than the line carries.
    assert!(!is_called(Cause::LineUnsteady, |seen, at| {
        let still = at % 10.0 < 5.0;
        seen.target_kbps = 2_000;
        seen.made_kbps = if still { 200 } else { 2_000 };
        seen.delivered_kbps = Some(if still { 200 } else { 1_500 });
        seen.waiting = Duration::from_millis(if still { 0 } else { 150 });
    }));
}

fn is_called(cause: Cause, change: Change) -> bool {
    found(change).iter().flatten().any(|found| found.1 == Some(cause))
}

#[test]
fn causes_stand_worst_first_and_have_names_of_their_own() {
    assert!(Cause::ALL.is_sorted());
    assert!(Cause::ALL.is_sorted_by(|worse, better| worse.severity() >= better.severity()));
    let codes: std::collections::BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.code()).collect();
    assert_eq!(codes.len(), Cause::ALL.len());
}

#[test]
fn advice_is_one_sentence_without_a_word_of_the_trade() {
    let trade = [
        "destination",
        "output",
        "encod",
        "bitrate",
        "bit rate",
        "latency",
        "packet",
        "uplink",
        "frame",
        "stream",
        "buffer",
        "codec",
        "protocol",
        "error",
        "server",
        "dropped",
        "bandwidth",
        "congestion",
    ];
    for cause in Cause::ALL {
        let advice = cause.advice();
        assert!(
            advice.ends_with('.') && advice.matches('.').count() == 1,
            "{advice}"
        );
        let plain = advice
            .to_lowercase()
            .replace("stream key", "")
            .replace("your own server", "");
        let word = trade.iter().find(|word| plain.contains(**word));
        assert_eq!(word, None, "{advice}");
    }
}
