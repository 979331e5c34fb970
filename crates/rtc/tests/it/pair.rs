//! Two connections and a line between them, in virtual time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use media::{Packet, Timestamp, TrackKind};
use rtc::payload::h264;
use rtc::{Candidates, Connection, Event, Identity, Output, Role, Transport, Unit};

const ADDRESSES: [([u8; 4], u16); 2] = [([192, 0, 2, 1], 5000), ([192, 0, 2, 2], 6000)];

/// One way of the line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) delay: Duration,
    /// One packet in so many is lost; 0: none.
    pub(crate) lost: u64,
    /// Bits a second.
    pub(crate) rate: u64,
}

impl Default for Way {
    fn default() -> Self {
        let delay = Duration::from_millis(10);
        Self {
            delay,
            lost: 0,
            rate: 1_000_000_000,
        }
    }
}

/// A client that offered (0), and a server that answered (1).
pub(crate) struct Pair {
    pub(crate) ends: [Connection; 2],
    pub(crate) events: [Vec<(Duration, Event)>; 2],
    pub(crate) now: Instant,
    /// From the client, from the server.
    pub(crate) ways: [Way; 2],
    start: Instant,
    wake: [Instant; 2],
    /// When a way is free again.
    free: [Instant; 2],
    sent: [u64; 2],
    flying: BTreeMap<(Instant, u64), (usize, Vec<u8>)>,
    numbers: u64,
}

impl Pair {
    /// The client has `role`, the server the other.
    pub(crate) fn new(role: Role) -> Self {
        let now = Instant::now();
        let identity = Identity::generate().unwrap();
        let at = |end: usize| Candidates {
            udp: vec![ADDRESSES[end].into()],
            tcp: Vec::new(),
        };
        let offered = Connection::offer(role, &identity, &at(0), now).unwrap();
        let other = match role {
            Role::Send => Role::Receive,
            Role::Receive => Role::Send,
        };
        let mut client = offered.connection;
        let (server, answer) = Connection::answer(&offered.offer, other, &identity, &at(1), now).unwrap();
        client.accept(&answer).unwrap();
        Self {
            ends: [client, server],
            events: [Vec::new(), Vec::new()],
            now,
            ways: [Way::default(); 2],
            start: now,
            wake: [now; 2],
            free: [now; 2],
            sent: [0; 2],
            flying: BTreeMap::new(),
            numbers: 0,
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// Lets both ends do what they want to.
    pub(crate) fn settle(&mut self, end: usize) {
        while let Some(output) = self.ends[end].poll() {
            match output {
                Output::Timeout(at) => {
                    // Time goes on, whatever is asked for.
                    self.wake[end] = at.max(self.now + Duration::from_micros(100));
                    return;
                }
                Output::Event(event) => self.events[end].push((self.elapsed(), event)),
                Output::Transmit { packet, .. } => self.carry(end, packet),
            }
        }
        self.wake[end] = self.now + Duration::from_secs(3600);
    }

    fn carry(&mut self, end: usize, packet: Vec<u8>) {
        let way = self.ways[end];
        self.sent[end] += 1;
        let lost = way.lost > 0 && self.sent[end].is_multiple_of(way.lost);
        let takes = Duration::from_nanos(packet.len() as u64 * 8 * 1_000_000_000 / way.rate);
        self.free[end] = self.free[end].max(self.now) + takes;
        if !lost {
            self.numbers += 1;
            let arrives = self.free[end] + way.delay;
            self.flying.insert((arrives, self.numbers), (1 - end, packet));
        }
    }

    /// Goes on to `until` since the start.
    pub(crate) fn run(&mut self, until: Duration) {
        let until = self.start + until;
        for end in [0, 1] {
            self.settle(end);
        }
        loop {
            let arrival = self.flying.keys().next().map(|(at, _)| *at);
            let woken = self.wake[0].min(self.wake[1]);
            let next = arrival.map_or(woken, |at| at.min(woken));
            if next > until {
                self.now = until;
                return;
            }
            self.now = self.now.max(next);
            self.step(arrival);
        }
    }

    fn step(&mut self, arrival: Option<Instant>) {
        if arrival.is_some_and(|at| at <= self.now) {
            let Some((_, (end, packet))) = self.flying.pop_first() else {
                return;
            };
            let at = |end: usize| SocketAddr::from(ADDRESSES[end]);
            self.ends[end].receive(self.now, Transport::Udp, at(1 - end), at(end), &packet);
            return self.settle(end);
        }
        for end in [0, 1] {
            if self.wake[end] <= self.now {
                self.ends[end].timeout(self.now);
                self.settle(end);
            }
        }
    }

    /// Sends `unit` from `end` now.
    pub(crate) fn send(&mut self, end: usize, unit: &Unit) {
        self.ends[end].send(unit, unit.pts);
        self.settle(end);
        self.ends[end].timeout(self.now);
        self.settle(end);
    }

    pub(crate) fn connect(&mut self) {
        self.run(Duration::from_secs(3));
        assert!(self.ends.iter().all(Connection::is_connected));
    }
}

/// A picture of `bytes` bytes at `pts`.
pub(crate) fn picture(pts: Duration, key: bool, bytes: usize, taken: Instant) -> Unit {
    let mut nal = vec![if key { 0x65 } else { 0x41 }];
    nal.resize(bytes, 0x5a);
    // The size within, so that each is told from the next.
    nal[1..9].copy_from_slice(&(pts.as_millis() as u64 | 1 << 63).to_be_bytes());
    let data = [&(nal.len() as u32).to_be_bytes()[..], &nal].concat();
    let payloads: Vec<Arc<[u8]>> = h264::packetize(&data, None);
    Unit {
        kind: TrackKind::Video,
        pts: Timestamp::from_millis(pts.as_millis() as i64),
        key,
        taken,
        payloads: payloads.into(),
    }
}

/// A packet of sound at `pts`.
pub(crate) fn sound(pts: Duration, taken: Instant) -> Unit {
    let at = Timestamp::from_millis(pts.as_millis() as i64);
    let packet = Packet::at(TrackKind::Audio, at, true, Bytes::from(vec![0xfc; 160]));
    Unit::sound(&packet, taken)
}
