//! What a show's FLV tags hold: its pictures by the number burnt into them, its sound, its clock.

use std::io;
use std::sync::Once;

use api::studio::ShowReport;
use container::flv::script::{Join, parse_join};
use container::flv::video::VideoTag;
use container::flv::{Reader, Tag, TagKind, audio, video};
use container::{aac, h264, sei};
use media::{AudioBlock, MediaClock, Packet, Timestamp, TrackKind, VideoFrame};
use pipeline::decode::{FrameDecoder, SampleDecoder};

/// A decoded picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The frame counter burnt into it, where it can be read.
    pub number: Option<u32>,
    /// Whether decoding can begin with it.
    pub key: bool,
    /// What the studio stamped on it, where it did.
    pub clock: Option<MediaClock>,
    /// Its time by its tag, with 32 bits of milliseconds.
    pub pts: Timestamp,
    /// What [`Player::mark`] reads in it.
    pub mark: Option<u32>,
}

/// Reads one thing more in each picture.
pub type Mark = fn(&VideoFrame) -> Option<u32>;

/// Takes tags and keeps what was in them.
#[derive(Default)]
pub struct Player {
    /// All pictures since it began, in the order of showing.
    pub pictures: Vec<Picture>,
    /// All sound since it began.
    pub sound: Vec<AudioBlock>,
    /// What each connection said first of its clock.
    pub joins: Vec<Join>,
    /// Reads one thing more in each picture, where a scenario wants it.
    pub mark: Option<Mark>,
    frames: Option<FrameDecoder>,
    samples: Option<SampleDecoder>,
}

impl Player {
    /// A player that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a whole FLV file, also one whose last tag is cut off.
    ///
    /// # Errors
    /// As [`Player::take`].
    pub fn take_file(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut reader = Reader::new();
        reader.push(bytes);
        while let Some(tag) = reader.next_tag().map_err(io::Error::other)? {
            self.take(&tag)?;
        }
        Ok(())
    }

    /// Takes the next tag.
    ///
    /// # Errors
    /// It can't be read or decoded.
    pub fn take(&mut self, tag: &Tag) -> io::Result<()> {
        match tag.kind {
            TagKind::Video => self.picture(tag),
            TagKind::Audio => self.sound(tag),
            TagKind::Script => {
                self.joins.extend(parse_join(&tag.data));
                Ok(())
            }
        }
    }

    /// The numbers of the pictures in which one can be read.
    pub fn numbers(&self) -> Vec<u32> {
        self.pictures
            .iter()
            .filter_map(|picture| picture.number)
            .collect()
    }

    fn picture(&mut self, tag: &Tag) -> io::Result<()> {
        match video::parse(&tag.data).map_err(io::Error::other)? {
            VideoTag::SequenceHeader(avcc) => {
                begin();
                let track = h264::parameters(&avcc).map_err(io::Error::other)?;
                self.frames = Some(FrameDecoder::new(&track).map_err(io::Error::other)?);
            }
            VideoTag::Frame {
                key,
                composition_ms,
                data,
            } => {
                let decoder = self.frames.as_mut().ok_or(io::ErrorKind::InvalidData)?;
                let clock = sei::find(&data);
                let dts = i64::from(tag.timestamp);
                let packet = Packet {
                    pts: Timestamp::from_millis(dts + i64::from(composition_ms)),
                    dts: Timestamp::from_millis(dts),
                    kind: TrackKind::Video,
                    track: 0,
                    key,
                    data,
                };
                let frames = decoder.decode(&packet).map_err(io::Error::other)?;
                self.keep(frames, key, clock);
            }
            VideoTag::EndOfSequence | VideoTag::Other => {}
        }
        Ok(())
    }

    /// Takes out what the decoder still holds: nothing more will come.
    ///
    /// # Errors
    /// The decoder gave up.
    pub fn finish(&mut self) -> io::Result<()> {
        if let Some(mut decoder) = self.frames.take() {
            let frames = decoder.finish().map_err(io::Error::other)?;
            self.keep(frames, false, None);
        }
        Ok(())
    }

    fn keep(&mut self, frames: Vec<VideoFrame>, key: bool, clock: Option<MediaClock>) {
        self.pictures.extend(frames.iter().map(|frame| Picture {
            number: media::counter::read(frame.plane(0), frame.planes[0].stride),
            key,
            clock,
            pts: frame.pts,
            mark: self.mark.and_then(|read| read(frame)),
        }));
    }

    fn sound(&mut self, tag: &Tag) -> io::Result<()> {
        match audio::parse(&tag.data).map_err(io::Error::other)? {
            audio::AudioTag::SequenceHeader(config) => {
                begin();
                let track = aac::parameters(&config).map_err(io::Error::other)?;
                self.samples = Some(SampleDecoder::new(&track).map_err(io::Error::other)?);
            }
            audio::AudioTag::Frame(data) => {
                let decoder = self.samples.as_mut().ok_or(io::ErrorKind::InvalidData)?;
                let time = Timestamp::from_millis(tag.timestamp.into());
                let packet = Packet::at(TrackKind::Audio, time, true, data);
                self.sound
                    .extend(decoder.decode(&packet).map_err(io::Error::other)?);
            }
            audio::AudioTag::EndOfSequence | audio::AudioTag::Other => {}
        }
        Ok(())
    }
}

/// GStreamer, once a process.
fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| pipeline::init().unwrap_or_else(|error| panic!("{error}")));
}

/// How many times the next picture, at 30 a second, isn't one frame later with the next number.
pub fn breaks(pictures: &[Picture]) -> usize {
    let next = |pair: &&[Picture]| {
        let later = pair[1].pts.as_millis() - pair[0].pts.as_millis();
        let numbered = pair[0]
            .number
            .zip(pair[1].number)
            .is_some_and(|(a, b)| a.checked_add(1) == Some(b));
        numbered && (32..=35).contains(&later)
    };
    pictures.windows(2).filter(|pair| !next(pair)).count()
}

/// How many [`breaks`] a studio owns up to: a tick whose picture came too late shows the one before it.
pub fn owned_up(report: &ShowReport) -> usize {
    let refused: u64 = report.encodings.iter().map(|encoding| encoding.refused).sum();
    let ticks = report.program.repeated + refused;
    usize::try_from(2 * ticks).unwrap_or(usize::MAX)
}
