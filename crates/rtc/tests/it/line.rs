//! What a connection does on good and bad lines, in virtual time.

use std::time::Duration;

use media::TrackKind;
use rtc::{Event, Media, Role};

use super::pair::{Pair, Way, picture, sound};

const FRAME: Duration = Duration::from_micros(33_333);

/// Sends a show from `end` for `seconds`, `kbps` in pictures, a key frame every two seconds.
fn show(pair: &mut Pair, end: usize, seconds: u32, kbps: u32) {
    let begin = pair.elapsed();
    let bytes = (kbps * 1000 / 8 / 30) as usize;
    pair.ends[end].set_rate(u64::from(kbps) * 1000);
    for n in 0..seconds * 30 {
        let pts = FRAME * n;
        let unit = picture(pts, n % 60 == 0, bytes, pair.now);
        pair.send(end, &unit);
        if n % 3 != 2 {
            let unit = sound(
                Duration::from_millis(u64::from(n / 3 * 40 + n % 3 * 20)),
                pair.now,
            );
            pair.send(end, &unit);
        }
        pair.run(begin + FRAME * (n + 1));
    }
}

fn media(pair: &Pair, end: usize, kind: TrackKind) -> Vec<(Duration, &Media)> {
    pair.events[end]
        .iter()
        .filter_map(|(at, event)| match event {
            Event::Media(media) if media.kind == kind => Some((*at, media)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_show_passes_from_client_to_server_whole() {
    let mut pair = Pair::new(Role::Send);
    pair.connect();
    show(&mut pair, 0, 4, 2_000);
    pair.run(pair.elapsed() + Duration::from_millis(200));
    let (pictures, sounds) = (
        media(&pair, 1, TrackKind::Video),
        media(&pair, 1, TrackKind::Audio),
    );
    assert_eq!((pictures.len(), sounds.len()), (120, 80));
    assert!(
        pictures
            .iter()
            .all(|(_, media)| media.whole && media.clock == 90_000)
    );
    assert_eq!(pictures.iter().filter(|(_, media)| media.key).count(), 2);
    let first = pictures[0].1.ticks;
    assert_eq!(
        pictures[60].1.ticks - first,
        179_910,
        "two seconds, in whole milliseconds"
    );
    assert!(
        pictures[119].1.report.is_some(),
        "the clocks of picture and sound are told"
    );
}

#[test]
fn a_show_passes_from_server_to_viewer_whole() {
    let mut pair = Pair::new(Role::Receive);
    pair.connect();
    show(&mut pair, 1, 4, 2_000);
    pair.run(pair.elapsed() + Duration::from_millis(200));
    assert_eq!(media(&pair, 0, TrackKind::Video).len(), 120);
    assert_eq!(media(&pair, 0, TrackKind::Audio).len(), 80);
}

#[test]
fn what_is_lost_comes_again() {
    let mut pair = Pair::new(Role::Receive);
    pair.connect();
    pair.ways[1] = Way {
        lost: 23,
        ..Way::default()
    };
    show(&mut pair, 1, 10, 2_000);
    pair.run(pair.elapsed() + Duration::from_secs(1));
    let pictures = media(&pair, 0, TrackKind::Video);
    assert_eq!(pictures.len(), 300);
    assert!(pictures.iter().all(|(_, media)| media.whole));
    let lines = pair.events[1].iter().filter_map(|(_, event)| match event {
        Event::Line(line) => Some(line),
        _ => None,
    });
    let lost = lines.filter_map(|line| line.sent_lost).fold(0.0, f32::max);
    assert!(lost > 0.02, "the sender knows of it: {lost}");
}

#[test]
fn a_line_that_carries_too_little_skips_pictures_and_goes_on_at_a_key_frame() {
    let mut pair = Pair::new(Role::Receive);
    pair.connect();
    show(&mut pair, 1, 4, 3_000);
    pair.ways[1].rate = 1_000_000;
    let from = pair.elapsed();
    show(&mut pair, 1, 20, 3_000);
    let line = pair.events[1].iter().rev().find_map(|(_, event)| match event {
        Event::Line(line) => Some(*line),
        _ => None,
    });
    let line = line.unwrap();
    assert!(line.skipped > 60, "pictures were left out: {line:?}");
    assert!(line.estimate.unwrap() < 2_000_000, "{line:?}");
    let sounds = media(&pair, 0, TrackKind::Audio);
    let late = sounds
        .iter()
        .filter(|(at, _)| *at > from + Duration::from_secs(10));
    let late = late.count();
    assert!(late > 180, "of 200 packets of sound {late} came");
}

#[test]
fn a_key_frame_can_be_asked_for_both_ways() {
    let mut pair = Pair::new(Role::Send);
    pair.connect();
    show(&mut pair, 0, 1, 1_000);
    pair.ends[1].request_key_frame();
    pair.run(pair.elapsed() + Duration::from_millis(300));
    assert!(
        pair.events[0]
            .iter()
            .any(|(_, event)| matches!(event, Event::KeyFrameWanted))
    );
}

#[test]
fn leave_is_heard_at_once_and_silence_in_time() {
    let mut pair = Pair::new(Role::Send);
    pair.connect();
    pair.ends[0].close();
    pair.run(pair.elapsed() + Duration::from_secs(1));
    assert!(matches!(pair.events[1].last(), Some((_, Event::Ended))));
    assert!(pair.ends[1].poll().is_none());

    let mut pair = Pair::new(Role::Send);
    pair.connect();
    pair.ways[0].lost = 1;
    pair.run(pair.elapsed() + Duration::from_secs(30));
    assert!(matches!(pair.events[1].last(), Some((_, Event::Ended))));
}

#[test]
fn nobody_waits_for_a_peer_that_never_comes() {
    let mut pair = Pair::new(Role::Send);
    pair.ways[0].lost = 1;
    pair.run(Duration::from_secs(20));
    assert!(matches!(pair.events[1].last(), Some((at, Event::Ended)) if *at <= Duration::from_secs(16)));
}
