//! The part of libsrt's C interface that is used, as `srt/srt.h` and `srt/access_control.h` of 1.5.1 declare it.
//!
//! Functions are `safe` where no argument can harm memory: libsrt checks every socket and epoll number against
//! its own tables. A test compiles a C program to compare all numbers, sizes and offsets.
#![expect(unsafe_code, reason = "the declarations of a C library")]
#![expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "C's own names")]

mod stats;
#[cfg(test)]
mod tests;

use std::ffi::{c_char, c_int, c_void};

use libc::sockaddr;
pub(crate) use stats::SRT_TRACEBSTATS;

/// A socket's number; negative is none.
pub(crate) type SRTSOCKET = i32;
/// An option of a socket (`SRT_SOCKOPT`).
pub(crate) type SRT_SOCKOPT = c_int;

pub(crate) const SRT_ERROR: c_int = -1;

pub(crate) const SRTO_SNDSYN: SRT_SOCKOPT = 1;
pub(crate) const SRTO_RCVSYN: SRT_SOCKOPT = 2;
pub(crate) const SRTO_SNDBUF: SRT_SOCKOPT = 5;
pub(crate) const SRTO_RCVBUF: SRT_SOCKOPT = 6;
pub(crate) const SRTO_MAXBW: SRT_SOCKOPT = 16;
pub(crate) const SRTO_RCVDATA: SRT_SOCKOPT = 20;
pub(crate) const SRTO_LATENCY: SRT_SOCKOPT = 23;
pub(crate) const SRTO_INPUTBW: SRT_SOCKOPT = 24;
pub(crate) const SRTO_OHEADBW: SRT_SOCKOPT = 25;
pub(crate) const SRTO_PASSPHRASE: SRT_SOCKOPT = 26;
pub(crate) const SRTO_PBKEYLEN: SRT_SOCKOPT = 27;
pub(crate) const SRTO_TLPKTDROP: SRT_SOCKOPT = 31;
pub(crate) const SRTO_SNDDROPDELAY: SRT_SOCKOPT = 32;
pub(crate) const SRTO_CONNTIMEO: SRT_SOCKOPT = 36;
pub(crate) const SRTO_RCVLATENCY: SRT_SOCKOPT = 43;
pub(crate) const SRTO_PEERLATENCY: SRT_SOCKOPT = 44;
pub(crate) const SRTO_MINVERSION: SRT_SOCKOPT = 45;
pub(crate) const SRTO_STREAMID: SRT_SOCKOPT = 46;
pub(crate) const SRTO_PAYLOADSIZE: SRT_SOCKOPT = 49;
pub(crate) const SRTO_TRANSTYPE: SRT_SOCKOPT = 50;
pub(crate) const SRTO_IPV6ONLY: SRT_SOCKOPT = 54;
pub(crate) const SRTO_PEERIDLETIMEO: SRT_SOCKOPT = 55;

/// Live mode (`SRT_TRANSTYPE`).
pub(crate) const SRTT_LIVE: c_int = 0;
/// The first version whose handshake has extensions, and with them stream ids and encryption that is enforced.
pub(crate) const SRT_VERSION_FEAT_HSV5: c_int = 0x01_03_00;

/// States of a socket (`SRT_SOCKSTATUS`).
pub(crate) const SRTS_CONNECTING: c_int = 4;
pub(crate) const SRTS_CONNECTED: c_int = 5;

/// Error codes (`SRT_ERRNO`).
pub(crate) const SRT_ESCLOSED: c_int = 1005;
pub(crate) const SRT_ECONNFAIL: c_int = 2000;
pub(crate) const SRT_ECONNLOST: c_int = 2001;
pub(crate) const SRT_ENOCONN: c_int = 2002;
pub(crate) const SRT_EINVSOCK: c_int = 5004;
pub(crate) const SRT_EDUPLISTEN: c_int = 5011;
pub(crate) const SRT_EBINDCONFLICT: c_int = 5015;
pub(crate) const SRT_EASYNCSND: c_int = 6001;
pub(crate) const SRT_EASYNCRCV: c_int = 6002;
pub(crate) const SRT_ECONGEST: c_int = 6004;

/// Why a handshake failed (`SRT_REJECT_REASON`).
pub(crate) const SRT_REJ_UNKNOWN: c_int = 0;
pub(crate) const SRT_REJ_PEER: c_int = 2;
pub(crate) const SRT_REJ_RESOURCE: c_int = 3;
pub(crate) const SRT_REJ_BACKLOG: c_int = 5;
pub(crate) const SRT_REJ_CLOSE: c_int = 7;
pub(crate) const SRT_REJ_VERSION: c_int = 8;
pub(crate) const SRT_REJ_BADSECRET: c_int = 10;
pub(crate) const SRT_REJ_UNSECURE: c_int = 11;
pub(crate) const SRT_REJ_MESSAGEAPI: c_int = 12;
pub(crate) const SRT_REJ_CONGESTION: c_int = 13;
pub(crate) const SRT_REJ_FILTER: c_int = 14;
pub(crate) const SRT_REJ_TIMEOUT: c_int = 16;
/// The first code that is an application's own word.
pub(crate) const SRT_REJC_PREDEFINED: c_int = 1000;

/// Events (`SRT_EPOLL_OPT`).
pub(crate) const SRT_EPOLL_IN: c_int = 0x1;
pub(crate) const SRT_EPOLL_OUT: c_int = 0x4;
pub(crate) const SRT_EPOLL_ERR: c_int = 0x8;
/// Only changes are reported.
pub(crate) const SRT_EPOLL_ET: c_int = i32::MIN;
/// An epoll may be waited on while it has no sockets (`SRT_EPOLL_FLAGS`).
pub(crate) const SRT_EPOLL_ENABLE_EMPTY: i32 = 1;

/// Levels of the log, `syslog.h`'s.
pub(crate) const LOG_CRIT: c_int = 2;
pub(crate) const LOG_ERR: c_int = 3;
pub(crate) const LOG_WARNING: c_int = 4;
pub(crate) const LOG_NOTICE: c_int = 5;
/// The log's lines without time, thread, level and line end: those are the reader's.
pub(crate) const SRT_LOGF_BARE: c_int = 1 | 2 | 4 | 8;

/// An event of one socket.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct SRT_EPOLL_EVENT {
    pub(crate) fd: SRTSOCKET,
    pub(crate) events: c_int,
}

/// Called for each connection before it is answered: zero accepts it.
pub(crate) type srt_listen_callback_fn = unsafe extern "C" fn(
    opaque: *mut c_void,
    socket: SRTSOCKET,
    version: c_int,
    peer: *const sockaddr,
    stream_id: *const c_char,
) -> c_int;

/// Called for each line of the log.
pub(crate) type SRT_LOG_HANDLER_FN = unsafe extern "C" fn(
    opaque: *mut c_void,
    level: c_int,
    file: *const c_char,
    line: c_int,
    area: *const c_char,
    message: *const c_char,
);

unsafe extern "C" {
    pub(crate) safe fn srt_startup() -> c_int;
    pub(crate) safe fn srt_getversion() -> u32;
    pub(crate) safe fn srt_create_socket() -> SRTSOCKET;
    pub(crate) safe fn srt_close(u: SRTSOCKET) -> c_int;
    pub(crate) safe fn srt_listen(u: SRTSOCKET, backlog: c_int) -> c_int;
    pub(crate) safe fn srt_getsockstate(u: SRTSOCKET) -> c_int;
    pub(crate) safe fn srt_getrejectreason(u: SRTSOCKET) -> c_int;
    pub(crate) safe fn srt_setrejectreason(u: SRTSOCKET, value: c_int) -> c_int;
    pub(crate) safe fn srt_setloglevel(level: c_int);
    pub(crate) safe fn srt_setlogflags(flags: c_int);
    pub(crate) safe fn srt_epoll_create() -> c_int;
    pub(crate) safe fn srt_epoll_set(eid: c_int, flags: i32) -> i32;
    pub(crate) safe fn srt_epoll_add_usock(eid: c_int, u: SRTSOCKET, events: &c_int) -> c_int;
    pub(crate) safe fn srt_epoll_remove_usock(eid: c_int, u: SRTSOCKET) -> c_int;
    pub(crate) safe fn srt_epoll_release(eid: c_int) -> c_int;
    pub(crate) safe fn srt_getlasterror(errno: &mut c_int) -> c_int;
    pub(crate) safe fn srt_getsndbuffer(u: SRTSOCKET, blocks: &mut usize, bytes: &mut usize) -> c_int;
    pub(crate) safe fn srt_bistats(
        u: SRTSOCKET,
        stats: &mut SRT_TRACEBSTATS,
        clear: c_int,
        instantaneous: c_int,
    ) -> c_int;

    pub(crate) fn srt_setloghandler(opaque: *mut c_void, handler: SRT_LOG_HANDLER_FN);
    pub(crate) fn srt_strerror(code: c_int, errno: c_int) -> *const c_char;
    pub(crate) fn srt_bind(u: SRTSOCKET, name: *const sockaddr, len: c_int) -> c_int;
    pub(crate) fn srt_connect(u: SRTSOCKET, name: *const sockaddr, len: c_int) -> c_int;
    pub(crate) fn srt_accept(u: SRTSOCKET, name: *mut sockaddr, len: *mut c_int) -> SRTSOCKET;
    pub(crate) fn srt_getsockname(u: SRTSOCKET, name: *mut sockaddr, len: *mut c_int) -> c_int;
    pub(crate) fn srt_listen_callback(
        u: SRTSOCKET,
        hook: srt_listen_callback_fn,
        opaque: *mut c_void,
    ) -> c_int;
    pub(crate) fn srt_getsockflag(
        u: SRTSOCKET,
        option: SRT_SOCKOPT,
        value: *mut c_void,
        len: *mut c_int,
    ) -> c_int;
    pub(crate) fn srt_setsockflag(
        u: SRTSOCKET,
        option: SRT_SOCKOPT,
        value: *const c_void,
        len: c_int,
    ) -> c_int;
    pub(crate) fn srt_sendmsg2(u: SRTSOCKET, buf: *const c_char, len: c_int, control: *mut c_void) -> c_int;
    pub(crate) fn srt_recvmsg2(u: SRTSOCKET, buf: *mut c_char, len: c_int, control: *mut c_void) -> c_int;
    pub(crate) fn srt_epoll_uwait(
        eid: c_int,
        events: *mut SRT_EPOLL_EVENT,
        len: c_int,
        timeout_ms: i64,
    ) -> c_int;
}
