//! Single keys from the terminal, without Enter. The terminal is as before when this is dropped, also by a panic.
#![allow(unsafe_code, reason = "termios(3), which std doesn't have")]

use std::io::Read;
use std::mem::MaybeUninit;
use std::sync::mpsc::{Receiver, sync_channel};

/// The terminal, reading keys.
pub(super) struct Keys {
    before: libc::termios,
    pressed: Receiver<u8>,
}

impl Keys {
    /// Keys from standard input; none where it is no terminal, or one whose foreground this program is not in (reading
    /// would stop it).
    pub(super) fn listen() -> Option<Self> {
        if !in_foreground() {
            return None;
        }
        let before = attributes()?;
        let mut now = before;
        // Ctrl-C stays a signal; what is printed is not touched.
        now.c_lflag &= !(libc::ICANON | libc::ECHO);
        now.c_cc[libc::VMIN] = 1;
        now.c_cc[libc::VTIME] = 0;
        set(&now)?;
        let (press, pressed) = sync_channel(16);
        let keys = Self { before, pressed };
        let read = move || {
            for key in std::io::stdin().lock().bytes().map_while(Result::ok) {
                // A full queue means that nobody looks: more keys are not wanted.
                let _ = press.try_send(key);
            }
        };
        std::thread::Builder::new().name("keys".into()).spawn(read).ok()?;
        Some(keys)
    }

    /// The next key, when one was pressed.
    pub(super) fn next(&self) -> Option<u8> {
        self.pressed.try_recv().ok()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = set(&self.before);
    }
}

fn in_foreground() -> bool {
    // SAFETY: both take no pointer; on what is no terminal the first answers -1.
    unsafe { libc::tcgetpgrp(libc::STDIN_FILENO) == libc::getpgrp() }
}

fn attributes() -> Option<libc::termios> {
    let mut found = MaybeUninit::uninit();
    // SAFETY: the place is large enough; it is read only when the call says that it wrote it.
    let result = unsafe { libc::tcgetattr(libc::STDIN_FILENO, found.as_mut_ptr()) };
    // SAFETY: as above.
    (result == 0).then(|| unsafe { found.assume_init() })
}

fn set(attributes: &libc::termios) -> Option<()> {
    // SAFETY: a whole termios, only read.
    let result = unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, attributes) };
    (result == 0).then_some(())
}
