//! `anchor-guardian PROGRAM [WORD...]`: runs the studio, and runs it again when it has crashed.
//!
//! It draws nothing, holds nothing and waits. That a show goes on within seconds must not hang on whatever brought the
//! studio down, nor on a seller who looks into a camera. It is a program of its own because what a window needs begins
//! threads before `main`, after which no process can be forked, and takes memory in every process that loads it.

mod guard;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;

#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
use other as system;

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};
use std::time::Instant;

use guard::{Guard, PANICKED};

/// Tells the studio that it is watched over already.
const ALONE: &str = "--alone";
/// Tells it, too, that the one before it has crashed.
const REVIVED: &str = "--revived";

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        eprintln!("Name the program to run: anchor-guardian PROGRAM [WORD...].");
        return ExitCode::from(2);
    };
    match watch_over(&program, &words.collect::<Vec<_>>()) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("{} can't be run: {error}.", program.display());
            ExitCode::FAILURE
        }
    }
}

/// Runs the studio until it ends otherwise than by a crash: with what this process ends, too.
fn watch_over(program: &OsString, words: &[OsString]) -> io::Result<u8> {
    let mut watch = system::Watch::begin()?;
    let mut guard = Guard::default();
    let mut ours = vec![ALONE];
    loop {
        let mut studio = Command::new(program).args(words).args(&ours).spawn()?;
        let end = watch.wait(&mut studio)?;
        if let Some(code) = guard.ended(end, Instant::now()) {
            return Ok(code);
        }
        eprintln!("The studio has crashed; it is started again.");
        ours = vec![ALONE, REVIVED];
    }
}

/// How the studio ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    /// The code it chose; none when it crashed.
    code: Option<u8>,
    /// This process had been asked to end it.
    asked: bool,
}

impl End {
    /// By the exit status' code, where it has one.
    fn by_code(code: i32, asked: bool) -> Self {
        // Codes that are no small numbers are the system's: access violations and the like.
        let code = u8::try_from(code).ok().filter(|&code| code != PANICKED);
        Self { code, asked }
    }
}
