//! Unix: signals tell that the studio has ended, and that it shall.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use crate::End;

/// By these a process is asked to end.
const ASKED: [i32; 4] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT];

/// What tells of the studio's end.
pub(crate) struct Watch {
    signals: SignalsInfo<WithOrigin>,
}

impl Watch {
    /// From now on no signal is missed.
    pub(crate) fn begin() -> io::Result<Self> {
        let signals = SignalsInfo::new(ASKED.into_iter().chain([SIGCHLD]))?;
        Ok(Self { signals })
    }

    /// Waits until `studio` has ended. That this process is asked to end is passed on, as often as it is asked.
    pub(crate) fn wait(&mut self, studio: &mut Child) -> io::Result<End> {
        let mut asked = false;
        for origin in self.signals.forever() {
            asked |= ASKED.contains(&origin.signal);
            // A terminal has told the studio itself.
            if ASKED.contains(&origin.signal) && origin.cause != Cause::Kernel {
                end(studio);
            }
            if let Some(status) = studio.try_wait()? {
                return Ok(ended(status, asked));
            }
        }
        Err(io::Error::other("signals have ended"))
    }
}

/// Asks `studio` to end; it may have ended meanwhile.
fn end(studio: &Child) {
    let id = i32::try_from(studio.id()).ok().and_then(Pid::from_raw);
    let _ = id.map(|id| kill_process(id, Signal::TERM));
}

/// One that was asked to end by a signal, and did without a word, has ended well.
fn ended(status: ExitStatus, asked: bool) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::by_code(code, asked),
        (None, Some(signal)) if ASKED.contains(&signal) => End::by_code(0, asked),
        (None, _) => End { code: None, asked },
    }
}
