//! From here to another server.

use std::sync::Arc;

use api::server::RelayState;
use bytes::Bytes;
use container::flv::{FourCc, Tag, TagKind, audio, script, tags, video, write_tag};
use rtmp::Target;
use rtmp::io::{Offer, Publisher};
use tokio_util::sync::CancellationToken;
use uplink::Reconnect;

use super::{CONNECT, End, Relay, end};
use crate::stream::{Form, Reader, Stream};

impl Relay {
    /// Publishes `stream` to the other server while it goes on here; none once it is to `stop`.
    pub(super) async fn push_once(
        &self,
        stream: Arc<Stream>,
        pace: &mut Reconnect,
        stop: &CancellationToken,
    ) -> Option<End> {
        let mut target = self.target.clone();
        loop {
            let mut reader = Reader::new(Arc::clone(&stream), Form::Tags);
            let opened = stop.run_until_cancelled(self.open(target, &mut reader)).await?;
            let (publisher, first) = match opened {
                Ok(opened) => opened,
                Err(end) => return Some(end),
            };
            pace.connected();
            self.enter(RelayState::Running);
            match self.hand_on(publisher, first, reader, stop).await? {
                Ok(moved) => target = moved,
                Err(end) => return Some(end),
            }
        }
    }

    /// A publish that is granted, and what of the stream goes there first.
    async fn open(&self, target: Target, reader: &mut Reader) -> Result<(Publisher, Bytes), End> {
        reader.take_all_tracks(true);
        // What the stream begins with says which codecs the other server has to take.
        let Some(first) = reader.next().await else {
            return Err(End::Over);
        };
        let offer = Offer {
            codecs: &codecs(&first, |track| track == 0),
            further: &codecs(&first, |track| track != 0),
            only: self.only,
        };
        let publisher = Publisher::offer(target, offer, CONNECT).await;
        let publisher = publisher.map_err(|error| end(&error))?;
        reader.take_all_tracks(publisher.takes_tracks());
        tracing::info!(stream = %self.stream, server = self.server(), "pushing");
        match publisher.takes_tracks() {
            true => Ok((publisher, first)),
            false => Ok((publisher, main_tracks(&first))),
        }
    }

    /// Hands the stream on, up to its end here or there, or the other server's wish that it be connected to anew, elsewhere; none
    /// once it is to `stop`.
    async fn hand_on(
        &self,
        mut publisher: Publisher,
        first: Bytes,
        mut reader: Reader,
        stop: &CancellationToken,
    ) -> Option<Result<Target, End>> {
        let mut line = Line::default();
        let mut sent = self.send(&mut publisher, &mut line, &first).await;
        loop {
            if let Err(error) = sent {
                return Some(Err(end(&error)));
            }
            if let Some(moved) = publisher.asked_to_reconnect() {
                tracing::info!(stream = %self.stream, server = self.server(), "asked to reconnect");
                return Some(Ok(moved));
            }
            let bytes = tokio::select! {
                bytes = reader.next() => bytes,
                error = publisher.closed() => return Some(Err(end(&error))),
                () = stop.cancelled() => {
                    Self::take_leave(publisher).await;
                    return None;
                }
            };
            let Some(bytes) = bytes else {
                Self::take_leave(publisher).await;
                return Some(Err(End::Over));
            };
            sent = self.send(&mut publisher, &mut line, &bytes).await;
        }
    }

    /// The show is over; whether the other server hears it changes nothing.
    async fn take_leave(publisher: Publisher) {
        let _ = publisher.close().await;
    }

    async fn send(
        &self,
        publisher: &mut Publisher,
        line: &mut Line,
        bytes: &Bytes,
    ) -> Result<(), rtmp::Error> {
        for tag in tags(bytes) {
            if let Some(tag) = line.place(tag) {
                publisher.send(&tag).await?;
                self.status().bytes += tag.data.len() as u64;
            }
        }
        Ok(())
    }
}

/// The number of a tag's track, and its codec: each is of one.
fn track(tag: &Tag) -> Option<(u8, FourCc)> {
    match tag.kind {
        TagKind::Video => video::parts(&tag.data)
            .ok()?
            .next()?
            .ok()
            .map(|p| (p.track, p.codec)),
        TagKind::Audio => audio::parts(&tag.data)
            .ok()?
            .next()?
            .ok()
            .map(|p| (p.track, p.codec)),
        TagKind::Script => None,
    }
}

/// The codecs of those tracks that these tags begin.
fn codecs(bytes: &Bytes, wanted: impl Fn(u8) -> bool) -> Vec<FourCc> {
    let tracks = tags(bytes).filter_map(|tag| track(&tag));
    let mut all: Vec<_> = tracks
        .filter(|(number, _)| wanted(*number))
        .map(|(_, codec)| codec)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// These tags without those of tracks beside the first of each kind.
fn main_tracks(bytes: &Bytes) -> Bytes {
    let main = tags(bytes).filter(|tag| track(tag).is_none_or(|(number, _)| number == 0));
    main.map(|tag| write_tag(&tag))
        .collect::<Vec<_>>()
        .concat()
        .into()
}

/// The line of time of one connection: it begins at 0, as other servers expect it.
#[derive(Debug, Default)]
struct Line {
    begun: Option<u32>,
}

impl Line {
    /// `tag` in its place; none for what is only for our own pages.
    fn place(&mut self, tag: Tag) -> Option<Tag> {
        if tag.kind == TagKind::Script && script::name(&tag.data).as_deref() == Some(script::JOIN) {
            return None;
        }
        let begun = *self.begun.get_or_insert(tag.timestamp);
        // Sound may stand a little before the picture it follows.
        let since = tag.timestamp.wrapping_sub(begun).cast_signed().max(0);
        Some(Tag {
            timestamp: since.cast_unsigned(),
            ..tag
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_tracks_stay_behind_where_they_are_not_taken() {
        let config = [0x11, 0x90];
        let further = [&[0x95, 0x00], &audio::AAC[..], &[1], &config].concat();
        let tag = |data: Bytes| Tag {
            kind: TagKind::Audio,
            timestamp: 0,
            data,
        };
        let both = [tag(audio::sequence_header(&config)), tag(further.into())];
        let [main, further] = both.each_ref().map(write_tag);
        let opening: Bytes = [&main[..], &further].concat().into();
        assert_eq!(codecs(&opening, |track| track == 0), [audio::AAC]);
        assert_eq!(codecs(&opening, |track| track != 0), [audio::AAC]);
        assert_eq!(main_tracks(&opening), main);
    }

    #[test]
    fn a_connections_time_begins_at_0_and_never_before() {
        let mut line = Line::default();
        let mut at = |timestamp| {
            let tag = Tag {
                kind: TagKind::Audio,
                timestamp,
                data: Bytes::from_static(&[0xaf]),
            };
            line.place(tag).map(|tag| tag.timestamp)
        };
        let begin = u32::MAX - 10;
        assert_eq!(
            [begin, begin - 5, begin + 10, 9].map(&mut at),
            [Some(0), Some(0), Some(10), Some(20)]
        );
    }
}
