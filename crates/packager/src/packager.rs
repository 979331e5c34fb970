//! The packager: packets in, parts, segments and playlists out.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use container::cmaf;
use media::{CodecParameters, Packet, TrackKind, Utc, VideoParameters};

use crate::blocking::{Decision, Edge, decide};
use crate::clock::Clock;
use crate::config::Config;
use crate::dash::{self, Periods};
use crate::playlist::{self, Skip};
use crate::segment::{Part, UNITS};
use crate::session::Session;
use crate::track::Track;
use crate::window::Extent;

/// A media playlist of a stream: one track each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rendition {
    /// The pictures.
    Video,
    /// The sound.
    Audio,
}

impl Rendition {
    /// The word in URIs: `video`, `audio`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }
}

/// What is to be answered to a request for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartAnswer {
    /// The part, whole.
    Ready(Bytes),
    /// It is the one the playlist hints at: hold the request until it is there.
    Wait,
    /// No such part, or none any more.
    NotFound,
}

/// What is to be answered to a request for a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentAnswer {
    /// Its parts, to be sent one after another.
    Complete(Vec<Bytes>),
    /// Those of its parts that are there; more will come.
    Growing(Vec<Bytes>),
    /// It comes next: hold the request until its first part is there, and ask again with this.
    Wait {
        /// The init segment that it will need, if nothing changes.
        init: u32,
    },
    /// No such segment, or none any more.
    NotFound,
}

/// Packages one stream as CMAF for HLS and LL-HLS. See the [crate](crate) for the order of calls.
#[derive(Debug)]
pub struct Packager {
    pub(crate) config: Config,
    /// EXT-X-TARGETDURATION in seconds, once it is fixed.
    pub(crate) target: Option<u32>,
    pub(crate) video: Option<Track>,
    pub(crate) audio: Option<Track>,
    /// Which tracks the publisher's session has.
    pub(crate) has_video: bool,
    pub(crate) has_audio: bool,
    pub(crate) clock: Clock,
    pub(crate) session: Option<Session>,
    /// Sound that waits until it is known which segment it belongs to.
    pub(crate) waiting: VecDeque<Packet>,
    /// Number of the segment that comes next.
    pub(crate) next_msn: u64,
    /// Number of the stream's first segment.
    pub(crate) first_msn: Option<u64>,
    /// The first segment that who rewinds finds listed; never falls.
    pub(crate) rewind_from: u64,
    pub(crate) periods: Periods,
    /// The segment that the periods come to next.
    pub(crate) next_divided: u64,
    pub(crate) discontinuities: u64,
    pub(crate) ended: bool,
    pub(crate) dropped: u64,
}

/// Takes parameters over into a track, which is made where there is none yet.
fn take_over(
    track: &mut Option<Track>,
    parameters: Option<&CodecParameters>,
    part: Duration,
) -> Result<(), cmaf::Error> {
    match (track, parameters) {
        (_, None) => {}
        (Some(track), Some(p)) if track.parameters == *p => {}
        (Some(track), Some(p)) => track.renew(p.clone())?,
        (track, Some(p)) => *track = Some(Track::new(p.clone(), part)?),
    }
    Ok(())
}

/// What a GOP of so many seconds lasts in whole frames: 60 of 29.97 a second are 2.002 s.
fn gop_nanos(seconds: u32, video: &CodecParameters) -> i64 {
    match video {
        CodecParameters::Video(VideoParameters { rate: Some(rate), .. }) => {
            let frames = (f64::from(seconds) * rate.as_f64()).round().max(1.0);
            rate.tick(frames as u64).as_nanos()
        }
        _ => i64::from(seconds) * 1_000_000_000,
    }
}

impl Packager {
    /// A packager for a stream that has not begun.
    pub fn new(config: Config) -> Self {
        Self {
            target: config.promised_gop.map(|seconds| seconds.max(1)),
            config: Config {
                window: config.window.max(3),
                ..config
            },
            video: None,
            audio: None,
            has_video: false,
            has_audio: false,
            clock: Clock::default(),
            session: None,
            waiting: VecDeque::new(),
            next_msn: 0,
            first_msn: None,
            rewind_from: 0,
            periods: Periods::default(),
            next_divided: 0,
            discontinuities: 0,
            ended: false,
            dropped: 0,
        }
    }

    /// Says which tracks the packets to come belong to: before a session's first packet, and again when a
    /// codec's parameters change (which closes the segments and begins new ones behind a discontinuity). Only
    /// tracks of id 0 are packaged.
    ///
    /// # Errors
    /// When a codec's configuration can't be read; then nothing has changed.
    pub fn set_tracks(&mut self, tracks: &[media::Track]) -> Result<(), cmaf::Error> {
        let of = |kind| {
            let mut parameters = tracks.iter().filter(|t| t.id == 0).map(|t| &t.parameters);
            parameters.find(|p| p.kind() == kind)
        };
        let (video, audio) = (of(TrackKind::Video), of(TrackKind::Audio));
        for parameters in [video, audio].into_iter().flatten() {
            cmaf::init_segment(parameters, 1, 1)?;
        }
        let same = |track: &Option<Track>, now: Option<&CodecParameters>, had: bool| {
            now.is_some() == had && now.is_none_or(|now| track.as_ref().is_some_and(|t| t.parameters == *now))
        };
        if same(&self.video, video, self.has_video) && same(&self.audio, audio, self.has_audio) {
            return Ok(());
        }
        self.end_session();
        take_over(&mut self.video, video, self.config.video_part)?;
        take_over(&mut self.audio, audio, self.config.audio_part)?;
        (self.has_video, self.has_audio) = (video.is_some(), audio.is_some());
        if let (Some(seconds), Some(video)) = (self.config.promised_gop, video) {
            self.periods.promise(gop_nanos(seconds, video));
        }
        Ok(())
    }

    /// Takes the next packet, with the time of day of its presentation where that is known (at least at key
    /// frames). Returns whether there is something new in a playlist.
    ///
    /// Packets of each track come in decoding order; a session's begin with a key frame where there are
    /// pictures, and what comes before it is dropped.
    pub fn push(&mut self, packet: Packet, utc: Option<Utc>) -> bool {
        let known = match packet.kind {
            TrackKind::Video => self.has_video,
            TrackKind::Audio => self.has_audio,
        };
        if self.ended || !known || packet.track != 0 {
            return false;
        }
        let before = self.edges();
        if self.is_after_silence(packet.dts) {
            self.finish_session();
        }
        if let Some(utc) = utc {
            self.clock.stamp(packet.pts, utc);
        }
        match packet.kind {
            TrackKind::Video => self.push_video(packet),
            TrackKind::Audio => self.push_audio(packet),
        }
        let news = self.edges() != before;
        if news {
            self.divide_periods();
        }
        news
    }

    /// Ends the publisher's session: closes the segments as they are. The stream stays open for another.
    pub fn end_session(&mut self) {
        self.finish_session();
    }

    /// Ends the show: no packet is taken any more, and the playlists say so.
    pub fn end(&mut self) {
        self.end_session();
        self.ended = true;
    }

    /// Whether the show was ended.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// EXT-X-TARGETDURATION in seconds, once it is fixed.
    pub fn target(&self) -> Option<u32> {
        self.target
    }

    /// Whether playlists can be served: the target duration is fixed, and each track has a segment.
    pub fn is_ready(&self) -> bool {
        let mut tracks = self.tracks();
        self.target.is_some()
            && tracks.clone().any(|t| t.segments.iter().any(|s| !s.is_gap()))
            && tracks.all(|t| !t.segments.is_empty())
    }

    /// Packets dropped so far: before a key frame, past a segment's limit of bytes, or too late.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The multivariant playlist; none while the stream isn't [ready](Self::is_ready).
    pub fn multivariant(&self, extent: Extent) -> Option<String> {
        self.is_ready().then(|| playlist::multivariant(self, extent))
    }

    /// A media playlist; none while the stream isn't [ready](Self::is_ready) or has no such rendition. With
    /// `skip` (`_HLS_skip`), a delta update where that leaves something out.
    pub fn playlist(&self, rendition: Rendition, extent: Extent, skip: Option<Skip>) -> Option<String> {
        let track = self.track(rendition)?;
        self.is_ready()
            .then(|| playlist::media(self, rendition, track, extent, skip))
    }

    /// The DASH manifest; none while the stream isn't [ready](Self::is_ready) or no time of day is known.
    pub fn manifest(&self, extent: Extent) -> Option<String> {
        self.is_ready().then(|| dash::manifest(self, extent)).flatten()
    }

    /// The init segment with this number.
    pub fn init(&self, rendition: Rendition, version: u32) -> Option<Bytes> {
        self.track(rendition)?.init(version)
    }

    /// The number of the newest init segment; none before there is one.
    pub fn newest_init(&self, rendition: Rendition) -> Option<u32> {
        let track = self.track(rendition)?;
        track.init(track.version).map(|_| track.version)
    }

    /// What is to be answered to a request for a segment. One that grows is sent as it comes and the next one is waited
    /// for, as players of low-latency DASH expect it (ISO/IEC 23009-1, 5.3.9.5.3), also while the publisher is away;
    /// playlists list neither.
    ///
    /// Who waited says by `init` with which init segment. Where it needs another one by now, as another period has begun
    /// meanwhile, that stands before it: a player takes it as it takes one between segments, and goes on.
    pub fn segment(&self, rendition: Rendition, msn: u64, init: Option<u32>) -> SegmentAnswer {
        let Some(track) = self.track(rendition) else {
            return SegmentAnswer::NotFound;
        };
        let wait = SegmentAnswer::Wait { init: track.version };
        let needs = track
            .init_of(msn)
            .filter(|needs| init.is_some_and(|init| init != *needs));
        let before = needs.and_then(|needs| track.init(needs));
        let of = |parts: &[Part]| {
            let parts = parts.iter().map(|p| p.data.clone());
            before.iter().cloned().chain(parts).collect()
        };
        match track.parts(msn) {
            Some((parts, true)) if !parts.is_empty() => SegmentAnswer::Complete(of(parts)),
            Some((parts, false)) if !parts.is_empty() => SegmentAnswer::Growing(of(parts)),
            Some((_, false)) => wait,
            None if !self.ended && track.next_msn() == Some(msn) => wait,
            _ => SegmentAnswer::NotFound,
        }
    }

    /// A part, by the number of its segment and its own from 0.
    pub fn part(&self, rendition: Rendition, msn: u64, part: u32) -> Option<Bytes> {
        let (parts, _) = self.track(rendition)?.parts(msn)?;
        parts.get(part as usize).map(|p| p.data.clone())
    }

    /// What is to be answered to a request for a part: hinted parts are waited for, unknown ones are not
    /// (draft-pantos-hls-rfc8216bis, 4.4.5.3 and 6.2.6).
    pub fn part_answer(&self, rendition: Rendition, msn: u64, part: u32) -> PartAnswer {
        if let Some(data) = self.part(rendition, msn, part) {
            return PartAnswer::Ready(data);
        }
        let open = self.track(rendition).and_then(|track| track.open.as_ref());
        match open {
            Some(open) if !self.ended && open.head.msn == msn && open.parts.len() == part as usize => {
                PartAnswer::Wait
            }
            _ => PartAnswer::NotFound,
        }
    }

    /// The newest part: its segment's number and its own. None before the first.
    pub fn last(&self, rendition: Rendition) -> Option<(u64, u32)> {
        let track = self.track(rendition)?;
        let open = track.open.iter().map(|open| (open.head.msn, &open.parts));
        let closed = track.segments.iter().rev().map(|s| (s.head.msn, &s.parts));
        let mut newest_first = open.chain(closed);
        let (msn, parts) = newest_first.find(|(_, parts)| !parts.is_empty())?;
        Some((msn, parts.len() as u32 - 1))
    }

    /// The newest part with which decoding can begin and behind whose beginning there is `ahead` of media: its segment's
    /// number and its own. None where there is no such part.
    pub fn newest_beginning(&self, rendition: Rendition, ahead: Duration) -> Option<(u64, u32)> {
        let track = self.track(rendition)?;
        let open = track.open.iter().map(|open| (open.head.msn, &open.parts));
        let closed = track.segments.iter().rev().map(|s| (s.head.msn, &s.parts));
        let parts = open
            .chain(closed)
            .flat_map(|(msn, parts)| parts.iter().enumerate().rev().map(move |part| (msn, part)));
        let (mut behind, ahead) = (0, ahead.as_secs_f64() * UNITS as f64);
        for (msn, (number, part)) in parts {
            behind += part.duration;
            if part.independent && behind as f64 >= ahead {
                return Some((msn, number as u32));
            }
        }
        None
    }

    /// What becomes of a playlist request with these `_HLS_msn` and `_HLS_part`; see [`decide`].
    pub fn blocking(&self, rendition: Rendition, msn: Option<u64>, part: Option<u32>) -> Decision {
        decide(&self.edge(rendition), msn, part)
    }

    /// The live edge of a rendition, for decisions elsewhere.
    pub fn edge(&self, rendition: Rendition) -> Edge {
        let track = self.track(rendition);
        let open = track.and_then(|t| t.open.as_ref());
        let closed = track.and_then(|t| t.segments.back());
        Edge {
            open: open.map_or(closed.map_or(self.next_msn, |s| s.head.msn + 1), |o| o.head.msn),
            open_parts: open.map_or(0, |o| o.parts.len() as u32),
            last_parts: closed.map_or(0, |s| s.parts.len() as u32),
            part_target: track.map_or(0.0, |t| t.part_target as f64 / UNITS as f64),
            ended: self.ended,
        }
    }

    pub(crate) fn track(&self, rendition: Rendition) -> Option<&Track> {
        match rendition {
            Rendition::Video => self.video.as_ref(),
            Rendition::Audio => self.audio.as_ref(),
        }
    }

    /// What changes when a playlist does.
    fn edges(&self) -> [(u64, u32); 2] {
        [Rendition::Video, Rendition::Audio].map(|r| {
            let edge = self.edge(r);
            (edge.open, edge.open_parts)
        })
    }
}
