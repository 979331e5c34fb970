//! What is wished of a publisher while it publishes.

use api::{Code, Fault};
use tokio::sync::mpsc;

use super::{State, Stream};

/// More wishes than any publisher has not heard yet: what is wished meanwhile is refused.
const WAITING: usize = 4;

/// What a publisher is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To connect anew: there, relative to its own address where it isn't a whole one; none for where it is.
    Reconnect(Option<String>),
}

/// The way to a publisher. It ends when another publisher takes the place.
pub(super) type Wishes = mpsc::Sender<Wish>;

pub(super) fn wishes() -> (Wishes, mpsc::Receiver<Wish>) {
    mpsc::channel(WAITING)
}

impl Stream {
    /// Asks the publisher to connect anew, to `url` or where it is.
    ///
    /// # Errors
    /// [`Code::StreamInterrupted`] without a publisher, [`Code::NotAble`] when it doesn't know such requests,
    /// [`Code::LimitReached`] when it hasn't heard the last ones yet.
    pub fn ask_to_reconnect(&self, url: Option<String>) -> Result<(), Fault> {
        let held = self.held();
        let State::Live(publisher) = &held.state else {
            let message = "Nobody publishes this stream now.";
            return Err(Fault::new(Code::StreamInterrupted, message));
        };
        if !held.who.as_ref().is_some_and(|who| who.reconnects) {
            let message = "This publisher knows no request to reconnect: end and begin the publish there.";
            return Err(Fault::new(Code::NotAble, message));
        }
        publisher.try_send(Wish::Reconnect(url)).map_err(|_| {
            Fault::new(
                Code::LimitReached,
                "The publisher hasn't heard the last requests yet.",
            )
        })
    }
}
