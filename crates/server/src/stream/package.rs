//! The stream's HLS.

use media::Utc;

use super::tracks::{Media, Tracks};

/// The packager of one stream and the line its packets stand on.
#[derive(Debug, Default)]
pub(crate) struct Package {}

impl Package {
    /// The publisher's session ended.
    pub(crate) fn end_session(&mut self) {}

    /// Takes an access unit. Whether there is something new to ask for.
    pub(crate) fn push(&mut self, _tracks: &Tracks, _stamp: u32, _media: &Media, _utc: Option<Utc>) -> bool {
        false
    }
}
