//! The last gate: a text passes only where its key is known, and where it looks like what that key holds.

use serde_json::Value;

use crate::{LEFT_OUT, address, names};

/// Lets what may be said of everything pass.
pub(crate) struct Veil<'a> {
    /// Words that may stand in nothing that comes from the computer: who uses it, what it is called.
    pub(crate) private: &'a [String],
    /// Whether a platform is one that everybody knows.
    pub(crate) is_platform: &'a dyn Fn(&str) -> bool,
}

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// A word of this program, never of a person.
    Word,
    /// What stands for a name.
    Name,
    /// What stands for an address.
    Address,
    /// An id from the list of platforms.
    Platform,
    /// A colour, as in `#00ff00`.
    Color,
    /// Frames a second, as in `30000/1001`.
    Rate,
    /// A fact of the computer, or a sentence made of such facts.
    Fact,
    /// The name of another program.
    Program,
}

/// Keys that may hold a text, below one of the name `parent`.
fn holds(parent: &str, key: &str) -> Option<Holds> {
    Some(match (parent, key) {
        ("busiest", "name") => Holds::Program,
        (_, "code" | "cause" | "failure" | "level" | "side" | "strength" | "status" | "line") => Holds::Word,
        (_, "line_mode" | "shed" | "what" | "from" | "to" | "blend" | "target" | "exceeded" | "reach") => {
            Holds::Word
        }
        (
            _,
            "name" | "subjects" | "place" | "places" | "through" | "scene" | "source" | "on_air" | "subject"
            | "show",
        ) => Holds::Name,
        (_, "url" | "companion") => Holds::Address,
        (_, "platform") => Holds::Platform,
        (_, "color") => Holds::Color,
        (_, "rate") => Holds::Rate,
        (_, "version" | "made" | "system" | "kernel" | "arch" | "processor" | "adapter") => Holds::Fact,
        (_, "format") => Holds::Fact,
        _ => return None,
    })
}

impl Veil<'_> {
    /// Leaves out whatever may not be said of `value`, which a key of the name `key` holds, below one of the name `parent`.
    pub(crate) fn lay(&self, value: &mut Value, parent: &str, key: &str) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| is_key(name));
                for (name, field) in fields.iter_mut() {
                    self.lay(field, key, name);
                }
            }
            // What a list holds is its key's.
            Value::Array(items) => items.iter_mut().for_each(|item| self.lay(item, parent, key)),
            Value::String(text) => {
                if !holds(parent, key).is_some_and(|holds| self.passes(text, holds)) {
                    LEFT_OUT.clone_into(text);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn passes(&self, text: &str, holds: Holds) -> bool {
        match holds {
            Holds::Word => is_word(text),
            Holds::Name => names::is_hidden(text),
            Holds::Address => address::is_described(text),
            Holds::Platform => (self.is_platform)(text),
            Holds::Color => is_color(text),
            Holds::Rate => text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit() || b"./".contains(&b)),
            Holds::Fact => self.is_fact(text, 200),
            Holds::Program => self.is_fact(text, 20),
        }
    }

    fn is_fact(&self, text: &str, longest: usize) -> bool {
        let lower = text.to_lowercase();
        let printable = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        text.len() <= longest
            && printable
            && !self
                .private
                .iter()
                .any(|word| lower.contains(&word.to_lowercase()))
    }
}

fn is_key(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=40).contains(&name.len()) && name.bytes().all(plain)
}

fn is_word(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.:-".contains(&b);
    (1..=80).contains(&text.len()) && text.bytes().all(plain)
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn veiled(mut value: Value) -> Value {
        let private = ["anna".to_owned()];
        let is_platform = |id: &str| id == "twitch";
        let veil = Veil {
            private: &private,
            is_platform: &is_platform,
        };
        veil.lay(&mut value, "", "");
        value
    }

    #[test]
    fn words_of_this_program_pass_and_others_do_not() {
        let passes = json!({
            "code": "line.full", "strength": ["weak", "strong"], "name": "place 2", "url": "srt, internet",
            "platform": "twitch", "color": "#00ff7f", "rate": "30000/1001", "adapter": "llvmpipe (LLVM 15)",
            "busiest": {"name": "chrome", "cpu": 0.5}, "on": true, "n": [1, null], "empty": {"name": ""},
        });
        assert_eq!(veiled(passes.clone()), passes);
        let hidden = json!({
            "code": "Hello World", "strength": ["Anna"], "name": "place", "url": "srt://there",
            "platform": "mine", "color": "#secret", "rate": "thirty", "adapter": "Anna's card",
            "busiest": {"name": "anna-sync", "name2": "x"}, "sentence": "line.full", "other": ["word"],
            "name_of": "place 1",
        });
        let left = |value: &Value| match value {
            Value::String(text) => text == LEFT_OUT,
            Value::Array(items) => items.iter().all(|item| item == LEFT_OUT),
            Value::Object(fields) => fields.values().all(|field| field == LEFT_OUT),
            _ => false,
        };
        for (key, value) in veiled(hidden).as_object().unwrap() {
            assert!(left(value), "{key}: {value}");
        }
    }

    #[test]
    fn keys_that_no_field_has_are_left_out_with_what_they_hold() {
        assert_eq!(
            veiled(json!({"Anna": 1, "a b": 2, "kept": {"ÄÖ": 3}})),
            json!({"kept": {}})
        );
    }
}
