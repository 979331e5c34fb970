//! What the server and a worker say to each other: a line of JSON each time, on descriptor 3 of the worker.
//!
//! The first line to the worker is the [`Job`](super::Job); then come [`Order`]s. What it says are [`Said`]s. Both ends are
//! one pair of sockets, rather than two pipes: one descriptor to hand over, and each side learns the other's end from
//! the same one that it reads.

use std::io::{self, BufRead, Read as _};

use api::Code;
use serde::{Deserialize, Serialize};

/// The longest line, in bytes.
pub(super) const LONGEST_LINE: u64 = 4_096;

/// Said to a worker that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Order {
    /// Make the next picture a key frame.
    KeyFrame,
}

/// Said by a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// All elements are loaded and all doors shut: media may come.
    Ready(Ready),
    /// What it did so far; about once a second while media comes.
    Counters(Counters),
    /// It ends, and why.
    Failed {
        /// What it is.
        code: Code,
        /// In plain words.
        sentence: String,
    },
}

/// How a worker begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ready {
    /// Whether the kernel's Landlock holds besides the filter of system calls.
    pub(super) landlock: bool,
}

/// What a worker did since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Pictures that came.
    pub pictures_in: u64,
    /// Pictures made.
    pub pictures_out: u64,
    /// Packets of sound that came.
    pub sounds_in: u64,
    /// Packets of sound made.
    pub sounds_out: u64,
    /// Packets left out, as they couldn't be decoded.
    pub skipped: u64,
    /// Tags left out, as they couldn't be read.
    pub refused: u64,
}

/// One line with its end.
pub(super) fn line(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

/// The next line; none at the end.
///
/// # Errors
/// The descriptor can't be read, or a line is longer than [`LONGEST_LINE`] or isn't what was expected.
pub(super) fn read_line<T: for<'a> Deserialize<'a>>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    from.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_the_design_writes_them() {
        let text = |line: Vec<u8>| String::from_utf8(line).unwrap();
        assert_eq!(text(line(&Order::KeyFrame).unwrap()), "{\"do\":\"key_frame\"}\n");
        let failed = Said::Failed {
            code: Code::WorkerUnavailable,
            sentence: "No.".to_owned(),
        };
        assert_eq!(
            text(line(&failed).unwrap()),
            "{\"failed\":{\"code\":\"worker.unavailable\",\"sentence\":\"No.\"}}\n"
        );
        let ready = Said::Ready(Ready { landlock: false });
        assert_eq!(text(line(&ready).unwrap()), "{\"ready\":{\"landlock\":false}}\n");
    }

    #[test]
    fn what_is_written_is_read_and_what_is_too_long_or_strange_is_refused() {
        let mut both = line(&Order::KeyFrame).unwrap();
        both.extend(line(&Order::KeyFrame).unwrap());
        let mut from = &both[..];
        for expected in [Some(Order::KeyFrame), Some(Order::KeyFrame), None] {
            assert_eq!(read_line::<Order>(&mut from).unwrap(), expected);
        }
        let long = vec![b' '; LONGEST_LINE as usize + 1];
        for strange in [&b"{\"do\":\"dance\"}\n"[..], b"\xff\n", &long] {
            assert!(read_line::<Order>(&mut { strange }).is_err());
        }
    }
}
