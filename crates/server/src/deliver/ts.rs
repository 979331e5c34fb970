//! A stream as a transport stream.

use bytes::{Bytes, BytesMut};
use container::flv::{self, Tag};
use container::ts::{Error, Muxer};
use media::{Packet, Timestamp};

use crate::stream::{Frame, Media, Tracks};

/// FLV tags in, whole transport packets out, for one player.
#[derive(Debug, Default)]
pub(super) struct TransportWriter {
    tracks: Tracks,
    muxer: Option<Muxer>,
    /// The version of the tracks that the muxer knows.
    version: u64,
}

impl TransportWriter {
    /// Appends `tags` to `out`. What can't be read is passed over.
    ///
    /// # Errors
    /// [`Error::Codec`] and others of [`Muxer`]: the stream can't be written.
    pub(super) fn write(&mut self, tags: &Bytes, out: &mut BytesMut) -> Result<(), Error> {
        for tag in flv::tags(tags) {
            if let Ok(Media::Frame(frame)) = self.tracks.read(&tag) {
                self.follow()?.write(&packet(&tag, frame), out)?;
            }
        }
        Ok(())
    }

    /// The muxer, of the tracks as they are.
    fn follow(&mut self) -> Result<&mut Muxer, Error> {
        let (version, tracks) = (self.tracks.version(), self.tracks.list());
        let muxer = match self.muxer.take() {
            Some(muxer) if version == self.version => muxer,
            Some(mut muxer) => {
                muxer.set_tracks(&tracks)?;
                muxer
            }
            None => Muxer::new(&tracks)?,
        };
        self.version = version;
        Ok(self.muxer.insert(muxer))
    }
}

fn packet(tag: &Tag, frame: Frame) -> Packet {
    let dts = i64::from(tag.timestamp);
    Packet {
        kind: frame.kind,
        track: 0,
        pts: Timestamp::from_millis(dts + i64::from(frame.composition_ms)),
        dts: Timestamp::from_millis(dts),
        key: frame.key,
        data: frame.data,
    }
}
