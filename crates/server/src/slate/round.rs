//! One round of a slate.

use api::{Code, Fault};
use bytes::Bytes;
use container::flv::{Tag, TagKind, configuration};
use media::{CodecParameters, FrameRate, TrackKind};

use super::form::{Form, Pictures};
use crate::stream::{Media, Tracks};

/// How often a key frame that stands still comes again: just under the shortest part of a playlist.
const STILL: (u32, u32) = (25, 8);

/// What is played over and over.
#[derive(Debug)]
pub(crate) struct Round {
    /// The decoders' configurations, as tags at time zero.
    pub(crate) configurations: Vec<Tag>,
    pub(crate) pictures: Option<PictureRound>,
    pub(crate) sound: Option<SoundRound>,
}

/// The pictures of a round.
#[derive(Debug)]
pub(crate) struct PictureRound {
    pub(crate) rate: FrameRate,
    /// Bodies of tags, the first a key frame.
    pub(crate) bodies: Vec<Bytes>,
}

/// The sound of a round: one packet again and again.
#[derive(Debug)]
pub(crate) struct SoundRound {
    /// Samples a second.
    pub(crate) rate: u32,
    /// Samples in the packet.
    pub(crate) samples: u16,
    /// The body of its tag.
    pub(crate) body: Bytes,
}

impl Round {
    /// What a worker made for `form`, as `tags`: none where there was nothing to make.
    ///
    /// # Errors
    /// When the tags aren't what was asked for.
    pub(crate) fn new(form: &Form, tags: &[Tag]) -> Result<Self, Fault> {
        let mut made = Made::default();
        for tag in tags {
            made.take(tag)?;
        }
        let pictures = match &form.pictures {
            None => None,
            Some(Pictures::Made(wanted)) => Some(PictureRound {
                rate: FrameRate::new(wanted.rate.0, wanted.rate.1).ok_or_else(|| strange("no rate"))?,
                bodies: made.pictures,
            }),
            Some(Pictures::Last { parameters, key }) => {
                made.configurations
                    .push(configuration(&CodecParameters::Video(parameters.clone()), 0));
                Some(PictureRound {
                    rate: FrameRate::new(STILL.0, STILL.1).ok_or_else(|| strange("no rate"))?,
                    bodies: vec![key.clone()],
                })
            }
        };
        if pictures
            .as_ref()
            .is_some_and(|pictures| pictures.bodies.is_empty())
        {
            return Err(strange("it has no pictures"));
        }
        let sound = made
            .tracks
            .audio()
            .zip(made.sound)
            .map(|(audio, body)| SoundRound {
                rate: audio.rate.max(1),
                samples: audio.frame_samples.max(1),
                body,
            });
        if sound.is_some() != form.sound.is_some() {
            return Err(strange("it has no sound"));
        }
        Ok(Self {
            configurations: made.configurations,
            pictures,
            sound,
        })
    }
}

/// A worker's tags, told apart.
#[derive(Default)]
struct Made {
    tracks: Tracks,
    configurations: Vec<Tag>,
    pictures: Vec<Bytes>,
    sound: Option<Bytes>,
}

impl Made {
    fn take(&mut self, tag: &Tag) -> Result<(), Fault> {
        match self.tracks.read(tag)? {
            Media::Configured if tag.kind != TagKind::Script => self.configurations.push(tag.clone()),
            Media::Configured | Media::Nothing => {}
            Media::Frame(frame) => match frame.kind {
                TrackKind::Video => self.pictures.push(tag.data.clone()),
                TrackKind::Audio => self.sound = Some(tag.data.clone()),
            },
        }
        Ok(())
    }
}

fn strange(what: &str) -> Fault {
    Fault::new(
        Code::WorkerLost,
        format!("A worker made a slate that is none: {what}."),
    )
}
