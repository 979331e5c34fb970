//! What a publisher sends by RTP as FLV tags, which is what streams are made of.

use std::time::{Duration, Instant};

use bytes::Bytes;
use container::flv::{self, Tag};
use container::{ParameterSets, Sets, h264, opus};
use media::{CodecParameters, Packet, Timestamp, TrackKind};
use rtc::Media;

use super::times::{Stamp, Times};

/// Between two requests for a key frame.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// A publisher without a key frame for so long is asked for one: browsers make none unasked, and segments end and viewers
/// begin with them. Those that make one every two seconds, as ours, are left alone.
const KEY_WITHIN: Duration = Duration::from_secs(3);
/// Sound is taken for stereo, which decoders of Opus make of everything (RFC 7587, 7).
const CHANNELS: u8 = 2;

/// Access units in, tags out. After a loss pictures wait for a key frame: viewers would see what can't be decoded.
#[derive(Debug)]
pub(super) struct Assembler {
    times: Times,
    sets: ParameterSets,
    video: Option<CodecParameters>,
    audio: Option<CodecParameters>,
    /// Whether pictures can be decoded.
    decodable: bool,
    /// When the newest key frame came.
    key: Option<Instant>,
    asked: Option<Instant>,
    broken: u64,
}

impl Default for Assembler {
    fn default() -> Self {
        Self {
            times: Times::default(),
            sets: ParameterSets::h264(),
            video: None,
            audio: None,
            decodable: false,
            key: None,
            asked: None,
            broken: 0,
        }
    }
}

impl Assembler {
    /// The tags of the next access unit: a configuration where it is new, then media.
    pub(super) fn take(&mut self, media: &Media) -> Vec<Tag> {
        let stamp = Stamp {
            ticks: media.ticks,
            clock: media.clock,
            arrived: media.arrived,
            report: media.report,
        };
        let ms = self.times.place(media.kind, &stamp);
        match media.kind {
            TrackKind::Video => self.picture(media, ms),
            TrackKind::Audio => self.sound(media, ms),
        }
    }

    /// Whether the publisher is to be asked for a key frame at `now`: while pictures wait for one, or the last was long ago;
    /// once a second.
    pub(super) fn wants_key_frame(&mut self, now: Instant) -> bool {
        let due = self
            .asked
            .is_none_or(|asked| now.saturating_duration_since(asked) >= ASK_EVERY);
        let overdue = self
            .key
            .is_some_and(|key| now.saturating_duration_since(key) >= KEY_WITHIN);
        let wants = (!self.decodable || overdue) && due;
        if wants {
            self.asked = Some(now);
        }
        wants
    }

    /// Pictures left out because something before them was lost.
    pub(super) fn broken(&self) -> u64 {
        self.broken
    }

    fn picture(&mut self, media: &Media, ms: i64) -> Vec<Tag> {
        let unit = h264::annexb_to_avcc(&media.data);
        let brought = Sets {
            vps: Vec::new(),
            sps: unit.sps,
            pps: unit.pps,
        };
        let mut tags: Vec<_> = self.configured(brought, ms).into_iter().collect();
        if unit.key {
            self.decodable = true;
            self.key = Some(media.arrived);
        } else if !media.whole {
            self.decodable = false;
        }
        let known = self.video.as_ref().filter(|_| self.decodable && unit.picture);
        match known {
            Some(video) => tags.push(flv::access_unit(
                video,
                &Packet::at(media.kind, Timestamp::from_millis(ms), unit.key, unit.data),
            )),
            None => self.broken += 1,
        }
        tags
    }

    /// The configuration, where the parameter sets say what is new.
    fn configured(&mut self, brought: Sets, ms: i64) -> Option<Tag> {
        let video = CodecParameters::Video(self.sets.take(brought).ok()??);
        let tag = flv::configuration(&video, ms as u32);
        self.video = Some(video);
        Some(tag)
    }

    fn sound(&mut self, media: &Media, ms: i64) -> Vec<Tag> {
        let mut tags = Vec::new();
        if self.audio.is_none()
            && let Ok(parameters) = opus::parameters(&opus::head(CHANNELS))
        {
            let audio = CodecParameters::Audio(parameters);
            tags.push(flv::configuration(&audio, ms as u32));
            self.audio = Some(audio);
        }
        if let Some(audio) = self.audio.as_ref().filter(|_| !media.data.is_empty()) {
            let data = Bytes::copy_from_slice(&media.data);
            tags.push(flv::access_unit(
                audio,
                &Packet::at(media.kind, Timestamp::from_millis(ms), true, data),
            ));
        }
        tags
    }
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
