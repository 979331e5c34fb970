//! The one thread that waits for libsrt's events and wakes tasks.
//!
//! Why no wake-up is lost. Sockets are watched by edge: libsrt tells once when a socket becomes ready, and
//! lowers the state again when a call finds nothing to take or no room. A task (1) enters itself as waiting,
//! (2) tries, and (3) sleeps only if the try said "again". An edge before (2) is seen by the try; one after
//! (1) wakes the task, however late the try was. So an edge that falls between try and sleep can't be missed,
//! and a task that is dropped while it waits takes no one else's wake-up with it, as an edge wakes all.
//!
//! libsrt lowers and raises a state under different locks, though, so an edge of its own can be missing (its
//! issue 2179), and a sender's drop of late messages happens only when it is asked to send. Who waits looks
//! again after a while, so that costs time, never a hang.
//!
//! Removal while waiting: the entry goes first, then the watch, then the socket. libsrt looks its tables up
//! anew in every round of the wait, an event that was on its way finds no entry, and numbers of sockets come
//! again only after a billion others.

use std::collections::HashMap;
use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Builder, JoinHandle};
use std::time::Duration;

use tokio::sync::Notify;

use crate::raw::{self, Failure};
use crate::sys::{self, SRTSOCKET};
use crate::{Error, library};

/// How long who waits to read relies on an edge alone.
const LOOK_READ: Duration = Duration::from_millis(500);
/// How long who waits for room does: short, as libsrt drops late messages only when it is asked to send.
const LOOK_WRITE: Duration = Duration::from_millis(20);
/// How long the thread waits before it looks whether there are sockets at all.
const ROUND_MS: i64 = 1000;
/// Events taken at once.
const EVENTS: usize = 256;

/// What a socket is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Interest {
    /// A message or a connection to take.
    Read,
    /// Room to send, or the end of connecting.
    Write,
}

#[derive(Default)]
struct Wakers {
    read: Notify,
    write: Notify,
}

impl Wakers {
    fn wake(&self, events: c_int) {
        if events & (sys::SRT_EPOLL_IN | sys::SRT_EPOLL_ERR) != 0 {
            self.read.notify_waiters();
        }
        if events & (sys::SRT_EPOLL_OUT | sys::SRT_EPOLL_ERR) != 0 {
            self.write.notify_waiters();
        }
    }
}

type Sockets = HashMap<SRTSOCKET, Arc<Wakers>>;

struct Reactor {
    eid: c_int,
    sockets: Mutex<Sockets>,
    /// Told when the first socket is entered, and at the end.
    occupied: Condvar,
    ended: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The process's reactor, once it was needed.
static REACTOR: OnceLock<&Reactor> = OnceLock::new();

/// A lock whose holder can't leave things half done: a panic there changes nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reactor {
    fn get() -> Result<&'static Self, Error> {
        static STARTING: Mutex<()> = Mutex::new(());
        if let Some(reactor) = REACTOR.get() {
            return Ok(reactor);
        }
        let _starting = lock(&STARTING);
        if let Some(reactor) = REACTOR.get() {
            return Ok(reactor);
        }
        library::start()?;
        let eid = raw::check(sys::srt_epoll_create())?;
        sys::srt_epoll_set(eid, sys::SRT_EPOLL_ENABLE_EMPTY);
        // One for the process, as its thread is.
        let reactor: &'static Self = Box::leak(Box::new(Self {
            eid,
            sockets: Mutex::default(),
            occupied: Condvar::new(),
            ended: AtomicBool::new(false),
            thread: Mutex::default(),
        }));
        let thread = Builder::new().name("srt-events".into()).spawn(|| reactor.run());
        *lock(&reactor.thread) = Some(thread.map_err(Error::Io)?);
        library::at_exit(end);
        Ok(REACTOR.get_or_init(|| reactor))
    }

    fn run(&self) {
        let mut events = [sys::SRT_EPOLL_EVENT::default(); EVENTS];
        while self.wait_for_sockets() {
            match raw::wait(self.eid, &mut events, ROUND_MS) {
                Ok(n) => self.wake(&events[..n]),
                // The epoll is gone: the process ends.
                Err(_) => return,
            }
        }
    }

    /// Sleeps while there are no sockets; false at the end.
    fn wait_for_sockets(&self) -> bool {
        let going = |sockets: &mut Sockets| sockets.is_empty() && !self.ended.load(Ordering::Acquire);
        let sockets = self.occupied.wait_while(lock(&self.sockets), going);
        drop(sockets.unwrap_or_else(PoisonError::into_inner));
        !self.ended.load(Ordering::Acquire)
    }

    fn wake(&self, events: &[sys::SRT_EPOLL_EVENT]) {
        for event in events {
            let wakers = lock(&self.sockets).get(&event.fd).cloned();
            if let Some(wakers) = wakers {
                wakers.wake(event.events);
            }
        }
    }
}

/// Ends the thread before libsrt's destructor takes its tables away.
extern "C" fn end() {
    let Some(reactor) = REACTOR.get() else { return };
    let sockets = lock(&reactor.sockets);
    reactor.ended.store(true, Ordering::Release);
    drop(sockets);
    reactor.occupied.notify_all();
    sys::srt_epoll_release(reactor.eid);
    if let Some(thread) = lock(&reactor.thread).take()
        && thread.thread().id() != thread::current().id()
    {
        // It catches no panic, and has none to tell of at the end.
        let _ = thread.join();
    }
}

/// A socket that the reactor watches until this is dropped.
pub(crate) struct Watch {
    socket: SRTSOCKET,
    wakers: Arc<Wakers>,
    reactor: &'static Reactor,
}

impl Watch {
    pub(crate) fn new(socket: SRTSOCKET) -> Result<Self, Error> {
        let reactor = Reactor::get()?;
        let watch = Self {
            socket,
            wakers: Arc::default(),
            reactor,
        };
        lock(&reactor.sockets).insert(socket, watch.wakers.clone());
        reactor.occupied.notify_one();
        let events = sys::SRT_EPOLL_IN | sys::SRT_EPOLL_OUT | sys::SRT_EPOLL_ERR | sys::SRT_EPOLL_ET;
        raw::check(sys::srt_epoll_add_usock(reactor.eid, socket, &events))?;
        Ok(watch)
    }

    /// Tries until it doesn't say "again", and sleeps between tries until the socket may be ready.
    pub(crate) async fn until<T>(
        &self,
        interest: Interest,
        mut attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (waiting, look) = match interest {
            Interest::Read => (&self.wakers.read, LOOK_READ),
            Interest::Write => (&self.wakers.write, LOOK_WRITE),
        };
        loop {
            // Waiting begins here, before the try.
            let edge = waiting.notified();
            match attempt() {
                Err(failure) if failure.is_again() => {}
                result => return result,
            }
            // An edge and its absence are the same: look again.
            let _ = tokio::time::timeout(look, edge).await;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        lock(&self.reactor.sockets).remove(&self.socket);
        // A socket that libsrt has given up already isn't watched any more.
        sys::srt_epoll_remove_usock(self.reactor.eid, self.socket);
    }
}
