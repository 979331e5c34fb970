//! Another program of the studio's computer, which sends over the same line.

use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use netlab::{Lab, SERVER};

use crate::Failure;

/// Its argument: how many kilobits a second.
const OPTION: &str = "--be-foreign";
/// Nobody listens there (RFC 863).
const DISCARD: u16 = 9;
/// Bytes of a packet, and of its headers.
const PACKET: usize = 1_172;
const HEADERS: usize = 28;

/// A process of its own; it ends when this is dropped.
pub(crate) struct Foreign(Child);

impl Foreign {
    /// Sends so much from now on; none where that is nothing.
    pub(crate) fn start(lab: &Lab, kbps: u32) -> Result<Option<Self>, Failure> {
        if kbps == 0 {
            return Ok(None);
        }
        let mut command = Command::new(std::env::current_exe()?);
        command.args([OPTION, &kbps.to_string()]).stdin(Stdio::null());
        Ok(Some(Self(lab.send_over(&mut command)?.spawn()?)))
    }

    /// Is that process, if the arguments say so; then it doesn't come back.
    ///
    /// # Errors
    /// It can't send.
    pub(crate) fn be() -> Result<(), Failure> {
        let mut args = std::env::args().skip(1);
        if args.next().as_deref() != Some(OPTION) {
            return Ok(());
        }
        let kbps: u32 = args.next().ok_or("how much?")?.parse()?;
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let each = Duration::from_secs_f64((PACKET + HEADERS) as f64 * 8.0 / 1e3 / f64::from(kbps));
        let (begin, mut sent) = (Instant::now(), 0);
        let parent = rustix::process::getppid();
        // Whoever was killed can't end it.
        while rustix::process::getppid() == parent {
            // That nobody listens is told, and no matter.
            let _ = socket.send_to(&[0; PACKET], (SERVER, DISCARD));
            sent += 1;
            std::thread::sleep((each * sent).saturating_sub(begin.elapsed()));
        }
        std::process::exit(0)
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
