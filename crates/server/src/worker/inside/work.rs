//! Tags in, tags out.

use api::{Code, Fault};
use bytes::BytesMut;
use container::flv::{Tag, TagKind, access_unit, configuration, write_tag};
use media::{CodecParameters, Packet, TrackKind};
use pipeline::encode::OpusConfig;
use pipeline::transcode::{Made, Pictures, PicturesConfig, Sound};

use super::clock::Clock;
use super::fault;
use crate::stream::{Frame, Media, Tracks};
use crate::worker::control::Counters;
use crate::worker::job::Job;

/// How far presentation may be from decoding, in milliseconds.
const FARTHEST_MS: u32 = 10_000;

/// A job on its way.
pub(super) struct Work {
    job: Job,
    tracks: Tracks,
    /// Of the tracks, when they were last looked at.
    version: u64,
    clock: Clock,
    pictures: Option<Pictures>,
    sound: Option<Sound>,
    lanes: [Lane; 2],
    counters: Counters,
    /// Packets left out by what is no more.
    skipped_before: u64,
}

/// One track of the output.
#[derive(Default)]
struct Lane {
    parameters: Option<CodecParameters>,
    /// Whether they have been written.
    told: bool,
}

impl Work {
    pub(super) fn new(job: Job) -> Self {
        Self {
            job,
            tracks: Tracks::default(),
            version: 0,
            clock: Clock::default(),
            pictures: None,
            sound: None,
            lanes: Default::default(),
            counters: Counters::default(),
            skipped_before: 0,
        }
    }

    /// Takes a tag; what it makes ready is added to `out`. Tags that can't be read are counted and left out.
    pub(super) fn take(&mut self, tag: &Tag, out: &mut BytesMut) -> Result<(), Fault> {
        if !self.is_wanted(tag.kind) {
            return Ok(());
        }
        let media = match self.tracks.read(tag) {
            Ok(media) => media,
            Err(refused) if refused.code == Code::MediaUnsupported => return Err(refused),
            Err(refused) => {
                if self.counters.refused == 0 {
                    tracing::warn!("a tag can't be read: {}", refused.message);
                }
                self.counters.refused += 1;
                return Ok(());
            }
        };
        if self.tracks.version() != self.version {
            self.version = self.tracks.version();
            self.configure(out)?;
        }
        match media {
            // A picture shown so much later or earlier than it is decoded would carry the times of all others with it.
            Media::Frame(frame) if frame.composition_ms.unsigned_abs() > FARTHEST_MS => {
                self.counters.refused += 1;
                Ok(())
            }
            Media::Frame(frame) => self.transcode(frame, tag.timestamp, out),
            Media::Configured | Media::Nothing => Ok(()),
        }
    }

    fn is_wanted(&self, kind: TagKind) -> bool {
        match kind {
            TagKind::Video => self.job.video.is_some(),
            TagKind::Audio => self.job.audio.is_some(),
            TagKind::Script => true,
        }
    }

    fn configure(&mut self, out: &mut BytesMut) -> Result<(), Fault> {
        if let (Some(job), Some(track)) = (self.job.video, self.tracks.video().cloned()) {
            let made = match &mut self.pictures {
                Some(pictures) if *pictures.track() == track => Ok(Vec::new()),
                Some(pictures) => pictures.change(track),
                none => {
                    let config = PicturesConfig {
                        bitrate_kbps: job.bitrate_kbps,
                    };
                    Pictures::new(track, config).map(|pictures| {
                        *none = Some(pictures);
                        Vec::new()
                    })
                }
            };
            self.write(made, out)?;
        }
        if let (Some(job), Some(track)) = (self.job.audio, self.tracks.audio().cloned())
            && self.sound.as_ref().is_none_or(|sound| *sound.track() != track)
        {
            self.end_sound(out)?;
            let config = OpusConfig {
                channels: job.channels,
                bitrate_kbps: job.bitrate_kbps,
            };
            self.sound = Some(Sound::new(track, config).map_err(|e| fault::from(&e))?);
        }
        Ok(())
    }

    fn transcode(&mut self, frame: Frame, timestamp: u32, out: &mut BytesMut) -> Result<(), Fault> {
        let packet = frame.packet(self.clock.at(timestamp));
        let made = match (packet.kind, &mut self.pictures, &mut self.sound) {
            (TrackKind::Video, Some(pictures), _) => {
                self.counters.pictures_in += 1;
                pictures.push(&packet)
            }
            (TrackKind::Audio, _, Some(sound)) => {
                self.counters.sounds_in += 1;
                sound.push(&packet)
            }
            _ => return Ok(()),
        };
        self.write(made, out)
    }

    fn write(&mut self, made: Result<Vec<Made>, pipeline::Error>, out: &mut BytesMut) -> Result<(), Fault> {
        for made in made.map_err(|e| fault::from(&e))? {
            match made {
                Made::Configured(parameters) => {
                    let lane = &mut self.lanes[parameters.kind() as usize];
                    lane.parameters = Some(parameters);
                    lane.told = false;
                }
                Made::Packet(packet) => self.write_packet(&packet, out),
            }
        }
        Ok(())
    }

    fn write_packet(&mut self, packet: &Packet, out: &mut BytesMut) {
        match packet.kind {
            TrackKind::Video => self.counters.pictures_out += 1,
            TrackKind::Audio => self.counters.sounds_out += 1,
        }
        let lane = &mut self.lanes[packet.kind as usize];
        let Some(parameters) = &lane.parameters else {
            return;
        };
        let tag = access_unit(parameters, packet);
        if !std::mem::replace(&mut lane.told, true) {
            out.extend_from_slice(&write_tag(&configuration(parameters, tag.timestamp)));
        }
        out.extend_from_slice(&write_tag(&tag));
    }

    /// The next picture becomes a key frame.
    pub(super) fn key_frame(&mut self) {
        if let Some(pictures) = &mut self.pictures {
            pictures.key_frame();
        }
    }

    /// The input has ended: what was still held is added to `out`.
    pub(super) fn finish(&mut self, out: &mut BytesMut) -> Result<(), Fault> {
        if let Some(pictures) = &mut self.pictures {
            let made = pictures.finish();
            self.write(made, out)?;
        }
        self.end_sound(out)
    }

    fn end_sound(&mut self, out: &mut BytesMut) -> Result<(), Fault> {
        if let Some(mut sound) = self.sound.take() {
            let made = sound.finish();
            self.skipped_before += sound.skipped();
            self.write(made, out)?;
        }
        Ok(())
    }

    /// What was done so far.
    pub(super) fn counters(&self) -> Counters {
        let pictures = self.pictures.as_ref().map_or(0, Pictures::skipped);
        let sounds = self.sound.as_ref().map_or(0, Sound::skipped);
        Counters {
            skipped: self.skipped_before + pictures + sounds,
            ..self.counters
        }
    }
}
