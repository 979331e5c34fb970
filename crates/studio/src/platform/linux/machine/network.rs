//! What other programs send.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::files;

/// This program counts what it hands to its connections. On the wire come headers of all layers, and what is sent again.
const OVERHEAD: f64 = 1.08;
/// A route that is in use (route.h).
const UP: u32 = 0x1;
/// A route by which nothing is let through.
const REJECT: u32 = 0x200;

/// What is sent is counted over this: this program hands pictures over at once that leave one by one.
const WINDOW: Duration = Duration::from_secs(1);
/// Less than this says nothing yet.
const SHORTEST: Duration = Duration::from_millis(500);

/// Compares what was sent with what had been sent a second before.
pub(in crate::platform) struct Uploads {
    procfs: PathBuf,
    sent: VecDeque<Sent>,
}

/// What was sent by then.
struct Sent {
    at: Instant,
    interface: String,
    bytes: u64,
    own_bytes: u64,
}

impl Uploads {
    /// Of the machine this program runs on.
    pub(in crate::platform) fn new() -> Self {
        Self::at(Path::new("/proc"))
    }

    pub(super) fn at(procfs: &Path) -> Self {
        Self {
            procfs: procfs.to_owned(),
            sent: VecDeque::new(),
        }
    }

    /// What others have sent in the last second, by the interface that leads outside, in kbit/s. None at first and where
    /// that interface is another one now. `own_bytes`: what this program has sent outside (not to this machine) since it
    /// began. Takes some tens of microseconds, and never waits.
    pub(in crate::platform) fn read(&mut self, at: Instant, own_bytes: u64) -> Option<u32> {
        let Some(now) = Sent::read(&self.procfs.join("net"), at, own_bytes) else {
            self.sent.clear();
            return None;
        };
        let other = |before: &Sent| now.bytes_of_others(before).is_none();
        if self.sent.back().is_some_and(other) {
            self.sent.clear();
        }
        // One of a second ago or more stays, to compare with.
        while self.sent.get(1).is_some_and(|second| at - second.at >= WINDOW) {
            self.sent.pop_front();
        }
        let kbps = self.sent.front().and_then(|before| now.foreign_kbps(before));
        self.sent.push_back(now);
        kbps
    }
}

impl Sent {
    fn read(net: &Path, at: Instant, own_bytes: u64) -> Option<Self> {
        let interface = default_interface(net)?;
        let bytes = sent_by(net, &interface)?;
        Some(Self {
            at,
            interface,
            bytes,
            own_bytes,
        })
    }

    fn foreign_kbps(&self, before: &Self) -> Option<u32> {
        let foreign = self.bytes_of_others(before)?;
        let time = self.at.saturating_duration_since(before.at);
        (time >= SHORTEST).then(|| (foreign * 8.0 / 1000.0 / time.as_secs_f64()) as u32)
    }

    /// None where both can't be compared.
    fn bytes_of_others(&self, before: &Self) -> Option<f64> {
        let same = self.interface == before.interface;
        let all = self.bytes.checked_sub(before.bytes).filter(|_| same)?;
        let own = self.own_bytes.checked_sub(before.own_bytes)?;
        Some((all as f64 - own as f64 * OVERHEAD).max(0.0))
    }
}

/// The interface of the default route, the one with the lowest metric; of IPv6 if IPv4 has none.
fn default_interface(net: &Path) -> Option<String> {
    let of = |file, route: fn(&str) -> Option<(u32, &str)>| {
        let table = files::text(net.join(file))?;
        let routes = table.lines().filter_map(route);
        let (_metric, interface) = routes.min_by_key(|(metric, _)| *metric)?;
        Some(interface.to_owned())
    };
    of("route", ipv4_default).or_else(|| of("ipv6_route", ipv6_default))
}

/// Metric and interface of a line, if it is a default route.
fn ipv4_default(line: &str) -> Option<(u32, &str)> {
    let mut fields = line.split_whitespace();
    let (interface, destination) = (fields.next()?, hex(fields.next()?)?);
    let flags = hex(fields.nth(1)?)?;
    let metric = fields.nth(2)?.parse().ok()?;
    let mask = hex(fields.next()?)?;
    let default = destination == 0 && mask == 0 && leads_on(flags);
    default.then_some((metric, interface))
}

fn ipv6_default(line: &str) -> Option<(u32, &str)> {
    let mut fields = line.split_whitespace();
    let destination = u128::from_str_radix(fields.next()?, 16).ok()?;
    let prefix = hex(fields.next()?)?;
    let metric = hex(fields.nth(3)?)?;
    let flags = hex(fields.nth(2)?)?;
    let interface = fields.next()?;
    let default = destination == 0 && prefix == 0 && leads_on(flags) && interface != "lo";
    default.then_some((metric, interface))
}

fn hex(field: &str) -> Option<u32> {
    u32::from_str_radix(field, 16).ok()
}

fn leads_on(flags: u32) -> bool {
    flags & UP != 0 && flags & REJECT == 0
}

/// Bytes that an interface has sent: the ninth of its numbers.
fn sent_by(net: &Path, interface: &str) -> Option<u64> {
    let table = files::text(net.join("dev"))?;
    let lines = table.lines().filter_map(|line| line.rsplit_once(':'));
    let (_, numbers) = lines.into_iter().find(|(name, _)| name.trim() == interface)?;
    let mut numbers = numbers.split_whitespace();
    let bytes = numbers.nth(8)?.parse().ok()?;
    // Were it the last, the table was cut within it.
    numbers.next().map(|_| bytes)
}
