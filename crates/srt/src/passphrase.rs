//! What a connection is encrypted with.

use std::fmt;
use std::ops::RangeInclusive;

use crate::Error;

/// Bytes that a passphrase has (libsrt's `SRTO_PASSPHRASE`).
const LENGTH: RangeInclusive<usize> = 10..=79;

/// A passphrase of 10 to 79 bytes. Nothing shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(String);

impl Passphrase {
    /// Takes `text` as it is.
    ///
    /// # Errors
    /// [`Error::Option`] when it has fewer than 10 or more than 79 bytes, or a zero byte.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if !LENGTH.contains(&text.len()) || text.contains('\0') {
            return Err(Error::Option("a passphrase has 10 to 79 characters"));
        }
        Ok(Self(text))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_length_is_bounded_and_it_is_not_shown() {
        for refused in ["", "nine char", "ten\0 chars", &"x".repeat(80)] {
            assert_eq!(Passphrase::new(refused).unwrap_err().code(), "srt.option");
        }
        for taken in ["ten chars.", &"x".repeat(79)] {
            let passphrase = Passphrase::new(taken).unwrap();
            assert_eq!(passphrase.expose(), taken);
            assert_eq!(format!("{passphrase:?}"), "[redacted]");
        }
    }
}
