//! A publisher made of numbers, and tests by behaviour: playlists as text, rules by clause, sessions, chunks.

mod chunks;
mod dash_rules;
mod hls_rules;
mod manifest;
mod playlists;
mod sessions;
mod transport;

use std::time::Duration;

use bytes::Bytes;
use container::{aac, h264};
use media::{CodecParameters, FrameRate, Timestamp, Track, Utc};

use crate::{Config, Extent, Packager, Rendition, SegmentAnswer, Timeline};

/// 2026-11-21T08:00:00Z, in seconds.
const MORNING: i64 = 1_795_248_000;

/// x264, Baseline, 160x90 at 30000/1001, and the same record with rates written over.
fn avc(rate: FrameRate) -> CodecParameters {
    let record = [
        1, 0x42, 0xc0, 0x0b, 0xff, 0xe1, 0, 0x19, 0x67, 0x42, 0xc0, 0x0b, 0xda, 0x0a, 0x37, 0xe4, 0xc0, 0x5a,
        0x80, 0x80, 0x80, 0xa0, 0, 0, 0x7d, 0x20, 0, 0x1d, 0x4c, 1, 0xe2, 0x85, 0x54, 1, 0, 4, 0x68, 0xce,
        0x0f, 0xc8,
    ];
    let mut p = h264::parameters(&Bytes::copy_from_slice(&record)).unwrap();
    p.rate = Some(rate);
    CodecParameters::Video(p)
}

fn mp4a(rate: u32, channels: u8) -> CodecParameters {
    let config = aac::AudioSpecificConfig::lc(rate, channels).unwrap();
    CodecParameters::Audio(aac::parameters(&config).unwrap())
}

/// A publisher: what it sends, how far it is.
struct Publisher {
    timeline: Timeline,
    packager: Packager,
    tracks: Vec<Track>,
    rate: FrameRate,
    audio_rate: u32,
    /// Frames from key frame to key frame.
    gop: u64,
    /// A frame that is one, from which the others are counted.
    key: u64,
    /// Frames and AAC frames sent in this session.
    frames: u64,
    sounds: u64,
    /// Time of day of the session's beginning.
    begin: Utc,
    sends_video: bool,
    sends_audio: bool,
    /// Its sound's timestamps are so many milliseconds late.
    sound_late: u32,
}

impl Publisher {
    /// 30 pictures a second, 48 kHz stereo, key frames every 2 s as promised; nothing is kept behind the playlist.
    fn new() -> Self {
        let config = Config {
            rewind: Duration::ZERO,
            ..promised()
        };
        Self::with(config, Some(FrameRate::whole(30)), Some(48_000))
    }

    fn with(config: Config, video: Option<FrameRate>, audio: Option<u32>) -> Self {
        let parameters = video.map(avc).into_iter().chain(audio.map(|rate| mp4a(rate, 2)));
        let tracks = parameters.map(|parameters| Track { id: 0, parameters }).collect();
        let mut publisher = Self {
            timeline: Timeline::new(),
            packager: Packager::new(config),
            tracks,
            rate: video.unwrap_or(FrameRate::whole(30)),
            audio_rate: audio.unwrap_or(48_000),
            gop: 60,
            key: 0,
            frames: 0,
            sounds: 0,
            begin: Utc(MORNING * 1_000_000),
            sends_video: video.is_some(),
            sends_audio: audio.is_some(),
            sound_late: 0,
        };
        publisher.connect(0);
        publisher
    }

    /// Begins a session so many milliseconds after the morning.
    fn connect(&mut self, ms: i64) {
        self.begin = Utc((MORNING * 1000 + ms) * 1000);
        (self.frames, self.sounds) = (0, 0);
        self.timeline.begin_session(&self.tracks, Some(self.begin));
        self.packager.set_tracks(&self.tracks).unwrap();
    }

    /// Sends packets in the order of their times until so many milliseconds of the session.
    fn send_until(&mut self, ms: i64) {
        loop {
            let picture = self.rate.tick(self.frames);
            let sound = Timestamp::from_ticks(self.sounds as i64 * 1024, self.audio_rate);
            if picture.min(sound) >= Timestamp::from_millis(ms) {
                return;
            }
            if picture <= sound {
                self.send_video();
            } else {
                self.send_audio();
            }
        }
    }

    fn send_video(&mut self) {
        let (n, at) = (self.frames, self.rate.tick(self.frames));
        self.frames += 1;
        if self.sends_video {
            let key = n.abs_diff(self.key).is_multiple_of(self.gop);
            let data = Bytes::from(vec![n as u8; if key { 2000 } else { 500 }]);
            let placed = self.timeline.video(at.as_millis() as u32, 0, key, data);
            let utc = Utc(self.begin.as_micros() + at.as_micros());
            self.packager.push(placed.packet, key.then_some(utc));
        }
    }

    fn send_audio(&mut self) {
        let at = Timestamp::from_ticks(self.sounds as i64 * 1024, self.audio_rate);
        self.sounds += 1;
        if self.sends_audio {
            let placed = self
                .timeline
                .audio(at.as_millis() as u32 + self.sound_late, Bytes::from(vec![7; 340]));
            let utc = Utc(self.begin.as_micros() + at.as_micros());
            self.packager
                .push(placed.packet, (!self.sends_video).then_some(utc));
        }
    }

    /// The parts of a complete segment.
    fn segment(&self, rendition: Rendition, msn: u64) -> Option<Vec<Bytes>> {
        match self.packager.segment(rendition, msn, None) {
            SegmentAnswer::Complete(parts) => Some(parts),
            _ => None,
        }
    }

    fn playlist(&self, rendition: Rendition) -> String {
        self.packager.playlist(rendition, Extent::Live, None).unwrap()
    }

    /// The values of a tag in a playlist, in order.
    fn tags(&self, rendition: Rendition, tag: &str) -> Vec<String> {
        let start = format!("#{tag}:");
        let list = self.playlist(rendition);
        list.lines()
            .filter_map(|line| line.strip_prefix(&start))
            .map(str::to_owned)
            .collect()
    }

    /// Samples of all segments and parts that are there, as (dts, duration, pts, key) in ticks.
    fn samples(&self, rendition: Rendition) -> Vec<(u64, u64, u64, bool)> {
        let track = self.packager.track(rendition).unwrap();
        let numbers = || track.segments.iter().map(|s| s.head.msn).chain(track.open_msn());
        let (first, last) = (numbers().next().unwrap(), numbers().last().unwrap());
        let mut samples = Vec::new();
        for msn in first..=last {
            for part in track.parts(msn).unwrap().0 {
                samples.extend(samples_of(part.data.clone()));
            }
        }
        samples
    }
}

/// A key frame each two seconds is promised.
fn promised() -> Config {
    Config {
        promised_gop: Some(2),
        ..Config::default()
    }
}

/// Publishers whose frames divide two seconds, and a third of one, well and badly; they have sent nothing yet.
fn publishers() -> Vec<Publisher> {
    let rates = [
        (30, 1, 48_000),
        (30_000, 1001, 44_100),
        (25, 1, 48_000),
        (60_000, 1001, 32_000),
        (24_000, 1001, 48_000),
    ];
    let with = |(num, den, audio): (u32, u32, u32)| {
        let rate = FrameRate::new(num, den).unwrap();
        let mut publisher = Publisher::with(promised(), Some(rate), Some(audio));
        publisher.gop = (rate.as_f64() * 2.0).round() as u64;
        publisher
    };
    rates.into_iter().map(with).collect()
}

fn samples_of(mut bytes: Bytes) -> Vec<(u64, u64, u64, bool)> {
    let mut samples = Vec::new();
    while let Some(chunk) = container::cmaf::read_chunk(&mut bytes).unwrap() {
        let mut dts = chunk.base_decode_time;
        for s in chunk.samples {
            let pts = dts.checked_add_signed(s.composition.into()).unwrap();
            samples.push((dts, s.duration.into(), pts, s.key));
            dts += u64::from(s.duration);
        }
    }
    samples
}
