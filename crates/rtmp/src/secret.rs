//! Text that no log may show.

use std::fmt;

/// What stands for a secret in others' words.
const MASK: &str = "***";

/// A stream key, with its query where it has one. Neither `Debug` nor anything else but [`Secret::expose`]
/// shows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself: to compare it, or to send it to the server it belongs to.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of the secret, and of its part before the query, masked.
    pub fn mask(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        let text = text.replace(&self.0, MASK);
        match self.0.split_once('?') {
            Some((stem, _)) if !stem.is_empty() => text.replace(stem, MASK),
            _ => text,
        }
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_and_is_masked_in_others_words() {
        let key = Secret::from("abc?token=t");
        assert_eq!(format!("{key:?}"), "[redacted]");
        assert_eq!(key.mask("abc is busy, abc?token=t"), "*** is busy, ***");
        assert_eq!(Secret::default().mask("as it was"), "as it was");
    }
}
