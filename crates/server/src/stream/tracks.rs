//! What a publisher's tags are: configurations, frames, or something this server doesn't carry.

use api::{Code, Fault};
use bytes::{Bytes, BytesMut};
use container::flv::audio::{self, AudioTag};
use container::flv::script::{self, Metadata};
use container::flv::video::{self, VideoTag};
use container::flv::{Tag, TagKind, write_tag};
use container::{aac, h264};
use media::{AacParameters, CodecParameters, FrameRate, H264Parameters, Track, TrackKind};

/// The tracks of a publisher's session as far as they are known.
#[derive(Debug, Default)]
pub(crate) struct Tracks {
    video: Option<H264Parameters>,
    audio: Option<AacParameters>,
    metadata: Option<Metadata>,
    /// Rises with each change, over all sessions.
    version: u64,
}

/// A tag, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// The configurations changed.
    Configured,
    /// One access unit of one track.
    Frame {
        kind: TrackKind,
        key: bool,
        composition_ms: i32,
        data: Bytes,
    },
    /// Nothing to pass on.
    Nothing,
}

impl Tracks {
    /// Another session begins: nothing is known of its tracks.
    pub(crate) fn begin_session(&mut self) {
        let version = self.version + 1;
        *self = Self {
            version,
            ..Self::default()
        };
    }

    /// Takes note of what `tag` says. An error says why it can't be passed on.
    pub(crate) fn read(&mut self, tag: &Tag) -> Result<Media, Fault> {
        match tag.kind {
            TagKind::Video => self.read_video(&tag.data),
            TagKind::Audio => self.read_audio(&tag.data),
            TagKind::Script => Ok(self.read_script(&tag.data)),
        }
    }

    fn read_video(&mut self, body: &Bytes) -> Result<Media, Fault> {
        match video::parse(body).map_err(|e| malformed(&e))? {
            VideoTag::SequenceHeader(avcc) => self.configure_video(&avcc),
            VideoTag::Frame { .. } if self.video.is_none() => Err(early("picture")),
            VideoTag::Frame { data, .. } if !h264::is_well_formed(&data) => {
                Err(malformed(&"a picture's NAL units don't fill it"))
            }
            VideoTag::Frame {
                key,
                composition_ms,
                data,
            } => Ok(Media::Frame {
                kind: TrackKind::Video,
                key,
                composition_ms,
                data,
            }),
            VideoTag::EndOfSequence => Ok(Media::Nothing),
            VideoTag::Other => Err(unsupported("picture", "H.264")),
        }
    }

    fn configure_video(&mut self, avcc: &Bytes) -> Result<Media, Fault> {
        // A copy: the record is kept for hours, the message's buffer need not be.
        let mut parameters = h264::parameters(&Bytes::copy_from_slice(avcc)).map_err(|e| malformed(&e))?;
        parameters.rate = parameters.rate.or_else(|| self.announced_rate());
        Ok(self.configure(|tracks| tracks.video.replace(parameters.clone()).as_ref() != Some(&parameters)))
    }

    fn announced_rate(&self) -> Option<FrameRate> {
        self.metadata.as_ref().and_then(|m| m.frame_rate)
    }

    fn read_audio(&mut self, body: &Bytes) -> Result<Media, Fault> {
        match audio::parse(body).map_err(|e| malformed(&e))? {
            AudioTag::SequenceHeader(config) => {
                let parameters =
                    aac::parameters(&Bytes::copy_from_slice(&config)).map_err(|e| malformed(&e))?;
                Ok(self.configure(|t| t.audio.replace(parameters.clone()).as_ref() != Some(&parameters)))
            }
            AudioTag::Frame(_) if self.audio.is_none() => Err(early("sound")),
            AudioTag::Frame(data) if data.is_empty() => Ok(Media::Nothing),
            AudioTag::Frame(data) => Ok(Media::Frame {
                kind: TrackKind::Audio,
                key: true,
                composition_ms: 0,
                data,
            }),
            AudioTag::Other => Err(unsupported("sound", "AAC")),
        }
    }

    fn read_script(&mut self, body: &Bytes) -> Media {
        if let Some(metadata) = script::parse_metadata(body) {
            self.metadata = Some(metadata);
        }
        Media::Nothing
    }

    fn configure(&mut self, change: impl FnOnce(&mut Self) -> bool) -> Media {
        if !change(self) {
            return Media::Nothing;
        }
        self.version += 1;
        Media::Configured
    }

    /// The configuration of the picture.
    pub(crate) fn video(&self) -> Option<&H264Parameters> {
        self.video.as_ref()
    }

    /// The configuration of the sound.
    pub(crate) fn audio(&self) -> Option<&AacParameters> {
        self.audio.as_ref()
    }

    /// Rises with each change of the configurations, and with each session.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The tracks, pictures first.
    pub(crate) fn list(&self) -> Vec<Track> {
        let video = self.video.clone().map(CodecParameters::H264);
        let audio = self.audio.clone().map(CodecParameters::Aac);
        let track = |parameters| Track { id: 0, parameters };
        video.into_iter().chain(audio).map(track).collect()
    }

    /// Metadata and decoder configurations as FLV tags at `timestamp`: made here from what is known, nothing
    /// of the publisher's own words goes to viewers.
    pub(crate) fn opening(&self, timestamp: u32) -> Bytes {
        let script = (TagKind::Script, script::on_metadata(&self.list()));
        let video = self
            .video
            .as_ref()
            .map(|v| (TagKind::Video, video::sequence_header(&v.avcc)));
        let audio = self
            .audio
            .as_ref()
            .map(|a| (TagKind::Audio, audio::sequence_header(&a.config)));
        let mut out = BytesMut::new();
        for (kind, data) in [Some(script), video, audio].into_iter().flatten() {
            out.extend_from_slice(&write_tag(&Tag {
                kind,
                timestamp,
                data,
            }));
        }
        out.freeze()
    }
}

/// The body of a frame's tag in the form every player knows: the publisher's own bytes, unless they are in the
/// form of Enhanced RTMP.
pub(crate) fn plain_body(tag: &Tag, media: &Media) -> Bytes {
    let first = tag.data.first().copied().unwrap_or(0);
    match (tag.kind, media) {
        (
            TagKind::Video,
            Media::Frame {
                key,
                composition_ms,
                data,
                ..
            },
        ) if first & 0x80 != 0 => video::frame(*key, *composition_ms, data),
        (TagKind::Audio, Media::Frame { data, .. }) if first >> 4 == 9 => audio::frame(data),
        _ => tag.data.clone(),
    }
}

fn malformed(why: &dyn std::fmt::Display) -> Fault {
    Fault::new(
        Code::MediaMalformed,
        format!("The publisher sends media that can't be read: {why}."),
    )
}

fn unsupported(what: &str, codec: &str) -> Fault {
    let message = format!("The publisher's {what} isn't {codec}; nothing else is carried.");
    Fault::new(Code::MediaUnsupported, message)
}

fn early(what: &str) -> Fault {
    let message = format!("The publisher sends {what} before saying how to decode it.");
    Fault::new(Code::MediaMalformed, message)
}

#[cfg(test)]
mod tests;
