use proptest::prelude::*;

use super::*;

/// Packets of 1250 bytes: 10 kilobits.
const LEN: usize = 1_250;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn terms(rate_kbps: u32) -> Terms {
    Terms {
        rate_kbps,
        ..Terms::default()
    }
}

/// All that comes out until `end`, with when that was, in milliseconds since `begin`.
fn drain(link: &mut Link<u32>, begin: Instant, end: Instant) -> Vec<(u32, u64)> {
    let mut out = Vec::new();
    while let Some(at) = link.next().filter(|at| *at <= end) {
        while let Some(packet) = link.poll(at) {
            out.push((packet, (at - begin).as_millis() as u64));
        }
    }
    out
}

#[test]
fn packets_leave_at_the_rate_and_come_after_the_delay() {
    let (mut link, begin) = (Link::new(terms(1_000), 1), Instant::now());
    (0..3).for_each(|n| link.offer(n, LEN, begin));
    // 10 kilobits at a megabit a second are 10 ms; then 20 on the way.
    assert_eq!(
        drain(&mut link, begin, begin + ms(1_000)),
        [(0, 30), (1, 40), (2, 50)]
    );
    assert_eq!(link.counted().delivered_bytes, 3 * LEN as u64);
}

#[test]
fn what_finds_the_queue_full_is_dropped() {
    let (mut link, begin) = (Link::new(terms(1_000), 1), Instant::now());
    (0..100).for_each(|n| link.offer(n, LEN, begin));
    let out = drain(&mut link, begin, begin + ms(10_000));
    // One that is being sent, and 200 ms of others.
    assert_eq!((out.len(), link.counted().dropped), (21, 79));
    assert_eq!(out.last(), Some(&(20, 230)));
}

#[test]
fn a_change_of_rate_holds_for_the_packet_that_is_being_sent() {
    let (mut link, begin) = (Link::new(terms(1_000), 1), Instant::now());
    (0..2).for_each(|n| link.offer(n, LEN, begin));
    link.set(terms(100), begin + ms(5));
    // Half of the first is left, which takes 50 ms; the second takes 100.
    assert_eq!(drain(&mut link, begin, begin + ms(1_000)), [(0, 75), (1, 175)]);
}

#[test]
fn a_line_that_stands_still_loses_nothing_it_holds() {
    let (mut link, begin) = (Link::new(terms(1_000), 1), Instant::now());
    (0..2).for_each(|n| link.offer(n, LEN, begin));
    link.set(terms(0), begin + ms(5));
    assert!(drain(&mut link, begin, begin + ms(5_000)).is_empty());
    link.set(terms(1_000), begin + ms(5_000));
    assert_eq!(
        drain(&mut link, begin, begin + ms(6_000)),
        [(0, 5_025), (1, 5_035)]
    );
}

#[test]
fn what_vanishes_is_counted() {
    let hole = Terms {
        black_hole: true,
        ..terms(1_000)
    };
    let (mut link, begin) = (Link::new(terms(1_000), 1), Instant::now());
    (0..3).for_each(|n| link.offer(n, LEN, begin));
    link.set(hole, begin + ms(15));
    link.offer(3, LEN, begin + ms(15));
    // The first was on its way, the others were sent into the hole.
    assert_eq!(drain(&mut link, begin, begin + ms(1_000)), [(0, 30)]);
    assert_eq!(link.counted().lost, 3);
}

#[test]
fn loss_and_reordering_come_as_often_as_said() {
    let bad = Terms {
        loss_percent: 10.0,
        reorder_percent: 5.0,
        rate_kbps: 100_000,
        queue_ms: 100_000,
        ..Terms::default()
    };
    let (mut link, begin) = (Link::new(bad, 7), Instant::now());
    (0..20_000).for_each(|n| link.offer(n, LEN, begin));
    let out = drain(&mut link, begin, begin + ms(100_000));
    assert!(
        (1_850..2_150).contains(&link.counted().lost),
        "{:?}",
        link.counted()
    );
    let mut newest = 0;
    let early = out.iter().filter(|(n, _)| {
        let behind = *n < newest;
        newest = newest.max(*n);
        behind
    });
    assert!(early.count() > 1_000);
}

proptest! {
    #[test]
    fn without_reordering_none_overtakes_and_each_comes_once_or_is_counted(
        seed: u64,
        offers in prop::collection::vec((0u64..50, 40usize..1_500), 1..200),
        rate in 50u32..5_000,
        jitter in 0.0..50.0f64,
        loss in 0.0..50.0f64,
    ) {
        let terms = Terms { rate_kbps: rate, jitter_ms: jitter, loss_percent: loss, ..Terms::default() };
        let begin = Instant::now();
        let (mut link, mut now, mut out) = (Link::new(terms, seed), begin, Vec::new());
        for (n, (after, len)) in offers.iter().enumerate() {
            now += ms(*after);
            out.extend(std::iter::from_fn(|| link.poll(now)));
            link.offer(n, *len, now);
        }
        while let Some(at) = link.next() {
            prop_assert!(at >= begin);
            out.extend(std::iter::from_fn(|| link.poll(at)));
        }
        prop_assert!(out.is_sorted());
        let counted = link.counted();
        prop_assert_eq!(counted.delivered as usize, out.len());
        prop_assert_eq!((counted.delivered + counted.dropped + counted.lost) as usize, offers.len());
    }
}
