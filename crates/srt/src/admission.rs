//! Who may connect: asked before a handshake is answered.
#![expect(unsafe_code, reason = "the hook of a listener is called by C")]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::fmt;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libc::sockaddr;

use crate::raw;
use crate::sys::{self, SRTSOCKET};
use crate::{Error, Passphrase};

/// A caller that wants in. `Debug` doesn't show the stream id: it may hold a key.
pub struct Request<'a> {
    /// What it says it wants, at most 512 bytes; empty when it says nothing.
    pub stream_id: &'a str,
    /// Where it calls from.
    pub peer: SocketAddr,
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, [redacted])", self.peer)
    }
}

/// A caller is let in, when its passphrase is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// With the listener's passphrase, or without one when it has none.
    AsListener,
    /// With this passphrase, whatever the listener's is.
    Passphrase(Passphrase),
    /// Without encryption; a caller that has a passphrase is refused.
    Unencrypted,
}

/// Why a caller isn't let in: a code of "SRT Access Control", most of them HTTP's and 1000, or below 1000 one of
/// libsrt's own reasons. Both ends of a connection use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject(pub(crate) i32);

impl Reject {
    /// The stream id can't be understood.
    pub const BAD_REQUEST: Self = Self(1400);
    /// The caller isn't who it says.
    pub const UNAUTHORIZED: Self = Self(1401);
    /// There is no room for one more.
    pub const OVERLOAD: Self = Self(1402);
    /// The caller may not.
    pub const FORBIDDEN: Self = Self(1403);
    /// There is no such stream.
    pub const NOT_FOUND: Self = Self(1404);
    /// The stream can't be used this way.
    pub const BAD_MODE: Self = Self(1405);
    /// Someone publishes there already.
    pub const CONFLICT: Self = Self(1409);
    /// This server failed.
    pub const INTERNAL: Self = Self(1500);
    /// The server is going down.
    pub const DOWN: Self = Self(1503);

    /// A code of one's own, 1000 to 9999.
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            1000..=9999 => Some(Self(code as i32)),
            _ => None,
        }
    }

    /// The number; below 1000 it is libsrt's own (`SRT_REJECT_REASON`).
    pub const fn code(self) -> i32 {
        self.0
    }

    const fn words(self) -> &'static str {
        match self.0 {
            sys::SRT_REJ_BACKLOG | 1402 => "too many connections",
            sys::SRT_REJ_CLOSE | 1503 => "it is closing",
            1400 => "the stream id is not understood",
            1401 => "not authorized",
            1403 => "forbidden",
            1404 => "no such stream",
            1405 => "not in this mode",
            1409 => "the stream is in use",
            1500 => "the server failed",
            _ => "no reason given",
        }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0, self.words())
    }
}

type Admit = Arc<dyn Fn(&Request<'_>) -> Result<Accept, Reject> + Send + Sync>;

/// Who is asked, by the number that libsrt carries for us instead of a pointer: a call that comes after its
/// listener is gone finds nobody, and refuses.
static ASKED: Mutex<Option<HashMap<usize, Admit>>> = Mutex::new(None);

fn asked() -> MutexGuard<'static, Option<HashMap<usize, Admit>>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A listener's place among those who are asked; given up when it is dropped.
pub(crate) struct Admission(usize);

impl Admission {
    /// Has `admit` asked about each connection of `listener`.
    pub(crate) fn new(listener: SRTSOCKET, admit: Admit) -> Result<Self, Error> {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let admission = Self(NEXT.fetch_add(1, Ordering::Relaxed));
        asked().get_or_insert_default().insert(admission.0, admit);
        let opaque = std::ptr::without_provenance_mut(admission.0);
        // SAFETY: the hook takes any number for `opaque` and follows it as no pointer.
        unsafe { raw::listen_callback(listener, on_connection, opaque) }?;
        Ok(admission)
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let admit = asked().as_mut().and_then(|asked| asked.remove(&self.0));
        // Dropped here, where the lock is free again: it may hold anything.
        drop(admit);
    }
}

/// libsrt's question: zero lets the connection in.
unsafe extern "C" fn on_connection(
    opaque: *mut c_void,
    socket: SRTSOCKET,
    _version: c_int,
    peer: *const sockaddr,
    stream_id: *const c_char,
) -> c_int {
    // SAFETY: libsrt gives the peer's whole address.
    let peer = unsafe { raw::peer_addr(peer) };
    let stream_id = match stream_id.is_null() {
        true => c"",
        // SAFETY: libsrt gives a text that ends with zero and lives during the call.
        false => unsafe { CStr::from_ptr(stream_id) },
    };
    // A panic must not go through C.
    let answer = catch_unwind(AssertUnwindSafe(|| ask(opaque.addr(), socket, peer, stream_id)));
    let reject = match answer {
        Ok(Ok(())) => return 0,
        Ok(Err(reject)) => reject,
        Err(_) => Reject::INTERNAL,
    };
    sys::srt_setrejectreason(socket, reject.0);
    sys::SRT_ERROR
}

/// Asks who has the number `asked_number`, and does as is said.
fn ask(number: usize, socket: SRTSOCKET, peer: Option<SocketAddr>, stream_id: &CStr) -> Result<(), Reject> {
    let admit = asked().as_ref().and_then(|asked| asked.get(&number).cloned());
    let admit = admit.ok_or(Reject::DOWN)?;
    let request = Request {
        stream_id: stream_id.to_str().map_err(|_| Reject::BAD_REQUEST)?,
        peer: peer.ok_or(Reject::BAD_REQUEST)?,
    };
    let passphrase = match &admit(&request)? {
        Accept::AsListener => return Ok(()),
        Accept::Passphrase(passphrase) => passphrase.expose().to_owned(),
        Accept::Unencrypted => String::new(),
    };
    raw::set_text(socket, sys::SRTO_PASSPHRASE, &passphrase).map_err(|_| Reject::INTERNAL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handle::Handle;

    #[test]
    fn what_is_not_utf8_or_comes_too_late_is_refused() {
        let listener = Handle::new().unwrap();
        let peer = Some(SocketAddr::from(([127, 0, 0, 1], 1)));
        let admission = Admission::new(listener.id(), Arc::new(|_| Ok(Accept::AsListener))).unwrap();
        let number = admission.0;
        let ask = |stream_id| ask(number, listener.id(), peer, stream_id);
        assert_eq!(ask(c"live"), Ok(()));
        assert_eq!(ask(c"\xff"), Err(Reject::BAD_REQUEST));
        drop(admission);
        assert_eq!(ask(c"live"), Err(Reject::DOWN));
    }

    #[test]
    fn codes_are_an_applications_own() {
        assert_eq!(Reject::new(999), None);
        assert_eq!(Reject::new(10_000), None);
        assert_eq!(Reject::new(1403), Some(Reject::FORBIDDEN));
        assert_eq!(Reject::FORBIDDEN.to_string(), "1403: forbidden");
    }
}
