//! Where a caller calls, and what it asks for there.

use std::fmt;

use crate::Error;

/// Bytes a stream id has at most (SRT Access Control Guidelines).
pub const MAX_STREAM_ID: usize = 512;

/// A listener's address and the stream id to say there. `Debug` doesn't show the stream id: it may hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) stream_id: String,
}

impl Target {
    /// `host` is a name or an address (IPv6 without brackets); an empty `stream_id` is none.
    ///
    /// # Errors
    /// [`Error::StreamId`] when it is over 512 bytes or has a zero byte.
    pub fn new(host: impl Into<String>, port: u16, stream_id: impl Into<String>) -> Result<Self, Error> {
        let stream_id = stream_id.into();
        if stream_id.len() > MAX_STREAM_ID || stream_id.contains('\0') {
            return Err(Error::StreamId);
        }
        Ok(Self {
            host: host.into(),
            port,
            stream_id,
        })
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({}, {}, [redacted])", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_id_is_bounded_and_not_shown() {
        for refused in ["x".repeat(513), "a\0b".to_owned()] {
            assert_eq!(Target::new("h", 1, refused).unwrap_err().code(), "srt.stream_id");
        }
        let target = Target::new("host", 1, "x".repeat(512)).unwrap();
        assert_eq!(format!("{target:?}"), "Target(host, 1, [redacted])");
    }
}
