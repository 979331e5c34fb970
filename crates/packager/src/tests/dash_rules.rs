//! Rules of ISO/IEC 23009-1 and of DASH-IF's guidelines, each named by its clause.

use media::{FrameRate, Timestamp};

use super::manifest::Manifest;
use super::{MORNING, Publisher, promised, publishers};
use crate::{Config, Extent, Rendition, SegmentAnswer};

/// Of segments the start is the manifest's by so much at most, where they have numbers: half of a DASH segment is allowed.
const REGULAR: f64 = 0.05;

/// A publisher that promised nothing, with key frames so many frames apart.
fn unpromised(gop: u64) -> Publisher {
    let mut publisher = Publisher::with(Config::default(), Some(FrameRate::whole(30)), Some(48_000));
    publisher.gop = gop;
    publisher
}

#[test]
fn clause_5_3_1_2_what_players_reckon_with_from_the_first_never_changes() {
    let mut publisher = Publisher::new();
    let mut published = String::new();
    for second in 1..60 {
        publisher.send_until(second * 1_000);
        let Some(text) = publisher.packager.manifest(Extent::Live) else {
            assert!(second <= 2);
            continue;
        };
        let manifest = Manifest::read(&text);
        let root = manifest.root();
        assert_eq!(root.text("availabilityStartTime"), "2026-11-21T08:00:00.000000Z");
        assert_eq!(root.seconds("timeShiftBufferDepth"), 22.0);
        assert_eq!(root.seconds("maxSegmentDuration"), 2.5);
        assert!(root.text("publishTime") >= published.as_str());
        published = root.text("publishTime").to_owned();
        assert_eq!(manifest.all("Period")[0].text("id"), "1");
    }
    assert_eq!(
        published, "2026-11-21T08:00:02.000000Z",
        "nothing was to be said since the first segment"
    );
}

#[test]
fn clause_5_8_4_11_a_manifest_that_changes_names_the_clock_that_it_is_reckoned_by() {
    let mut publisher = Publisher::new();
    publisher.send_until(5_000);
    let manifest = Manifest::of(&publisher);
    let timing = manifest.all("MPD/UTCTiming");
    assert_eq!(timing.len(), 1);
    assert_eq!(
        timing[0].text("schemeIdUri"),
        "urn:mpeg:dash:utc:http-xsdate:2014"
    );
    assert_eq!(timing[0].text("value"), "../../time");
}

#[test]
fn clause_5_3_9_5_3_chunks_can_be_had_before_their_segment_is_complete() {
    for mut publisher in publishers() {
        publisher.send_until(5_000);
        let manifest = Manifest::of(&publisher);
        let templates = manifest.all("AdaptationSet/SegmentTemplate");
        assert_eq!(templates.len(), 2);
        assert!(
            !manifest.has("Representation/SegmentTemplate"),
            "once for all representations"
        );
        for template in templates {
            let lasts = template.number("duration") as f64 / template.number("timescale") as f64;
            let early: f64 = template.text("availabilityTimeOffset").parse().unwrap();
            // A segment less its longest chunk, and less the time from a picture's taking to its arrival.
            assert!((0.3..0.4).contains(&(lasts - 0.5 - early)), "{early} of {lasts}");
            assert_eq!(template.text("availabilityTimeComplete"), "false");
        }
    }
}

#[test]
fn clause_5_3_9_4_4_segments_begin_where_their_numbers_say() {
    for mut publisher in publishers() {
        publisher.send_until(23_500);
        let manifest = Manifest::of(&publisher);
        for (rendition, template) in [Rendition::Video, Rendition::Audio]
            .into_iter()
            .zip(manifest.all("SegmentTemplate"))
        {
            let of = |name| template.number(name) as f64 / template.number("timescale") as f64;
            let track = publisher.packager.track(rendition).unwrap();
            assert!(track.segments.len() >= 10);
            for segment in &track.segments {
                let index = segment.head.msn as i64 - template.number("startNumber");
                let planned = of("presentationTimeOffset") + index as f64 * of("duration");
                let off = segment.start.as_secs_f64() - planned;
                assert!(off.abs() <= REGULAR, "{off} s at {index}");
            }
        }
    }
}

#[test]
fn clause_5_3_9_6_a_timeline_lists_each_segment_exactly_where_it_is() {
    let mut publisher = unpromised(60);
    for gop in [60, 45, 75, 50, 60] {
        publisher.gop = gop;
        let begin = publisher.frames.div_ceil(gop) * gop;
        publisher.frames = begin;
        publisher.send_until((begin + gop) as i64 * 1_000 / 30);
    }
    let manifest = Manifest::of(&publisher);
    for (rendition, set) in [Rendition::Video, Rendition::Audio].into_iter().zip(1..) {
        let track = publisher.packager.track(rendition).unwrap();
        let mut listed = Vec::new();
        for period in manifest.periods() {
            let template = period.all("SegmentTemplate")[set - 1].clone();
            // Until something else came the first one's length was what was expected.
            if template.has("duration") {
                continue;
            }
            assert!(!template.has("availabilityTimeOffset"));
            for s in period.sets()[set - 1].all("SegmentTimeline/S") {
                let repeated = s.attributes.get("r").map_or(0, |r| r.parse().unwrap());
                for n in 0..=repeated {
                    listed.push((s.number("t") + n * s.number("d"), s.number("d")));
                }
            }
        }
        let are: Vec<_> = track
            .segments
            .iter()
            .map(|s| (s.start.as_ticks(s.timescale), s.ticks as i64))
            .collect();
        assert_eq!(are.len(), 4);
        assert_eq!(listed, are[2..]);
        assert!(
            listed.windows(2).all(|pair| pair[0].0 + pair[0].1 == pair[1].0),
            "no gap, no overlap"
        );
    }
}

#[test]
fn segments_are_expected_to_last_as_long_as_the_first_and_then_as_four_in_a_row() {
    let mut publisher = unpromised(60);
    publisher.send_until(2_900);
    let lasts = |publisher: &Publisher| {
        let manifest = Manifest::of(publisher);
        let newest = manifest.periods().pop().unwrap();
        let template = newest.all("SegmentTemplate")[0];
        let lasts = template
            .has("duration")
            .then(|| template.number("duration") as f64 / template.number("timescale") as f64);
        (newest.root().seconds("start"), lasts)
    };
    assert_eq!(lasts(&publisher), (0.0, Some(2.0)));
    // From the 90th picture on every 90th is a key frame.
    publisher.gop = 90;
    publisher.send_until(6_500);
    assert_eq!(lasts(&publisher), (3.0, None));
    publisher.send_until(14_900);
    assert_eq!(lasts(&publisher), (3.0, None));
    publisher.send_until(16_000);
    assert_eq!(lasts(&publisher), (15.0, Some(3.0)));
}

#[test]
fn a_clock_that_jumps_back_between_sessions_makes_no_periods_that_overlap() {
    for jump in [-450_000, -3_000_000, 450_000] {
        let mut publisher = Publisher::new();
        publisher.send_until(10_500);
        publisher.packager.end_session();
        publisher.begin.0 += jump;
        publisher.frames = publisher.frames.div_ceil(60) * 60;
        publisher.send_until(30_500);
        let periods = publisher.packager.periods.list();
        assert!(periods.len() >= 2, "{periods:?}");
        for (before, next) in periods.iter().zip(periods.iter().skip(1)) {
            let end = before.place(before.end.unwrap());
            assert!(next.at >= end, "{jump}: {periods:?}");
        }
        assert!(periods.len() <= 3, "{jump}: {periods:?}");
    }
}

#[test]
fn a_key_frame_that_was_asked_for_divides_and_two_in_a_row_are_irregular() {
    let mut publisher = Publisher::new();
    publisher.send_until(13_000);
    publisher.key = 405;
    publisher.send_until(15_000);
    let manifest = Manifest::of(&publisher);
    let periods = manifest.periods();
    assert_eq!(periods.len(), 2);
    assert!(!manifest.has("SegmentTimeline"));
    assert_eq!(periods[1].root().seconds("start"), 13.5);
    let template = periods[1].all("SegmentTemplate")[0];
    assert_eq!(template.number("presentationTimeOffset"), 1_215_000);
    publisher.key = 440;
    publisher.send_until(19_000);
    assert!(Manifest::of(&publisher).periods()[2].has("SegmentTimeline/S"));
    publisher.send_until(30_000);
    let newest = Manifest::of(&publisher).periods().pop().unwrap();
    assert!(!newest.has("SegmentTimeline"), "it is regular again");
}

#[test]
fn annex_k_a_target_for_the_delay_is_said_and_how_fast_it_may_be_reached() {
    let mut publisher = Publisher::new();
    publisher.send_until(5_000);
    let manifest = Manifest::of(&publisher);
    let latency = manifest.all("ServiceDescription/Latency")[0].clone();
    let [min, target, max] = ["min", "target", "max"].map(|name| latency.number(name));
    assert!(min < target && target < max && target == 3_000);
    let speed = manifest.all("ServiceDescription/PlaybackRate")[0].clone();
    assert!(speed.text("min") < "1" && speed.text("max") > "1");
}

#[test]
fn clause_5_12_a_moment_of_the_day_is_said_for_the_period_and_in_each_chunk() {
    let mut publisher = Publisher::new();
    publisher.send_until(5_000);
    let manifest = Manifest::of(&publisher);
    let said = manifest.all("AdaptationSet/ProducerReferenceTime");
    assert_eq!(said.len(), 2);
    for reference in said {
        assert_eq!(reference.text("wallClockTime"), "2026-11-21T08:00:00.000000Z");
        assert_eq!(
            (reference.text("inband"), reference.text("type")),
            ("true", "captured")
        );
        assert_eq!(reference.number("presentationTime"), 0);
    }
    assert!(manifest.has("ProducerReferenceTime/UTCTiming"));
    let part = publisher
        .packager
        .part(Rendition::Video, MORNING as u64, 1)
        .unwrap();
    assert_eq!(&part[4..8], b"prft");
}

#[test]
fn clause_5_3_2_1_a_publisher_who_comes_back_begins_a_period_where_time_went() {
    let mut publisher = Publisher::new();
    publisher.send_until(10_000);
    publisher.packager.end_session();
    let interrupted = Manifest::of(&publisher);
    assert!(
        !interrupted.all("Period")[0].has("duration"),
        "another may follow"
    );
    publisher.connect(15_000);
    publisher.send_until(500);
    let manifest = Manifest::of(&publisher);
    let periods = manifest.all("Period");
    assert_eq!(periods.len(), 2, "before its first segment is complete");
    assert_eq!((periods[0].text("id"), periods[1].text("id")), ("1", "2"));
    assert_eq!(periods[1].seconds("start"), 15.0);
    let template = manifest.periods()[1].all("SegmentTemplate")[0].clone();
    assert_eq!(template.number("startNumber"), MORNING + 5);
    assert_eq!(template.number("presentationTimeOffset"), 15 * 90_000);
    publisher.send_until(40_000);
    assert_eq!(
        Manifest::of(&publisher).all("Period").len(),
        1,
        "the first one can't be had any more"
    );
}

#[test]
fn sound_that_stays_away_is_a_period_without_it() {
    let mut publisher = Publisher::new();
    publisher.send_until(4_000);
    publisher.sends_audio = false;
    publisher.send_until(10_000);
    publisher.sends_audio = true;
    publisher.send_until(17_000);
    let manifest = Manifest::of(&publisher);
    let sets: Vec<_> = manifest
        .periods()
        .iter()
        .map(|p| p.all("AdaptationSet").len())
        .collect();
    assert!(sets.len() >= 3 && sets.contains(&1), "{sets:?}");
    assert_eq!((sets[0], *sets.last().unwrap()), (2, 2));
    for pair in manifest.all("Period").windows(2) {
        assert!(pair[0].seconds("start") < pair[1].seconds("start"));
    }
}

#[test]
fn dash_if_timing_a_clock_that_drifts_is_followed_by_periods() {
    for ppm in [-200i64, 200] {
        let mut publisher = Publisher::new();
        let minutes = 30;
        let mut least = i64::MAX;
        for second in 1..=minutes * 60 {
            // The publisher's clock says a second while a little more or less of it passes.
            publisher.begin.0 += ppm;
            publisher.send_until(second * 1_000);
            let periods = publisher.packager.periods.list();
            let Some(newest) = periods.back() else { continue };
            let place = newest.place(Timestamp::from_millis(second * 1_000)) / 1_000;
            let truth = publisher.begin.0 + second * 1_000_000 - MORNING * 1_000_000;
            let off = (place - truth).abs();
            assert!(off <= 101_000, "{off} µs after {second} s");
            least = least.min(off);
        }
        let newest = publisher.packager.periods.list().back().unwrap().id;
        assert_eq!(newest, 4, "each 100 ms");
    }
}

#[test]
fn clause_5_3_1_2_an_ended_show_says_how_long_it_was_and_is_not_asked_for_again() {
    let mut publisher = Publisher::new();
    publisher.send_until(10_000);
    publisher.packager.end();
    let manifest = Manifest::of(&publisher);
    let root = manifest.root();
    assert!(!root.has("minimumUpdatePeriod"));
    assert!((10.0..10.01).contains(&root.seconds("mediaPresentationDuration")));
    assert!(!manifest.has("availabilityTimeOffset"));
}

#[test]
fn clause_5_3_7_2_representations_are_described() {
    let mut publisher = Publisher::new();
    publisher.send_until(5_000);
    let manifest = Manifest::of(&publisher);
    let [video, audio]: [_; 2] = manifest.all("Representation").try_into().unwrap();
    assert_eq!(video.text("codecs"), "avc1.42c00b");
    assert_eq!((video.number("width"), video.number("height")), (160, 90));
    assert_eq!(video.text("frameRate"), "30/1");
    assert_eq!(
        (audio.text("codecs"), audio.number("audioSamplingRate")),
        ("mp4a.40.2", 48_000)
    );
    let channels = manifest.all("AudioChannelConfiguration")[0].clone();
    assert_eq!(channels.number("value"), 2);
    let sets = manifest.all("AdaptationSet");
    assert!(
        sets.iter()
            .all(|s| s.text("startWithSAP") == "1" && s.text("segmentAlignment") == "true")
    );
    let unsure = Manifest::of(&{
        let mut publisher = unpromised(60);
        publisher.send_until(5_000);
        publisher
    });
    assert!(
        !unsure.all("AdaptationSet")[0].has("startWithSAP"),
        "nobody promised that"
    );
}

#[test]
fn who_was_late_goes_back_by_a_manifest_and_a_playlist_of_their_own() {
    let mut publisher = Publisher::with(
        Config {
            rewind: std::time::Duration::from_secs(60),
            ..promised()
        },
        Some(FrameRate::whole(30)),
        Some(48_000),
    );
    publisher.send_until(100_500);
    let of = |extent| Manifest::read(&publisher.packager.manifest(extent).unwrap());
    assert_eq!(of(Extent::Live).root().seconds("timeShiftBufferDepth"), 22.0);
    assert_eq!(of(Extent::Rewind).root().seconds("timeShiftBufferDepth"), 58.0);
    let listed = |extent| {
        let list = publisher
            .packager
            .playlist(Rendition::Video, extent, None)
            .unwrap();
        list.matches("#EXTINF").count()
    };
    assert_eq!((listed(Extent::Live), listed(Extent::Rewind)), (12, 30));
    let rewind = publisher.packager.multivariant(Extent::Rewind).unwrap();
    assert!(rewind.contains("video-rewind.m3u8") && rewind.contains("audio-rewind.m3u8"));
    let list = publisher
        .packager
        .playlist(Rendition::Video, Extent::Rewind, None)
        .unwrap();
    assert!(list.contains("RENDITION-REPORT:URI=\"audio-rewind.m3u8\""));
}

#[test]
fn what_is_kept_for_rewinding_is_bounded_in_bytes_and_its_beginning_never_goes_back() {
    let mut publisher = Publisher::with(
        Config {
            rewind: std::time::Duration::from_secs(3_600),
            rewind_bytes: 1_000_000,
            ..promised()
        },
        Some(FrameRate::whole(30)),
        Some(48_000),
    );
    let mut first = 0;
    for second in 3..200 {
        publisher.send_until(second * 1_000);
        let list = publisher
            .packager
            .playlist(Rendition::Video, Extent::Rewind, None)
            .unwrap();
        let now = list
            .lines()
            .find_map(|l| l.strip_prefix("#EXT-X-MEDIA-SEQUENCE:"));
        let now: u64 = now.unwrap().parse().unwrap();
        assert!(now >= first);
        first = now;
        let track = publisher.packager.track(Rendition::Video).unwrap();
        let bytes: usize = track.segments.iter().map(|s| s.bytes).sum();
        assert!(bytes <= 1_200_000, "{bytes}");
    }
    assert!(first > MORNING as u64 + 60);
}

#[test]
fn a_period_of_which_nothing_can_be_had_is_not_listed() {
    let mut publisher = unpromised(60);
    publisher.send_until(2_900);
    publisher.gop = 90;
    publisher.send_until(20_000);
    assert_eq!(Manifest::of(&publisher).all("Period").len(), 3);
    publisher.send_until(60_000);
    let manifest = Manifest::of(&publisher);
    assert_eq!(manifest.all("Period").len(), 1);
    assert_eq!(manifest.all("Period")[0].text("id"), "3");
    let all = Manifest::read(&publisher.packager.manifest(Extent::Rewind).unwrap());
    assert_eq!(all.all("Period").len(), 3, "who rewinds finds them");
    assert!(!all.all("SegmentTimeline/S").is_empty());
}

#[test]
fn the_segment_that_a_publisher_who_is_away_will_send_is_waited_for_and_comes_with_what_it_needs() {
    let mut publisher = Publisher::new();
    publisher.send_until(3_000);
    publisher.packager.end_session();
    let next = MORNING as u64 + 2;
    let asked = |publisher: &Publisher, msn, init| publisher.packager.segment(Rendition::Video, msn, init);
    assert_eq!(asked(&publisher, next, None), SegmentAnswer::Wait { init: 1 });
    assert_eq!(asked(&publisher, next + 1, None), SegmentAnswer::NotFound);
    publisher.connect(6_000);
    publisher.send_until(500);
    assert!(matches!(
        asked(&publisher, next, Some(1)),
        SegmentAnswer::Growing(_)
    ));

    publisher.packager.end_session();
    publisher.tracks[0].parameters = super::avc(FrameRate::whole(25));
    publisher.connect(9_000);
    publisher.send_until(500);
    let growing = |init| match asked(&publisher, next + 1, init) {
        SegmentAnswer::Growing(parts) => parts,
        other => panic!("{:?}", std::mem::discriminant(&other)),
    };
    let (waited, came) = (growing(Some(1)), growing(None));
    assert!(waited[0] == publisher.packager.init(Rendition::Video, 2).unwrap());
    assert!(waited[1..] == came[..] && growing(Some(2)) == came);
    publisher.packager.end();
    assert_eq!(
        asked(&publisher, next + 2, None),
        SegmentAnswer::NotFound,
        "the show is over"
    );
}
