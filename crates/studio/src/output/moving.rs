//! Going over to where a server asks a publisher to connect anew.
//!
//! The new connection is made while the old one goes on, and takes over at a key frame: viewers miss nothing.

use rtmp::io::Publisher;
use rtmp::{Error, Target};
use tokio_util::task::AbortOnDropHandle;

use super::rtmp::TRY;

/// A move under way, if there is one.
#[derive(Debug, Default)]
pub(super) struct Moving(Option<Made>);

#[derive(Debug)]
struct Made {
    target: Target,
    publisher: AbortOnDropHandle<Result<Publisher, Error>>,
}

/// Who goes on from a key frame.
pub(super) enum Next {
    /// Who did before.
    Same(Publisher),
    /// A new connection, and where it is.
    Moved(Publisher, Target),
}

impl Moving {
    /// Begins to connect to `target`; what was begun before is given up.
    pub(super) fn begin(&mut self, target: Target) {
        let publisher = tokio::spawn(Publisher::connect(target.clone(), TRY));
        let publisher = AbortOnDropHandle::new(publisher);
        self.0 = Some(Made { target, publisher });
    }

    /// Who goes on from here, before a key frame. A move that failed is given up: the old connection is as good as it
    /// was.
    ///
    /// # Errors
    /// The old connection had to make room, and then the new one couldn't be made.
    pub(super) async fn at_key(&mut self, old: Publisher) -> Result<Next, Error> {
        let Some(Made { target, publisher }) = self.0.take_if(|made| made.publisher.is_finished()) else {
            return Ok(Next::Same(old));
        };
        match publisher.await {
            Ok(Ok(new)) => Ok(Next::Moved(new, target)),
            // The same server, where the old connection has the stream.
            Ok(Err(Error::Rejected { .. })) => {
                drop(old);
                let new = Publisher::connect(target.clone(), TRY).await?;
                Ok(Next::Moved(new, target))
            }
            Ok(Err(error)) => {
                tracing::warn!(code = error.code(), "a move to another server failed: {error}");
                Ok(Next::Same(old))
            }
            // It can't have panicked or been given up while it is held here; the old one is there all the same.
            Err(_) => Ok(Next::Same(old)),
        }
    }
}
