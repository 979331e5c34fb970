//! What a publisher sends by RTP as FLV tags, which is what streams are made of.

use std::time::{Duration, Instant};

use bytes::Bytes;
use container::flv::{self, Tag};
use container::h264::{self, AvcConfig};
use container::opus;
use media::{CodecParameters, Packet, Timestamp, TrackKind};
use rtc::Media;

use super::times::{Stamp, Times};

/// Between two requests for a key frame.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Sound is taken for stereo, which decoders of Opus make of everything (RFC 7587, 7).
const CHANNELS: u8 = 2;

/// Access units in, tags out. After a loss pictures wait for a key frame: viewers would see what can't be decoded.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    times: Times,
    /// Parameter sets of the pictures.
    config: Option<AvcConfig>,
    video: Option<CodecParameters>,
    audio: Option<CodecParameters>,
    /// Whether pictures can be decoded.
    decodable: bool,
    asked: Option<Instant>,
    broken: u64,
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

    /// Whether the publisher is to be asked for a key frame at `now`: while pictures wait for one, once a second.
    pub(super) fn wants_key_frame(&mut self, now: Instant) -> bool {
        let due = self
            .asked
            .is_none_or(|asked| now.saturating_duration_since(asked) >= ASK_EVERY);
        let wants = !self.decodable && due;
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
        let mut tags: Vec<_> = self.configured(&unit.sps, &unit.pps, ms).into_iter().collect();
        if unit.key {
            self.decodable = true;
        } else if !media.whole {
            self.decodable = false;
        }
        let known = self.video.as_ref().filter(|_| self.decodable && unit.picture);
        match known {
            Some(video) => tags.push(flv::access_unit(
                video,
                &packet(media.kind, ms, unit.key, unit.data),
            )),
            None => self.broken += 1,
        }
        tags
    }

    /// The configuration, where the parameter sets are others than before.
    fn configured(&mut self, sps: &[Bytes], pps: &[Bytes], ms: i64) -> Option<Tag> {
        if sps.is_empty() || pps.is_empty() {
            return None;
        }
        let config = AvcConfig::from_parameter_sets(sps, pps).ok()?;
        if self.config.as_ref() == Some(&config) {
            return None;
        }
        let video = CodecParameters::Video(h264::parameters(&config.to_bytes()).ok()?);
        let tag = flv::configuration(&video, ms as u32);
        self.config = Some(config);
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
            tags.push(flv::access_unit(audio, &packet(media.kind, ms, true, data)));
        }
        tags
    }
}

fn packet(kind: TrackKind, ms: i64, key: bool, data: Bytes) -> Packet {
    let at = Timestamp::from_millis(ms);
    Packet {
        kind,
        track: 0,
        pts: at,
        dts: at,
        key,
        data,
    }
}
