//! What can go wrong.

use std::io;

/// Why there is no connection, or none any more.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What came is no session description.
    #[error("The session description can't be read: {0}")]
    Unreadable(String),
    /// The session description is too long, or asks for what can't be.
    #[error("The session description can't be used: {0}")]
    Description(String),
    /// The two sides have no codec, or no direction, in common.
    #[error("The other side offers neither H.264 nor Opus in the direction that is needed")]
    NothingInCommon,
    /// A port can't be opened, or an address not be found.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The other side can't be reached by HTTP.
    #[error("The server can't be reached: {0}")]
    Http(String),
    /// The other side can't prove who it is (RFC 6125): nothing was sent to it.
    #[error("The server can't prove who it is: {0}")]
    Certificate(String),
    /// The other side refused; its HTTP status, and the sentence that it gave for it.
    #[error("The server refused with HTTP status {status}{}{sentence}", if sentence.is_empty() { "" } else { ": " })]
    Refused {
        /// HTTP status, 400 to 599.
        status: u16,
        /// What it said, at most 200 characters.
        sentence: String,
    },
    /// The address is none that can be called.
    #[error("{0} is no address of a WHIP or WHEP server (https://HOST/PATH)")]
    Address(String),
    /// The token has characters that no bearer token has (RFC 6750, 2.1).
    #[error("The key has characters that no bearer token has")]
    Token,
    /// No way between the two was found, or it was lost.
    #[error("No packets pass between the two sides (UDP may be blocked)")]
    Unconnected,
}
