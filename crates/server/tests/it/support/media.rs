//! Media to publish, made by ffmpeg, and what comes out, looked at by ffprobe.

use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use container::flv::script::{Join, parse_join};
use container::flv::video::{self, VideoTag};
use container::flv::{Reader, Tag, TagKind, audio, header, write_tag};

use super::http::Answer;

/// What ffmpeg makes of a test picture and a tone.
pub(crate) struct Clip {
    /// Options of input and encoder.
    pub(crate) args: &'static [&'static str],
}

/// A clip of 30 pictures a second of a size, stereo at 48 kHz, and further options of its encoder.
macro_rules! clip {
    ($size:literal, $($option:literal),+) => {
        Clip {
            args: &[
                "-f", "lavfi", "-i", concat!("testsrc=size=", $size, ":rate=30"),
                "-f", "lavfi", "-i", "sine=r=48000", "-ac", "2",
                $($option),+
            ],
        }
    };
}

/// A key frame each second, no B-frames.
pub(crate) const PLAIN: Clip = clip!("160x90", "-g", "30", "-bf", "0");

/// What many publishers send: a key frame each second, three B-frames in a row.
pub(crate) const WITH_B_FRAMES: Clip = clip!("320x180", "-g", "30", "-bf", "3", "-b_strategy", "0");

/// The same with a single key frame.
pub(crate) const ONE_KEY_FRAME: Clip = clip!("320x180", "-g", "1000", "-bf", "3", "-b_strategy", "0");

impl Clip {
    /// The clip's tags, `seconds` long.
    pub(crate) fn tags(&self, seconds: u32) -> Vec<Tag> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("clip.flv");
        let made = Command::new("ffmpeg")
            .args(["-nostdin", "-loglevel", "error"])
            .args(self.args)
            .args([
                "-t",
                &seconds.to_string(),
                "-pix_fmt",
                "yuv420p",
                "-preset",
                "ultrafast",
            ])
            .args([
                "-sc_threshold",
                "0",
                "-threads",
                "1",
                "-c:v",
                "libx264",
                "-c:a",
                "aac",
            ])
            .args(["-flvflags", "no_duration_filesize"])
            .arg(&file)
            .status()
            .unwrap();
        assert!(made.success());
        tags(&std::fs::read(&file).unwrap())
    }

    /// The same up to the last picture.
    pub(crate) fn pictures(&self, seconds: u32) -> Vec<Tag> {
        let mut tags = self.tags(seconds);
        let end = tags
            .iter()
            .rposition(|t| t.kind == TagKind::Video && is_media(t))
            .unwrap();
        tags.truncate(end + 1);
        tags
    }
}

/// All tags of an FLV file.
pub(crate) fn tags(file: &[u8]) -> Vec<Tag> {
    let mut reader = Reader::new();
    reader.push(file);
    std::iter::from_fn(|| reader.next_tag().unwrap()).collect()
}

/// The same as a transport stream, written by ffmpeg.
pub(crate) fn transport_stream(tags: &[Tag]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("clip.flv"), dir.path().join("clip.ts"));
    let mut file = header(true, true).to_vec();
    tags.iter()
        .for_each(|tag| file.extend_from_slice(&write_tag(tag)));
    std::fs::write(&from, file).unwrap();
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-i"])
        .arg(&from)
        .args(["-c", "copy", "-muxdelay", "0"])
        .arg(&to)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(to).unwrap()
}

/// Whether a tag is sound or a picture itself, no configuration.
pub(crate) fn is_media(tag: &Tag) -> bool {
    match tag.kind {
        TagKind::Script => false,
        TagKind::Video => !video::is_sequence_header(&tag.data) && tag.data[1] == 1,
        TagKind::Audio => !audio::is_sequence_header(&tag.data),
    }
}

/// The tags a viewer gets who was there from the beginning: sound and pictures from the first key frame on.
pub(crate) fn watchable(tags: &[Tag]) -> Vec<&Tag> {
    let begin = tags.iter().position(is_key).unwrap_or(0);
    tags[begin..].iter().filter(|t| is_media(t)).collect()
}

pub(crate) fn is_key(tag: &Tag) -> bool {
    tag.kind == TagKind::Video && video::is_key_frame(&tag.data)
}

/// The picture's access unit.
pub(crate) fn picture(tag: &Tag) -> Bytes {
    match video::parse(&tag.data).unwrap() {
        VideoTag::Frame { data, .. } => data,
        other => panic!("{other:?}"),
    }
}

/// A viewer of HTTP-FLV.
pub(crate) struct Viewer {
    answer: Answer,
    reader: Reader,
    /// All bytes so far.
    pub(crate) file: Vec<u8>,
    joins: Vec<Join>,
}

impl Viewer {
    pub(crate) fn new(answer: Answer) -> Self {
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "video/x-flv")
        );
        Self {
            answer,
            reader: Reader::new(),
            file: Vec::new(),
            joins: Vec::new(),
        }
    }

    /// The next tag of any kind; none at the end.
    pub(crate) fn next(&mut self) -> Option<Tag> {
        loop {
            if let Some(tag) = self.reader.next_tag().unwrap() {
                self.joins.extend(parse_join(&tag.data));
                return Some(tag);
            }
            let piece = self.answer.piece()?;
            self.reader.push(&piece);
            self.file.extend(piece);
        }
    }

    /// The next `n` tags of sound and pictures.
    pub(crate) fn media(&mut self, n: usize) -> Vec<Tag> {
        let media = std::iter::from_fn(|| self.next()).filter(is_media);
        let tags: Vec<_> = media.take(n).collect();
        assert_eq!(tags.len(), n, "the stream ended");
        tags
    }

    /// Waits until the server has taken all of `tags`, the first that were published: a picture ends them, so
    /// that no sound still waits for one.
    pub(crate) fn all(&mut self, tags: &[Tag]) -> Vec<Tag> {
        assert_eq!(tags.last().unwrap().kind, TagKind::Video);
        self.media(watchable(tags).len())
    }

    /// The `anchorJoin` messages so far.
    pub(crate) fn joins(&self) -> &[Join] {
        &self.joins
    }
}

/// What ffprobe prints of a file's `entries`, a line each.
pub(crate) fn probe(file: &Path, args: &[&str]) -> String {
    let out = Command::new("ffprobe")
        .args(["-v", "error", "-of", "csv=p=0"])
        .args(args)
        .arg(file)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}
