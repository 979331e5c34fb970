//! What a publisher's tags are: configurations, frames, or something this server doesn't carry.

use api::{Code, Fault};
use bytes::{Bytes, BytesMut};
use container::flv::audio::{self, AudioPart, AudioTag};
use container::flv::script::{self, Metadata};
use container::flv::video::{self, VideoPart, VideoTag};
use container::flv::{FourCc, Tag, TagKind, configuration, write_tag};
use container::{aac, av1, h264, hevc, opus, vp9};
use media::{
    AudioCodec, AudioParameters, CodecParameters, FrameRate, Packet, Timestamp, Track, TrackKind, VideoCodec,
    VideoParameters,
};

use super::further::Further;

/// Codecs of pictures that are carried.
const PICTURES: [FourCc; 4] = [video::H264, video::HEVC, video::AV1, video::VP9];

/// The tracks of a publisher's session as far as they are known.
#[derive(Debug, Default)]
pub(crate) struct Tracks {
    video: Option<VideoParameters>,
    audio: Option<AudioParameters>,
    /// The last record of VP9: only a key frame says how large pictures are.
    vp9: Option<Bytes>,
    metadata: Option<Metadata>,
    further: Further,
    /// Rises with each change, over all sessions.
    version: u64,
    /// What it was when the configuration of the picture, and that of the sound, last changed.
    changed: [u64; 2],
}

/// A tag, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// The configurations changed.
    Configured,
    /// One access unit of one track.
    Frame(Frame),
    /// Nothing to pass on.
    Nothing,
}

/// One access unit of one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: TrackKind,
    /// Whether decoding can begin here.
    pub(crate) key: bool,
    /// Presentation less decoding time, in milliseconds.
    pub(crate) composition_ms: i32,
    /// Nanoseconds that its tag's timestamp leaves out, below a million.
    pub(crate) nanos: u32,
    pub(crate) data: Bytes,
}

impl Frame {
    /// Whether it is a picture that decoding can begin with.
    pub(crate) fn is_picture_key(&self) -> bool {
        self.kind == TrackKind::Video && self.key
    }

    /// It as a packet of the first track of its kind, decoded at `ms`: its tag's timestamp, or that on a line that doesn't
    /// wrap.
    pub(crate) fn packet(self, ms: i64) -> Packet {
        Packet {
            pts: Timestamp::from_millis(ms + i64::from(self.composition_ms)),
            ..Packet::at(self.kind, Timestamp::from_millis(ms), self.key, self.data)
        }
    }
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

    /// Nothing is known yet of tracks that come after those of `version`.
    pub(crate) fn after(version: u64) -> Self {
        Self {
            version: version + 1,
            ..Self::default()
        }
    }

    /// Others were told meanwhile, up to `version`: all of these are news.
    pub(crate) fn retell(&mut self, version: u64) {
        self.version = self.version.max(version) + 1;
        self.changed = [self.version; 2];
    }

    /// Takes note of what `tag` says. An error says why it can't be passed on.
    pub(crate) fn read(&mut self, tag: &Tag) -> Result<Media, Fault> {
        self.further.begin();
        match tag.kind {
            TagKind::Video => self.read_video(&tag.data),
            TagKind::Audio => self.read_audio(&tag.data),
            TagKind::Script => Ok(self.read_script(&tag.data)),
        }
    }

    fn read_video(&mut self, body: &Bytes) -> Result<Media, Fault> {
        let parts = video::parts(body).map_err(|e| malformed(&e))?;
        let Some(part) = self.main_track(parts, |part: &VideoPart| part.track, Further::picture)? else {
            return Ok(Media::Nothing);
        };
        if let VideoTag::Frame { key: true, data, .. } = &part.tag
            && part.codec == video::VP9
        {
            self.learn_vp9(data)?;
        }
        let known = self.video.as_ref().map(|video| video.codec);
        match part.tag {
            VideoTag::SequenceHeader(record) => self.configure_video(part.codec, &record),
            VideoTag::Frame { .. } if known.is_none() => Err(early("picture")),
            VideoTag::Frame { data, .. } if !known.is_some_and(|codec| is_well_formed(codec, &data)) => {
                Err(malformed(&"a picture's parts don't fill it"))
            }
            VideoTag::Frame {
                key,
                composition_ms,
                data,
            } => Ok(Media::Frame(Frame {
                kind: TrackKind::Video,
                key,
                composition_ms,
                nanos: part.nanos,
                data,
            })),
            VideoTag::EndOfSequence => Ok(Media::Nothing),
            // What is said about pictures of a codec that is carried: metadata, and what comes later.
            VideoTag::Other if PICTURES.contains(&part.codec) => Ok(Media::Nothing),
            VideoTag::Other => Err(unsupported("picture", "H.264, H.265, AV1 or VP9")),
        }
    }

    /// The part of a message that is of the main track; the others are `further` ones. A message that can't be read to
    /// its end is an error.
    fn main_track<P>(
        &mut self,
        parts: impl Iterator<Item = Result<P, container::flv::Error>>,
        track: impl Fn(&P) -> u8,
        further: impl Fn(&mut Further, &P),
    ) -> Result<Option<P>, Fault> {
        let mut main = None;
        for part in parts {
            let part = part.map_err(|e| malformed(&e))?;
            match track(&part) {
                0 if main.is_none() => main = Some(part),
                0 => {}
                _ => further(&mut self.further, &part),
            }
        }
        Ok(main)
    }

    /// The tracks beside the main one of each kind.
    pub(crate) fn further(&self) -> &Further {
        &self.further
    }

    fn configure_video(&mut self, codec: FourCc, record: &Bytes) -> Result<Media, Fault> {
        // A copy: the record is kept for hours, the message's buffer need not be.
        let record = Bytes::copy_from_slice(record);
        let parameters = match codec {
            video::H264 => h264::parameters(&record),
            video::HEVC => hevc::parameters(&record),
            video::AV1 => av1::parameters(&record),
            video::VP9 => {
                self.vp9 = Some(record);
                return Ok(Media::Nothing);
            }
            _ => return Err(unsupported("picture", "H.264, H.265, AV1 or VP9")),
        };
        Ok(self.know_video(parameters.map_err(|e| malformed(&e))?))
    }

    fn learn_vp9(&mut self, key: &[u8]) -> Result<(), Fault> {
        if let Some(record) = &self.vp9 {
            let parameters = vp9::parameters(record, key).map_err(|e| malformed(&e))?;
            self.know_video(parameters);
        }
        Ok(())
    }

    fn know_video(&mut self, mut parameters: VideoParameters) -> Media {
        parameters.rate = parameters.rate.or_else(|| self.announced_rate());
        if self.video.replace(parameters.clone()).as_ref() == Some(&parameters) {
            return Media::Nothing;
        }
        self.changes(TrackKind::Video);
        Media::Configured
    }

    fn announced_rate(&self) -> Option<FrameRate> {
        self.metadata.as_ref().and_then(|m| m.frame_rate)
    }

    fn read_audio(&mut self, body: &Bytes) -> Result<Media, Fault> {
        let parts = audio::parts(body).map_err(|e| malformed(&e))?;
        let Some(part) = self.main_track(parts, |part: &AudioPart| part.track, Further::sound)? else {
            return Ok(Media::Nothing);
        };
        match part.tag {
            AudioTag::SequenceHeader(config) => self.configure_audio(part.codec, &config),
            AudioTag::Frame(_) if self.audio.is_none() => Err(early("sound")),
            AudioTag::Frame(data) if data.is_empty() => Ok(Media::Nothing),
            AudioTag::Frame(data) => {
                self.learn_duration(&data);
                Ok(Media::Frame(Frame {
                    kind: TrackKind::Audio,
                    key: true,
                    composition_ms: 0,
                    nanos: part.nanos,
                    data,
                }))
            }
            AudioTag::EndOfSequence => Ok(Media::Nothing),
            AudioTag::Other if [audio::AAC, audio::OPUS].contains(&part.codec) => Ok(Media::Nothing),
            AudioTag::Other => Err(unsupported("sound", "AAC or Opus")),
        }
    }

    /// How long a packet of Opus lasts stands in no configuration, but in each packet.
    fn learn_duration(&mut self, packet: &[u8]) {
        if let Some(audio) = self
            .audio
            .as_mut()
            .filter(|audio| audio.codec == AudioCodec::Opus)
            && let Some(samples) = opus::samples(packet)
            && samples != audio.frame_samples
        {
            audio.frame_samples = samples;
            self.changes(TrackKind::Audio);
        }
    }

    fn configure_audio(&mut self, codec: FourCc, config: &Bytes) -> Result<Media, Fault> {
        let config = Bytes::copy_from_slice(config);
        let parameters = match codec {
            audio::AAC => aac::parameters(&config),
            audio::OPUS => opus::parameters(&config),
            _ => return Err(unsupported("sound", "AAC or Opus")),
        };
        let parameters = parameters.map_err(|e| malformed(&e))?;
        if self.audio.replace(parameters.clone()).as_ref() == Some(&parameters) {
            return Ok(Media::Nothing);
        }
        self.changes(TrackKind::Audio);
        Ok(Media::Configured)
    }

    fn read_script(&mut self, body: &Bytes) -> Media {
        if let Some(metadata) = script::parse_metadata(body) {
            self.metadata = Some(metadata);
        }
        Media::Nothing
    }

    fn changes(&mut self, kind: TrackKind) {
        self.version += 1;
        self.changed[kind as usize] = self.version;
    }

    /// The configuration of the picture.
    pub(crate) fn video(&self) -> Option<&VideoParameters> {
        self.video.as_ref()
    }

    /// Whether there are pictures, or their first key frame is awaited.
    pub(crate) fn has_pictures(&self) -> bool {
        self.video.is_some() || self.vp9.is_some()
    }

    /// The configuration of the sound.
    pub(crate) fn audio(&self) -> Option<&AudioParameters> {
        self.audio.as_ref()
    }

    /// Rises with each change of the configurations, and with each session.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The tracks, pictures first.
    pub(crate) fn list(&self) -> Vec<Track> {
        let video = self.video.clone().map(CodecParameters::Video);
        let audio = self.audio.clone().map(CodecParameters::Audio);
        let track = |parameters| Track { id: 0, parameters };
        video.into_iter().chain(audio).map(track).collect()
    }

    /// The body of a frame's tag in the form that most players know: the publisher's own bytes where they are in it;
    /// a form of their own only for codecs that have no other.
    pub(crate) fn plain_body(&self, tag: &Tag, frame: &Frame) -> Bytes {
        let first = tag.data.first().copied().unwrap_or(0);
        match (frame.kind, &self.video, &self.audio) {
            (TrackKind::Video, Some(video), _) if first & 0x80 != 0 || video.codec != VideoCodec::H264 => {
                video::frame_of(
                    video::four_of(video.codec),
                    frame.key,
                    frame.composition_ms,
                    &frame.data,
                )
            }
            (TrackKind::Audio, _, Some(audio)) if first >> 4 == 9 || audio.codec != AudioCodec::Aac => {
                audio::frame_of(audio::four_of(audio.codec), &frame.data)
            }
            _ => tag.data.clone(),
        }
    }

    /// Metadata and decoder configurations as FLV tags at `timestamp`: made here from what is known, nothing
    /// of the publisher's own words goes to viewers.
    pub(crate) fn opening(&self, timestamp: u32) -> Bytes {
        self.opening_since(0, timestamp)
    }

    /// The same for who knows the configurations of `version`: those that are as they were stay out, as a decoder may
    /// begin anew at them.
    pub(crate) fn opening_since(&self, version: u64, timestamp: u32) -> Bytes {
        let tracks = self.list();
        let mut out = BytesMut::new();
        out.extend_from_slice(&write_tag(&Tag {
            kind: TagKind::Script,
            timestamp,
            data: script::on_metadata(&tracks),
        }));
        let new = |track: &&Track| self.changed[track.parameters.kind() as usize] > version;
        for track in tracks.iter().filter(new) {
            out.extend_from_slice(&write_tag(&configuration(&track.parameters, timestamp)));
        }
        out.freeze()
    }
}

fn is_well_formed(codec: VideoCodec, data: &[u8]) -> bool {
    match codec {
        VideoCodec::H264 => h264::is_well_formed(data),
        VideoCodec::Hevc => hevc::is_well_formed(data),
        VideoCodec::Av1 | VideoCodec::Vp9 => !data.is_empty(),
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
