//! Which tag of a slate comes when.

use container::flv::{Tag, TagKind};
use media::Timestamp;

use super::Round;

/// How far a round has been played. Times are computed from the number of pictures and of packets, never added up; without
/// clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Where it began on the stream's line, in milliseconds.
    begin: i64,
    pictures: u64,
    packets: u64,
}

/// The next tag of a slate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// Its time on the stream's line, in milliseconds: also the tag's own, in 32 bits.
    pub(crate) ms: i64,
    pub(crate) tag: Tag,
}

impl Pace {
    /// From `begin` milliseconds on the stream's line on.
    pub(crate) fn new(begin: i64) -> Self {
        Self {
            begin,
            pictures: 0,
            packets: 0,
        }
    }

    /// The next tag; none where the round has nothing.
    pub(crate) fn next(&mut self, round: &Round) -> Option<Due> {
        let picture = round.pictures.as_ref().map(|p| p.rate.tick(self.pictures));
        let packet = round.sound.as_ref().map(|s| {
            let samples = self.packets.saturating_mul(s.samples.into());
            Timestamp::from_ticks(i64::try_from(samples).unwrap_or(i64::MAX), s.rate)
        });
        // A round begins with its key frame.
        let pictures_next = match (picture, packet) {
            (Some(picture), Some(packet)) => picture <= packet,
            (picture, _) => picture.is_some(),
        };
        if pictures_next {
            let bodies = &round.pictures.as_ref()?.bodies;
            let body = bodies.get((self.pictures % bodies.len() as u64) as usize)?;
            self.pictures += 1;
            return Some(self.due(TagKind::Video, picture?, body));
        }
        let body = &round.sound.as_ref()?.body;
        self.packets += 1;
        Some(self.due(TagKind::Audio, packet?, body))
    }

    fn due(&self, kind: TagKind, at: Timestamp, body: &bytes::Bytes) -> Due {
        let ms = self.begin + at.as_millis();
        let tag = Tag {
            kind,
            timestamp: ms as u32,
            data: body.clone(),
        };
        Due { ms, tag }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use media::FrameRate;

    use super::*;
    use crate::slate::round::{PictureRound, SoundRound};

    fn round(pictures: bool, sound: bool) -> Round {
        let bodies = vec![Bytes::from_static(b"key"), Bytes::from_static(b"same")];
        let rate = FrameRate::new(30_000, 1_001).unwrap();
        Round {
            configurations: Vec::new(),
            pictures: pictures.then_some(PictureRound { rate, bodies }),
            sound: sound.then_some(SoundRound {
                rate: 48_000,
                samples: 1_024,
                body: Bytes::from_static(b"silence"),
            }),
        }
    }

    fn play(round: &Round, count: usize) -> Vec<(i64, Bytes)> {
        let mut pace = Pace::new(5_000);
        let dues = std::iter::from_fn(|| pace.next(round)).take(count);
        dues.map(|due| {
            assert_eq!(i64::from(due.tag.timestamp), due.ms);
            (due.ms, due.tag.data)
        })
        .collect()
    }

    #[test]
    fn pictures_and_sound_come_in_the_order_of_their_times() {
        let played = play(&round(true, true), 7);
        let times: Vec<i64> = played.iter().map(|(ms, _)| ms - 5_000).collect();
        assert_eq!(times, [0, 0, 21, 33, 43, 64, 67]);
        let bodies: Vec<&[u8]> = played.iter().map(|(_, body)| &body[..]).collect();
        assert_eq!(
            bodies,
            [
                &b"key"[..],
                b"silence",
                b"silence",
                b"same",
                b"silence",
                b"silence",
                b"key"
            ]
        );
    }

    #[test]
    fn an_hour_later_no_error_has_grown() {
        let both = round(true, true);
        let mut pace = Pace::new(0);
        let hour = 3_600_000;
        let (mut pictures, mut packets) = (0, 0);
        while let Some(due) = pace.next(&both).filter(|due| due.ms < hour) {
            match due.tag.kind {
                TagKind::Video => pictures += 1,
                _ => packets += 1,
            }
        }
        // 3600 s of 30000/1001 pictures and of 48000/1024 packets.
        assert_eq!((pictures, packets), (107_893, 168_750));
    }

    #[test]
    fn either_can_be_alone_and_nothing_is_nothing() {
        let times = |pictures, sound| {
            play(&round(pictures, sound), 3)
                .into_iter()
                .map(|(ms, _)| ms)
                .collect::<Vec<_>>()
        };
        assert_eq!(times(true, false), [5_000, 5_033, 5_067]);
        assert_eq!(times(false, true), [5_000, 5_021, 5_043]);
        assert!(times(false, false).is_empty());
    }
}
