//! What is dropped leaves no thread behind. Alone in its process, so that the threads counted are its own.
#![allow(clippy::unwrap_used)] // A test.

use std::path::Path;
use std::time::Duration;

use container::cmaf;
use media::{AudioBlock, ColorInfo, FrameRate, PixelFormat, Size, Timestamp, VideoFrame};
use pipeline::encode::{AudioConfig, AudioEncoder, VideoConfig, VideoEncoder};
use pipeline::file::{Period, VideoLoop, VideoLoopConfig};

const ROUNDS: usize = 8;
const SIZE: Size = Size::new(64, 48);
const PATIENCE: Duration = Duration::from_secs(20);

/// Names of this process's threads.
fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::io::Result<std::fs::DirEntry>| {
        let comm = task.unwrap().path().join("comm");
        std::fs::read_to_string(comm)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    tasks.map(name).collect()
}

/// Priority of the first thread of that name: field 19 of proc(5)'s stat.
fn nice(name: &str) -> Option<i32> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let stats = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
    let mut of_name = stats.filter(|stat| stat.contains(&format!("({name})")));
    let stat = of_name.next()?;
    stat.rsplit(')').next()?.split_whitespace().nth(16)?.parse().ok()
}

fn frame(n: u64) -> VideoFrame {
    let (pts, size) = (FrameRate::whole(30).tick(n), SIZE);
    let grey = vec![128; 64 * 48 * 3 / 2].into();
    VideoFrame::packed(pts, size, PixelFormat::Nv12, ColorInfo::BT709, grey).unwrap()
}

/// An encoder that works, one that was never read, one that never got a frame.
fn encode() {
    let config = VideoConfig::new(SIZE, FrameRate::whole(30), 100);
    let [works, unread, unused] = [0, 1, 2].map(|_| VideoEncoder::new(config.clone()).unwrap());
    for n in 0..100 {
        // Busy in the end, as nobody reads.
        let _ = unread.submit(&frame(n), false);
    }
    works.submit(&frame(0), false).unwrap();
    assert!(works.next_packet(PATIENCE).unwrap().is_some());
    let sound = AudioEncoder::new(AudioConfig::new(128)).unwrap();
    sound
        .submit(&AudioBlock::silence(Timestamp::ZERO, 48_000, 2, 480))
        .unwrap();
    assert!(nice("encode video").is_some_and(|nice| nice != 5));
    drop((works, unread, unused, sound));
}

/// A recording of twenty frames, as fragmented MP4.
fn record(path: &Path) {
    let encoder = VideoEncoder::new(VideoConfig::new(SIZE, FrameRate::whole(30), 100)).unwrap();
    let sample = |n| {
        encoder.submit(&frame(n), false).unwrap();
        let packet = encoder.next_packet(PATIENCE).unwrap().unwrap();
        cmaf::Sample {
            duration: 3_000,
            composition: 0,
            key: packet.key,
            data: packet.data,
        }
    };
    let samples: Vec<_> = (0..20).map(sample).collect();
    let init = cmaf::init_segment(&encoder.parameters(), 90_000, 1).unwrap();
    let chunk = cmaf::chunk(1, 1, 0, &samples, None).unwrap();
    std::fs::write(path, [init, chunk].concat()).unwrap();
}

/// The recording, left while its decoder waits for a place.
fn play(path: &Path) {
    let clip = VideoLoop::open(path, VideoLoopConfig::default()).unwrap();
    let (frames, rate) = (20, FrameRate::whole(30));
    assert_eq!(clip.period(), Period { frames, rate });
    assert_eq!(nice("decode video"), Some(5));
    drop(clip);
}

#[test]
fn encoders_and_clips_leave_no_thread_behind() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("recording.mp4");
    record(&clip);
    for _ in 0..ROUNDS {
        encode();
        play(&clip);
    }
    let left = threads();
    // The kernel may still list a thread that has just been joined; GLib keeps a few idle ones for the next reader
    // of a file. One left behind by each round would be more.
    let ours = ["encode video", "encode audio", "decode video"];
    let ours = left.iter().filter(|name| ours.contains(&name.as_str()));
    assert!(ours.count() < ROUNDS && left.len() < 2 * ROUNDS, "{left:?}");
}
