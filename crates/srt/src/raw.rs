//! libsrt's functions with Rust's types. They take a socket's number, and any number is safe: libsrt looks it
//! up and refuses what it doesn't know.
#![expect(unsafe_code, reason = "calls with pointers into C")]

use std::ffi::{CStr, c_int, c_void};
use std::io;
use std::net::{IpAddr, SocketAddr};

use libc::sockaddr;
use socket2::SockAddr;

use crate::sys::{self, SRT_ERROR, SRTSOCKET};

/// libsrt's last error on this thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// `SRT_ERRNO`.
    pub(crate) code: c_int,
    /// The system's error beneath, or zero.
    pub(crate) errno: c_int,
}

impl Failure {
    /// Not at once.
    pub(crate) const AGAIN: Self = Self {
        code: sys::SRT_EASYNCSND,
        errno: 0,
    };

    fn last() -> Self {
        let mut errno = 0;
        let code = sys::srt_getlasterror(&mut errno);
        Self { code, errno }
    }

    /// Whether it only couldn't be done at once.
    pub(crate) fn is_again(self) -> bool {
        matches!(
            self.code,
            sys::SRT_EASYNCSND | sys::SRT_EASYNCRCV | sys::SRT_ECONGEST
        )
    }

    /// Whether the connection has ended, or the socket is gone.
    pub(crate) fn is_lost(self) -> bool {
        matches!(
            self.code,
            sys::SRT_ECONNFAIL
                | sys::SRT_ECONNLOST
                | sys::SRT_ENOCONN
                | sys::SRT_EINVSOCK
                | sys::SRT_ESCLOSED
        )
    }

    /// libsrt's own sentence.
    pub(crate) fn text(self) -> String {
        // SAFETY: any numbers may be given; the text is libsrt's own, per thread, until the next call.
        let text = unsafe { sys::srt_strerror(self.code, 0) };
        // SAFETY: it is never null and ends with zero.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }
}

/// The result of a call that gives a negative number when it fails.
pub(crate) fn check(result: c_int) -> Result<c_int, Failure> {
    match result {
        SRT_ERROR => Err(Failure::last()),
        result => Ok(result),
    }
}

/// Sets an option that is a number. libsrt takes 32 bits for switches too.
pub(crate) fn set<T: Number>(socket: SRTSOCKET, option: sys::SRT_SOCKOPT, value: T) -> Result<(), Failure> {
    // SAFETY: the pointer is to a number of the length given, which libsrt copies.
    check(unsafe { sys::srt_setsockflag(socket, option, (&raw const value).cast(), size_of::<T>() as c_int) })
        .map(drop)
}

/// What options of libsrt are as numbers.
pub(crate) trait Number: Copy {}
impl Number for i32 {}
impl Number for i64 {}

/// The value of an option of 32 bits.
pub(crate) fn get(socket: SRTSOCKET, option: sys::SRT_SOCKOPT) -> Result<i32, Failure> {
    let mut value = 0i32;
    let mut len = size_of::<i32>() as c_int;
    // SAFETY: the pointer is to a number of the length given.
    check(unsafe { sys::srt_getsockflag(socket, option, (&raw mut value).cast(), &raw mut len) })?;
    Ok(value)
}

/// Sets an option that is text; at most 512 bytes are ever given.
pub(crate) fn set_text(socket: SRTSOCKET, option: sys::SRT_SOCKOPT, value: &str) -> Result<(), Failure> {
    // SAFETY: the pointer is to as many bytes as said, which libsrt copies.
    check(unsafe { sys::srt_setsockflag(socket, option, value.as_ptr().cast(), value.len() as c_int) })
        .map(drop)
}

/// The socket's stream id, as bytes.
pub(crate) fn stream_id(socket: SRTSOCKET) -> Result<Vec<u8>, Failure> {
    // libsrt writes the terminating zero besides.
    let mut text = [0u8; crate::MAX_STREAM_ID + 1];
    let mut len = text.len() as c_int;
    // SAFETY: `text` is writable for `len` bytes.
    check(unsafe {
        sys::srt_getsockflag(socket, sys::SRTO_STREAMID, text.as_mut_ptr().cast(), &raw mut len)
    })?;
    let len = usize::try_from(len).unwrap_or(0).min(text.len());
    Ok(text[..len].to_vec())
}

/// Calls `function` with `address` as C has it.
fn with_address(
    address: SocketAddr,
    function: impl FnOnce(*const sockaddr, c_int) -> c_int,
) -> Result<(), Failure> {
    let address = SockAddr::from(address);
    check(function(address.as_ptr().cast(), address.len() as c_int)).map(drop)
}

/// Binds a socket to a local address.
pub(crate) fn bind(socket: SRTSOCKET, address: SocketAddr) -> Result<(), Failure> {
    // SAFETY: the address lives during the call and has the length given.
    with_address(address, |name, len| unsafe { sys::srt_bind(socket, name, len) })
}

/// Begins to connect; the end is an event.
pub(crate) fn connect(socket: SRTSOCKET, address: SocketAddr) -> Result<(), Failure> {
    // SAFETY: the address lives during the call and has the length given.
    with_address(address, |name, len| unsafe {
        sys::srt_connect(socket, name, len)
    })
}

/// Calls `function` with room for an address; its result, and the address written. IPv4 within IPv6 is IPv4.
fn read_address(
    function: impl FnOnce(*mut sockaddr, *mut c_int) -> c_int,
) -> Result<(c_int, SocketAddr), Failure> {
    let mut result = SRT_ERROR;
    // SAFETY: `function` gets room for any address, and writes its length.
    let read = unsafe {
        SockAddr::try_init(|storage, len| {
            let mut room = *len as c_int;
            result = function(storage.cast(), &raw mut room);
            *len = room as libc::socklen_t;
            Ok::<_, io::Error>(())
        })
    };
    check(result)?;
    let address = read.ok().and_then(|((), address)| address.as_socket());
    Ok((result, canonical(address.unwrap_or_else(unknown))))
}

fn unknown() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 0))
}

fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, address.port()),
        IpAddr::V6(_) => address,
    }
}

/// Takes a connection that waits at a listener.
pub(crate) fn accept(listener: SRTSOCKET) -> Result<(SRTSOCKET, SocketAddr), Failure> {
    // SAFETY: the pointers are to room for any address and to its length.
    read_address(|name, len| unsafe { sys::srt_accept(listener, name, len) })
}

/// The address that a socket is bound to.
pub(crate) fn local_addr(socket: SRTSOCKET) -> Result<SocketAddr, Failure> {
    // SAFETY: the pointers are to room for any address and to its length.
    read_address(|name, len| unsafe { sys::srt_getsockname(socket, name, len) }).map(|(_, address)| address)
}

/// An address that libsrt hands to a callback; none when it is of no known kind.
///
/// # Safety
/// `peer` is null or points to a whole address of the family it says.
pub(crate) unsafe fn peer_addr(peer: *const sockaddr) -> Option<SocketAddr> {
    if peer.is_null() {
        return None;
    }
    // SAFETY: every address begins with its family.
    let len = match c_int::from(unsafe { (*peer).sa_family }) {
        libc::AF_INET => size_of::<libc::sockaddr_in>(),
        libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
        _ => return None,
    };
    // SAFETY: `peer` is readable for an address of its family, and room is larger than each of them.
    let read = unsafe {
        SockAddr::try_init(|storage, room| {
            std::ptr::copy_nonoverlapping(peer.cast::<u8>(), storage.cast::<u8>(), len);
            *room = len as libc::socklen_t;
            Ok::<_, io::Error>(())
        })
    };
    read.ok()
        .and_then(|((), address)| address.as_socket())
        .map(canonical)
}

/// Sets who is asked about each connection of a listener.
///
/// # Safety
/// `hook` may be called with `opaque` on any thread until the process ends.
pub(crate) unsafe fn listen_callback(
    listener: SRTSOCKET,
    hook: sys::srt_listen_callback_fn,
    opaque: *mut c_void,
) -> Result<(), Failure> {
    // SAFETY: as the caller says.
    check(unsafe { sys::srt_listen_callback(listener, hook, opaque) }).map(drop)
}

/// Hands a message to libsrt, which copies it.
pub(crate) fn send(socket: SRTSOCKET, message: &[u8]) -> Result<(), Failure> {
    let len = message.len() as c_int;
    // SAFETY: the message is readable for its length; null stands for the defaults.
    check(unsafe { sys::srt_sendmsg2(socket, message.as_ptr().cast(), len, std::ptr::null_mut()) }).map(drop)
}

/// Takes the next message; its length.
pub(crate) fn recv(socket: SRTSOCKET, buf: &mut [u8]) -> Result<usize, Failure> {
    let len = c_int::try_from(buf.len()).unwrap_or(c_int::MAX);
    // SAFETY: the buffer is writable for `len` bytes; null stands for "no particulars".
    let read = unsafe { sys::srt_recvmsg2(socket, buf.as_mut_ptr().cast(), len, std::ptr::null_mut()) };
    check(read).map(|n| usize::try_from(n).unwrap_or(0).min(buf.len()))
}

/// Waits for events; how many were written.
pub(crate) fn wait(
    eid: c_int,
    events: &mut [sys::SRT_EPOLL_EVENT],
    timeout_ms: i64,
) -> Result<usize, Failure> {
    let len = events.len() as c_int;
    // SAFETY: the events are writable for their length.
    let n = check(unsafe { sys::srt_epoll_uwait(eid, events.as_mut_ptr(), len, timeout_ms) })?;
    // When there are more than fit, libsrt gives one more than it wrote.
    Ok(usize::try_from(n).unwrap_or(0).min(events.len()))
}
