use media::{AudioParameters, Size, VideoParameters};
use proptest::prelude::*;

use super::*;

fn h264(rate: Option<FrameRate>) -> CodecParameters {
    CodecParameters::Video(VideoParameters {
        codec: media::VideoCodec::H264,
        config: Bytes::new(),
        size: Size::new(160, 90),
        rate,
    })
}

fn aac(rate: u32) -> CodecParameters {
    CodecParameters::Audio(AudioParameters {
        codec: media::AudioCodec::Aac,
        config: Bytes::new(),
        rate,
        channels: 1,
        frame_samples: 1024,
    })
}

fn timeline(video: Option<FrameRate>, audio: u32) -> Timeline {
    let mut timeline = Timeline::new();
    timeline.begin_session(&tracks(video, audio), None);
    timeline
}

fn tracks(video: Option<FrameRate>, audio: u32) -> [Track; 2] {
    [h264(video), aac(audio)].map(|parameters| Track { id: 0, parameters })
}

#[test]
fn nanoseconds_count_where_no_rate_makes_the_times_exact() {
    let mut line = timeline(None, 48_000);
    let stamps = [(0, 0), (33, 366_700), (66, 733_300), (100, 100_000)];
    let ticks = stamps.map(|(ms, nanos)| {
        let placed = line.video(Stamp { ms, nanos }, 0, false, Bytes::new());
        placed.packet.dts.as_ticks(90_000)
    });
    assert_eq!(ticks, [0, 3003, 6006, 9009]);
}

const NTSC: FrameRate = FrameRate::new(30_000, 1001).unwrap();

#[test]
fn frames_last_whole_ticks() {
    let rates = [
        (30, 1),
        (30_000, 1001),
        (25, 1),
        (60, 1),
        (60_000, 1001),
        (24_000, 1001),
        (7, 1),
    ];
    for (num, den) in rates {
        let p = h264(FrameRate::new(num, den));
        assert_eq!(
            u64::from(timescale(&p)) * u64::from(den) % u64::from(num),
            0,
            "{num}/{den}"
        );
    }
    assert_eq!(
        (timescale(&h264(Some(NTSC))), frame_ticks(&h264(Some(NTSC)))),
        (90_000, 3003)
    );
    assert_eq!(
        (timescale(&aac(44_100)), frame_ticks(&aac(44_100))),
        (44_100, 1024)
    );
}

#[test]
fn an_hour_of_29_97_fps_is_exact_from_milliseconds() {
    let mut line = timeline(Some(NTSC), 48_000);
    for n in 0..108_000u64 {
        let ms = NTSC.tick(n).as_millis() as u32;
        let placed = line.video(ms, 0, n == 0, Bytes::new());
        assert_eq!(placed.packet.dts.as_ticks(90_000), n as i64 * 3003);
        assert_eq!(placed.packet.pts, placed.packet.dts);
    }
}

#[test]
fn truncated_milliseconds_are_exact_too() {
    let mut line = timeline(Some(FrameRate::whole(60)), 48_000);
    for n in 0..10_000i64 {
        let placed = line.video((n * 1000 / 60) as u32, 0, false, Bytes::new());
        assert_eq!(placed.packet.dts.as_ticks(90_000), n * 1500);
    }
}

#[test]
fn an_hour_of_44_1_khz_is_exact_from_milliseconds() {
    let mut line = timeline(None, 44_100);
    for n in 0..155_000i64 {
        let ms = Timestamp::from_ticks(n * 1024, 44_100).as_millis() as u32;
        assert_eq!(line.audio(ms, Bytes::new()).packet.pts.as_ticks(44_100), n * 1024);
    }
}

#[test]
fn stamps_off_by_half_a_frame_move_nothing_and_more_anchors_anew() {
    let mut line = timeline(None, 48_000);
    let mut at = |ms| line.audio(ms, Bytes::new()).packet.pts.as_ticks(48_000);
    assert_eq!(at(0), 0);
    assert_eq!(at(31), 1024, "21.3 ms, stamped 9.7 ms late");
    assert_eq!(at(33), 2048, "stamped 9.7 ms early");
    assert_eq!(at(164), 164 * 48, "100 ms are missing");
    assert_eq!(at(185), 164 * 48 + 1024);
}

#[test]
fn b_frames_keep_their_composition_times_on_the_grid() {
    let mut line = timeline(Some(NTSC), 48_000);
    // Decoding order I P B B, presented two frames late: 0 3 1 2.
    for (n, shown) in [(0i64, 2i64), (1, 5), (2, 3), (3, 4), (4, 8), (5, 6), (6, 7)] {
        let dts = NTSC.tick(n as u64).as_millis();
        let pts = NTSC.tick(shown as u64).as_millis();
        let placed = line
            .video(dts as u32, (pts - dts) as i32, n == 0, Bytes::new())
            .packet;
        let ticks = (placed.dts.as_ticks(90_000), placed.pts.as_ticks(90_000));
        assert_eq!(ticks, (n * 3003, shown * 3003));
    }
}

#[test]
fn composition_times_below_zero_move_decoding_and_presentation_once_by_a_tick() {
    let mut line = timeline(Some(FrameRate::whole(25)), 48_000);
    let mut last = -1;
    for (n, shown) in [(0, 0), (1, 2), (2, 1), (3, 4), (4, 3), (5, 5)] {
        let placed = line
            .video(n * 40, (shown - n as i32) * 40, n == 0, Bytes::new())
            .packet;
        // Before the first such time decoding had run ahead: that one frame gives way by a tick.
        let gives_way = i64::from(n == 2);
        assert_eq!(placed.pts.as_ticks(90_000), i64::from(shown) * 3600 + gives_way);
        let dts = placed.dts.as_ticks(90_000);
        assert!(
            dts <= placed.pts.as_ticks(90_000) && dts > last,
            "{dts} after {last}"
        );
        last = dts;
    }
}

#[test]
fn frames_left_out_stay_on_the_grid_and_a_late_one_anchors_anew() {
    let mut line = timeline(Some(FrameRate::whole(30)), 48_000);
    let mut at = |ms| line.video(ms, 0, false, Bytes::new()).packet.dts.as_ticks(90_000);
    assert_eq!([at(0), at(33), at(133)], [0, 3000, 12_000]);
    assert_eq!(at(150), 13_500, "on no grid point");
    assert_eq!(at(183), 16_500);
}

#[test]
fn stamps_go_on_through_the_wrap_at_2_to_the_32() {
    let mut line = timeline(Some(FrameRate::whole(25)), 48_000);
    for n in 0..100u32 {
        let stamp = (u32::MAX - 1000).wrapping_add(n * 40);
        let placed = line.video(stamp, 0, false, Bytes::new());
        assert!(!placed.jumped);
        assert_eq!(placed.packet.dts, Timestamp::from_millis(i64::from(n) * 40));
    }
}

#[test]
fn a_jump_of_the_stamps_goes_on_where_the_line_ended() {
    let mut line = timeline(Some(FrameRate::whole(25)), 48_000);
    line.video(500_000, 0, true, Bytes::new());
    line.video(500_040, 0, false, Bytes::new());
    let back = line.video(0, 0, true, Bytes::new());
    assert!(back.jumped);
    assert_eq!(back.packet.dts, Timestamp::from_millis(80));
    assert!(!line.video(40, 0, false, Bytes::new()).jumped);
}

#[test]
fn a_new_session_begins_at_the_end_or_after_the_time_that_passed() {
    let mut line = Timeline::new();
    let tracks = tracks(Some(FrameRate::whole(25)), 48_000);
    line.begin_session(&tracks, Some(Utc(1_000_000)));
    line.video(7_000, 0, true, Bytes::new());
    assert_eq!(line.end(), Timestamp::from_millis(40));
    line.begin_session(&tracks, Some(Utc(3_500_000)));
    let placed = line.video(0, 0, true, Bytes::new());
    assert_eq!(
        (placed.packet.pts, placed.jumped),
        (Timestamp::from_millis(2_500), false)
    );
    // Without the time of day, and with one that went back.
    for utc in [None, Some(Utc(5))] {
        let end = line.end();
        line.begin_session(&tracks, utc);
        assert_eq!(line.video(0, 0, true, Bytes::new()).packet.pts, end);
    }
}

#[test]
fn sound_and_pictures_of_a_session_keep_their_distance() {
    let mut line = timeline(Some(NTSC), 44_100);
    line.audio(20, Bytes::new());
    line.begin_session(&tracks(Some(NTSC), 44_100), Some(Utc(0)));
    let audio = line.audio(1_020, Bytes::new()).packet.pts;
    let video = line.video(1_100, 67, true, Bytes::new()).packet.pts;
    let apart = video.nanos_since(audio);
    assert!((apart - 147_000_000).abs() < 1_000_000, "{apart} ns");
}

proptest! {
    #[test]
    fn no_stamps_make_times_fall_or_presentation_precede_decoding(
        tags in proptest::collection::vec((any::<bool>(), any::<u32>(), any::<bool>(), -8_388_608i32..8_388_608), 1..200),
        num in 1u32..400_000, den in 1u32..2000,
    ) {
        let mut line = timeline(FrameRate::new(num, den), 48_000);
        let mut last = [Timestamp::from_nanos(-1); 2];
        let mut stamp = 0u32;
        for (video, step, wild, composition) in tags {
            stamp = stamp.wrapping_add(if wild { step } else { step % 100 });
            let placed = if video {
                line.video(stamp, composition, false, Bytes::new())
            } else {
                line.audio(stamp, Bytes::new())
            }.packet;
            let last = &mut last[usize::from(video)];
            prop_assert!(placed.dts > *last && placed.pts >= placed.dts);
            *last = placed.dts;
        }
    }
}
