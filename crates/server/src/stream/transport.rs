//! Segments as transport streams: muxed by the first who asks, once for all.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use packager::{MuxError, Packager, Unmuxed};

/// So many of the newest that somebody asked for are kept.
const KEPT: usize = 6;

/// A segment of all tracks.
#[derive(Debug)]
pub(crate) struct Muxed {
    from: Unmuxed,
    made: OnceLock<Result<Bytes, MuxError>>,
}

impl Muxed {
    /// The transport stream. It is made where it is first asked for, not under the stream's lock.
    ///
    /// # Errors
    /// It can't be made.
    pub(crate) fn bytes(&self) -> Result<Bytes, MuxError> {
        self.made.get_or_init(|| self.from.mux()).clone()
    }
}

/// Those of a stream.
#[derive(Debug, Default)]
pub(crate) struct Transports(VecDeque<(u64, Arc<Muxed>)>);

impl Transports {
    /// Segment `msn`; none where there is no such one.
    pub(crate) fn get(&mut self, packager: &Packager, msn: u64) -> Option<Arc<Muxed>> {
        if let Some((_, muxed)) = self.0.iter().find(|(number, _)| *number == msn) {
            return Some(Arc::clone(muxed));
        }
        let muxed = Arc::new(Muxed {
            from: packager.unmuxed(msn)?,
            made: OnceLock::new(),
        });
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((msn, Arc::clone(&muxed)));
        Some(muxed)
    }
}
