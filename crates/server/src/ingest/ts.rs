//! A publisher's transport stream as FLV tags, which is what streams are made of.

use api::{Code, Fault};
use container::flv::{self, Tag};
use container::ts::{Counters, Demuxer, Event};
use media::{CodecParameters, Packet, Track, TrackKind};

/// Bytes of a transport stream in, tags out.
#[derive(Debug, Default)]
pub(super) struct TransportStream {
    demuxer: Demuxer,
    video: Option<CodecParameters>,
    audio: Option<CodecParameters>,
    /// Time of the last tag.
    timestamp: u32,
}

impl TransportStream {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.demuxer.push(bytes);
    }

    /// The stream has ended: what waits for more is complete.
    pub(super) fn end(&mut self) {
        self.demuxer.flush();
    }

    /// The next tag; none until more is pushed. An error says what the stream has that nobody can read.
    pub(super) fn poll(&mut self) -> Option<Result<Tag, Fault>> {
        loop {
            let tag = match self.demuxer.poll_event()? {
                Event::Track(track) => Some(self.configuration(track)),
                Event::Frame(packet) => self.frame(&packet),
                Event::Unreadable(what) => {
                    let message = format!("The publisher's transport stream can't be used: {what}.");
                    return Some(Err(Fault::new(Code::MediaUnsupported, message)));
                }
                // Streams mend leaps in time by themselves, whatever brings them.
                Event::Program(_) | Event::Discontinuity => None,
            };
            if let Some(tag) = tag {
                return Some(Ok(tag));
            }
        }
    }

    /// What was lost or left out so far.
    pub(super) fn counters(&self) -> Counters {
        self.demuxer.counters()
    }

    fn configuration(&mut self, track: Track) -> Tag {
        let tag = flv::configuration(&track.parameters, self.timestamp);
        let kind = track.parameters.kind();
        *self.parameters(kind) = Some(track.parameters);
        tag
    }

    fn frame(&mut self, packet: &Packet) -> Option<Tag> {
        let tag = flv::access_unit(self.parameters(packet.kind).as_ref()?, packet);
        self.timestamp = tag.timestamp;
        Some(tag)
    }

    fn parameters(&mut self, kind: TrackKind) -> &mut Option<CodecParameters> {
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
            let packet = Packet {
                kind: TrackKind::Audio,
                track: 0,
                pts: Timestamp::from_millis(ms),
                dts: Timestamp::from_millis(ms),
                key: true,
                data: Bytes::from_static(b"raw"),
            };
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
