//! What the socket and the painter share: the page that looks on. A newer page takes the place of an older.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use api::preview::Message;
use bytes::Bytes;
use media::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::viewer::{Numbered, Refusal, Viewer};

/// Pictures between the painter and the socket.
const PICTURES: usize = api::preview::IN_FLIGHT as usize;

/// The page that looks on, if there is one.
#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    seat: Option<Seat>,
    pages: u64,
    closed: bool,
    /// No page is sent more pictures a second.
    most: Option<u32>,
}

struct Seat {
    page: u64,
    viewer: Viewer,
    pictures: mpsc::Sender<Bytes>,
    replaced: CancellationToken,
}

/// A page's way through the gate.
pub(super) struct Pass {
    pub(super) page: u64,
    pub(super) pictures: mpsc::Receiver<Bytes>,
    /// Cancelled when a newer page has come.
    pub(super) replaced: CancellationToken,
}

/// What the painter has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A picture may be wanted of the next program frame.
    Picture,
    /// Nobody looks at anything.
    Nothing,
    /// The end.
    End,
}

/// A picture that is to be made.
pub(super) struct Order {
    page: u64,
    pub(super) numbered: Numbered,
}

impl Gate {
    /// A page comes in; the one before it is told.
    pub(super) fn enter(&self) -> Pass {
        let (sender, pictures) = mpsc::channel(PICTURES);
        let replaced = CancellationToken::new();
        let mut state = self.lock();
        state.pages += 1;
        let page = state.pages;
        let mut viewer = Viewer::default();
        viewer.hold_to(state.most);
        let before = state.seat.replace(Seat {
            page,
            viewer,
            pictures: sender,
            replaced: replaced.clone(),
        });
        drop(state);
        if let Some(before) = before {
            before.replaced.cancel();
        }
        self.changed.notify_all();
        Pass {
            page,
            pictures,
            replaced,
        }
    }

    /// What page `page` says.
    pub(super) fn hear(&self, page: u64, message: Message) -> Result<(), Refusal> {
        let mut state = self.lock();
        let seat = state.seat.as_mut().filter(|seat| seat.page == page);
        let viewer = &mut seat.ok_or(Refusal::Replaced)?.viewer;
        match message {
            Message::Token(_) => return Err(Refusal::Unclear("the token comes once".to_owned())),
            Message::Look(look) => viewer.look(look)?,
            Message::Drawn(n) => viewer.drawn(n)?,
        }
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    /// Page `page` has gone.
    pub(super) fn leave(&self, page: u64) {
        let mut state = self.lock();
        if state.seat.as_ref().is_some_and(|seat| seat.page == page) {
            state.seat = None;
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Whether a page looks at something.
    pub(super) fn is_looked_through(&self) -> bool {
        let state = self.lock();
        let seat = state.seat.as_ref();
        seat.is_some_and(|seat| seat.viewer.looks_at().is_some())
    }

    /// From now on no page is sent more than so many pictures a second.
    pub(super) fn hold_to(&self, most: Option<u32>) {
        let mut state = self.lock();
        state.most = most;
        if let Some(seat) = &mut state.seat {
            seat.viewer.hold_to(most);
        }
    }

    /// No more pictures.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Whether there are no more pictures.
    pub(super) fn has_ended(&self) -> bool {
        self.lock().closed
    }

    /// What is to be done now; waits while that is nothing and `known` says so, or while the page has not drawn what
    /// was sent.
    pub(super) fn wish(&self, known: Wish) -> Wish {
        let mut state = self.lock();
        loop {
            let wish = state.wish();
            match wish {
                Some(Wish::Nothing) if known == Wish::Nothing => {}
                Some(wish) => return wish,
                None => {}
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a picture of the program frame of `tick` is to be made.
    pub(super) fn order(&self, tick: Timestamp, scene: &str, covered: bool) -> Option<Order> {
        let mut state = self.lock();
        let seat = state.seat.as_mut()?;
        let due = seat.viewer.is_due(tick, scene, covered);
        Some(Order {
            page: seat.page,
            numbered: seat.viewer.looks_at().filter(|_| due)?,
        })
    }

    /// A picture for who ordered it is ready to be sent: its number, and the way out. Its message is made without the
    /// lock, for which the socket's threads would wait.
    pub(super) fn number(&self, order: &Order) -> Option<(u64, mpsc::OwnedPermit<Bytes>)> {
        let mut state = self.lock();
        let seat = state.seat.as_mut().filter(|seat| seat.page == order.page)?;
        // There is room: no more are in flight than fit.
        let way = seat.pictures.clone().try_reserve_owned().ok()?;
        Some((seat.viewer.send(), way))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// `None` while the page has not drawn what was sent.
    fn wish(&self) -> Option<Wish> {
        if self.closed {
            return Some(Wish::End);
        }
        let viewer = self.seat.as_ref().map(|seat| &seat.viewer);
        match viewer.filter(|v| v.looks_at().is_some()) {
            None => Some(Wish::Nothing),
            Some(viewer) => viewer.has_credit().then_some(Wish::Picture),
        }
    }
}
