//! What is dropped leaves no thread behind. Alone in its process, so that the threads counted are its own.
#![allow(clippy::unwrap_used)] // A test.

use std::time::Duration;

use media::{AudioBlock, ColorInfo, FrameRate, PixelFormat, Size, Timestamp, VideoFrame};
use pipeline::encode::{AudioConfig, AudioEncoder, VideoConfig, VideoEncoder};
use pipeline::file::{VideoLoop, VideoLoopConfig};

const ROUNDS: usize = 8;

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

fn frame(n: u64) -> VideoFrame {
    let (pts, size) = (FrameRate::whole(30).tick(n), Size::new(64, 48));
    let grey = vec![128; 64 * 48 * 3 / 2].into();
    VideoFrame::packed(pts, size, PixelFormat::Nv12, ColorInfo::BT709, grey).unwrap()
}

/// An encoder that works, one that was never read, one that never got a frame.
fn encode() {
    let config = VideoConfig::new(Size::new(64, 48), FrameRate::whole(30), 100);
    let [works, unread, unused] = [0, 1, 2].map(|_| VideoEncoder::new(config.clone()).unwrap());
    for n in 0..100 {
        // Busy in the end, as nobody reads.
        let _ = unread.submit(&frame(n), false);
    }
    works.submit(&frame(0), false).unwrap();
    assert!(works.next_packet(Duration::from_secs(20)).unwrap().is_some());
    let sound = AudioEncoder::new(AudioConfig::new(128)).unwrap();
    sound
        .submit(&AudioBlock::silence(Timestamp::ZERO, 48_000, 2, 480))
        .unwrap();
    assert!(threads().iter().any(|name| name == "encode video"));
    drop((works, unread, unused, sound));
}

/// The clip of the demo show, left while its decoder waits for a place.
fn play(path: &std::path::Path) {
    let clip = VideoLoop::open(
        path,
        VideoLoopConfig {
            grain: true,
            ..VideoLoopConfig::default()
        },
    )
    .unwrap();
    assert!(threads().iter().any(|name| name == "decode video"));
    drop(clip);
}

#[test]
fn encoders_and_clips_leave_no_thread_behind() {
    let clip = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo/table.mp4");
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
