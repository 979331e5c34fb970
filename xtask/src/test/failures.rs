//! What failed tests said, taken out of libtest's output.

use std::fmt;

/// Characters shown of what a test said: enough for the sentence, not for a dump.
const SHOWN: usize = 600;

/// A test that failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    name: String,
    said: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.said)
    }
}

/// The tests that failed, from sections `---- NAME stdout ----` below `failures:` up to the list of names.
pub(super) fn read(lines: &[String]) -> Vec<Failure> {
    let mut found: Vec<Failure> = Vec::new();
    let mut inside = false;
    for line in lines.iter().map(|line| line.trim()) {
        if let Some(name) = name(line) {
            inside &= !found.iter().any(|failure| failure.name == name);
            if inside {
                let (name, said) = (name.to_owned(), String::new());
                found.push(Failure { name, said });
            }
        } else if line == "failures:" {
            // The second time only their names follow.
            inside = !inside;
        } else if line == "successes:" || line.starts_with("test result:") {
            inside = false;
        } else if let Some(failure) = found.last_mut().filter(|_| inside) {
            add(&mut failure.said, line);
        }
    }
    found
}

fn name(line: &str) -> Option<&str> {
    line.strip_prefix("---- ")?.strip_suffix(" stdout ----")
}

/// Adds a line to what a test said, from its panic on.
fn add(said: &mut String, line: &str) {
    let panic = line.contains("panicked at ");
    let rest = SHOWN.saturating_sub(said.chars().count());
    if (said.is_empty() && !panic) || line.is_empty() || line.starts_with("note: ") || rest == 0 {
        return;
    }
    if !said.is_empty() {
        said.push(' ');
    }
    said.extend(line.chars().take(rest));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_named_with_what_it_said() {
        let printed = "successes:\n\n---- fine stdout ----\nnothing\n\nsuccesses:\n    fine\n\nfailures:\n\n\
            ---- it::breaks stdout ----\nwent here\nthread 'it::breaks' (7) panicked at src/lib.rs:3:5:\nleft: 1\n\
            note: run with `RUST_BACKTRACE=1`\n\n\nfailures:\n    it::breaks\n\ntest result: FAILED. 1 passed; 1 failed\n\
            \nrunning 1 test\nsuccesses:\n---- other stdout ----\nmore\ntest result: ok.";
        let lines: Vec<_> = printed.lines().map(str::to_owned).collect();
        let failures = read(&lines);
        assert_eq!(failures.len(), 1, "{failures:?}");
        let said = "it::breaks: thread 'it::breaks' (7) panicked at src/lib.rs:3:5: left: 1";
        assert_eq!(failures[0].to_string(), said);
    }

    #[test]
    fn a_dump_is_cut_short() {
        let mut said = String::new();
        add(&mut said, "no panic yet");
        add(&mut said, "panicked at here:");
        add(&mut said, &"a".repeat(5_000));
        add(&mut said, "more");
        assert_eq!(said.chars().count(), SHOWN + 1);
    }
}
