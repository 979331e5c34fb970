//! What can keep a show from running, each with its sentence and code.

use crate::clock;
use crate::key::KeyError;
use crate::show::{LoadError, Problem};

/// Why a show can't run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The show file.
    #[error(transparent)]
    Show(#[from] LoadError),
    /// A stream key.
    #[error("output '{output}': {source}")]
    Key {
        /// The output.
        output: String,
        /// Why.
        source: KeyError,
    },
    /// An output's address.
    #[error("output '{output}': {source}")]
    Output {
        /// The output.
        output: String,
        /// Why.
        source: crate::output::LineError,
    },
    /// An output that the companion server is to pass the show on to.
    #[error("output '{output}': {source}")]
    Onward {
        /// The output.
        output: String,
        /// Why.
        source: crate::output::OnwardError,
    },
    /// A source.
    #[error("source '{name}': {sentence}")]
    Source {
        /// The source.
        name: String,
        /// The code of the crate it comes from.
        code: &'static str,
        /// Why, and what to do.
        sentence: String,
    },
    /// The scenes don't fit together.
    #[error("{0}")]
    Scenes(Problem),
    /// The compositor.
    #[error(transparent)]
    Compositor(#[from] compositor::Error),
    /// An encoder.
    #[error("the encoder can't start: {0}")]
    Encoder(#[from] pipeline::Error),
    /// The companion's address.
    #[error("the companion's url '{0}' can't be used; it looks like http://127.0.0.1:8080")]
    Companion(String),
    /// The companion can't be asked from this machine.
    #[error(
        "your server can't be asked from here: {0}; are the system's certificates installed (ca-certificates)?"
    )]
    NoHttp(String),
    /// The system.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl Error {
    /// The code the UI matches.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Show(e) => e.code(),
            Self::Key { source, .. } => source.code(),
            Self::Output { source, .. } => source.code(),
            Self::Onward { source, .. } => source.code(),
            Self::Source { code, .. } => code,
            Self::Scenes(problem) => problem.code(),
            Self::Compositor(e) => e.code(),
            Self::Encoder(_) => "encoder",
            Self::Companion(_) => "companion.url",
            Self::NoHttp(_) => "companion.machine",
            Self::System(_) => "system",
        }
    }
}

impl From<clock::Unusable> for Error {
    fn from(why: clock::Unusable) -> Self {
        match why {
            clock::Unusable::Url(url) => Self::Companion(url),
            clock::Unusable::Machine(reason) => Self::NoHttp(reason),
        }
    }
}
