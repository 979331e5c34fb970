//! Names of streams.

use std::fmt;
use std::sync::Arc;

use api::{Code, Fault};

/// The public name of a stream: 1 to 64 of `A-Z a-z 0-9 _ -`. Cloning shares it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// `text` as a name, when it is one.
    pub fn new(text: &str) -> Result<Self, Fault> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            return Ok(Self(text.into()));
        }
        Err(Fault::new(
            Code::NameInvalid,
            "A name has 1 to 64 letters, digits, underscores and hyphens.",
        ))
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_names() {
        assert!(Name::new("my_show-2").is_ok() && Name::new(&"a".repeat(64)).is_ok());
        for wrong in ["", "..", "a/b", "a b", "é", "a.flv", "a%2f", &"a".repeat(65)] {
            assert_eq!(Name::new(wrong).unwrap_err().code, Code::NameInvalid, "{wrong}");
        }
    }
}
