//! RTP timestamps of sound and pictures on one line of milliseconds.

use std::time::{Instant, SystemTime};

use media::TrackKind;

/// Between two reckonings of where a track lies, what is less than this is let be, in nanoseconds.
const SLACK: i64 = 15_000_000;

/// Where each track lies. A track lies where its first packet arrived, until the sender's reports say how its two clocks
/// belong together (RFC 3550, 6.4.1): then sound goes where pictures want it.
#[derive(Debug, Default)]
pub(super) struct Times {
    start: Option<Instant>,
    tracks: [Option<Track>; 2],
}

#[derive(Clone, Copy, Debug)]
struct Track {
    /// Nanoseconds on the line less those of the track's own clock.
    offset: i64,
    /// The moment of the sender's clock, in nanoseconds since 1970, less those of the track's own.
    sender: Option<i64>,
}

/// One access unit's times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    /// RTP timestamp without a wrap, and its ticks a second.
    pub(super) ticks: u64,
    pub(super) clock: u32,
    pub(super) arrived: Instant,
    pub(super) report: Option<(u64, SystemTime)>,
}

impl Times {
    /// Milliseconds on the line.
    pub(super) fn place(&mut self, kind: TrackKind, stamp: &Stamp) -> i64 {
        let start = *self.start.get_or_insert(stamp.arrived);
        let own = nanos(stamp.ticks, stamp.clock);
        let since = stamp.arrived.saturating_duration_since(start).as_nanos() as i64;
        let track = self.tracks[kind as usize].get_or_insert(Track {
            offset: since - own,
            sender: None,
        });
        if let Some((ticks, at)) = stamp.report {
            let utc = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            track.sender = Some(utc.as_nanos() as i64 - nanos(ticks, stamp.clock));
        }
        let offset = track.offset;
        if kind == TrackKind::Audio {
            self.bring_together();
        }
        let offset = self.tracks[kind as usize].map_or(offset, |track| track.offset);
        (own + offset).div_euclid(1_000_000).max(0)
    }

    /// Sound lies where the sender's reports put it beside the pictures.
    fn bring_together(&mut self) {
        let [Some(video), Some(audio)] = &mut self.tracks else {
            return;
        };
        if let (Some(pictures), Some(sound)) = (video.sender, audio.sender) {
            let wanted = video.offset + sound - pictures;
            if (wanted - audio.offset).abs() > SLACK {
                audio.offset = wanted;
            }
        }
    }
}

fn nanos(ticks: u64, clock: u32) -> i64 {
    (i128::from(ticks) * 1_000_000_000 / i128::from(clock.max(1))) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn tracks_lie_where_they_arrive_until_the_sender_says_how_they_belong_together() {
        let (mut times, start) = (Times::default(), Instant::now());
        let utc = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let mut at = |kind, ticks, clock, ms, report| {
            let arrived = start + Duration::from_millis(ms);
            let stamp = Stamp {
                ticks,
                clock,
                arrived,
                report,
            };
            times.place(kind, &stamp)
        };
        assert_eq!(at(TrackKind::Video, 900_000, 90_000, 0, None), 0);
        assert_eq!(
            at(TrackKind::Video, 903_000, 90_000, 90, None),
            33,
            "jitter is the network's"
        );
        assert_eq!(at(TrackKind::Audio, 48_000, 48_000, 100, None), 100);
        assert_eq!(at(TrackKind::Audio, 48_960, 48_000, 110, None), 120);
        // The first sound belongs 40 ms after the first picture, not 100.
        let report = |ticks, ms| Some((ticks, utc + Duration::from_millis(ms)));
        assert_eq!(at(TrackKind::Video, 906_000, 90_000, 130, report(900_000, 0)), 66);
        assert_eq!(at(TrackKind::Audio, 49_920, 48_000, 140, report(48_000, 40)), 80);
        assert_eq!(
            at(TrackKind::Audio, 50_880, 48_000, 160, report(48_000, 50)),
            100,
            "less than is heard"
        );
    }
}
