//! One schedule for both tracks: where segments begin, and which packet belongs to which.
//!
//! Pictures lead: a key frame begins a segment once the open one has lasted a second. Sound follows with the
//! first frame not before that key frame's presentation, so it waits until the pictures have come that far.
//! Where there are no pictures (or they stall), sound divides by time. A track that has nothing in a segment
//! leaves a gap, so numbers agree.

use std::collections::VecDeque;

use media::{Packet, Timestamp, TrackKind};

use crate::Packager;
use crate::clock::Clock;
use crate::config::{LEAST_SEGMENT_NANOS, LEAST_TARGET, LONGEST_AUDIO_WAIT_NANOS, LONGEST_FIRST_GOP};
use crate::segment::{Head, UNITS};
use crate::track::Track;

/// Packets of sound that wait at most.
const MOST_WAITING: usize = 1024;

/// What lasts from a session's first segment to its end.
#[derive(Debug)]
pub(crate) struct Session {
    /// Segments begun, and where; the newest last. Those that both tracks have passed are gone.
    bounds: VecDeque<(Head, Timestamp)>,
    /// Decoding time of the newest packet of either track.
    newest: Timestamp,
    /// Decoding time of the newest picture: no key frame that is still to come is shown before.
    newest_video: Timestamp,
}

impl Session {
    /// The first segment begun that isn't before number `msn`, and where it begins.
    pub(crate) fn begun(&self, msn: u64) -> Option<&(Head, Timestamp)> {
        self.bounds.iter().find(|(head, _)| head.msn >= msn)
    }
}

impl Packager {
    /// Whether a packet decoded then comes after a silence that no sample can fill within a segment.
    pub(crate) fn is_after_silence(&self, dts: Timestamp) -> bool {
        let longest = i64::from(self.target.unwrap_or(LEAST_TARGET)) * 1_000_000_000;
        self.session
            .as_ref()
            .is_some_and(|session| dts.nanos_since(session.newest) > longest)
    }

    pub(crate) fn push_video(&mut self, packet: Packet) {
        let Some(track) = &self.video else { return };
        let bytes = track.open_bytes() + packet.data.len();
        let begins = self.session.is_none();
        if bytes > self.config.max_segment_bytes || (begins && !packet.key) {
            self.dropped += 1;
            return;
        }
        if begins {
            self.begin_segment(packet.pts, TrackKind::Video);
        } else {
            self.follow(&packet);
            self.divide_video(&packet);
            let limit = self.limit();
            if self
                .video
                .as_ref()
                .is_some_and(|track| track.reaches(limit, packet.dts))
            {
                // One picture would fill more than a segment: what follows is another session's.
                self.finish_session();
                return self.push_video(packet);
            }
        }
        if let (Some(session), Some(track)) = (&mut self.session, &mut self.video) {
            session.newest = session.newest.max(packet.dts);
            session.newest_video = packet.dts;
            track.push(packet, &self.clock);
        }
        self.release_audio();
    }

    pub(crate) fn push_audio(&mut self, packet: Packet) {
        if let Some(session) = &mut self.session {
            session.newest = session.newest.max(packet.dts);
        }
        if !self.has_video {
            return self.take_audio(packet);
        }
        self.waiting.push_back(packet);
        self.release_audio();
    }

    /// Ends the session: everything that waits goes into the segments, and they are closed with one number.
    pub(crate) fn finish_session(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for packet in waiting {
            if self.session.is_some() {
                self.take_audio(packet);
            }
        }
        let Some(session) = self.session.take() else {
            return;
        };
        let mut tracks: Vec<_> = [&mut self.video, &mut self.audio].into_iter().flatten().collect();
        let reached = Track::last_end(tracks.iter().map(|track| &**track));
        for track in &mut tracks {
            track.settle_last(reached, &self.clock);
        }
        let last = tracks.iter().filter_map(|t| t.open_msn()).max();
        let newest = tracks.iter().filter(|t| t.open_msn() == last);
        let end = newest.filter_map(|t| t.open_end()).max().unwrap_or_default();
        for track in tracks {
            advance(track, &session.bounds, u64::MAX, None, &self.clock);
            track.close(end, &self.clock);
        }
        self.divide_periods();
        self.periods.end(end);
        self.after_close();
    }

    /// Sound whose segment is known by now: up to the newest picture, or far ahead of pictures that stall.
    fn release_audio(&mut self) {
        while let (Some(front), Some(back)) = (self.waiting.front(), self.waiting.back()) {
            let Some(session) = &self.session else {
                // Before the first key frame: what could still belong to its segment is kept.
                let old = back.pts.nanos_since(front.pts) > LONGEST_AUDIO_WAIT_NANOS;
                if !old && self.waiting.len() <= MOST_WAITING {
                    return;
                }
                self.waiting.pop_front();
                self.dropped += 1;
                continue;
            };
            let stalls = back.pts.nanos_since(session.newest_video) > LONGEST_AUDIO_WAIT_NANOS;
            if front.pts > session.newest_video && !stalls && self.waiting.len() <= MOST_WAITING {
                return;
            }
            if let Some(packet) = self.waiting.pop_front() {
                self.take_audio(packet);
            }
        }
    }

    /// Puts a packet of sound into its segment; divides by time where no key frame did.
    fn take_audio(&mut self, packet: Packet) {
        let Some(track) = &self.audio else { return };
        if track.open_bytes() + packet.data.len() > self.config.max_segment_bytes {
            self.dropped += 1;
            return;
        }
        if self.session.is_none() {
            self.begin_segment(packet.pts, TrackKind::Audio);
        } else if !self.follow(&packet) {
            self.dropped += 1;
            return;
        } else {
            self.divide_audio(&packet);
        }
        let limit = self.limit();
        if let (Some(session), Some(track)) = (&mut self.session, &mut self.audio) {
            session.newest = session.newest.max(packet.dts);
            if track.reaches(limit, packet.dts) {
                track.settle(None, &self.clock);
            }
            track.push(packet, &self.clock);
        }
    }

    /// Advances the packet's track to the newest segment that begins no later than the packet's presentation;
    /// false where it comes before the segment that is open.
    fn follow(&mut self, packet: &Packet) -> bool {
        let limit = self.limit();
        let (Some(session), Some(track)) = (
            &self.session,
            match packet.kind {
                TrackKind::Video => &mut self.video,
                TrackKind::Audio => &mut self.audio,
            },
        ) else {
            return false;
        };
        let begun = session
            .bounds
            .iter()
            .rev()
            .find(|(_, start)| *start <= packet.pts);
        let (Some((head, _)), Some(open)) = (begun, track.open_msn()) else {
            return false;
        };
        let msn = head.msn;
        // A silence over whole segments is a gap, not one long sample.
        let adjoins = msn == open + 1 && !track.reaches(limit, packet.dts);
        advance(
            track,
            &session.bounds,
            msn,
            adjoins.then_some(packet.dts),
            &self.clock,
        );
        msn >= open
    }

    fn divide_video(&mut self, packet: &Packet) {
        self.cut_before_pending(TrackKind::Video, packet.dts);
        let Some(track) = &mut self.video else { return };
        if packet.key && track.length_at(packet.dts) >= LEAST_SEGMENT_NANOS {
            track.settle(Some(packet.dts), &self.clock);
            self.begin_segment(packet.pts, TrackKind::Video);
        }
    }

    fn divide_audio(&mut self, packet: &Packet) {
        self.cut_before_pending(TrackKind::Audio, packet.dts);
        let target = i64::from(self.target.unwrap_or(LEAST_TARGET)) * 1_000_000_000;
        let Some(track) = &mut self.audio else { return };
        if !self.has_video && track.length_at(packet.dts) >= target {
            track.settle(Some(packet.dts), &self.clock);
            self.begin_segment(packet.pts, TrackKind::Audio);
        }
    }

    /// Where the open segment would last too long up to `dts`, the pending packet begins another one.
    fn cut_before_pending(&mut self, kind: TrackKind, dts: Timestamp) {
        let limit = self.limit();
        let track = match kind {
            TrackKind::Video => &self.video,
            TrackKind::Audio => &self.audio,
        };
        let Some(track) = track else { return };
        if let Some(pending) = track.pending()
            && track.has_taken()
            && track.reaches(limit, dts)
        {
            self.begin_segment(pending.pts, kind);
        }
    }

    /// Begins a segment of the schedule at `start`, and the session where there is none. The track that
    /// leads goes there at once; the other one follows, at the latest a whole segment behind.
    fn begin_segment(&mut self, start: Timestamp, leader: TrackKind) {
        let first = self.session.is_none();
        let newest = self.session.as_ref().and_then(|session| session.bounds.back());
        if newest.is_some_and(|(_, begun)| start <= *begun) {
            // The other track has divided further ahead: this one follows there.
            return;
        }
        let head = self.number(first, start);
        let session = self.session.get_or_insert_with(|| Session {
            bounds: VecDeque::new(),
            newest: start,
            newest_video: start,
        });
        session.bounds.push_back((head.clone(), start));
        let (leads, follows, present) = match leader {
            TrackKind::Video => (&mut self.video, &mut self.audio, self.has_audio),
            TrackKind::Audio => (&mut self.audio, &mut self.video, self.has_video),
        };
        if let Some(track) = leads {
            track.cut(head.clone(), start, &self.clock);
        }
        if let Some(track) = follows {
            if first {
                track.cut(head, start, &self.clock);
            } else {
                let behind = u64::from(present);
                advance(track, &session.bounds, head.msn - behind, None, &self.clock);
            }
        }
        let open = [&self.video, &self.audio]
            .into_iter()
            .flatten()
            .filter_map(Track::open_msn)
            .min();
        session.bounds.retain(|(head, _)| Some(head.msn) >= open);
        self.after_close();
    }

    /// The next segment's head. A stream's first number is that of the second of the day of its beginning;
    /// after that a playlist can't leave numbers out.
    fn number(&mut self, first: bool, start: Timestamp) -> Head {
        let begun = self.tracks().any(|t| !t.segments.is_empty());
        if first
            && !begun
            && let Some(utc) = self.clock.utc(start)
        {
            let second = u64::try_from(utc.as_micros().div_euclid(1_000_000)).unwrap_or(0);
            self.next_msn = self.next_msn.max(second);
        }
        if !begun {
            self.first_msn = Some(self.next_msn);
        }
        let discontinuity = first && begun;
        self.discontinuities += u64::from(discontinuity);
        let msn = self.next_msn;
        self.next_msn += 1;
        Head {
            msn,
            version: 0,
            discontinuity,
            discontinuities: self.discontinuities,
            utc: None,
        }
    }

    /// Fixes the target duration at the first segment, and lets go of what is too old.
    fn after_close(&mut self) {
        let newest = self.tracks().filter_map(|t| t.segments.back());
        let longest = newest.map(|s| s.duration).max();
        if let (None, Some(longest)) = (self.target, longest) {
            let seconds = u32::try_from((longest + UNITS / 2) / UNITS).unwrap_or(LONGEST_FIRST_GOP);
            self.target = Some(seconds.max(LEAST_TARGET));
        }
        self.let_go();
    }

    /// Nanoseconds that no segment may reach: EXTINF rounds to the target duration up to there.
    fn limit(&self) -> i64 {
        i64::from(self.target.unwrap_or(LONGEST_FIRST_GOP)) * 1_000_000_000 + 500_000_000
    }
}

/// Takes a track through the schedule up to segment `msn`. What is pending lasts until `next`, or a nominal
/// frame.
fn advance(
    track: &mut Track,
    bounds: &VecDeque<(Head, Timestamp)>,
    msn: u64,
    next: Option<Timestamp>,
    clock: &Clock,
) {
    let Some(open) = track.open_msn() else { return };
    let ahead = || {
        bounds
            .iter()
            .filter(|(head, _)| head.msn > open && head.msn <= msn)
    };
    if ahead().next().is_some() {
        track.settle(next, clock);
    }
    for (head, start) in ahead() {
        track.cut(head.clone(), *start, clock);
    }
}
