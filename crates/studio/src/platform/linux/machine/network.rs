//! What other programs send.

use std::path::Path;
use std::time::Instant;

use super::files;

/// This program counts what it hands to its connections. On the wire come headers of all layers, and what is sent again.
const OVERHEAD: f64 = 1.08;
/// A route that is in use (route.h).
const UP: u32 = 0x1;
/// A route by which nothing is let through.
const REJECT: u32 = 0x200;

/// Compares what was sent with what had been sent before.
#[derive(Default)]
pub(super) struct Network {
    before: Option<Sent>,
}

/// What was sent by then.
struct Sent {
    at: Instant,
    interface: String,
    bytes: u64,
    own_bytes: u64,
}

impl Network {
    /// What others have sent since the last reading, by the interface that leads outside, in kbit/s. None at the first
    /// and where that interface is another one now.
    pub(super) fn read(&mut self, procfs: &Path, at: Instant, own_bytes: u64) -> Option<u32> {
        let now = Sent::read(&procfs.join("net"), at, own_bytes);
        let before = std::mem::replace(&mut self.before, now);
        self.before.as_ref()?.foreign_kbps(&before?)
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
        if self.interface != before.interface {
            return None;
        }
        let all = self.bytes.checked_sub(before.bytes)?;
        let own = self.own_bytes.checked_sub(before.own_bytes)?;
        let foreign = (all as f64 - own as f64 * OVERHEAD).max(0.0);
        let seconds = self.at.saturating_duration_since(before.at).as_secs_f64();
        (seconds > 0.0).then(|| (foreign * 8.0 / 1000.0 / seconds) as u32)
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
