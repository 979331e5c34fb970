//! Linux: the studio is a fork of the process that watches, so that both share the memory of the program as it was loaded.
#![allow(unsafe_code, reason = "system calls that the standard library doesn't offer")]

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Instant;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use super::{Ended, Guard, PANICKED, Role};

/// By these a process is asked to end.
const ASKED: [libc::c_int; 4] = [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGQUIT];

pub(super) fn watch_over(guard: &mut Guard) -> io::Result<Role> {
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::other("it has threads already"));
    }
    let (held, before) = hold_signals()?;
    let mut revived = false;
    loop {
        let Some(studio) = fork()? else {
            set_mask(&before)?;
            return Ok(Role::Studio { revived });
        };
        let (how, asked) = wait(studio, &held)?;
        match guard.ended(how, Instant::now()) {
            Some(code) => return Ok(Role::Over(code.into())),
            // What crashes as it ends was to end.
            None if asked => return Ok(Role::Over(PANICKED.into())),
            None => {}
        }
        eprintln!("The studio has crashed; it is started again.");
        revived = true;
    }
}

/// The child's id; none in the child.
fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: this is the only thread, as was looked at, and none is begun in between: all locks are free in the child.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(Pid::from_raw(id)),
    }
}

/// Waits until the studio has ended: how, and whether it was asked to. That this process is asked to end is passed on, as
/// often as it is asked.
fn wait(studio: Pid, held: &libc::sigset_t) -> io::Result<(Ended, bool)> {
    let mut asked = false;
    loop {
        let mut told = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: `held` is a whole set, and there is room for what is told.
        let signal = unsafe { libc::sigwaitinfo(held, told.as_mut_ptr()) };
        // SAFETY: zeros are a whole siginfo_t, too.
        let from_terminal = unsafe { told.assume_init() }.si_code == libc::SI_KERNEL;
        asked |= ASKED.contains(&signal);
        // A terminal has told the studio itself.
        if ASKED.contains(&signal) && !from_terminal {
            // It may have ended meanwhile.
            let _ = kill_process(studio, Signal::TERM);
        }
        // Several signals may have become one.
        if let Some((_, status)) = waitpid(Some(studio), WaitOptions::NOHANG)? {
            let how = ended(status.exit_status(), status.terminating_signal());
            return Ok((how, asked));
        }
    }
}

/// By a process's exit status, or the signal that has ended it: one that was asked to end, and did without a word, has
/// ended well.
fn ended(code: Option<i32>, signal: Option<i32>) -> Ended {
    match (code, signal) {
        (Some(code), _) if code == i32::from(PANICKED) => Ended::Crashed,
        // A process' exit status has eight bits.
        (Some(code), _) => Ended::Well(code as u8),
        (None, Some(signal)) if ASKED.contains(&signal) => Ended::Well(0),
        (None, _) => Ended::Crashed,
    }
}

/// Holds back the signals that are waited for, so that none is missed: the set of them, and what was held back before.
fn hold_signals() -> io::Result<(libc::sigset_t, libc::sigset_t)> {
    let (mut held, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    // SAFETY: the first call makes a set of the memory it is given, the others get that set, and memory for another.
    unsafe {
        libc::sigemptyset(held.as_mut_ptr());
        for signal in ASKED.into_iter().chain([libc::SIGCHLD]) {
            libc::sigaddset(held.as_mut_ptr(), signal);
        }
        let held = held.assume_init();
        match libc::sigprocmask(libc::SIG_BLOCK, &raw const held, before.as_mut_ptr()) {
            0 => Ok((held, before.assume_init())),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

fn set_mask(mask: &libc::sigset_t) -> io::Result<()> {
    // SAFETY: `mask` is a whole set, and the one before isn't asked for.
    match unsafe { libc::sigprocmask(libc::SIG_SETMASK, mask, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_was_asked_to_end_has_not_crashed() {
        assert_eq!(ended(Some(0), None), Ended::Well(0));
        assert_eq!(ended(Some(1), None), Ended::Well(1));
        assert_eq!(ended(Some(i32::from(PANICKED)), None), Ended::Crashed);
        for (signal, how) in [
            (libc::SIGTERM, Ended::Well(0)),
            (libc::SIGINT, Ended::Well(0)),
            (libc::SIGSEGV, Ended::Crashed),
            (libc::SIGKILL, Ended::Crashed),
        ] {
            assert_eq!(ended(None, Some(signal)), how, "signal {signal}");
        }
    }

    #[test]
    fn a_process_with_threads_is_not_made_two() {
        let mut guard = Guard::default();
        // The test's own thread is not the first.
        assert!(watch_over(&mut guard).is_err());
    }
}
