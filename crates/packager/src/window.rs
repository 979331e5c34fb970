//! Which segments are listed, and how long they can be fetched.

use std::ops::Range;

use media::Timestamp;

use crate::config::LONGEST_FIRST_GOP;
use crate::segment::Segment;
use crate::track::Track;
use crate::{Config, Packager};

/// How far back a playlist or manifest reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// The newest [`Config::window`] segments: small, for who watches live.
    Live,
    /// All that is kept, [`Config::rewind`] at most: for who was late.
    Rewind,
}

impl Extent {
    /// What is added to a playlist's name.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Live => "",
            Self::Rewind => "-rewind",
        }
    }
}

impl Packager {
    pub(crate) fn tracks(&self) -> impl Iterator<Item = &Track> + Clone {
        [&self.video, &self.audio].into_iter().flatten()
    }

    /// The complete segments of a playlist, oldest first.
    pub(crate) fn listed<'a>(
        &self,
        track: &'a Track,
        extent: Extent,
    ) -> impl DoubleEndedIterator<Item = &'a Segment> + ExactSizeIterator + use<'a> {
        let skip = match extent {
            Extent::Live => track.segments.len().saturating_sub(self.config.window),
            Extent::Rewind => unlisted(track, self.config.window, self.rewind_from),
        };
        track.segments.range(skip..)
    }

    /// Whether the oldest segments of the stream aren't listed any more.
    pub(crate) fn has_forgotten(&self) -> bool {
        self.first_msn.is_some_and(|first| first < self.rewind_from)
    }

    /// Lets go of segments that left the last playlist three target durations ago, and of what only they needed. That is
    /// what parts are kept for (draft-pantos-hls-rfc8216bis, 6.2.2); segments are to be kept for as long as the playlist is,
    /// which those of the live one are where there is as much again to rewind to. For the longer one it would take its
    /// memory twice.
    pub(crate) fn let_go(&mut self) {
        let starts = self.tracks().map(|t| rewind_from(t, &self.config)).max();
        self.rewind_from = self.rewind_from.max(starts.unwrap_or(0));
        let reached = self.tracks().filter_map(|t| Some(t.segments.back()?.end())).max();
        let Some(reached) = reached else { return };
        let seconds = 3 * u64::from(self.target.unwrap_or(LONGEST_FIRST_GOP));
        let (from, window) = (self.rewind_from, self.config.window);
        for track in [&mut self.video, &mut self.audio].into_iter().flatten() {
            let unlisted = unlisted(track, window, from);
            track.forget(0..unlisted, reached, seconds as i64 * 1_000_000_000);
        }
        let oldest = self
            .tracks()
            .filter_map(|t| t.segments.front())
            .map(|s| s.head.msn);
        if let Some(oldest) = oldest.max() {
            self.periods.forget(oldest.max(from));
        }
    }
}

/// How many of a track's segments are in no playlist: those before number `from`, but never of the newest `window`.
fn unlisted(track: &Track, window: usize, from: u64) -> usize {
    let live = track.segments.len().saturating_sub(window);
    track.segments.partition_point(|s| s.head.msn < from).min(live)
}

/// The first segment that is to be listed for who rewinds.
fn rewind_from(track: &Track, config: &Config) -> u64 {
    let (mut nanos, mut bytes) = (0, 0);
    let kept = track.segments.iter().rev().take_while(|segment| {
        nanos += segment.end().nanos_since(segment.start).max(0);
        bytes += segment.bytes;
        nanos as u128 <= config.rewind.as_nanos() && bytes <= config.rewind_bytes
    });
    let kept = kept.count().max(config.window).min(track.segments.len());
    let first = track.segments.len() - kept;
    track.segments.get(first).map_or(0, |s| s.head.msn)
}

impl Track {
    /// Forgets those of the segments `unlisted` that left the playlists at least `keep` nanoseconds before `now`.
    fn forget(&mut self, unlisted: Range<usize>, now: Timestamp, keep: i64) {
        for segment in self.segments.range_mut(unlisted) {
            segment.left.get_or_insert(now);
        }
        let is_old = |s: &Segment| s.left.is_some_and(|left| now.nanos_since(left) >= keep);
        while self.segments.front().is_some_and(is_old) {
            self.segments.pop_front();
        }
        let oldest = self.segments.front().map_or(self.version, |s| s.head.version);
        self.retain_inits(oldest);
    }
}
