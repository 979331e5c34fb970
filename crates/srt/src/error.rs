//! Why a connection ended or could not be made.

use crate::Reject;
use crate::raw::Failure;
use crate::sys;

/// How two ends disagree on encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Both have a passphrase, and not the same.
    Wrong,
    /// One end has a passphrase and the other none.
    Missing,
}

/// Why a connection ended or could not be made. No message of it holds a stream id or a passphrase.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A stream id that is too long or has a zero byte.
    #[error("a stream id has 512 bytes at most, and no zero byte")]
    StreamId,
    /// An option out of its range.
    #[error("{0}")]
    Option(&'static str),
    /// The listener's name has no address.
    #[error("the server's name could not be resolved")]
    Resolve,
    /// Nobody answered in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// The listener said no.
    #[error("the server refused the connection ({0})")]
    Rejected(Reject),
    /// The ends disagree on the passphrase.
    #[error("{}", match .0 {
        Encryption::Wrong => "the passphrase is not the server's",
        Encryption::Missing => "one end has a passphrase and the other has none",
    })]
    Passphrase(Encryption),
    /// The ends can't talk to each other.
    #[error("no connection could be agreed on: {0}")]
    Handshake(&'static str),
    /// The connection ended: the peer closed it, or nothing was heard of it for too long.
    #[error("the connection was lost")]
    Lost,
    /// A message over the payload size, or a buffer too small to receive one.
    #[error("{len} bytes where the limit is {limit}")]
    TooLarge {
        /// Bytes of the message or the buffer.
        len: usize,
        /// Bytes allowed or needed.
        limit: usize,
    },
    /// The system's word, or libsrt's own.
    #[error("network error: {0}")]
    Io(std::io::Error),
}

impl Error {
    /// A name for programs; never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::StreamId => "srt.stream_id",
            Self::Option(_) => "srt.option",
            Self::Resolve => "srt.resolve",
            Self::Timeout => "srt.timeout",
            Self::Rejected(_) => "srt.rejected",
            Self::Passphrase(_) => "srt.passphrase",
            Self::Handshake(_) => "srt.handshake",
            Self::Lost => "srt.lost",
            Self::TooLarge { .. } => "srt.too_large",
            Self::Io(_) => "srt.io",
        }
    }

    /// Why a handshake failed, from libsrt's reason (`srt_getrejectreason`).
    pub(crate) fn of_handshake(reason: i32) -> Self {
        match reason {
            sys::SRT_REJ_TIMEOUT => Self::Timeout,
            sys::SRT_REJ_BADSECRET => Self::Passphrase(Encryption::Wrong),
            sys::SRT_REJ_UNSECURE => Self::Passphrase(Encryption::Missing),
            sys::SRT_REJ_PEER | sys::SRT_REJ_RESOURCE | sys::SRT_REJ_BACKLOG | sys::SRT_REJ_CLOSE => {
                Self::Rejected(Reject(reason))
            }
            sys::SRT_REJC_PREDEFINED.. => Self::Rejected(Reject(reason)),
            sys::SRT_REJ_VERSION => Self::Handshake("the server's version of SRT is too old"),
            sys::SRT_REJ_MESSAGEAPI | sys::SRT_REJ_CONGESTION => {
                Self::Handshake("the server isn't in live mode")
            }
            sys::SRT_REJ_FILTER => Self::Handshake("the server wants a packet filter"),
            _ => Self::Handshake("the server's answer can't be used"),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure.code {
            _ if failure.is_lost() => Self::Lost,
            sys::SRT_EBINDCONFLICT | sys::SRT_EDUPLISTEN => Self::Io(std::io::ErrorKind::AddrInUse.into()),
            _ if failure.errno > 0 => Self::Io(std::io::Error::from_raw_os_error(failure.errno)),
            _ => Self::Io(std::io::Error::other(failure.text())),
        }
    }
}
