//! From a publisher session's milliseconds to exact times on the stream's one line.
//!
//! FLV and RTMP round times to milliseconds and begin anew with each connection. A [`Timeline`] makes them
//! exact again and places each session behind the one before:
//!
//! - sound by counting samples, anchored anew only when the stamps say more than half a frame otherwise;
//! - pictures by snapping to the grid of the nominal frame rate where a stamp is within 1 ms of it;
//! - a session begins where the line ended, or later by what the time of day says lies between.
//!
//! Times leave as [`media::Timestamp`]s that stand for whole ticks of [`timescale`]: converting with
//! `as_ticks` gives the tick back without loss.

mod audio;
#[cfg(test)]
mod tests;
mod video;

use std::time::Duration;

use bytes::Bytes;
use media::{CodecParameters, FrameRate, Packet, Timestamp, Track, TrackKind, Utc};

use crate::config::CLOSE_NANOS;
use audio::AudioLine;
use video::VideoLine;

/// A stamp this far ahead of the newest one begins the session anew.
const LONGEST_AHEAD_MS: i64 = 10_000;
/// A stamp this far behind does, too; less is interleaving.
const LONGEST_BEHIND_MS: i64 = 3_000;
/// A longer silence between two sessions isn't believed.
const LONGEST_GAP_MICROS: i64 = 24 * 3600 * 1_000_000;

/// Ticks a second in which a track's times are whole: 90 000 for pictures where a frame lasts a whole number
/// of them (30, 29.97, 25, 60 a second), else a multiple of the frame rate's numerator (60 000 for 59.94); the
/// sample rate for sound.
pub fn timescale(parameters: &CodecParameters) -> u32 {
    match parameters {
        CodecParameters::Video(p) => p.rate.map_or(VIDEO_TICKS, video_timescale),
        CodecParameters::Audio(p) => p.rate.max(1),
    }
}

const VIDEO_TICKS: u32 = 90_000;

fn video_timescale(rate: FrameRate) -> u32 {
    let (num, den) = (u64::from(rate.num()), u64::from(rate.den()));
    if (u64::from(VIDEO_TICKS) * den).is_multiple_of(num) || num > 1_000_000 {
        return VIDEO_TICKS;
    }
    let least = u64::from(VIDEO_TICKS) / 2;
    (num * least.div_ceil(num)) as u32
}

/// The duration of a nominal frame in ticks of [`timescale`], at least 1: of an AAC frame exactly, of a
/// picture exactly where the rate is known, else that of 30 a second; at most a second.
pub fn frame_ticks(parameters: &CodecParameters) -> u32 {
    let ticks = match parameters {
        CodecParameters::Video(p) => {
            let rate = p.rate.unwrap_or(FrameRate::whole(30));
            u64::from(timescale(parameters)) * u64::from(rate.den()) / u64::from(rate.num())
        }
        CodecParameters::Audio(p) => p.frame_samples.into(),
    };
    ticks.clamp(1, timescale(parameters).into()) as u32
}

/// The first tick not before `at`.
pub(crate) fn first_tick(at: Timestamp, per_second: u32) -> i64 {
    let tick = at.as_ticks(per_second);
    tick + i64::from(Timestamp::from_ticks(tick, per_second) < at)
}

/// When a publisher's tag says it is to be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The tag's timestamp: milliseconds, wraps at 2^32.
    pub ms: u32,
    /// What is to be added, below a million: most publishers say nothing of it.
    pub nanos: u32,
}

impl From<u32> for Stamp {
    fn from(ms: u32) -> Self {
        Self { ms, nanos: 0 }
    }
}

/// A packet placed on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The packet, with exact times.
    pub packet: Packet,
    /// Whether the publisher's stamps jumped, so that what follows is a new session: end the packager's
    /// before pushing the packet.
    pub jumped: bool,
}

/// One line for a stream, whatever becomes of its publisher's connections. See the [module](self).
#[derive(Debug, Default)]
pub struct Timeline {
    video: VideoLine,
    audio: AudioLine,
    /// The session's first stamp and its place on the line; none before the first packet.
    origin: Option<Origin>,
    /// Where the session that begins is to stand.
    begin: Timestamp,
    /// A place on the line and its time of day.
    utc: Option<(Timestamp, Utc)>,
}

#[derive(Clone, Copy, Debug)]
struct Origin {
    place: Timestamp,
    first_ms: i64,
    /// The newest stamp, as it came and counted through wraps.
    newest_raw: u32,
    newest_ms: i64,
}

impl Timeline {
    /// A line without sessions; the first begins at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a publisher's session. `utc` is the time of day of its first packet: where the session before
    /// had one too, the time between them passes on the line as well; else this one begins where that ended.
    pub fn begin_session(&mut self, tracks: &[Track], utc: Option<Utc>) {
        self.begin = self.end();
        if let (Some((place, then)), Some(now)) = (self.utc, utc) {
            let passed = now.as_micros().saturating_sub(then.as_micros());
            if (0..LONGEST_GAP_MICROS).contains(&passed) {
                let then = place + Duration::from_micros(passed as u64);
                // What is missing there is less than the clocks know.
                if then.nanos_since(self.begin) > CLOSE_NANOS {
                    self.begin = then;
                }
            }
        }
        if let Some(utc) = utc {
            self.utc = Some((self.begin, utc));
        }
        self.origin = None;
        self.set_tracks(tracks);
    }

    /// Takes over parameters that changed within a session: both tracks are anchored at their next packet.
    pub fn set_tracks(&mut self, tracks: &[Track]) {
        for track in tracks {
            match &track.parameters {
                CodecParameters::Video(p) => self.video.restart(p.rate, timescale(&track.parameters)),
                CodecParameters::Audio(p) => self.audio.restart(p.rate.max(1), p.frame_samples),
            }
        }
    }

    /// Places a picture; `composition_ms` is its composition time.
    pub fn video(&mut self, stamp: impl Into<Stamp>, composition_ms: i32, key: bool, data: Bytes) -> Placed {
        let (line, jumped) = self.place(stamp.into());
        let (pts, dts) = self.video.place(line, composition_ms);
        placed(TrackKind::Video, (pts, dts), key, data, jumped)
    }

    /// Places a packet of sound.
    pub fn audio(&mut self, stamp: impl Into<Stamp>, data: Bytes) -> Placed {
        let (line, jumped) = self.place(stamp.into());
        let at = self.audio.place(line);
        placed(TrackKind::Audio, (at, at), true, data, jumped)
    }

    /// Where the line ends: the latest end of a picture's or sound's presentation.
    pub fn end(&self) -> Timestamp {
        self.video.end().max(self.audio.end())
    }

    /// The line's moment of a stamp and whether the stamps jumped.
    fn place(&mut self, stamp: Stamp) -> (Timestamp, bool) {
        let (line, jumped) = self.place_ms(stamp.ms);
        let nanos = line.as_nanos() + i64::from(stamp.nanos);
        (Timestamp::from_nanos(nanos), jumped)
    }

    fn place_ms(&mut self, stamp: u32) -> (Timestamp, bool) {
        let Some(origin) = &mut self.origin else {
            return (self.open(stamp), false);
        };
        let ahead = i64::from(stamp.wrapping_sub(origin.newest_raw) as i32);
        if !(-LONGEST_BEHIND_MS..=LONGEST_AHEAD_MS).contains(&ahead) {
            self.begin = self.end();
            self.video.anchor_anew();
            self.audio.anchor_anew();
            return (self.open(stamp), true);
        }
        let ms = origin.newest_ms + ahead;
        if ahead > 0 {
            (origin.newest_raw, origin.newest_ms) = (stamp, ms);
        }
        let line = origin.place.as_nanos() + (ms - origin.first_ms) * 1_000_000;
        (Timestamp::from_nanos(line), false)
    }

    fn open(&mut self, stamp: u32) -> Timestamp {
        self.origin = Some(Origin {
            place: self.begin,
            first_ms: stamp.into(),
            newest_raw: stamp,
            newest_ms: stamp.into(),
        });
        self.begin
    }
}

fn placed(
    kind: TrackKind,
    (pts, dts): (Timestamp, Timestamp),
    key: bool,
    data: Bytes,
    jumped: bool,
) -> Placed {
    let packet = Packet {
        kind,
        track: 0,
        pts,
        dts,
        key,
        data,
    };
    Placed { packet, jumped }
}
