//! Sessions: reconnecting, tracks that come late, stall or stay away.

use media::{FrameRate, Timestamp};

use super::{MORNING, Publisher, mp4a};
use crate::Rendition::{Audio, Video};
use crate::{Config, Extent};

fn durations(publisher: &Publisher, r: crate::Rendition) -> Vec<u64> {
    let track = publisher.packager.track(r).unwrap();
    track.segments.iter().map(|s| s.duration).collect()
}

fn gaps(publisher: &Publisher, r: crate::Rendition) -> Vec<bool> {
    let track = publisher.packager.track(r).unwrap();
    track.segments.iter().map(|s| s.is_gap()).collect()
}

#[test]
fn the_first_number_is_the_second_of_the_day() {
    let mut publisher = Publisher::new();
    publisher.send_until(100);
    assert_eq!(publisher.packager.edge(Video).open, MORNING as u64);
}

#[test]
fn nothing_is_served_before_each_track_has_a_segment() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_000);
    assert!(!publisher.packager.is_ready());
    assert_eq!(publisher.packager.playlist(Video, Extent::Live, None), None);
    assert_eq!(publisher.packager.multivariant(Extent::Live), None);
    publisher.send_until(2_100);
    assert!(publisher.packager.is_ready());
}

#[test]
fn sessions_that_follow_at_once_leave_no_hole_in_either_track() {
    // Where the first session ends its tracks end apart, and the second one's sound begins late.
    for (end, late) in [(3_000, 0), (3_010, 15), (3_020, 40), (2_990, 21)] {
        let mut publisher = Publisher::new();
        publisher.send_until(end);
        publisher.packager.end_session();
        publisher.connect(0);
        publisher.sound_late = late;
        publisher.send_until(3_000);
        publisher.packager.end_session();
        for rendition in [Video, Audio] {
            let samples = publisher.samples(rendition);
            let holes = samples
                .windows(2)
                .filter(|pair| pair[0].0 + pair[0].1 != pair[1].0)
                .count();
            assert_eq!(holes, 0, "{rendition:?} {end} {late}");
        }
    }
}

#[test]
fn a_reconnection_goes_on_with_the_next_number_behind_a_discontinuity_and_where_time_went() {
    let mut publisher = Publisher::new();
    publisher.send_until(3_000);
    publisher.packager.end_session();
    // Its last picture lasts until the sound ends.
    assert_eq!(durations(&publisher, Video), [200_000, 100_800]);
    publisher.connect(7_500);
    publisher.send_until(2_500);
    let track = publisher.packager.track(Video).unwrap();
    let heads: Vec<_> = track
        .segments
        .iter()
        .map(|s| (s.head.msn - MORNING as u64, s.head.discontinuity))
        .collect();
    assert_eq!(heads, [(0, false), (1, false), (2, true)]);
    let begins = publisher.samples(Video)[90];
    assert_eq!(begins, (7_500 * 90, 3000, 7_500 * 90, true));
    let sound = publisher.samples(Audio);
    assert!(
        sound.iter().any(|s| s.0 == 7_500 * 48),
        "sound begins with the pictures"
    );
}

#[test]
fn the_same_tracks_again_change_nothing_and_others_begin_a_segment_with_their_own_map() {
    let mut publisher = Publisher::new();
    publisher.send_until(1_000);
    publisher.packager.set_tracks(&publisher.tracks).unwrap();
    publisher.send_until(3_000);
    assert_eq!(durations(&publisher, Video), [200_000]);
    publisher.tracks[1].parameters = mp4a(48_000, 1);
    publisher.packager.set_tracks(&publisher.tracks).unwrap();
    publisher.timeline.set_tracks(&publisher.tracks);
    publisher.send_until(6_500);
    let list = publisher.playlist(Audio);
    assert!(
        list.contains("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"audio/init-2.mp4\"\n"),
        "{list}"
    );
    assert!(
        !publisher.playlist(Video).contains("init-2"),
        "pictures kept theirs"
    );
    assert!(publisher.packager.init(Audio, 1).is_some() && publisher.packager.init(Audio, 2).is_some());
    assert_eq!(publisher.packager.init(Audio, 3), None);
}

#[test]
fn init_segments_go_with_the_last_segment_that_needs_them() {
    let mut publisher = Publisher::new();
    publisher.send_until(3_000);
    publisher.tracks[1].parameters = mp4a(48_000, 1);
    publisher.connect(3_000);
    publisher.send_until(60_000);
    assert_eq!(publisher.packager.init(Audio, 1), None);
    assert!(publisher.packager.init(Audio, 2).is_some());
}

#[test]
fn a_configuration_that_cannot_be_read_changes_nothing() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_500);
    let mut broken = publisher.tracks.clone();
    if let media::CodecParameters::Video(p) = &mut broken[0].parameters {
        p.config = p.config.slice(..7);
    }
    assert!(publisher.packager.set_tracks(&broken).is_err());
    publisher.send_until(4_100);
    assert_eq!(durations(&publisher, Video), [200_000, 200_000]);
}

#[test]
fn sound_that_stays_away_leaves_gaps_with_the_same_numbers() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_900);
    publisher.sends_audio = false;
    publisher.send_until(11_000);
    publisher.sends_audio = true;
    publisher.send_until(16_100);
    assert_eq!(
        gaps(&publisher, Audio),
        [false, false, true, true, true, false, false, false]
    );
    let list = publisher.playlist(Audio);
    assert!(
        list.contains("#EXT-X-GAP\n#EXTINF:2.00000,\naudio/1795248002.m4s\n"),
        "{list}"
    );
    assert_eq!(publisher.segment(Audio, MORNING as u64 + 2), None);
    // What comes again stands at its own time.
    let resumed = publisher
        .samples(Audio)
        .into_iter()
        .find(|s| s.0 > 4 * 48_000)
        .unwrap();
    assert_eq!(resumed.0, 516 * 1024, "the first frame after 11 s");
}

#[test]
fn pictures_that_stall_do_not_hold_sound() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_900);
    publisher.sends_video = false;
    publisher.send_until(11_900);
    publisher.sends_video = true;
    publisher.send_until(20_100);
    let sounds = publisher.samples(Audio);
    let holes: Vec<_> = sounds.windows(2).filter(|w| w[0].0 + w[0].1 != w[1].0).collect();
    assert!(holes.is_empty(), "{holes:?}");
    assert!(gaps(&publisher, Video).contains(&true) && !gaps(&publisher, Audio).contains(&true));
    assert!(durations(&publisher, Audio).iter().all(|&d| d < 250_000));
    assert_eq!(publisher.packager.dropped(), 0);
}

#[test]
fn after_a_silence_of_both_a_new_session_begins() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_900);
    (publisher.sends_video, publisher.sends_audio) = (false, false);
    publisher.send_until(7_990);
    (publisher.sends_video, publisher.sends_audio) = (true, true);
    publisher.send_until(10_100);
    assert!(publisher.playlist(Video).contains("#EXT-X-DISCONTINUITY\n"));
    assert!(durations(&publisher, Video).iter().all(|&d| d <= 200_000));
}

#[test]
fn sound_alone_is_divided_at_the_target() {
    let mut publisher = Publisher::with(Config::default(), None, Some(48_000));
    publisher.send_until(20_000);
    let d = durations(&publisher, Audio);
    assert_eq!(d.len(), 4);
    assert!(d.iter().all(|&d| (400_000..=402_134).contains(&d)), "{d:?}");
    assert_eq!(publisher.packager.playlist(Video, Extent::Live, None), None);
}

#[test]
fn pictures_alone_make_a_stream() {
    let mut publisher = Publisher::with(Config::default(), Some(FrameRate::whole(25)), None);
    publisher.gop = 100;
    publisher.send_until(12_100);
    assert_eq!(durations(&publisher, Video), [400_000; 3]);
    assert_eq!(publisher.packager.playlist(Audio, Extent::Live, None), None);
}

#[test]
fn a_session_begins_with_its_key_frame_and_sound_not_before_it() {
    let mut publisher = Publisher::new();
    publisher.frames = 30;
    publisher.sounds = 47;
    publisher.send_until(5_000);
    assert_eq!(publisher.packager.dropped(), 30 + 47);
    let (video, audio) = (publisher.samples(Video)[0], publisher.samples(Audio)[0]);
    let at = |(dts, ..): (u64, u64, u64, bool), scale| Timestamp::from_ticks(dts as i64, scale).as_nanos();
    let apart = at(audio, 48_000) - at(video, 90_000);
    assert!((0..21_400_000).contains(&apart), "{apart} ns");
}

#[test]
fn a_push_says_whether_a_playlist_changed() {
    let mut publisher = Publisher::with(Config::default(), Some(FrameRate::whole(30)), None);
    let mut changes = 0;
    for n in 0..121u32 {
        let key = n % 60 == 0;
        let placed = publisher
            .timeline
            .video(n * 1000 / 30, 0, key, bytes::Bytes::from_static(b"x"));
        changes += u32::from(publisher.packager.push(placed.packet, None));
    }
    // The first segment opens, and each part closes with the frame behind it.
    assert_eq!(changes, 1 + 12);
    let ended = publisher.timeline.video(4_033, 0, false, bytes::Bytes::new());
    publisher.packager.end();
    assert!(publisher.packager.is_ended() && !publisher.packager.push(ended.packet, None));
}

#[test]
fn rates_under_a_picture_a_second_are_packaged_too() {
    let promised = Config {
        promised_gop: Some(1),
        ..Config::default()
    };
    let mut publisher = Publisher::with(promised, FrameRate::new(1, 10), None);
    publisher.gop = 1;
    publisher.send_until(100_000);
    assert_eq!(durations(&publisher, Video), [100_000; 9]);
    let begins: Vec<_> = publisher.samples(Video).iter().map(|s| s.0 / 90_000).collect();
    assert_eq!(begins, [0, 10, 20, 30, 40, 50, 60, 70, 80]);
}
