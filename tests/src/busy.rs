//! Other programs that take the processor.

use std::io;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// What each does: nothing, as fast as it can, for as long as whoever started it is there.
const NOTHING: &str =
    "while kill -0 $PPID; do n=0; while [ $n -lt 99999 ]; do n=$((n + 1)); done; done 2> /dev/null";

/// Shells that do nothing, as fast as they can; they end when this is dropped.
pub struct Busy {
    _shells: Vec<Child>,
}

impl Busy {
    /// So many of them.
    ///
    /// # Errors
    /// The system has no process left.
    pub fn start(count: usize, manners: Manners) -> io::Result<Self> {
        let shell = |_| {
            let mut command = match manners {
                Manners::Polite => {
                    let mut nice = Command::new("nice");
                    nice.args(["-n", "19", "sh"]);
                    nice
                }
                Manners::Plain => Command::new("sh"),
            };
            command.args(["-c", NOTHING]);
            command.stdin(Stdio::null()).kill_on_drop(true).spawn()
        };
        let shells: io::Result<_> = (0..count).map(shell).collect();
        Ok(Self { _shells: shells? })
    }
}

/// How a program takes the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// As most do.
    Plain,
    /// It gives way to all others.
    Polite,
}
