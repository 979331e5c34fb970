//! Tracks beside the first of each kind: other angles, other sound ("Enhanced RTMP", version 2, "Multitrack").
//!
//! They go as they are to readers who asked for all tracks, each part in a message of its own. What one begins with is
//! kept for who comes later.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use container::flv::audio::{self, AudioPart, AudioTag};
use container::flv::video::{self, VideoPart, VideoTag};
use container::flv::{FourCc, Tag, TagKind, write_tag};

/// More tracks than this are left out: encoders make up to ten of pictures and six of sound.
const MOST_TRACKS: usize = 16;
/// A longer configuration belongs to no codec.
const LONGEST_CONFIGURATION: usize = 64 * 1024;

/// The further tracks of a publisher's session.
#[derive(Debug, Default)]
pub(crate) struct Further {
    tracks: BTreeMap<(TagKind, u8), Option<Known>>,
    /// Bodies of the last message's parts.
    read: Vec<Bytes>,
    /// How many others it had.
    left_out: u64,
}

/// What a decoder of a track must know.
#[derive(Debug)]
struct Known {
    codec: FourCc,
    /// Body of the message that says it.
    body: Bytes,
}

impl Further {
    /// Takes a part of a further track of pictures.
    pub(super) fn picture(&mut self, part: &VideoPart) {
        let configuration = matches!(part.tag, VideoTag::SequenceHeader(_));
        let body = video::track_body(part);
        self.part((TagKind::Video, part.track), part.codec, configuration, body);
    }

    /// Takes a part of a further track of sound.
    pub(super) fn sound(&mut self, part: &AudioPart) {
        let configuration = matches!(part.tag, AudioTag::SequenceHeader(_));
        let body = audio::track_body(part);
        self.part((TagKind::Audio, part.track), part.codec, configuration, body);
    }

    fn part(&mut self, track: (TagKind, u8), codec: FourCc, configuration: bool, body: Option<Bytes>) {
        if self.tracks.len() >= MOST_TRACKS && !self.tracks.contains_key(&track) {
            self.left_out += 1;
            return;
        }
        let known = self.tracks.entry(track).or_insert_with(|| {
            let (kind, number) = track;
            tracing::info!(?kind, number, "a further track");
            None
        });
        // What isn't understood says something about pictures, and is none.
        let Some(body) = body else { return };
        let decodable = match configuration {
            true => body.len() <= LONGEST_CONFIGURATION,
            false => known.as_ref().is_some_and(|known| known.codec == codec),
        };
        if !decodable {
            self.left_out += 1;
            return;
        }
        if configuration {
            let body = body.clone();
            *known = Some(Known { codec, body });
        }
        self.read.push(body);
    }

    /// How many parts of the message that was read last are left out: nobody could decode them, or they are of more tracks
    /// than are carried.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.tracks.len()
    }

    /// Another message is read.
    pub(super) fn begin(&mut self) {
        self.read.clear();
        self.left_out = 0;
    }

    /// Bodies of the parts of the message that was read last, to be sent with its time.
    pub(crate) fn parts(&self) -> &[Bytes] {
        &self.read
    }

    /// Their configurations as FLV tags at `timestamp`.
    pub(crate) fn opening(&self, timestamp: u32) -> Bytes {
        let mut out = BytesMut::new();
        for ((kind, _), known) in &self.tracks {
            if let Some(known) = known {
                out.extend_from_slice(&write_tag(&Tag {
                    kind: *kind,
                    timestamp,
                    data: known.body.clone(),
                }));
            }
        }
        out.freeze()
    }
}
