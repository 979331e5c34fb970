//! Making a connection: a fresh try at each due moment, whatever the earlier ones do.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use uplink::{Attempt, Reconnect};

use super::Destination;
use super::line::{Line, LineError};
use super::route::Route;

/// A connection that takes the show. Where the server has moved us, every other try goes there, the first too.
/// `held`: the server may still hold a connection of ours.
pub(super) async fn connect(
    destination: &Destination,
    moved: Option<&Route>,
    reconnect: &mut Reconnect,
    held: bool,
) -> Line {
    let mut links = destination.links.clone();
    links.mark_unchanged();
    let mut tries = Tries::default();
    loop {
        let due = reconnect.due().unwrap_or_else(Instant::now);
        tokio::select! {
            () = tokio::time::sleep_until(due.into()) => {
                if let Some(Attempt(number)) = reconnect.poll(Instant::now()) {
                    let there = moved.filter(|_| number % 2 == 1);
                    tries.begin(there.unwrap_or(&destination.route));
                }
            }
            () = changed(&mut links) => reconnect.link_returned(Instant::now()),
            Some(Ok(result)) = tries.all.join_next() => match result {
                Ok(line) => return line,
                Err(error) => {
                    destination.lock().failed_tries += 1;
                    destination.failed(&error);
                    match error.is_refusal() {
                        true if held => reconnect.held(Instant::now()),
                        true => reconnect.refused(Instant::now()),
                        false => {}
                    }
                }
            },
        }
    }
}

/// Until this machine's links change; forever where nobody tells.
pub(super) async fn changed(links: &mut watch::Receiver<()>) {
    if links.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The tries under way.
#[derive(Default)]
struct Tries {
    all: JoinSet<Result<Line, LineError>>,
    /// The oldest first; some of them have ended.
    handles: VecDeque<AbortHandle>,
}

impl Tries {
    /// One more; the oldest makes room, where it may.
    fn begin(&mut self, route: &Route) {
        self.handles.retain(|handle| !handle.is_finished());
        if self.handles.len() >= route.tries() {
            // One by WHIP takes a while on a bad line, and another would begin from nothing.
            if route.tries() == 1 {
                return;
            }
            self.handles.pop_front().inspect(AbortHandle::abort);
        }
        let handle = self.all.spawn(route.clone().connect());
        self.handles.push_back(handle);
    }
}

/// [`connect`] on its own, beside a connection that has fallen silent.
pub(super) async fn connect_anew(destination: Arc<Destination>, moved: Option<Route>) -> Line {
    let mut reconnect = Reconnect::new(Instant::now(), destination.seed);
    connect(&destination, moved.as_ref(), &mut reconnect, true).await
}
