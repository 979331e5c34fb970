//! The stream's HLS and DASH: the packager of its packets, and the line they stand on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::{TrackKind, Utc};
use packager::{Config, Decision, Extent, Packager, PartAnswer, Rendition, SegmentAnswer, Stamp, Timeline};

use super::text::{Document, Text, Texts};
use super::transport::{Muxed, Transports};
use crate::config;

use super::tracks::{Frame, Tracks};

/// Key-frame interval our own studio promises, in seconds. It is known by the media clock it sends.
const STUDIO_GOP: u32 = 2;
/// What there has to be behind the place where the viewer's page begins to play (`ui/src/watch/engine/beginning.ts`).
const LEAST_AHEAD: Duration = Duration::from_millis(600);

/// The packager of one stream. It begins with the first key frame, or sound where there is no picture.
#[derive(Debug, Default)]
pub(crate) struct Package {
    timeline: Timeline,
    packager: Option<Packager>,
    /// Version of the tracks it works with; none between sessions.
    version: Option<u64>,
    /// Version of tracks that can't be packaged.
    refused: Option<u64>,
    texts: Texts,
    muxed: Transports,
    /// What the packager is told, but for what the publisher promises.
    config: Config,
    ended: bool,
}

/// An access unit on its way to the packager.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    /// What it is.
    pub(crate) frame: &'a Frame,
    /// Its tag's timestamp, as it came.
    pub(crate) stamp: Stamp,
    /// The time of day of its presentation.
    pub(crate) utc: Option<Utc>,
    /// Whether the publisher stamps its key frames: our studio.
    pub(crate) studio: bool,
}

/// What a request is answered with.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// This text.
    Text(Arc<Text>),
    /// These bytes, one after another.
    Ready(Vec<Bytes>),
    /// The beginning of a segment that grows.
    Growing(Vec<Bytes>),
    /// A transport stream, to be muxed by the first who asks.
    Transport(Arc<Muxed>),
    /// It will be there soon; of a segment, the init segment it is expected to need.
    Wait(Option<u32>),
    /// It makes no sense.
    BadRequest,
    /// There is no such thing.
    NotFound,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A playlist or manifest; media playlists from a segment and part on.
    Text {
        document: Document,
        extent: Extent,
        msn: Option<u64>,
        part: Option<u32>,
    },
    /// An init segment.
    Init(Rendition, u32),
    /// A segment, also one that grows; who waited for it needs it with this init segment.
    Segment(Rendition, u64, Option<u32>),
    /// A part.
    Part(Rendition, u64, u32),
    /// A segment of all tracks as a transport stream.
    Transport(u64),
}

impl Ask {
    /// The same from somebody who waits for a segment, which is to need init segment `init`.
    pub(crate) fn with(self, init: Option<u32>) -> Self {
        match self {
            Self::Segment(rendition, msn, None) => Self::Segment(rendition, msn, init),
            other => other,
        }
    }
}

impl Package {
    /// Of a stream that has not begun.
    pub(crate) fn new(config: &config::Stream) -> Self {
        Self {
            config: Config {
                rewind: Duration::from_secs(config.rewind_seconds.into()),
                rewind_bytes: config.rewind_megabytes as usize * 1_000_000,
                ..Config::default()
            },
            ..Self::default()
        }
    }

    /// Takes an access unit. Whether there is something new to ask for.
    pub(crate) fn push(&mut self, tracks: &Tracks, unit: Unit<'_>) -> bool {
        let frame = unit.frame;
        let begins = frame.is_picture_key() || !tracks.has_pictures();
        if self.packager.is_none() && !begins {
            return false;
        }
        if !self.follow(tracks, &unit) {
            return false;
        }
        let data = frame.data.clone();
        let placed = match frame.kind {
            TrackKind::Video => self
                .timeline
                .video(unit.stamp, frame.composition_ms, frame.key, data),
            TrackKind::Audio => self.timeline.audio(unit.stamp, data),
        };
        let Some(packager) = &mut self.packager else {
            return false;
        };
        if placed.jumped {
            packager.end_session();
        }
        let news = packager.push(placed.packet, unit.utc) || placed.jumped;
        if news {
            self.texts.forget();
        }
        news
    }

    /// Brings line and packager up to the tracks as they are; false when these can't be packaged.
    fn follow(&mut self, tracks: &Tracks, unit: &Unit<'_>) -> bool {
        if self.version == Some(tracks.version()) {
            return true;
        }
        if self.refused == Some(tracks.version()) {
            return false;
        }
        let list = tracks.list();
        let packager = self.packager.get_or_insert_with(|| {
            Packager::new(Config {
                promised_gop: unit.studio.then_some(STUDIO_GOP),
                ..self.config.clone()
            })
        });
        if let Err(error) = packager.set_tracks(&list) {
            tracing::warn!(%error, "the stream can't be served as HLS");
            self.refused = Some(tracks.version());
            return false;
        }
        match self.version {
            None => self.timeline.begin_session(&list, unit.utc),
            Some(_) => self.timeline.set_tracks(&list),
        }
        self.version = Some(tracks.version());
        true
    }

    /// The publisher's session ended: what there is of its last segment is closed.
    pub(crate) fn end_session(&mut self) {
        self.version = None;
        self.texts.forget();
        if let Some(packager) = &mut self.packager {
            packager.end_session();
        }
    }

    /// The show ended; the playlists say so.
    pub(crate) fn end(&mut self) {
        self.ended = true;
        self.texts.forget();
        if let Some(packager) = &mut self.packager {
            packager.end();
        }
    }

    /// The target duration in seconds; none before there is a playlist.
    pub(crate) fn target(&self) -> Option<u64> {
        self.packager.as_ref()?.target().map(u64::from)
    }

    /// The numbers of the newest init segments, of each rendition that there is.
    pub(crate) fn inits(&self) -> impl Iterator<Item = (Rendition, u32)> {
        let all = [Rendition::Video, Rendition::Audio].into_iter();
        all.filter_map(|rendition| Some((rendition, self.packager.as_ref()?.newest_init(rendition)?)))
    }

    /// The part of pictures with which a player who comes now begins: its segment's number and its own.
    pub(crate) fn beginning(&self) -> Option<(u64, u32)> {
        self.packager
            .as_ref()?
            .newest_beginning(Rendition::Video, LEAST_AHEAD)
    }

    /// The answer to a request as things are.
    pub(crate) fn ask(&mut self, ask: Ask) -> Answer {
        let Some(packager) = &self.packager else {
            return if self.ended {
                Answer::NotFound
            } else {
                unready(ask)
            };
        };
        let one = |bytes: Option<Bytes>| bytes.map_or(Answer::NotFound, |b| Answer::Ready(vec![b]));
        match ask {
            Ask::Text { .. } if !packager.is_ready() => unready(ask),
            Ask::Text {
                document,
                extent,
                msn,
                part,
            } => match decide(packager, document, msn, part) {
                Decision::Ready => match self.texts.get(packager, document, extent) {
                    Some(text) => Answer::Text(text),
                    None => Answer::NotFound,
                },
                Decision::Wait => Answer::Wait(None),
                Decision::BadRequest => Answer::BadRequest,
            },
            Ask::Init(rendition, version) => one(packager.init(rendition, version)),
            Ask::Segment(rendition, msn, init) => match packager.segment(rendition, msn, init) {
                SegmentAnswer::Complete(parts) => Answer::Ready(parts),
                SegmentAnswer::Growing(parts) => Answer::Growing(parts),
                SegmentAnswer::Wait { init } => Answer::Wait(Some(init)),
                SegmentAnswer::NotFound => Answer::NotFound,
            },
            Ask::Transport(msn) => match self.muxed.get(packager, msn) {
                Some(muxed) => Answer::Transport(muxed),
                None => Answer::NotFound,
            },
            Ask::Part(rendition, msn, part) => match packager.part_answer(rendition, msn, part) {
                PartAnswer::Ready(bytes) => Answer::Ready(vec![bytes]),
                PartAnswer::Wait => Answer::Wait(None),
                PartAnswer::NotFound => Answer::NotFound,
            },
        }
    }
}

/// Whether a text can be had by now; only media playlists are waited for.
fn decide(packager: &Packager, document: Document, msn: Option<u64>, part: Option<u32>) -> Decision {
    match document {
        Document::Playlist(rendition) | Document::Delta(rendition) => packager.blocking(rendition, msn, part),
        Document::Multivariant | Document::Transport | Document::Manifest => Decision::Ready,
    }
}

/// Before anything can be served, texts are waited for and nothing else.
fn unready(ask: Ask) -> Answer {
    match ask {
        Ask::Text { .. } => Answer::Wait(None),
        Ask::Init(..) | Ask::Segment(..) | Ask::Part(..) | Ask::Transport(_) => Answer::NotFound,
    }
}
