//! FLV, with what its tags hold: old forms and enhanced ones, configurations of all codecs.

use bytes::Bytes;
use container::flv::audio::{self, AudioTag};
use container::flv::video::{self, VideoTag};
use container::flv::{Error, FourCc, Reader, Tag, TagKind, script};
use container::{aac, av1, h264, hevc, opus, sei, vp9};

use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target, first};

/// Bytes of the file's header, and of a tag's.
const HEADER: usize = 13;
const TAG_HEADER: usize = 11;

pub(super) const TARGET: Target = Target {
    name: "flv",
    corpus: "flv",
    marker: "the file's header and a tag were read",
    // One tag's body, as announced, and what it is copied into.
    memory: 9 << 20,
    split,
    join,
    opening: first,
    words: &["avc1", "hvc1", "av01", "vp09", "mp4a", "Opus", "onMetaData"],
    parser: || Box::new(read) as Box<dyn Parser>,
};

/// The header, then each tag with its own header.
pub(super) fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (header, mut rest) = bytes.split_at(HEADER.min(bytes.len()));
    let mut messages = vec![header.to_vec()];
    while let Some(&[_, a, b, c, ..]) = rest.first_chunk::<TAG_HEADER>() {
        let len = TAG_HEADER + u32::from_be_bytes([0, a, b, c]) as usize;
        messages.push(rest[..len.min(rest.len())].to_vec());
        rest = rest.get(len + 4..).unwrap_or_default();
    }
    messages
}

/// Each tag with the size that it has.
pub(super) fn join(messages: &[Vec<u8>]) -> Vec<u8> {
    let Some((header, tags)) = messages.split_first() else {
        return Vec::new();
    };
    let mut out = header.clone();
    for tag in tags {
        let begin = out.len();
        out.extend(tag);
        if let Some(body) = tag.len().checked_sub(TAG_HEADER) {
            out[begin + 1..begin + 4].copy_from_slice(&(body as u32).to_be_bytes()[1..]);
        }
        out.extend((tag.len() as u32).to_be_bytes());
    }
    out
}

fn read(input: &[u8]) -> Seen {
    let (tags, end) = tags(pieces(input));
    let whole = self::tags(std::iter::once(input));
    assert!(whole == (tags.clone(), end), "pieces are read as the whole is");
    let malformed = tags.iter().filter(|tag| body(tag).is_err()).count();
    Seen {
        past: !tags.is_empty(),
        refused: end.is_err() || malformed > 0,
    }
}

/// The tags up to the end of the pieces, or to an error.
fn tags<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Tag>, Result<(), Error>) {
    let (mut reader, mut tags) = (Reader::new(), Vec::new());
    for piece in pieces {
        reader.push(piece);
        loop {
            match reader.next_tag() {
                Ok(Some(tag)) => tags.push(tag),
                Ok(None) => break,
                Err(error) => return (tags, Err(error)),
            }
        }
    }
    (tags, Ok(()))
}

fn body(tag: &Tag) -> Result<(), Error> {
    match tag.kind {
        TagKind::Video => {
            let _ = (video::parse(&tag.data), video::is_key_frame(&tag.data));
            video::parts(&tag.data)?.try_for_each(|part| part.map(|part| picture(part.codec, &part.tag)))
        }
        TagKind::Audio => {
            let _ = audio::is_sequence_header(&tag.data);
            audio::parts(&tag.data)?.try_for_each(|part| part.map(|part| sound(part.codec, &part.tag)))
        }
        TagKind::Script => {
            let _ = (script::name(&tag.data), script::parse_metadata(&tag.data));
            Ok(())
        }
    }
}

fn picture(codec: FourCc, tag: &VideoTag) {
    match tag {
        VideoTag::SequenceHeader(record) => configuration(codec, record),
        VideoTag::Frame { data, .. } => {
            let _ = (
                h264::is_well_formed(data),
                h264::has_idr(data),
                hevc::has_irap(data),
            );
            let _ = (av1::has_sequence_header(data), vp9::is_key(data), sei::find(data));
        }
        VideoTag::EndOfSequence | VideoTag::Other => {}
    }
}

/// A mutated tag may name any codec: each reader gets each record.
fn configuration(_: FourCc, record: &Bytes) {
    let _ = (
        h264::parameters(record),
        hevc::parameters(record),
        av1::parameters(record),
    );
    let _ = (
        vp9::parameters(record, record),
        aac::parameters(record),
        opus::parameters(record),
    );
}

fn sound(codec: FourCc, tag: &AudioTag) {
    match tag {
        AudioTag::SequenceHeader(record) => configuration(codec, record),
        AudioTag::Frame(packet) => drop(opus::samples(packet)),
        AudioTag::EndOfSequence | AudioTag::Other => {}
    }
}
