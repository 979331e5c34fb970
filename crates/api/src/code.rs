//! Error codes a program can match, each with a sentence for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an error is, in a form that doesn't change with the wording: written as `part.what` in JSON.
///
/// A code is added when somebody matches it, and never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Code {
    /// The configuration file can't be read.
    #[serde(rename = "config.unreadable")]
    ConfigUnreadable,
    /// The configuration file isn't TOML, has a key nobody knows, or a value out of range.
    #[serde(rename = "config.invalid")]
    ConfigInvalid,
    /// Another program holds the address to listen on, or it isn't this machine's.
    #[serde(rename = "listen.refused")]
    ListenRefused,
    /// The certificate or its key can't be read, or they don't belong together.
    #[serde(rename = "tls.unreadable")]
    TlsUnreadable,
    /// The stream key of a relay can't be read.
    #[serde(rename = "relay.key")]
    RelayKey,
    /// The passphrase of SRT can't be read, or isn't one.
    #[serde(rename = "srt.passphrase")]
    SrtPassphrase,
    /// A relay's other end can't be reached, or was lost.
    #[serde(rename = "relay.lost")]
    RelayLost,
    /// A relay's other end said no.
    #[serde(rename = "relay.refused")]
    RelayRefused,
    /// The data directory can't be made or written.
    #[serde(rename = "data.unwritable")]
    DataUnwritable,
    /// The file of stream keys can't be read or isn't what this program wrote.
    #[serde(rename = "keys.unreadable")]
    KeysUnreadable,
    /// There is a key of that name already.
    #[serde(rename = "keys.exists")]
    KeyExists,
    /// There is no key of that name.
    #[serde(rename = "keys.unknown")]
    KeyUnknown,
    /// A name with other than letters, digits, `_` and `-`, or not of 1 to 64 characters.
    #[serde(rename = "name.invalid")]
    NameInvalid,
    /// The stream key presented is not one of this server's.
    #[serde(rename = "publish.wrong_key")]
    WrongKey,
    /// Too many wrong stream keys from one address.
    #[serde(rename = "publish.too_many_attempts")]
    TooManyAttempts,
    /// Another publisher is live under that name.
    #[serde(rename = "publish.taken")]
    PublishTaken,
    /// Publishing to an application other than `live`.
    #[serde(rename = "publish.wrong_app")]
    WrongApp,
    /// A codec or container feature this server does not carry.
    #[serde(rename = "media.unsupported")]
    MediaUnsupported,
    /// Media that breaks the rules of its format.
    #[serde(rename = "media.malformed")]
    MediaMalformed,
    /// A form of a stream can't be made here: something is not installed, or the worker process can't be started.
    #[serde(rename = "worker.unavailable")]
    WorkerUnavailable,
    /// The worker process that made a form of a stream ended or came to nothing; another one may be started.
    #[serde(rename = "worker.lost")]
    WorkerLost,
    /// The publisher's connection broke or fell silent.
    #[serde(rename = "publish.lost")]
    PublisherLost,
    /// No such stream, segment or page.
    #[serde(rename = "not_found")]
    NotFound,
    /// The show is interrupted; its publisher may return.
    #[serde(rename = "stream.interrupted")]
    StreamInterrupted,
    /// What is asked for is beyond who is asked.
    #[serde(rename = "stream.not_able")]
    NotAble,
    /// A request this server can't make sense of.
    #[serde(rename = "request.invalid")]
    RequestInvalid,
    /// More of something than allowed: connections, waiting requests, reports a second.
    #[serde(rename = "limit.reached")]
    LimitReached,
    /// What was waited for did not come in time.
    #[serde(rename = "timeout")]
    Timeout,
}

/// An error as it leaves a process: the code for programs, the sentence for people.
///
/// Never holds a stream key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What it is.
    pub code: Code,
    /// What it is in plain words, and what to do about it.
    pub message: String,
}

impl Fault {
    /// A fault of kind `code` with its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for Code {
    /// The name used in JSON, such as `publish.wrong_key`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_as_it_is_written_in_json() {
        let fault = Fault::new(Code::WrongKey, "The stream key is not known here.");
        assert_eq!(
            serde_json::to_string(&fault).unwrap(),
            r#"{"code":"publish.wrong_key","message":"The stream key is not known here."}"#
        );
        assert_eq!(
            fault.to_string(),
            "The stream key is not known here. (publish.wrong_key)"
        );
    }
}
