//! The process around the studio's: starts it, and starts it again when it has crashed.
//!
//! It draws nothing, holds nothing and waits. That a show goes on within seconds must not hang on whatever brought the
//! studio down, nor on a seller who looks into a camera.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

/// Tells the studio that it is watched over; not for people.
pub(crate) const GUARDED: &str = "--guarded";
/// Tells it that the one before it has crashed; likewise.
pub(crate) const REVIVED: &str = "--revived";
/// What a studio ends with that panicked: what Rust itself ends with then.
pub(crate) const PANICKED: u8 = 101;

/// A studio that crashes more often than this within [`WHILE`] is left alone: it would crash again.
const OFTEN: usize = 3;
const WHILE: Duration = Duration::from_secs(60);

/// How a studio ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// As it was asked to, or with a reason that it has told.
    Well(u8),
    /// It has crashed.
    Crashed,
}

/// Decides whether the studio is started again. No IO, no clock.
#[derive(Debug, Default)]
struct Guard {
    crashes: VecDeque<Instant>,
}

impl Guard {
    /// The studio has ended at `at`: with what this process ends, too; it doesn't where that is none.
    fn ended(&mut self, how: Ended, at: Instant) -> Option<u8> {
        if let Ended::Well(code) = how {
            return Some(code);
        }
        self.crashes.push_back(at);
        self.crashes.retain(|crash| at - *crash < WHILE);
        (self.crashes.len() > OFTEN).then_some(PANICKED)
    }
}

/// Runs the studio until it ends, or is asked to. The answer is its exit code.
pub(crate) fn run() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map(|runtime| runtime.block_on(watch_over())) {
        Ok(Ok(code)) => code.into(),
        Ok(Err(error)) | Err(error) => {
            eprintln!("The studio can't be started: {error}.");
            ExitCode::FAILURE
        }
    }
}

async fn watch_over() -> std::io::Result<u8> {
    let (mut guard, mut revived) = (Guard::default(), false);
    loop {
        let mut studio = start(revived)?;
        let how = ended(wait(&mut studio).await?);
        if let Some(code) = guard.ended(how, Instant::now()) {
            return Ok(code);
        }
        eprintln!("The studio has crashed; it is started again.");
        revived = true;
    }
}

fn start(revived: bool) -> std::io::Result<Child> {
    let words = std::env::args_os().skip(1);
    let ours = [Some(GUARDED), revived.then_some(REVIVED)];
    let ours = ours.into_iter().flatten().map(OsString::from);
    Command::new(std::env::current_exe()?)
        .args(words.chain(ours))
        .spawn()
}

/// Waits until the studio has ended; that this process is asked to end is passed on, as often as it is asked.
async fn wait(studio: &mut Child) -> std::io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = studio.wait() => return status,
            () = studio::signals::end() => ask_to_end(studio),
        }
    }
}

#[cfg(unix)]
fn ask_to_end(studio: &Child) {
    let id = studio.id().and_then(|id| i32::try_from(id).ok());
    if let Some(pid) = id.and_then(rustix::process::Pid::from_raw) {
        // It may have ended meanwhile.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

#[cfg(not(unix))]
fn ask_to_end(_: &Child) {
    // A console passes it on by itself.
}

fn ended(status: ExitStatus) -> Ended {
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(PANICKED) => Ended::Crashed,
        Some(code) => Ended::Well(code),
        None => by_signal(status),
    }
}

/// A process that was asked to end and did without a word has ended well.
#[cfg(unix)]
fn by_signal(status: ExitStatus) -> Ended {
    use std::os::unix::process::ExitStatusExt;

    use rustix::process::Signal;
    let asked = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];
    let asked = asked.map(Signal::as_raw);
    match status.signal() {
        Some(signal) if asked.contains(&signal) => Ended::Well(0),
        _ => Ended::Crashed,
    }
}

/// Codes that are no small numbers are the system's: access violations and the like.
#[cfg(not(unix))]
fn by_signal(_: ExitStatus) -> Ended {
    Ended::Crashed
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    #[test]
    fn what_has_crashed_is_started_again_unless_it_does_so_again_and_again() {
        let (mut guard, begin) = (Guard::default(), Instant::now());
        let mut crash = |seconds| guard.ended(Ended::Crashed, begin + Duration::from_secs(seconds));
        assert_eq!([0, 10, 20].map(&mut crash), [None; 3]);
        assert_eq!(crash(85), None, "the first ones are forgotten");
        assert_eq!([86, 87, 88].map(&mut crash), [None, None, Some(PANICKED)]);
        assert_eq!(guard.ended(Ended::Well(3), begin), Some(3));
    }

    #[cfg(unix)]
    #[test]
    fn a_process_that_was_asked_to_end_has_not_crashed() {
        use std::os::unix::process::ExitStatusExt;

        let by = |wait_status: i32| ended(ExitStatus::from_raw(wait_status));
        assert_eq!(by(0), Ended::Well(0));
        assert_eq!(by(1 << 8), Ended::Well(1));
        assert_eq!(by(i32::from(PANICKED) << 8), Ended::Crashed);
        let signals = [
            (15, Ended::Well(0)),
            (2, Ended::Well(0)),
            (11, Ended::Crashed),
            (9, Ended::Crashed),
        ];
        for (signal, how) in signals {
            assert_eq!(by(signal), how, "signal {signal}");
        }
    }
}
