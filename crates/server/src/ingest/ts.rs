//! A publisher's transport stream as FLV tags, which is what streams are made of.

use std::collections::VecDeque;

use api::{Code, Fault};
use container::flv::{self, Tag};
use container::ts::{Counters, Demuxer, Event, Program};
use media::{CodecParameters, Packet, Track, TrackKind};

/// Packets that wait at most for the other track to be known: some two seconds of a show.
const WAITING: usize = 150;

/// Bytes of a transport stream in, tags out.
///
/// Nothing comes before all tracks that the stream promises are known, so that viewers' decoders are told everything at
/// once; one that never comes is waited for in vain for [`WAITING`] packets.
#[derive(Debug, Default)]
pub(super) struct TransportStream {
    demuxer: Demuxer,
    video: Slot,
    audio: Slot,
    waiting: VecDeque<Packet>,
    /// Whether what waits may go.
    open: bool,
    /// Time of the last tag.
    timestamp: u32,
}

/// What is known of a track.
#[derive(Debug, Default)]
struct Slot {
    promised: bool,
    parameters: Option<CodecParameters>,
}

impl TransportStream {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.demuxer.push(bytes);
    }

    /// The stream has ended: what waits for more is complete.
    pub(super) fn end(&mut self) {
        self.demuxer.flush();
        self.open = true;
    }

    /// The next tag; none until more is pushed. An error says what the stream has that nobody can read.
    pub(super) fn poll(&mut self) -> Option<Result<Tag, Fault>> {
        loop {
            while self.open
                && let Some(packet) = self.waiting.pop_front()
            {
                if let Some(tag) = self.frame(&packet) {
                    return Some(Ok(tag));
                }
            }
            match self.demuxer.poll_event()? {
                Event::Program(program) => self.promise(&program),
                Event::Track(track) => return Some(Ok(self.configuration(track))),
                Event::Frame(packet) => {
                    self.waiting.push_back(packet);
                    self.open |= self.is_known() || self.waiting.len() >= WAITING;
                }
                Event::Unreadable(what) => {
                    let message = format!("The publisher's transport stream can't be used: {what}.");
                    return Some(Err(Fault::new(Code::MediaUnsupported, message)));
                }
                // Streams mend leaps in time by themselves, whatever brings them.
                Event::Discontinuity => {}
            }
        }
    }

    /// What was lost or left out so far.
    pub(super) fn counters(&self) -> Counters {
        self.demuxer.counters()
    }

    fn promise(&mut self, program: &Program) {
        let mut read = program.streams.iter().filter(|stream| stream.read);
        self.video.promised = read.clone().any(|stream| stream.kind.is_video());
        self.audio.promised = read.any(|stream| stream.kind.is_audio());
        self.open = self.is_known();
    }

    fn is_known(&self) -> bool {
        let known = |slot: &Slot| !slot.promised || slot.parameters.is_some();
        known(&self.video) && known(&self.audio)
    }

    fn configuration(&mut self, track: Track) -> Tag {
        let tag = flv::configuration(&track.parameters, self.timestamp);
        let kind = track.parameters.kind();
        self.slot(kind).parameters = Some(track.parameters);
        tag
    }

    fn frame(&mut self, packet: &Packet) -> Option<Tag> {
        let parameters = self.slot(packet.kind).parameters.as_ref()?;
        let tag = flv::access_unit(parameters, packet);
        self.timestamp = tag.timestamp;
        Some(tag)
    }

    fn slot(&mut self, kind: TrackKind) -> &mut Slot {
        match kind {
            TrackKind::Video => &mut self.video,
            TrackKind::Audio => &mut self.audio,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::{Bytes, BytesMut};
    use container::aac;
    use container::flv::TagKind;
    use container::ts::Muxer;
    use media::Timestamp;

    #[test]
    fn what_a_studio_sends_comes_out_as_tags() {
        let sound = aac::parameters(&aac::AudioSpecificConfig::lc(48_000, 2).unwrap()).unwrap();
        let track = Track {
            id: 0,
            parameters: CodecParameters::Audio(sound),
        };
        let mut muxer = Muxer::new(std::slice::from_ref(&track)).unwrap();
        let mut bytes = BytesMut::new();
        for ms in [20, 41] {
            let packet = Packet::at(
                TrackKind::Audio,
                Timestamp::from_millis(ms),
                true,
                Bytes::from_static(b"raw"),
            );
            muxer.write(&packet, &mut bytes).unwrap();
        }
        let mut stream = TransportStream::default();
        stream.push(&bytes);
        let tags: Vec<_> = std::iter::from_fn(|| stream.poll()).map(Result::unwrap).collect();
        let times: Vec<_> = tags.iter().map(|tag| (tag.kind, tag.timestamp)).collect();
        assert_eq!(
            times,
            [(TagKind::Audio, 0), (TagKind::Audio, 20), (TagKind::Audio, 41)]
        );
        assert_eq!(tags[0], flv::configuration(&track.parameters, 0));
        assert!(tags[2].data.ends_with(b"raw"));
    }
}
