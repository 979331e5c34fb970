//! What the page, the window and the system ask of the controller.

use api::control::{Command, Outcome};
use api::studio::Failure;
use api::support::{Bundle, SavedBundle};
use api::window::{Choice, Kept, Start, Told};
use tokio::sync::{mpsc, oneshot};

/// Requests that may wait; then whoever asks waits, too.
const WAITING: usize = 64;

/// Tells the page; false once there is none.
pub(crate) type Page = Box<dyn Fn(Told) -> bool + Send>;

/// Something asked of the controller. No `Debug`: one holds a stream key.
pub(crate) enum Request {
    /// Where the pictures come from.
    Start(oneshot::Sender<Start>),
    /// A page wants to be told, instead of the one before.
    Watch(Page),
    /// A command to the show.
    Ask(Command, oneshot::Sender<Outcome>),
    /// Which show it shall be.
    Choose(Choice, oneshot::Sender<Outcome>),
    /// A stream key to store.
    StoreKey {
        name: String,
        key: String,
        answer: oneshot::Sender<Result<Kept, Failure>>,
    },
    /// A support bundle, with the history of an earlier show where one is named.
    MakeBundle(Option<String>, oneshot::Sender<Result<Bundle, Failure>>),
    /// The last bundle that was made, to be saved.
    SaveBundle(oneshot::Sender<Result<SavedBundle, Failure>>),
    /// The page's answer to `closing`.
    Close { end_show: bool },
    /// The window's own button.
    CloseWindow,
    /// The studio was started a second time.
    Focus,
    /// The system wants it to end.
    End,
}

/// Asks the controller. Clones ask the same one.
#[derive(Clone)]
pub(crate) struct Requests(mpsc::Sender<Request>);

/// A way to the controller, and its end of it.
pub(crate) fn requests() -> (Requests, mpsc::Receiver<Request>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Requests(sender), receiver)
}

impl Requests {
    /// Asks for something that isn't answered. Nothing happens once the controller has ended.
    pub(crate) async fn send(&self, request: Request) {
        let _ = self.0.send(request).await;
    }

    /// The same from a thread that can't wait: with so many requests waiting, one more of the same is no loss.
    pub(crate) fn send_now(&self, request: Request) {
        let _ = self.0.try_send(request);
    }

    /// Asks for something, and its answer; `None` once the controller has ended.
    pub(crate) async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.0.send(request(answer)).await.ok()?;
        answered.await.ok()
    }
}
