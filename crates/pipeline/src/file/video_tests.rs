//! Clips with B-frames, round after round.

use super::super::fixture::{SIZE, flac, grey, mp4, place, wav};
use super::*;

fn shown(clip: &mut VideoLoop, at: Timestamp) -> VideoFrame {
    clip.ahead.wait_until(at);
    clip.frame_at(at).unwrap()
}

fn luma(frame: &VideoFrame) -> u8 {
    frame.plane(0)[frame.planes[0].stride * 20 + 30]
}

#[test]
fn each_round_follows_the_last_without_a_seam_in_time_or_picture() {
    for rate in ["30", "29.97"] {
        let rate: FrameRate = rate.parse().unwrap();
        let (_folder, path) = place("clip.mp4");
        mp4(&path, 13, rate);
        let start = Timestamp::from_millis(500);
        let mut clip = VideoLoop::open(&path, VideoLoopConfig { start, grain: false }).unwrap();
        assert_eq!(clip.period(), Period { frames: 13, rate });
        for n in 0..60 {
            let at = Timestamp::from_nanos(start.as_nanos() + rate.tick(n).as_nanos());
            let frame = shown(&mut clip, at);
            assert_eq!(
                (frame.pts, frame.size, frame.color),
                (at, SIZE, media::ColorInfo::BT709)
            );
            assert!(
                luma(&frame).abs_diff(grey(n % 13)) <= 3,
                "{} at {n}",
                luma(&frame)
            );
        }
        let counters = clip.counters();
        assert_eq!(
            (counters.skipped, counters.repeated, counters.missing, clip.late()),
            (0, 0, 0, 0)
        );
    }
}

#[test]
fn the_same_frame_bears_the_same_grain_and_each_round_another() {
    let (_folder, path) = place("clip.mp4");
    let rate = FrameRate::whole(25);
    mp4(&path, 6, rate);
    let start = Timestamp::from_millis(40);
    let config = |grain| VideoLoopConfig { start, grain };
    let mut clips = [true, true, false].map(|grain| VideoLoop::open(&path, config(grain)).unwrap());
    let mut seen = Vec::new();
    for n in 0..12 {
        let at = Timestamp::from_nanos(start.as_nanos() + rate.tick(n).as_nanos());
        let [noisy, again, clean] = clips.each_mut().map(|clip| shown(clip, at));
        assert_eq!(noisy.data, again.data);
        assert_eq!(noisy.pts, clean.pts);
        let largest = (0..SIZE.area()).map(|i| {
            let (x, y) = (i % SIZE.width as usize, i / SIZE.width as usize);
            let clean = clean.plane(0)[y * clean.planes[0].stride + x];
            noisy.data[i].abs_diff(clean)
        });
        assert_eq!(largest.max(), Some(4));
        seen.push(noisy.data);
    }
    assert!((0..6).all(|n| seen[n] != seen[n + 6]));
}

#[test]
fn a_show_that_ran_away_gets_the_last_frame_and_the_clip_catches_up() {
    let (_folder, path) = place("clip.mp4");
    let rate = FrameRate::whole(30);
    mp4(&path, 10, rate);
    let mut clip = VideoLoop::open(&path, VideoLoopConfig::default()).unwrap();
    clip.ahead.wait_until(rate.tick(7));
    // Eight frames are ready; the hundredth isn't.
    let frame = clip.frame_at(rate.tick(100)).unwrap();
    assert_eq!((frame.pts, clip.late()), (rate.tick(7), 1));
    assert_eq!(clip.counters().skipped, 7);
    let mut newest = frame.pts;
    while newest < rate.tick(100) {
        clip.ahead
            .wait_until(Timestamp::from_nanos(newest.as_nanos() + 1));
        newest = clip.frame_at(rate.tick(100)).unwrap().pts;
    }
    assert_eq!(newest, rate.tick(100));
    assert!(clip.failure().is_none());
}

#[test]
fn files_that_can_t_be_shown_are_refused_with_path_and_reason() {
    let (folder, path) = place("clip.mp4");
    mp4(&path, 6, FrameRate::whole(30));
    let whole = std::fs::read(&path).unwrap();
    let refused = |name: &str| {
        let path = folder.path().join(name);
        match VideoLoop::open(&path, VideoLoopConfig::default()) {
            Err(Error::File { path: told, problem }) => {
                assert_eq!(told, path);
                problem
            }
            other => panic!("{name}: {:?}", other.err()),
        }
    };
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("half.mp4", &whole[..whole.len() / 2]);
    write("words.mp4", b"these are words and no picture at all");
    write("empty.mp4", b"");
    wav(&folder.path().join("sound.wav"), 48_000, 1, &[0; 480]);
    flac(
        &folder.path().join("sound.wav"),
        &folder.path().join("sound.flac"),
    );
    assert_eq!(refused("nothing.mp4"), FileProblem::Missing);
    assert_eq!(refused("."), FileProblem::NotAFile);
    for name in ["half.mp4", "words.mp4", "empty.mp4"] {
        assert!(
            matches!(refused(name), FileProblem::Damaged(_)),
            "{name}: {:?}",
            refused(name)
        );
    }
    assert_eq!(refused("sound.flac"), FileProblem::NoPicture);
}

#[test]
fn a_clip_of_noise_instead_of_pictures_is_given_up() {
    let (_folder, path) = place("clip.mp4");
    mp4(&path, 6, FrameRate::whole(30));
    let mut bytes = std::fs::read(&path).unwrap();
    let begin = bytes.windows(4).position(|four| four == b"mdat").unwrap() + 4;
    let end = bytes.windows(4).position(|four| four == b"moov").unwrap();
    let end = if end < begin { bytes.len() } else { end - 4 };
    bytes[begin..end].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let refused = VideoLoop::open(&path, VideoLoopConfig::default())
        .err()
        .expect("refused");
    assert!(
        matches!(&refused, Error::File { .. } | Error::Element { .. }),
        "{refused}"
    );
}

#[test]
fn a_file_without_a_frame_rate_gets_the_usual_one_nearest() {
    let units = |nanos: i64| -> Vec<Unit> {
        let unit = |n| Unit {
            data: gst::Buffer::new(),
            pts: Some(Timestamp::from_nanos(n * nanos)),
        };
        (0..50).map(unit).collect()
    };
    crate::init().unwrap();
    assert_eq!(measured_rate(&units(33_366_000)), "29.97".parse().unwrap());
    assert_eq!(measured_rate(&units(40_000_000)), FrameRate::whole(25));
    assert_eq!(
        measured_rate(&units(100_000_000)),
        FrameRate::new(10_000, 1_000).unwrap()
    );
    assert_eq!(measured_rate(&units(0)), FrameRate::new(240_000, 1_000).unwrap());
}

#[test]
fn pictures_are_numbered_as_shown_whatever_the_coding_order() {
    crate::init().unwrap();
    let unit = |ms: Option<i64>| Unit {
        data: gst::Buffer::new(),
        pts: ms.map(Timestamp::from_millis),
    };
    let numbers = |times: &[Option<i64>]| -> Vec<u64> {
        numbered(times.iter().map(|t| unit(*t)).collect())
            .into_iter()
            .map(|(n, _)| n)
            .collect()
    };
    assert_eq!(numbers(&[Some(0), Some(120), Some(40), Some(80)]), [0, 3, 1, 2]);
    assert_eq!(numbers(&[None, None, None]), [0, 1, 2]);
}

#[test]
fn pictures_of_odd_or_enormous_size_are_refused() {
    crate::init().unwrap();
    let checked = |width: i32, height: i32| {
        let caps = gst::Caps::builder("video/x-h264")
            .field("width", width)
            .field("height", height);
        check_size(&caps.build())
    };
    assert_eq!(checked(1_280, 720), Ok(()));
    assert_eq!(checked(2_160, 3_840), Ok(()));
    for (width, height) in [
        (1_281, 720),
        (1_280, 719),
        (0, 0),
        (-2, 720),
        (i32::MAX - 1, i32::MAX - 1),
    ] {
        assert_eq!(checked(width, height), Err(FileProblem::Size(width, height)));
    }
}
