//! What can go wrong by WHIP, and what that means for a place.

use rtmp::Secret;

/// Why there is no line by WHIP, or none any more.
#[derive(Debug, thiserror::Error)]
pub enum WhipError {
    /// The call, or what became of it.
    #[error(transparent)]
    Rtc(#[from] rtc::Error),
    /// The server's name is unknown.
    #[error("there is no server of that name")]
    Resolve,
    /// An address that isn't `https://host/path`.
    #[error("the address must look like https://host/path")]
    Address,
    /// The connection has ended by the server's word or its silence.
    #[error("the connection was lost")]
    Lost,
}

impl WhipError {
    /// A name for programs; never changes.
    pub fn code(&self) -> &'static str {
        use rtc::Error;
        match self {
            Self::Rtc(Error::Refused { status, .. }) => match status {
                401 | 403 => "whip.key",
                200..=399 | 404 | 405 | 410 => "whip.not_found",
                409 => "whip.busy",
                429 => "whip.too_many",
                _ => "whip.refused",
            },
            Self::Rtc(Error::Unreadable(_) | Error::Description(_)) => "whip.answer",
            Self::Rtc(Error::NothingInCommon) => "whip.codec",
            Self::Rtc(Error::Unconnected) => "whip.blocked",
            Self::Rtc(Error::Http(_)) => "whip.unreachable",
            Self::Rtc(Error::Io(_)) => "whip.io",
            Self::Rtc(Error::Address(_)) | Self::Address => "whip.url",
            Self::Resolve => "whip.resolve",
            Self::Rtc(Error::Certificate(_)) => "whip.certificate",
            Self::Rtc(Error::Token) => "whip.key",
            Self::Lost => "whip.lost",
        }
    }

    /// Whether the server answered, and said no. What ails a server itself (500 and above) passes.
    pub(in crate::output) fn is_refusal(&self) -> bool {
        match self {
            Self::Rtc(rtc::Error::Refused { status, .. }) => *status < 500,
            Self::Rtc(rtc::Error::NothingInCommon | rtc::Error::Certificate(_) | rtc::Error::Token) => true,
            _ => false,
        }
    }

    /// What it means for the place `name` at `host` and `port`, and what to do about it.
    pub(in crate::output) fn sentence(&self, name: &str, host: &str, port: u16) -> String {
        match (self.code(), self) {
            ("whip.key", _) => format!("'{name}' does not take the show ({self}); check the stream key"),
            ("whip.busy", _) => {
                format!("'{name}' does not take the show ({self}); check that nobody else sends with the key")
            }
            ("whip.not_found", _) => {
                format!("'{name}': at this address of {host} nobody takes a show ({self}); check the address")
            }
            ("whip.resolve", _) => format!("'{name}': there is no server named {host}; check the address"),
            ("whip.unreachable", _) => format!(
                "'{name}': nothing answers at {host} port {port}; is the server running? It is tried again every second"
            ),
            (_, Self::Rtc(rtc::Error::Certificate(why))) => format!(
                "'{name}' can't prove that it is {host}: {why}; nothing was sent. Check the address and this \
                 machine's date"
            ),
            ("whip.blocked", _) => format!(
                "'{name}' answers, but no picture gets there: this network may let no UDP pass; it is tried again by \
                 itself, and by RTMP it may go at once"
            ),
            ("whip.codec", _) => {
                format!(
                    "'{name}' does not take pictures as H.264 and sound as Opus, and WHIP knows no others here"
                )
            }
            _ => format!("'{name}': {self}; it is tried again by itself"),
        }
    }
}

/// A call that came to nothing, without the key that the server may have repeated.
pub(super) fn failed(error: rtc::Error, key: &Secret) -> WhipError {
    match error {
        rtc::Error::Refused { status, sentence } => {
            let sentence = key.mask(&sentence);
            rtc::Error::Refused { status, sentence }.into()
        }
        other => other.into(),
    }
}
