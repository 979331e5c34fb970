//! Which segments the periods are told of, and when.

use super::Complete;
use crate::Packager;
use crate::track::Track;

impl Packager {
    /// Takes the manifest's periods as far as segments are complete, and to the one that has begun.
    pub(crate) fn divide_periods(&mut self) {
        while let Some(segment) = self.next_complete() {
            let utc = self.clock.utc(segment.end);
            self.periods.complete(&segment, utc);
            self.next_divided = segment.number + 1;
        }
        let begun = self.session.as_ref().and_then(|s| s.begun(self.next_divided));
        if let Some((head, start)) = begun {
            let version =
                |track: &Option<Track>, has: bool| track.as_ref().filter(|_| has).map(|t| t.version);
            let inits = [
                version(&self.video, self.has_video),
                version(&self.audio, self.has_audio),
            ];
            self.next_divided = head.msn;
            self.periods
                .begins(head.msn, *start, inits, self.clock.utc(*start));
        }
    }

    /// The next segment that is complete in each track.
    fn next_complete(&self) -> Option<Complete> {
        let number = self.next_divided;
        if self
            .tracks()
            .any(|t| t.open_msn().is_some_and(|open| open <= number))
        {
            return None;
        }
        let renditions = [&self.video, &self.audio];
        let segments = renditions.map(|track| track.as_ref()?.complete(number));
        let with_media = segments.iter().flatten().find(|s| !s.is_gap());
        let leading = with_media.or(segments.iter().flatten().next())?;
        Some(Complete {
            last: self.session.is_none() && number + 1 == self.next_msn,
            number,
            begin: leading.start,
            end: leading.end(),
            inits: segments.map(|s| s.filter(|s| !s.is_gap()).map(|s| s.head.version)),
        })
    }
}
