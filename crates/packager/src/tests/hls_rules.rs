//! Rules of draft-pantos-hls-rfc8216bis and of the HLS Authoring Specification, each named by its clause.

use std::time::Duration;

use media::FrameRate;
use proptest::prelude::*;

use super::Publisher;
use crate::Rendition::{Audio, Video};
use crate::{Config, Decision, Extent, PartAnswer, Skip};

const BOTH: [crate::Rendition; 2] = [Video, Audio];
const FIRST: u64 = 1_795_248_000;

/// Values of an attribute of each line of a tag, as numbers.
fn numbers(publisher: &Publisher, rendition: crate::Rendition, tag: &str, name: &str) -> Vec<f64> {
    let attribute = |line: &String| {
        let found = line
            .split(',')
            .find_map(|a| a.strip_prefix(name)?.strip_prefix('='));
        found.unwrap().parse().unwrap()
    };
    publisher.tags(rendition, tag).iter().map(attribute).collect()
}

/// Publishers whose frames divide the part target well and badly, after some time.
fn publishers() -> Vec<Publisher> {
    let mut publishers = super::publishers();
    publishers.iter_mut().for_each(|p| p.send_until(23_500));
    publishers
}

#[test]
fn clause_4_4_3_8_part_hold_back_is_three_times_the_longest_part_target_of_all_renditions() {
    for publisher in publishers() {
        let target = |r| numbers(&publisher, r, "EXT-X-PART-INF", "PART-TARGET")[0];
        let longest = target(Video).max(target(Audio));
        for r in BOTH {
            let hold_back = numbers(&publisher, r, "EXT-X-SERVER-CONTROL", "PART-HOLD-BACK")[0];
            assert!(hold_back >= 3.0 * longest - 1e-9, "{hold_back} of {longest}");
        }
    }
}

#[test]
fn clause_4_4_4_9_parts_last_at_most_the_target_and_at_least_85_percent_but_the_last_of_a_segment() {
    for publisher in publishers() {
        for r in BOTH {
            let target = numbers(&publisher, r, "EXT-X-PART-INF", "PART-TARGET")[0];
            let list = publisher.playlist(r);
            let lines: Vec<_> = list.lines().collect();
            let mut parts = 0;
            for pair in lines.windows(2) {
                let Some(part) = pair[0].strip_prefix("#EXT-X-PART:DURATION=") else {
                    continue;
                };
                let duration: f64 = part.split(',').next().unwrap().parse().unwrap();
                let last = pair[1].starts_with("#EXTINF");
                assert!(duration <= target, "{} of {target}", pair[0]);
                assert!(last || duration >= 0.85 * target, "{} of {target}", pair[0]);
                parts += 1;
            }
            assert!(parts >= 12, "{parts} parts in {list}");
        }
    }
}

#[test]
fn clause_4_4_4_9_a_segment_and_its_parts_are_the_same_bytes() {
    let mut publisher = Publisher::new();
    publisher.send_until(4_500);
    for r in BOTH {
        let segment = publisher.segment(r, FIRST).unwrap();
        let parts: Vec<_> = (0..)
            .map_while(|n| publisher.packager.part(r, FIRST, n))
            .collect();
        assert_eq!(segment, parts);
        assert!(parts.len() >= 6);
    }
}

#[test]
fn clause_4_4_4_9_parts_are_listed_within_three_targets_of_the_end_and_fetched_for_three_more() {
    let mut publisher = Publisher::new();
    publisher.send_until(60_100);
    for r in BOTH {
        let listed: f64 = numbers(&publisher, r, "EXT-X-PART", "DURATION").iter().sum();
        assert!(listed <= 6.0 && listed > 6.0 - 2.1, "{listed} s of parts");
        let open = publisher.packager.edge(r).open;
        let listed = publisher.packager.config.window as u64;
        // Three targets are three segments: those just removed.
        for msn in [open - 4, open - listed, open - listed - 1, open - listed - 3] {
            assert!(
                publisher.packager.part(r, msn, 0).is_some(),
                "{r:?} {}",
                open - msn
            );
        }
        assert_eq!(publisher.segment(r, open - listed - 6), None, "memory is bounded");
    }
}

#[test]
fn clause_4_4_3_1_target_duration_is_the_promise_or_at_least_4_s_and_the_first_gop_and_stays() {
    let target = |config: Config, gop: u64| {
        let mut publisher = Publisher::with(config, Some(FrameRate::whole(30)), Some(48_000));
        publisher.gop = gop;
        publisher.send_until(30_000);
        let first = publisher.tags(Video, "EXT-X-TARGETDURATION");
        publisher.gop = 10_000;
        publisher.send_until(60_000);
        assert_eq!(publisher.tags(Video, "EXT-X-TARGETDURATION"), first);
        for r in BOTH {
            for duration in publisher.tags(r, "EXTINF") {
                let seconds: f64 = duration.trim_end_matches(',').parse().unwrap();
                assert!(
                    seconds.round() <= first[0].parse().unwrap(),
                    "{seconds} of {first:?}"
                );
                // Sound follows the pictures to within a frame.
                assert!(seconds >= if r == Video { 1.0 } else { 0.978 }, "{seconds}");
            }
        }
        first[0].clone()
    };
    let promised = Config {
        promised_gop: Some(2),
        ..Config::default()
    };
    assert_eq!(target(promised, 60), "2");
    assert_eq!(target(Config::default(), 60), "4");
    assert_eq!(target(Config::default(), 250), "8", "8.33 s");
    assert_eq!(target(Config::default(), 10), "4", "three key frames a second");
    assert_eq!(target(Config::default(), 100_000), "12", "no second key frame");
}

#[test]
fn clause_4_4_3_2_media_sequence_and_discontinuity_sequence_rise_with_what_is_removed() {
    let mut publisher = Publisher::new();
    let mut seen = (0, 0);
    for session in 0..8 {
        publisher.connect(session * 10_000);
        for until in (1_000..7_000).step_by(500) {
            publisher.send_until(until);
            if publisher.packager.is_ready() {
                let number = |tag| publisher.tags(Video, tag)[0].parse::<u64>().unwrap();
                let now = (
                    number("EXT-X-MEDIA-SEQUENCE"),
                    number("EXT-X-DISCONTINUITY-SEQUENCE"),
                );
                assert!(now.0 >= seen.0 && now.1 >= seen.1, "{now:?} after {seen:?}");
                let tags = publisher
                    .playlist(Video)
                    .matches("#EXT-X-DISCONTINUITY\n")
                    .count() as u64;
                let begun = u64::try_from(session).unwrap();
                let listed = publisher.packager.edge(Video).open_parts > 0 || until > 3_000;
                assert!(now.1 + tags == begun || !listed, "{now:?} and {tags} of {begun}");
                seen = now;
            }
        }
        publisher.packager.end_session();
    }
    assert!(seen.1 > 0, "{seen:?}");
}

#[test]
fn clause_6_2_1_both_renditions_have_the_same_numbers_for_the_same_time() {
    for publisher in publishers() {
        let numbers = |r: crate::Rendition| -> Vec<u64> {
            let track = publisher.packager.track(r).unwrap();
            track.segments.iter().map(|s| s.head.msn).collect()
        };
        assert_eq!(numbers(Video), numbers(Audio));
        for (video, audio) in publisher
            .tags(Video, "EXT-X-PROGRAM-DATE-TIME")
            .iter()
            .zip(publisher.tags(Audio, "EXT-X-PROGRAM-DATE-TIME"))
        {
            assert!(audio.as_str() >= video.as_str(), "{audio} before {video}");
        }
    }
}

#[test]
fn clause_6_2_5_1_a_delta_update_keeps_all_that_is_within_six_targets() {
    let mut publisher = Publisher::new();
    publisher.send_until(40_000);
    let full = publisher.playlist(Video);
    let delta = publisher
        .packager
        .playlist(Video, Extent::Live, Some(Skip::Segments))
        .unwrap();
    let skipped: usize = numbers_in(&delta, "#EXT-X-SKIP:SKIPPED-SEGMENTS=");
    let uris = |text: &str| {
        text.lines()
            .filter(|l| l.ends_with(".m4s"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(uris(&full)[skipped..], uris(&delta));
    assert!(skipped > 0 && uris(&delta).len() >= 6);
    publisher.packager.end();
    let ended = publisher
        .packager
        .playlist(Video, Extent::Live, Some(Skip::Segments))
        .unwrap();
    assert!(!ended.contains("EXT-X-SKIP"), "ignored at the end");
    assert_eq!(
        (Skip::parse("YES"), Skip::parse("v2")),
        (Some(Skip::Segments), Some(Skip::DateRanges))
    );
    assert_eq!(Skip::parse("no"), None);
}

fn numbers_in(text: &str, start: &str) -> usize {
    text.lines()
        .find_map(|l| l.strip_prefix(start))
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn clause_6_2_5_2_a_part_without_a_segment_number_is_400() {
    let publisher = Publisher::new();
    assert_eq!(
        publisher.packager.blocking(Video, None, Some(0)),
        Decision::BadRequest
    );
    assert_eq!(publisher.packager.blocking(Video, None, None), Decision::Ready);
}

#[test]
fn clause_6_2_5_2_a_segment_is_waited_for_until_it_is_complete() {
    let mut publisher = Publisher::new();
    publisher.send_until(3_900);
    let decide = |p: &Publisher, msn| p.packager.blocking(Video, Some(msn), None);
    assert_eq!(decide(&publisher, FIRST), Decision::Ready);
    assert_eq!(decide(&publisher, FIRST + 1), Decision::Wait);
    publisher.send_until(4_100);
    assert_eq!(decide(&publisher, FIRST + 1), Decision::Ready);
}

#[test]
fn clause_6_2_5_2_a_part_is_waited_for_until_it_is_there() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_800);
    let decide = |part| publisher.packager.blocking(Video, Some(FIRST + 1), Some(part));
    assert_eq!(
        [0, 1, 2].map(decide),
        [Decision::Ready, Decision::Ready, Decision::Wait]
    );
}

#[test]
fn clause_6_2_5_2_a_part_past_the_last_means_the_first_of_the_next_segment() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_100);
    let decide = |p: &Publisher| p.packager.blocking(Video, Some(FIRST), Some(6));
    assert_eq!(
        publisher.packager.blocking(Video, Some(FIRST), Some(5)),
        Decision::Ready
    );
    assert_eq!(decide(&publisher), Decision::Wait);
    publisher.send_until(2_500);
    assert_eq!(publisher.packager.last(Video), Some((FIRST + 1, 0)));
    assert_eq!(decide(&publisher), Decision::Ready);
}

#[test]
fn who_comes_begins_at_the_newest_key_frame_with_something_behind_it() {
    let mut publisher = Publisher::new();
    let beginning = |p: &Publisher, ms| p.packager.newest_beginning(Video, Duration::from_millis(ms));
    assert_eq!(beginning(&publisher, 0), None);
    publisher.send_until(2_500);
    assert_eq!(beginning(&publisher, 300), Some((FIRST + 1, 0)));
    assert_eq!(beginning(&publisher, 600), Some((FIRST, 0)));
    publisher.send_until(2_800);
    assert_eq!(beginning(&publisher, 600), Some((FIRST + 1, 0)));
    assert_eq!(beginning(&publisher, 60_000), None);
}

#[test]
fn clause_6_2_5_2_what_lies_too_far_ahead_is_400() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_800);
    let decide = |msn, part| publisher.packager.blocking(Video, Some(msn), part);
    // The last complete segment is FIRST.
    assert_eq!(decide(FIRST + 2, None), Decision::Wait);
    assert_eq!(decide(FIRST + 3, None), Decision::BadRequest);
    assert_eq!(decide(u64::MAX, Some(u32::MAX)), Decision::BadRequest);
    // Parts 0 and 1 are there; three seconds are nine parts.
    assert_eq!(decide(FIRST + 1, Some(10)), Decision::Wait);
    assert_eq!(decide(FIRST + 1, Some(11)), Decision::BadRequest);
    assert_eq!(decide(FIRST + 2, Some(0)), Decision::Wait);
}

#[test]
fn clause_6_2_5_2_an_old_segment_number_is_answered_with_the_full_playlist() {
    let mut publisher = Publisher::new();
    publisher.send_until(90_000);
    for (msn, part) in [(0, None), (5, Some(3)), (FIRST, Some(u32::MAX))] {
        assert_eq!(
            publisher.packager.blocking(Video, Some(msn), part),
            Decision::Ready
        );
    }
}

#[test]
fn clause_6_2_5_2_directives_are_ignored_when_the_playlist_has_ended() {
    let mut publisher = Publisher::new();
    publisher.send_until(3_000);
    publisher.packager.end();
    for (msn, part) in [
        (None, Some(1)),
        (Some(u64::MAX), None),
        (Some(FIRST + 9), Some(99)),
    ] {
        assert_eq!(publisher.packager.blocking(Video, msn, part), Decision::Ready);
    }
}

#[test]
fn clause_6_2_6_the_hinted_part_is_waited_for_and_any_other_unknown_one_is_404() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_800);
    let hint = publisher.tags(Video, "EXT-X-PRELOAD-HINT");
    assert_eq!(hint, [format!("TYPE=PART,URI=\"video/{}.2.m4s\"", FIRST + 1)]);
    let answer = |p: &Publisher, msn, part| p.packager.part_answer(Video, msn, part);
    assert_eq!(answer(&publisher, FIRST + 1, 2), PartAnswer::Wait);
    for (msn, part) in [
        (FIRST + 1, 3),
        (FIRST + 2, 0),
        (FIRST, 6),
        (0, 0),
        (u64::MAX, u32::MAX),
    ] {
        assert_eq!(
            answer(&publisher, msn, part),
            PartAnswer::NotFound,
            "{msn}.{part}"
        );
    }
    publisher.send_until(3_100);
    assert!(matches!(answer(&publisher, FIRST + 1, 2), PartAnswer::Ready(_)));
    publisher.packager.end();
    assert!(publisher.tags(Video, "EXT-X-PRELOAD-HINT").is_empty());
}

#[test]
fn appendix_b_1_every_playlist_reports_the_other_and_says_the_time_of_day_at_every_segment() {
    let mut publisher = Publisher::new();
    publisher.send_until(7_000);
    for (r, other) in [(Video, Audio), (Audio, Video)] {
        let (msn, part) = publisher.packager.last(other).unwrap();
        let report = format!("URI=\"{}.m3u8\",LAST-MSN={msn},LAST-PART={part}", other.name());
        assert_eq!(publisher.tags(r, "EXT-X-RENDITION-REPORT"), [report]);
        let dates = publisher.tags(r, "EXT-X-PROGRAM-DATE-TIME");
        assert_eq!(dates.len(), 4);
        assert!(dates.is_sorted());
    }
}

#[test]
fn clause_4_4_4_6_the_time_of_day_never_falls_whatever_the_stamps_say() {
    let mut publisher = Publisher::new();
    publisher.send_until(4_000);
    publisher.begin.0 -= 30_000_000;
    publisher.send_until(8_500);
    let dates = publisher.tags(Video, "EXT-X-PROGRAM-DATE-TIME");
    assert!(dates.len() > 3 && dates.is_sorted(), "{dates:?}");
}

proptest! {
    #[test]
    fn a_decision_never_panics_and_waits_only_for_what_can_come(
        open in any::<u64>(), open_parts in 0u32..20, last_parts in 0u32..20, msn: Option<u64>, part: Option<u32>,
        near in -3i64..4, is_near: bool,
    ) {
        let edge = crate::Edge { open, open_parts, last_parts, part_target: 0.33334, ended: false };
        let msn = if is_near { Some(open.saturating_add_signed(near)) } else { msn };
        if crate::decide(&edge, msn, part) == Decision::Wait {
            let msn = msn.unwrap();
            prop_assert!(msn.saturating_add(1) >= open && msn <= open.saturating_add(1));
        }
    }
}
