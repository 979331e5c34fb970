//! Why a connection ended or could not be made.

use container::amf0;
use container::flv::FourCc;

/// Which wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// For the connection to be made and the publish or play granted.
    Connect,
    /// For the handshake.
    Handshake,
    /// For a publish or play command, or for its being granted.
    Publish,
    /// For any byte.
    Idle,
}

/// Why a connection ended or could not be made. No message of it holds a stream key.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The handshake's version is not RTMP's.
    #[error("the peer does not speak RTMP (version {0})")]
    Handshake(u8),
    /// The peer broke the protocol.
    #[error("the peer broke the RTMP protocol: {0}")]
    Protocol(&'static str),
    /// AMF0 that can't be read.
    #[error("the peer sent a message that can't be read: {0}")]
    Amf(amf0::Error),
    /// A message larger than its kind may be.
    #[error("a message of type {kind} with {len} bytes is over the limit of {limit}")]
    MessageTooLarge {
        /// RTMP's message type.
        kind: u8,
        /// Bytes announced.
        len: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A chunk size out of the allowed range was announced.
    #[error("a chunk size of {0} is not accepted")]
    ChunkSize(u32),
    /// Too many chunk streams.
    #[error("the peer uses too many chunk streams")]
    ChunkStreams,
    /// Too many bytes of incomplete messages.
    #[error("the peer began too many messages at once")]
    Partial,
    /// Too many bytes before a publish was granted.
    #[error("the peer sent too much before it may publish")]
    Budget,
    /// Too many messages in one aggregate.
    #[error("an aggregate holds too many messages")]
    Aggregate,
    /// A wait ended.
    #[error("timed out ({0:?})")]
    Timeout(Deadline),
    /// The other side said no; its own words, without the key.
    #[error("rejected: {code} {description}")]
    Rejected {
        /// For example `NetStream.Publish.BadName`.
        code: String,
        /// What the server adds to it.
        description: String,
    },
    /// The session is not in a state where this can be done.
    #[error("nothing is being published")]
    NotPublishing,
    /// No program listens there.
    #[error("the server refused the connection")]
    Refused,
    /// The server's name has no address.
    #[error("the server's name could not be resolved")]
    Resolve,
    /// The server's name leads to addresses that may not be gone to.
    #[error("the server is at an address that is not allowed")]
    NotAllowed,
    /// The connection ended.
    #[error("the connection was closed")]
    Closed,
    /// The server doesn't take a codec.
    #[error("the server takes no {0}")]
    Codec(String),
    /// The server's certificate isn't to be trusted, and why.
    #[error("the server's certificate is not accepted: {0}")]
    Certificate(String),
    /// TLS could not be agreed on, and why.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// An address that is not `rtmp://host[:port]/app` or `rtmps://…`.
    #[error("not an RTMP address: {0}")]
    Url(&'static str),
    /// The system's word on the socket.
    #[error("network error: {0}")]
    Io(std::io::Error),
}

impl Error {
    /// A name for programs; never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Handshake(_) => "rtmp.handshake",
            Self::Protocol(_) => "rtmp.protocol",
            Self::Amf(amf0::Error::Truncated | amf0::Error::Marker(_)) => "rtmp.amf",
            Self::Amf(_) => "rtmp.limit.amf",
            Self::MessageTooLarge { .. } => "rtmp.limit.message",
            Self::ChunkSize(_) => "rtmp.limit.chunk_size",
            Self::ChunkStreams => "rtmp.limit.chunk_streams",
            Self::Partial => "rtmp.limit.partial",
            Self::Budget => "rtmp.limit.budget",
            Self::Aggregate => "rtmp.limit.aggregate",
            Self::Timeout(_) => "rtmp.timeout",
            Self::Rejected { .. } => "rtmp.rejected",
            Self::NotPublishing => "rtmp.not_publishing",
            Self::Refused => "rtmp.refused",
            Self::Resolve => "rtmp.resolve",
            Self::NotAllowed => "rtmp.not_allowed",
            Self::Closed => "rtmp.closed",
            Self::Codec(_) => "rtmp.codec",
            Self::Certificate(_) => "rtmp.certificate",
            Self::Tls(_) => "rtmp.tls",
            Self::Url(_) => "rtmp.url",
            Self::Io(_) => "rtmp.io",
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        if let Some(tls) = error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            return tls.into();
        }
        match error.kind() {
            K::ConnectionRefused => Self::Refused,
            K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe | K::UnexpectedEof => Self::Closed,
            K::TimedOut => Self::Timeout(Deadline::Idle),
            _ => Self::Io(error),
        }
    }
}

impl From<FourCc> for Error {
    fn from(codec: FourCc) -> Self {
        Self::Codec(String::from_utf8_lossy(&codec).into_owned())
    }
}

impl From<&rustls::Error> for Error {
    fn from(error: &rustls::Error) -> Self {
        use rustls::{CertificateError as C, Error as E};
        match error {
            E::InvalidCertificate(why) => Self::Certificate(match why {
                C::Expired | C::ExpiredContext { .. } => "it has expired".into(),
                C::NotValidYet | C::NotValidYetContext { .. } => "it is not valid yet".into(),
                C::UnknownIssuer => "this machine doesn't know who issued it".into(),
                C::NotValidForName | C::NotValidForNameContext { .. } => "it is for another name".into(),
                C::Revoked => "it was revoked".into(),
                other => other.to_string(),
            }),
            E::InvalidMessage(_) => Self::Tls("the server doesn't speak TLS at this port".into()),
            other => Self::Tls(other.to_string()),
        }
    }
}

impl From<amf0::Error> for Error {
    fn from(error: amf0::Error) -> Self {
        Self::Amf(error)
    }
}
