//! The stream's HLS: the packager of its packets, and the line they stand on.

use bytes::Bytes;
use media::{TrackKind, Utc};
use packager::{Config, Decision, Packager, PartAnswer, Rendition, Skip, Stamp, Timeline};

use super::tracks::{Frame, Tracks};

/// Key-frame interval our own studio promises, in seconds. It is known by the media clock it sends.
const STUDIO_GOP: u32 = 2;

/// The packager of one stream. It begins with the first key frame, or sound where there is no picture.
#[derive(Debug, Default)]
pub(crate) struct Package {
    timeline: Timeline,
    packager: Option<Packager>,
    /// Version of the tracks it works with; none between sessions.
    version: Option<u64>,
    /// Version of tracks that can't be packaged.
    refused: Option<u64>,
    /// The playlists as text, until something changes.
    playlists: [Option<Bytes>; 2],
    /// EXT-X-TARGETDURATION in seconds, once there is a playlist.
    target: Option<u64>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// These bytes, one after another.
    Ready(Vec<Bytes>),
    /// It will be there soon.
    Wait,
    /// It makes no sense.
    BadRequest,
    /// There is no such thing.
    NotFound,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// The multivariant playlist.
    Multivariant,
    /// A media playlist, from a segment and part on.
    Playlist {
        rendition: Rendition,
        msn: Option<u64>,
        part: Option<u32>,
        skip: Option<Skip>,
    },
    /// An init segment.
    Init(Rendition, u32),
    /// A complete segment.
    Segment(Rendition, u64),
    /// A part.
    Part(Rendition, u64, u32),
}

impl Package {
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
            self.playlists = [None, None];
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
                ..Config::default()
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
        self.playlists = [None, None];
        if let Some(packager) = &mut self.packager {
            packager.end_session();
        }
    }

    /// The show ended; the playlists say so.
    pub(crate) fn end(&mut self) {
        self.ended = true;
        self.playlists = [None, None];
        if let Some(packager) = &mut self.packager {
            packager.end();
        }
    }

    /// The target duration in seconds; none before there is a playlist.
    pub(crate) fn target(&self) -> Option<u64> {
        self.target
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
            Ask::Multivariant => match packager.multivariant() {
                Some(text) => Answer::Ready(vec![text.into()]),
                None => unready(ask),
            },
            Ask::Playlist {
                rendition, msn, part, ..
            } if packager.is_ready() => match packager.blocking(rendition, msn, part) {
                Decision::Ready => one(self.playlist(ask)),
                Decision::Wait => Answer::Wait,
                Decision::BadRequest => Answer::BadRequest,
            },
            Ask::Playlist { .. } => unready(ask),
            Ask::Init(rendition, version) => one(packager.init(rendition, version)),
            Ask::Segment(rendition, msn) => packager
                .segment(rendition, msn)
                .map_or(Answer::NotFound, Answer::Ready),
            Ask::Part(rendition, msn, part) => match packager.part_answer(rendition, msn, part) {
                PartAnswer::Ready(bytes) => Answer::Ready(vec![bytes]),
                PartAnswer::Wait => Answer::Wait,
                PartAnswer::NotFound => Answer::NotFound,
            },
        }
    }

    /// A playlist's text: made once for all who ask, but for delta updates.
    fn playlist(&mut self, ask: Ask) -> Option<Bytes> {
        let Ask::Playlist { rendition, skip, .. } = ask else {
            return None;
        };
        let packager = self.packager.as_ref()?;
        if skip.is_some() {
            return packager.playlist(rendition, skip).map(Bytes::from);
        }
        let slot = &mut self.playlists[usize::from(rendition == Rendition::Audio)];
        if slot.is_none() {
            let text = packager.playlist(rendition, None)?;
            let target = text
                .lines()
                .find_map(|l| l.strip_prefix("#EXT-X-TARGETDURATION:"));
            self.target = target.and_then(|t| t.parse().ok()).or(self.target);
            *slot = Some(text.into());
        }
        slot.clone()
    }
}

/// Before anything can be served, playlists are waited for and nothing else.
fn unready(ask: Ask) -> Answer {
    match ask {
        Ask::Multivariant | Ask::Playlist { .. } => Answer::Wait,
        Ask::Init(..) | Ask::Segment(..) | Ask::Part(..) => Answer::NotFound,
    }
}
