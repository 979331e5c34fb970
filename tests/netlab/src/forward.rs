//! A line: a thread that takes packets from one TUN device to the other, as the line's terms say.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use crate::{Link, Side, Terms};

/// The largest packet: the devices' MTU is 1500.
const LARGEST: usize = 2_048;
/// Packets read at once from one device before the others' turn.
const AT_ONCE: usize = 64;

/// A line between two devices; it ends when it is dropped.
#[derive(Debug)]
pub struct Line {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    held: Mutex<Held>,
    wake: OwnedFd,
}

#[derive(Debug)]
struct Held {
    /// Away from the studio, and towards it.
    links: [Link<Box<[u8]>>; 2],
    /// Ports whose packets vanish.
    hidden: Vec<u16>,
    over: bool,
}

impl Line {
    /// Passes packets between the device on the studio's side and the other one.
    pub(crate) fn new(near: File, far: File, terms: [Terms; 2], seed: u64) -> io::Result<Self> {
        let [up, down] = terms;
        let shared = Arc::new(Shared {
            held: Mutex::new(Held {
                links: [Link::new(up, seed), Link::new(down, seed ^ 1)],
                hidden: Vec::new(),
                over: false,
            }),
            wake: eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?,
        });
        let mut forwarder = Forwarder {
            shared: Arc::clone(&shared),
            devices: [near, far],
            buffer: vec![0; LARGEST],
        };
        let thread = std::thread::Builder::new()
            .name("line".to_owned())
            .spawn(move || forwarder.run())?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Changes the terms of a direction from now on.
    pub fn set(&self, side: Side, terms: Terms) {
        self.shared.held().links[side as usize].set(terms, Instant::now());
        self.shared.wake();
    }

    /// Makes packets to and from `port` vanish.
    pub(crate) fn hide(&self, port: u16) {
        self.shared.held().hidden.push(port);
    }

    /// The terms of a direction.
    pub fn terms(&self, side: Side) -> Terms {
        *self.shared.held().links[side as usize].terms()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.held().over = true;
        self.shared.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        // It fails only when it is already told often enough.
        let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
    }
}

struct Forwarder {
    shared: Arc<Shared>,
    devices: [File; 2],
    buffer: Vec<u8>,
}

impl Forwarder {
    fn run(&mut self) {
        let mut next = None;
        loop {
            self.wait(next);
            let shared = Arc::clone(&self.shared);
            let mut held = shared.held();
            if held.over {
                return;
            }
            let Held { links, hidden, .. } = &mut *held;
            for (from, link) in links.iter_mut().enumerate() {
                self.take(from, link, hidden);
                self.give(1 - from, link);
            }
            next = held.links.iter().filter_map(Link::next).min();
        }
    }

    /// Until there is something to do, `next` at the latest.
    fn wait(&self, next: Option<Instant>) {
        let left = next.map(|next| timespec(next.saturating_duration_since(Instant::now())));
        let [near, far] = &self.devices;
        let mut files = [
            PollFd::new(near, PollFlags::IN),
            PollFd::new(far, PollFlags::IN),
            PollFd::new(&self.shared.wake, PollFlags::IN),
        ];
        // A signal ends it early, which is as good.
        let _ = poll(&mut files, left.as_ref());
        if files[2].revents().contains(PollFlags::IN) {
            let _ = rustix::io::read(&self.shared.wake, &mut [0_u8; 8]);
        }
    }

    fn take(&mut self, from: usize, link: &mut Link<Box<[u8]>>, hidden: &[u16]) {
        for _ in 0..AT_ONCE {
            let packet = match self.devices[from].read(&mut self.buffer) {
                Ok(len) if len > 0 => &self.buffer[..len],
                _ => return,
            };
            let vanishes = ports(packet).is_some_and(|two| two.iter().any(|port| hidden.contains(port)));
            if !vanishes {
                link.offer(packet.into(), packet.len(), Instant::now());
            }
        }
    }

    fn give(&mut self, to: usize, link: &mut Link<Box<[u8]>>) {
        while let Some(packet) = link.poll(Instant::now()) {
            // A device that is down takes nothing: the packet is lost, as on a real line.
            let _ = self.devices[to].write(&packet);
        }
    }
}

/// The ports of a packet of TCP or UDP over IPv4: from where, to where (RFC 791, 3.1; RFC 9293, 3.1; RFC 768).
fn ports(packet: &[u8]) -> Option<[u16; 2]> {
    const TCP_AND_UDP: [u8; 2] = [6, 17];
    let first = *packet.first()?;
    if first >> 4 != 4 || !TCP_AND_UDP.contains(packet.get(9)?) {
        return None;
    }
    let header = usize::from(first & 0x0f) * 4;
    let ports = packet.get(header..header + 4)?;
    Some([0, 2].map(|at| u16::from_be_bytes([ports[at], ports[at + 1]])))
}

fn timespec(left: Duration) -> Timespec {
    Timespec {
        tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: left.subsec_nanos().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_those_behind_the_header_with_its_options() {
        let mut packet = vec![0; 28];
        packet[0] = 0x46;
        packet[9] = 17;
        packet[24..28].copy_from_slice(&[0x1f, 0x90, 0x07, 0x8f]);
        assert_eq!(ports(&packet), Some([8080, 1935]));
        packet[9] = 1;
        assert_eq!(ports(&packet), None, "a ping has none");
        assert_eq!(ports(&[0x60; 40]), None, "IPv6");
        assert_eq!(ports(&packet[..9]), None);
        assert_eq!(ports(&[]), None);
    }
}
