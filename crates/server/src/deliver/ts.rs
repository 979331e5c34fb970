//! A stream as a transport stream.

use bytes::{Bytes, BytesMut};
use container::flv;
use container::ts::{Error, Muxer};

use crate::stream::{Media, Tracks};

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
                let packet = frame.packet(tag.timestamp.into());
                self.follow()?.write(&packet, out)?;
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
