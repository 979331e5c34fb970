//! One socket of libsrt, closed when it is dropped.

use std::net::SocketAddr;

use crate::raw::{self, Failure};
use crate::reactor::{Interest, Watch};
use crate::sys::{self, SRTSOCKET};
use crate::{Error, library};

/// A socket's number; closes it.
struct Number(SRTSOCKET);

impl Drop for Number {
    fn drop(&mut self) {
        // One that libsrt has given up already is gone.
        sys::srt_close(self.0);
    }
}

/// An open socket that doesn't block, and its place in the reactor. Fields are dropped in this order: nothing
/// is watched any more when the socket is closed.
pub(crate) struct Handle {
    watch: Watch,
    number: Number,
}

impl Handle {
    /// A socket for live mode, not yet bound.
    pub(crate) fn new() -> Result<Self, Error> {
        library::start()?;
        let number = Number(raw::check(sys::srt_create_socket())?);
        raw::set(number.0, sys::SRTO_TRANSTYPE, sys::SRTT_LIVE)?;
        raw::set(number.0, sys::SRTO_MINVERSION, sys::SRT_VERSION_FEAT_HSV5)?;
        Self::adopt(number)
    }

    /// Takes a connection that waits at this listener. It has the listener's options.
    pub(crate) fn accept(&self) -> Result<Result<(Self, SocketAddr), Error>, Failure> {
        let (socket, peer) = raw::accept(self.id())?;
        Ok(Self::adopt(Number(socket)).map(|handle| (handle, peer)))
    }

    fn adopt(number: Number) -> Result<Self, Error> {
        raw::set(number.0, sys::SRTO_SNDSYN, 0)?;
        raw::set(number.0, sys::SRTO_RCVSYN, 0)?;
        let watch = Watch::new(number.0)?;
        Ok(Self { watch, number })
    }

    pub(crate) fn id(&self) -> SRTSOCKET {
        self.number.0
    }

    /// Tries `attempt` with the socket's number until it doesn't say "again".
    pub(crate) async fn until<T>(
        &self,
        interest: Interest,
        mut attempt: impl FnMut(SRTSOCKET) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.watch.until(interest, || attempt(self.id())).await
    }
}
