//! The line between studio and server: a forwarder that can be made bad while the show runs.
#![allow(
    unsafe_code,
    reason = "setsockopt(2): std can't set the size of a socket's buffer"
)]

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::rate::Rate;

/// What a bad line carries: a third of what the demo show sends.
const BAD: u32 = 100_000;

/// What may wait in this program's receive buffer. With the system's own, of megabytes, a bad line would go unnoticed
/// for many seconds.
#[cfg(unix)]
const WAITING: libc::c_int = 32 * 1024;

/// At most this much is handed on at a time: at the bad rate, 20 ms.
const PIECE: usize = 2048;

/// A forwarder. Its threads end with their connections, the one that accepts with this program.
pub(super) struct Line {
    at: SocketAddr,
    timed: Arc<Timed>,
}

impl Line {
    /// Forwards what comes to a free port of loopback to `to`.
    pub(super) fn to(to: SocketAddr) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("the line to the server can't be made: {e}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        narrow(&listener).map_err(failed)?;
        let at = listener.local_addr().map_err(failed)?;
        let timed = Arc::new(Timed {
            clock: Instant::now(),
            rate: Mutex::new(Rate::default()),
        });
        let shared = Arc::clone(&timed);
        spawn("line", move || {
            for studio in listener.incoming().flatten() {
                connect(studio, to, &shared);
            }
        })
        .map_err(failed)?;
        Ok(Self { at, timed })
    }

    /// Where the studio connects.
    pub(super) fn address(&self) -> SocketAddr {
        self.at
    }

    /// Makes the line bad, or good again.
    pub(super) fn set_bad(&self, bad: bool) {
        lock(&self.timed.rate).set(bad.then_some(BAD));
    }

    /// What a bad line carries, in kbit/s.
    pub(super) const fn bad_kbits() -> u32 {
        BAD * 8 / 1000
    }
}

/// What all connections of a line share: they carry its rate together.
struct Timed {
    clock: Instant,
    rate: Mutex<Rate>,
}

/// Joins a connection of the studio with one to the server.
fn connect(studio: TcpStream, to: SocketAddr, timed: &Arc<Timed>) {
    let Ok(server) = TcpStream::connect(to) else {
        // The studio reads the end of the connection, as it would from a server that isn't there.
        return;
    };
    let _ = studio.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (Ok(from_server), Ok(to_studio)) = (server.try_clone(), studio.try_clone()) else {
        return;
    };
    let timed = Arc::clone(timed);
    let _ = spawn("line-up", move || forward(studio, server, Some(&timed)));
    let _ = spawn("line-down", move || forward(from_server, to_studio, None));
}

/// Hands on what comes until one side ends.
fn forward(mut from: TcpStream, mut to: TcpStream, timed: Option<&Timed>) {
    let mut piece = [0; PIECE];
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        if let Some(Timed { clock, rate }) = timed {
            let now = clock.elapsed();
            let carried = lock(rate).carry(now, read);
            std::thread::sleep(carried.saturating_sub(now));
        }
        if to.write_all(&piece[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map(|_| ())
}

fn lock(rate: &Mutex<Rate>) -> std::sync::MutexGuard<'_, Rate> {
    rate.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Small receive buffers for what `listener` accepts, which inherits them (tcp(7)).
#[cfg(unix)]
fn narrow(listener: &TcpListener) -> std::io::Result<()> {
    let (value, length) = (WAITING, size_of::<libc::c_int>() as libc::socklen_t);
    // SAFETY: the descriptor is the listener's; the option is an int, of which place and length are given.
    let result = unsafe {
        libc::setsockopt(
            std::os::fd::AsRawFd::as_raw_fd(listener),
            libc::SOL_SOCKET,
            libc::SO_RCVBUF,
            (&raw const value).cast(),
            length,
        )
    };
    if result == 0 {
        return Ok(());
    }
    Err(std::io::Error::last_os_error())
}

/// Elsewhere a bad line is noticed when the system's buffers are full.
#[cfg(not(unix))]
fn narrow(_: &TcpListener) -> std::io::Result<()> {
    Ok(())
}

/// How long a line is bad.
pub(super) const BAD_FOR: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_both_ways_and_ends_together() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let line = Line::to(server.local_addr().unwrap()).unwrap();
        let mut studio = TcpStream::connect(line.address()).unwrap();
        let sent: Vec<u8> = (0..100_000_u32).map(|n| n as u8).collect();
        studio.write_all(&sent).unwrap();
        studio.shutdown(Shutdown::Write).unwrap();
        let (mut at_server, _) = server.accept().unwrap();
        let mut got = Vec::new();
        at_server.read_to_end(&mut got).unwrap();
        assert!(got == sent);
        at_server.write_all(b"answer").unwrap();
        drop(at_server);
        let mut answer = String::new();
        studio.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "answer");
    }
}
