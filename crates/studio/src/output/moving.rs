//! Going over to where a server asks to connect anew.
//!
//! The new connection is made while the old one goes on, and takes over at a key frame: viewers miss nothing.

use tokio_util::task::AbortOnDropHandle;

use super::line::{Line, LineError};
use super::route::Route;

/// A move under way, if there is one.
#[derive(Debug, Default)]
pub(super) struct Moving(Option<Made>);

#[derive(Debug)]
struct Made {
    route: Route,
    line: AbortOnDropHandle<Result<Line, LineError>>,
}

/// Who goes on from a key frame.
pub(super) enum Next {
    /// Who did before.
    Same(Line),
    /// A new connection, and where it is.
    Moved(Line, Route),
}

impl Moving {
    /// Begins to connect by `route`; what was begun before is given up.
    pub(super) fn begin(&mut self, route: Route) {
        let line = AbortOnDropHandle::new(tokio::spawn(route.clone().connect()));
        self.0 = Some(Made { route, line });
    }

    /// Who goes on from here, before a key frame. A move that failed is given up: the old connection is as good as it
    /// was.
    ///
    /// # Errors
    /// The old connection had to make room, and then the new one couldn't be made.
    pub(super) async fn at_key(&mut self, old: Line) -> Result<Next, LineError> {
        let Some(Made { route, line }) = self.0.take_if(|made| made.line.is_finished()) else {
            return Ok(Next::Same(old));
        };
        match line.await {
            Ok(Ok(new)) => Ok(Next::Moved(new, route)),
            // The same server, where the old connection has the stream.
            Ok(Err(error)) if error.is_refusal() => {
                drop(old);
                let new = route.clone().connect().await?;
                Ok(Next::Moved(new, route))
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
