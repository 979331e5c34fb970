//! Why a codec's configuration could not be read.

/// A configuration record or parameter set that can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The bytes end before the syntax does.
    #[error("codec configuration ends too early")]
    Truncated,
    /// A value the specification forbids.
    #[error("codec configuration is malformed: {0}")]
    Malformed(&'static str),
    /// Allowed by the specification, but nothing this workspace carries.
    #[error("codec configuration is not supported: {0}")]
    Unsupported(&'static str),
}
