//! The parent's hold on a camera's child process: its start, what is said, its end.
//!
//! The child's standard input is a socket for both directions, its standard output the memory for pictures:
//! so nothing has to be passed on by hand between fork and exec. When the parent is gone the socket ends, and
//! with it the child.

use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::SendFlags;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::Launch;
use super::memory::Ring;
use super::wire::{self, Inbox, Order, Request, Said};

/// How long a killed child is waited for before it is left to be reaped later.
const PATIENCE: Duration = Duration::from_millis(500);
/// Shortest and longest wait for what the child says; the longest bounds how late a kill may come.
const LEAST: Duration = Duration::from_millis(1);
const MOST: Duration = Duration::from_millis(250);

/// What came of waiting.
pub(super) enum Heard {
    Said(Said),
    /// Nothing yet.
    Nothing,
    /// The child is gone, or speaks nonsense.
    End,
}

/// The way to a running child; may be used from any thread, never blocks.
#[derive(Clone)]
pub(super) struct Line(Arc<UnixStream>);

impl Line {
    /// Tells the child whether its pictures are seen. What can't be sent at once is lost; a child that far
    /// behind will be given up.
    pub(super) fn visible(&self, visible: bool) {
        if let Ok(bytes) = wire::bytes(&Order::Visible(visible)) {
            let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
            let _ = rustix::net::send(&*self.0, &bytes, flags);
        }
    }

    /// Ends the line: the child ends, and who waits for it wakes.
    pub(super) fn hang_up(&self) {
        let _ = self.0.shutdown(std::net::Shutdown::Both);
    }
}

/// A child process and what it writes into.
pub(super) struct Link {
    child: Child,
    line: Line,
    inbox: Inbox,
    /// The child's pictures.
    pub(super) ring: Arc<Ring>,
}

impl Link {
    /// Starts a child and tells it what to open.
    pub(super) fn start(launch: &Launch, request: Request) -> io::Result<Self> {
        let (ring, memory) = Ring::new()?;
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = launch();
        command
            .stdin(OwnedFd::from(theirs))
            .stdout(memory)
            .stderr(Stdio::inherit())
            // Ctrl-C at a terminal ends the show in its own order, not its cameras first.
            .process_group(0);
        let child = command.spawn()?;
        // The command still holds the child's ends.
        drop(command);
        let link = Self {
            child,
            line: Line(Arc::new(ours)),
            inbox: Inbox::default(),
            ring,
        };
        // A child that is gone already is heard to be so.
        let _ = wire::write(&mut &*link.line.0, &Order::Open(request));
        Ok(link)
    }

    /// The way to this child.
    pub(super) fn line(&self) -> Line {
        self.line.clone()
    }

    /// What the child says next; waits for it at most `patience`, and a quarter of a second.
    pub(super) fn hear(&mut self, patience: Duration) -> Heard {
        match self.inbox.next() {
            Ok(Some(said)) => return Heard::Said(said),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "a camera's child process speaks nonsense");
                return Heard::End;
            }
        }
        let stream = &*self.line.0;
        let mut bytes = [0; 4096];
        let read = stream
            .set_read_timeout(Some(patience.clamp(LEAST, MOST)))
            .and_then(|()| (&mut &*stream).read(&mut bytes));
        match read {
            Ok(0) => Heard::End,
            Ok(n) => {
                self.inbox.add(&bytes[..n]);
                Heard::Nothing
            }
            Err(e)
                if matches!(
                    e.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) =>
            {
                Heard::Nothing
            }
            Err(_) => Heard::End,
        }
    }

    /// Kills the child and reaps it; given back where it is stuck in the kernel, to be reaped later.
    pub(super) fn end(mut self) -> Option<Child> {
        // It may be gone already: then there is nothing to kill.
        let _ = self.child.kill();
        let gone = exits(&self.child) && self.child.wait().is_ok();
        (!gone).then_some(self.child)
    }
}

/// Whether a killed child is gone within [`PATIENCE`].
fn exits(child: &Child) -> bool {
    let watched = pidfd_open(Pid::from_child(child), PidfdFlags::empty());
    let Ok(watched) = watched else {
        return false;
    };
    let Ok(patience) = Timespec::try_from(PATIENCE) else {
        return false;
    };
    matches!(
        poll(&mut [PollFd::new(&watched, PollFlags::IN)], Some(&patience)),
        Ok(1)
    )
}

/// Killed children that were stuck in the kernel.
#[derive(Default)]
pub(super) struct Unreaped(Vec<Child>);

impl Unreaped {
    /// Keeps one, if there is one.
    pub(super) fn keep(&mut self, child: Option<Child>) {
        self.0.extend(child);
    }

    /// Reaps those that are gone by now.
    pub(super) fn look(&mut self) {
        self.0.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    }
}
