//! The end that is called.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::admission::{Accept, Admission, Reject, Request};
use crate::handle::Handle;
use crate::raw;
use crate::reactor::Interest;
use crate::sys;
use crate::{Error, Options, Socket};

/// One UDP port that many callers call. Dropping it leaves the connections it gave.
pub struct Listener {
    /// Dropped first: a connection that comes while the socket closes is refused.
    _admission: Admission,
    handle: Handle,
    local: SocketAddr,
    payload: usize,
}

impl Listener {
    /// Listens at `address` with room for `backlog` connections that are made and not yet accepted. The address
    /// `[::]` takes IPv4 and IPv6, every other its own family.
    ///
    /// `admit` is asked about each connection before it is answered. It runs on the thread that receives the
    /// port's packets: it must be quick, wait for nothing and not drop the listener. It is asked again when a
    /// caller repeats itself, and a caller whose passphrase is wrong never comes though it was let in. A panic
    /// in it refuses with [`Reject::INTERNAL`]; a stream id that isn't UTF-8 is refused unasked.
    ///
    /// # Errors
    /// [`Error::Option`], or [`Error::Io`] when the address can't be had.
    pub fn bind(
        address: SocketAddr,
        backlog: u16,
        options: &Options,
        admit: impl Fn(&Request<'_>) -> Result<Accept, Reject> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let handle = Handle::new()?;
        options.apply(handle.id())?;
        if let IpAddr::V6(ip) = address.ip() {
            let only = i32::from(!ip.is_unspecified());
            raw::set(handle.id(), sys::SRTO_IPV6ONLY, only)?;
        }
        raw::bind(handle.id(), address)?;
        let admission = Admission::new(handle.id(), Arc::new(admit))?;
        raw::check(sys::srt_listen(handle.id(), i32::from(backlog.max(1))))?;
        let local = raw::local_addr(handle.id())?;
        Ok(Self {
            _admission: admission,
            handle,
            local,
            payload: options.payload,
        })
    }

    /// Waits for the next connection. Can be dropped to wait again: none is lost.
    ///
    /// # Errors
    /// [`Error::Lost`] or [`Error::Io`] when the port is of no use any more.
    pub async fn accept(&self) -> Result<Socket, Error> {
        loop {
            let accepted = self
                .handle
                .until(Interest::Read, |_| self.handle.accept())
                .await?;
            // A connection that ended before it was taken is passed over.
            if let Ok(socket) =
                accepted.and_then(|(handle, peer)| Socket::accepted(handle, peer, self.payload))
            {
                return Ok(socket);
            }
        }
    }

    /// Where it listens, with the port the system gave.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listener({})", self.local)
    }
}
