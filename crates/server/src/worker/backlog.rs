//! What a worker has still to be given: bounded, and what doesn't fit is left out in an order that harms least.

use std::collections::VecDeque;

use container::flv::{Tag, TagKind, audio, video};

/// Bytes that may wait for pictures to be taken as well: what 1 s of 32 Mbit/s is.
const PLENTY: usize = 4 << 20;
/// Bytes that may wait at all.
const LIMIT: usize = 12 << 20;
/// How old the oldest tag may be for pictures to be taken as well, in milliseconds of the media.
const BEHIND_MS: i32 = 1_000;

/// What became of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It waits.
    Yes,
    /// It was left out and counted.
    LeftOut,
    /// A configuration had to be left out: what follows can't be understood.
    Broken,
}

/// Tags that wait, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    tags: VecDeque<Tag>,
    bytes: usize,
    /// A picture was left out: those until the next key frame can't be decoded.
    waiting: bool,
    /// Pictures left out.
    pub(super) pictures_left_out: u64,
    /// Packets of sound left out.
    pub(super) sounds_left_out: u64,
}

impl Backlog {
    /// Takes a tag in, or leaves it out: pictures when the worker is a second or 4 MiB behind, all else at 12 MiB.
    pub(super) fn push(&mut self, tag: Tag) -> Taken {
        let room = self.bytes + tag.data.len() <= LIMIT;
        let taken = match kind(&tag) {
            Kind::Configuration if !room => Taken::Broken,
            Kind::Picture { key } if !room || self.is_behind(&tag) || self.waiting && !key => {
                self.waiting = true;
                self.pictures_left_out += 1;
                Taken::LeftOut
            }
            Kind::Sound if !room => {
                self.sounds_left_out += 1;
                Taken::LeftOut
            }
            Kind::Picture { .. } => {
                self.waiting = false;
                Taken::Yes
            }
            Kind::Configuration | Kind::Sound => Taken::Yes,
        };
        if taken == Taken::Yes {
            self.bytes += tag.data.len();
            self.tags.push_back(tag);
        }
        taken
    }

    fn is_behind(&self, tag: &Tag) -> bool {
        let Some(oldest) = self.tags.front() else {
            return false;
        };
        let behind = tag.timestamp.wrapping_sub(oldest.timestamp).cast_signed();
        behind > BEHIND_MS || self.bytes + tag.data.len() > PLENTY
    }

    /// The oldest tag, which stays until it was given.
    pub(super) fn oldest(&self) -> Option<Tag> {
        self.tags.front().cloned()
    }

    /// The oldest tag was given.
    pub(super) fn given(&mut self) {
        if let Some(tag) = self.tags.pop_front() {
            self.bytes -= tag.data.len();
        }
    }
}

enum Kind {
    Configuration,
    Picture { key: bool },
    Sound,
}

fn kind(tag: &Tag) -> Kind {
    match tag.kind {
        TagKind::Video if !video::is_sequence_header(&tag.data) => Kind::Picture {
            key: video::is_key_frame(&tag.data),
        },
        TagKind::Audio if !audio::is_sequence_header(&tag.data) => Kind::Sound,
        TagKind::Video | TagKind::Audio | TagKind::Script => Kind::Configuration,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn tag(kind: TagKind, timestamp: u32, data: Bytes) -> Tag {
        Tag {
            kind,
            timestamp,
            data,
        }
    }

    fn picture(timestamp: u32, key: bool, size: usize) -> Tag {
        tag(TagKind::Video, timestamp, video::frame(key, 0, &vec![0; size]))
    }

    fn sound(timestamp: u32, size: usize) -> Tag {
        tag(TagKind::Audio, timestamp, audio::frame(&vec![0; size]))
    }

    #[test]
    fn what_waits_comes_out_in_its_order() {
        let mut backlog = Backlog::default();
        let tags = [picture(0, true, 10), sound(5, 10), picture(33, false, 10)];
        for tag in &tags {
            assert_eq!(backlog.push(tag.clone()), Taken::Yes);
        }
        for tag in tags {
            assert_eq!(backlog.oldest(), Some(tag));
            backlog.given();
        }
        assert_eq!((backlog.oldest(), backlog.bytes), (None, 0));
        backlog.given();
    }

    #[test]
    fn a_second_behind_pictures_wait_for_a_key_frame_and_sound_goes_on() {
        let mut backlog = Backlog::default();
        let from = u32::MAX - 500;
        backlog.push(picture(from, true, 10));
        assert_eq!(
            backlog.push(picture(from.wrapping_add(1_000), false, 10)),
            Taken::Yes
        );
        assert_eq!(
            backlog.push(picture(from.wrapping_add(1_001), true, 10)),
            Taken::LeftOut
        );
        assert_eq!(backlog.push(sound(from.wrapping_add(1_002), 10)), Taken::Yes);
        backlog.given();
        // There is room again, but not for a picture that needs the one before.
        assert_eq!(
            backlog.push(picture(from.wrapping_add(1_030), false, 10)),
            Taken::LeftOut
        );
        assert_eq!(
            backlog.push(picture(from.wrapping_add(1_040), true, 10)),
            Taken::Yes
        );
        assert_eq!(
            backlog.push(picture(from.wrapping_add(1_050), false, 10)),
            Taken::Yes
        );
        assert_eq!((backlog.pictures_left_out, backlog.sounds_left_out), (2, 0));
    }

    #[test]
    fn bytes_are_bounded_whatever_comes() {
        let mut backlog = Backlog::default();
        assert_eq!(backlog.push(picture(0, true, PLENTY)), Taken::Yes);
        assert_eq!(backlog.push(picture(1, true, 1)), Taken::LeftOut);
        while backlog.push(sound(2, 1 << 20)) == Taken::Yes {}
        assert_eq!(backlog.sounds_left_out, 1);
        assert!(backlog.bytes <= LIMIT);
        let small = tag(TagKind::Video, 3, video::sequence_header(&[0; 40]));
        assert_eq!(backlog.push(small), Taken::Yes);
        let large = tag(TagKind::Video, 3, video::sequence_header(&vec![0; 1 << 20]));
        assert_eq!(backlog.push(large), Taken::Broken);
    }

    #[test]
    fn the_largest_picture_is_taken_where_nothing_waits() {
        let mut backlog = Backlog::default();
        let largest = container::flv::MAX_BODY;
        assert_eq!(backlog.push(picture(0, true, largest)), Taken::Yes);
    }
}
