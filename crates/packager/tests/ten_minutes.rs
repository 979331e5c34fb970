//! Ten minutes of media, made and judged by ffmpeg: it finds no gap and no overlap in what the packager cut.
//!
//! The input is a real FLV file (H.264 and AAC, times rounded to milliseconds). Each rendition's init segment
//! and segments, one after another, are a file that ffprobe reads packet by packet. Where ffmpeg or ffprobe
//! is missing the tests say so and check nothing.
// The crate does no IO, but this test does; and what it can't unwrap is its failure.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use container::flv::{self, TagKind, audio::AudioTag, video::VideoTag};
use container::{aac, h264};
use media::{CodecParameters, Track, Utc};
use packager::{Config, Packager, Rendition, SegmentAnswer, Timeline};

/// Ten minutes, of which all packets are looked at; the input is a second longer.
const SECONDS: u64 = 600;

#[test]
fn ten_minutes_at_30_fps_and_48_khz_have_no_gap_and_no_overlap() {
    check("30", &["-ac", "2", "-ar", "48000"], &[], (90_000, 3000), 48_000);
}

#[test]
fn ten_minutes_at_29_97_fps_and_44_1_khz_mono_have_no_gap_and_no_overlap() {
    check(
        "30000/1001",
        &["-ac", "1", "-ar", "44100"],
        &[],
        (90_000, 3003),
        44_100,
    );
}

#[test]
fn ten_minutes_with_b_frames_have_no_gap_and_no_overlap() {
    let b_frames = ["-bf", "2", "-b_strategy", "0"];
    check(
        "30",
        &["-ac", "2", "-ar", "48000"],
        &b_frames,
        (90_000, 3000),
        48_000,
    );
}

/// Makes the input, packages it, and looks at every packet of both renditions.
fn check(rate: &str, sound: &[&str], video: &[&str], (scale, frame): (u64, u64), audio_scale: u64) {
    if !present("ffmpeg") || !present("ffprobe") {
        println!("skipped: ffmpeg or ffprobe is missing");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("input.flv");
    make_input(&input, rate, sound, video);
    let (video, audio) = package(&fs::read(&input).unwrap(), dir.path());

    let packets = probe(&video);
    assert!(
        packets.len() as u64 >= SECONDS * scale / frame,
        "{} pictures",
        packets.len()
    );
    tiles(&packets, frame, "pictures");
    let mut pts: Vec<_> = packets.iter().map(|p| p.pts).collect();
    pts.sort_unstable();
    grid(&pts, frame, "presentation");
    let first_picture = pts[0] as f64 / scale as f64;

    let packets = probe(&audio);
    assert!(
        packets.len() as u64 >= SECONDS * audio_scale / 1024,
        "{} frames",
        packets.len()
    );
    tiles(&packets, 1024, "sound");
    assert!(packets.iter().all(|p| p.pts == p.dts));
    // Sound from before the first key frame is left out, so it begins within a frame behind it.
    let apart = packets[0].pts as f64 / audio_scale as f64 - first_picture;
    assert!(
        (-0.001..0.025).contains(&apart),
        "sound begins {apart} s after the pictures"
    );
}

fn present(program: &str) -> bool {
    Command::new(program)
        .arg("-version")
        .output()
        .is_ok_and(|out| out.status.success())
}

fn make_input(path: &Path, rate: &str, sound: &[&str], video: &[&str]) {
    let picture = format!("testsrc=size=160x90:rate={rate}");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &picture])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"])
        .args(["-t", &(SECONDS + 1).to_string(), "-pix_fmt", "yuv420p"])
        .args([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-g",
            "60",
            "-threads",
            "1",
        ])
        .args(video)
        .args(["-c:a", "aac", "-b:a", "64k"])
        .args(sound)
        .args(["-f", "flv"])
        .arg(path)
        .status()
        .unwrap();
    assert!(status.success());
}

/// Runs a file through timeline and packager; returns the renditions' files.
fn package(input: &[u8], dir: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    let mut reader = flv::Reader::new();
    let mut show = Show::default();
    for piece in input.chunks(64 * 1024) {
        reader.push(piece);
        while let Some(tag) = reader.next_tag().unwrap() {
            show.take(&tag);
        }
    }
    show.packager.as_mut().unwrap().end();
    show.collect();
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    (
        write("video.mp4", &show.files[0]),
        write("audio.mp4", &show.files[1]),
    )
}

#[derive(Default)]
struct Show {
    timeline: Timeline,
    packager: Option<Packager>,
    tracks: Vec<Track>,
    /// What viewers of both renditions would have fetched, and the next segment of each.
    files: [Vec<u8>; 2],
    next: [Option<u64>; 2],
}

impl Show {
    fn take(&mut self, tag: &flv::Tag) {
        match tag.kind {
            TagKind::Video => match flv::video::parse(&tag.data).unwrap() {
                VideoTag::SequenceHeader(avcc) => {
                    self.track(CodecParameters::Video(h264::parameters(&avcc).unwrap()));
                }
                VideoTag::Frame {
                    key,
                    composition_ms,
                    data,
                } => {
                    self.begin();
                    let placed = self.timeline.video(tag.timestamp, composition_ms, key, data);
                    self.push(placed);
                }
                _ => {}
            },
            TagKind::Audio => match flv::audio::parse(&tag.data).unwrap() {
                AudioTag::SequenceHeader(config) => {
                    self.track(CodecParameters::Audio(aac::parameters(&config).unwrap()));
                }
                AudioTag::Frame(data) => {
                    self.begin();
                    let placed = self.timeline.audio(tag.timestamp, data);
                    self.push(placed);
                }
                AudioTag::EndOfSequence | AudioTag::Other => {}
            },
            TagKind::Script => {}
        }
    }

    fn track(&mut self, parameters: CodecParameters) {
        assert!(self.packager.is_none(), "sequence headers come first");
        self.tracks.push(Track { id: 0, parameters });
    }

    fn begin(&mut self) {
        if self.packager.is_some() {
            return;
        }
        assert_eq!(self.tracks.len(), 2);
        let mut packager = Packager::new(Config {
            promised_gop: Some(2),
            ..Config::default()
        });
        packager.set_tracks(&self.tracks).unwrap();
        self.timeline.begin_session(&self.tracks, Some(Utc(0)));
        self.packager = Some(packager);
    }

    fn push(&mut self, placed: packager::Placed) {
        assert!(!placed.jumped);
        let utc = placed.packet.pts.as_micros();
        if self
            .packager
            .as_mut()
            .unwrap()
            .push(placed.packet, Some(Utc(utc)))
        {
            self.collect();
        }
    }

    /// Fetches the segments that were completed since.
    fn collect(&mut self) {
        let packager = self.packager.as_ref().unwrap();
        for (n, rendition) in [Rendition::Video, Rendition::Audio].into_iter().enumerate() {
            let open = packager.edge(rendition).open;
            if self.next[n].is_none() {
                self.files[n].extend(packager.init(rendition, 1).unwrap());
            }
            let next = self.next[n].get_or_insert(0);
            while *next < open {
                let SegmentAnswer::Complete(parts) = packager.segment(rendition, *next, None) else {
                    panic!("segment {next} is gone");
                };
                self.files[n].extend(parts.concat());
                *next += 1;
            }
        }
    }
}

struct Seen {
    pts: i64,
    dts: i64,
    /// Ticks; ffprobe 5.1 says nothing for a file's first frame of sound.
    duration: Option<i64>,
}

/// The packets of a file, as ffprobe reads them.
fn probe(path: &Path) -> Vec<Seen> {
    let out = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_packets",
            "-show_entries",
            "packet=pts,dts,duration",
            "-of",
            "csv=p=0",
        ])
        .arg(path)
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && complaints.is_empty(), "{complaints}");
    let text = String::from_utf8(out.stdout).unwrap();
    let packet = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        Seen {
            pts: fields[0].parse().unwrap(),
            dts: fields[1].parse().unwrap(),
            duration: fields[2].parse().ok(),
        }
    };
    text.lines().map(packet).collect()
}

/// Each packet lasts `frame` ticks, and the next one begins where it ends.
fn tiles(packets: &[Seen], frame: u64, what: &str) {
    let frame = frame as i64;
    assert!(
        packets.iter().skip(1).all(|p| p.duration == Some(frame)),
        "{what}"
    );
    assert!(packets[0].duration.is_none_or(|d| d == frame), "{what}");
    for (n, pair) in packets.windows(2).enumerate() {
        assert_eq!(pair[0].dts + frame, pair[1].dts, "{what}: after packet {n}");
    }
}

fn grid(times: &[i64], frame: u64, what: &str) {
    for (n, pair) in times.windows(2).enumerate() {
        assert_eq!(pair[1] - pair[0], frame as i64, "{what}: after {n}");
    }
}
