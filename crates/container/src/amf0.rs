//! AMF0, the values in RTMP commands and FLV script tags ("Action Message Format -- AMF 0", Adobe, 2007).
//!
//! Reading is bounded by [`Limits`] before anything is allocated: what a stranger sends costs no more than
//! the bytes it took to send it.

mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::{decode, decode_all};
pub use write::encode;

/// Type markers (clause 2.1).
mod marker {
    pub(super) const NUMBER: u8 = 0x00;
    pub(super) const BOOLEAN: u8 = 0x01;
    pub(super) const STRING: u8 = 0x02;
    pub(super) const OBJECT: u8 = 0x03;
    pub(super) const NULL: u8 = 0x05;
    pub(super) const UNDEFINED: u8 = 0x06;
    pub(super) const ECMA_ARRAY: u8 = 0x08;
    pub(super) const OBJECT_END: u8 = 0x09;
    pub(super) const STRICT_ARRAY: u8 = 0x0a;
    pub(super) const DATE: u8 = 0x0b;
    pub(super) const LONG_STRING: u8 = 0x0c;
    pub(super) const UNSUPPORTED: u8 = 0x0d;
    pub(super) const XML_DOCUMENT: u8 = 0x0f;
    pub(super) const TYPED_OBJECT: u8 = 0x10;
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Text, short or long; bytes that are not UTF-8 were replaced by U+FFFD. XML documents are read as text.
    String(String),
    /// Named values in the order they came. A typed object is read as one, without its class name.
    Object(Vec<(String, Value)>),
    /// Null.
    Null,
    /// Undefined, or the marker "unsupported".
    Undefined,
    /// Named values in the order they came, as FLV metadata is written.
    EcmaArray(Vec<(String, Value)>),
    /// Values by position.
    StrictArray(Vec<Value>),
    /// A moment; its time zone field is reserved and not kept.
    Date {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        millis: f64,
    },
}

impl Value {
    /// The value of property `key`, when this is an object or an ECMA array that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Object(p) | Self::EcmaArray(p) => p.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(s) => Some(s),
            _ => None,
        }
    }

    /// The number, when this is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The truth value, when this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(b) => Some(*b),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::String(s.to_owned())
    }
}

impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Boolean(b)
    }
}

/// What reading one message may cost at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Objects and arrays within one another.
    pub depth: usize,
    /// Values in all, each property and element counted.
    pub nodes: usize,
    /// Bytes read.
    pub bytes: usize,
}

impl Default for Limits {
    /// Depth 16, 1024 values, 64 KiB.
    fn default() -> Self {
        Self {
            depth: 16,
            nodes: 1024,
            bytes: 64 * 1024,
        }
    }
}

/// Why bytes could not be read as AMF0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes end within a value.
    #[error("the AMF0 value is cut short")]
    Truncated,
    /// A type marker that is unknown, or that has no meaning here (references, movie clips, AMF3).
    #[error("AMF0 type marker {0:#04x} is not supported")]
    Marker(u8),
    /// More objects and arrays within one another than [`Limits::depth`].
    #[error("AMF0 values are nested too deeply")]
    Depth,
    /// More values than [`Limits::nodes`].
    #[error("too many AMF0 values")]
    Nodes,
    /// More bytes than [`Limits::bytes`].
    #[error("the AMF0 value is too long")]
    Bytes,
}
