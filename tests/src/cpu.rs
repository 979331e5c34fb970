//! What processes and the whole machine use of the processor, by Linux's `/proc`.

use std::fs;
use std::io;
use std::time::Instant;

use crate::processes::descendants;

/// Time of the whole machine since it started, all cores together (`/proc/stat`), in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Machine {
    idle: f64,
    steal: f64,
    all: f64,
}

/// Measures from when it is made.
pub struct Meter {
    roots: Vec<u32>,
    began: Instant,
    machine: Machine,
    used: Vec<f64>,
}

/// What was used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spent {
    /// How long it was measured, in seconds.
    pub seconds: f64,
    /// Processor seconds a second of each process that was named, with all it started.
    pub each: Vec<f64>,
    /// Part of all cores' time in which there was nothing to do, 0 to 1.
    pub idle: f64,
    /// Part of all cores' time that another machine on the same hardware took away, 0 to 1.
    pub steal: f64,
}

impl Meter {
    /// Begins to measure the processes `roots`, each with all that it started.
    ///
    /// # Errors
    /// The system doesn't tell.
    pub fn start(roots: &[u32]) -> io::Result<Self> {
        Ok(Self {
            roots: roots.to_vec(),
            used: roots.iter().map(|&root| used(root)).collect(),
            machine: machine()?,
            began: Instant::now(),
        })
    }

    /// The processes that `root` started and that still run.
    pub fn children(root: u32) -> Vec<u32> {
        let mut children = descendants(root);
        children.retain(|&pid| pid != root);
        children.sort_unstable();
        children
    }

    /// What was used since.
    ///
    /// # Errors
    /// The system doesn't tell.
    pub fn read(&self) -> io::Result<Spent> {
        let seconds = self.began.elapsed().as_secs_f64();
        let now = machine()?;
        let part = |later: f64, before: f64| (later - before) / (now.all - self.machine.all).max(0.01);
        let since = self.roots.iter().zip(&self.used);
        Ok(Spent {
            seconds,
            each: since
                .map(|(&root, before)| (used(root) - before) / seconds)
                .collect(),
            idle: part(now.idle, self.machine.idle),
            steal: part(now.steal, self.machine.steal),
        })
    }
}

/// Seconds that `root` and all it started have used, those included that have ended and were waited for.
fn used(root: u32) -> f64 {
    descendants(root).into_iter().filter_map(of_process).sum()
}

/// Seconds since process `pid` was started, by the hundredth: field 22 of `/proc/[pid]/stat`.
///
/// # Errors
/// It has ended.
pub fn age(pid: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let uptime = fs::read_to_string("/proc/uptime")?;
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok());
    let started = number(rest.split_whitespace().nth(19)).map(|started| started / ticks());
    let now = number(uptime.split_whitespace().next());
    now.zip(started)
        .map(|(now, started)| now - started)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn ticks() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

/// utime, stime, cutime and cstime: fields 14 to 17 of proc(5)'s `/proc/[pid]/stat`.
fn of_process(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the third field follows it.
    let fields = stat.rsplit_once(')')?.1.split_whitespace();
    let times = fields.skip(11).take(4).filter_map(|n| n.parse::<f64>().ok());
    Some(times.sum::<f64>() / ticks())
}

/// user, nice, system, idle, iowait, irq, softirq, steal: the first line of proc(5)'s `/proc/stat`.
fn machine() -> io::Result<Machine> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().unwrap_or_default();
    let times = line.split_whitespace().skip(1).take(8);
    let times: Vec<f64> = times.filter_map(|n| n.parse::<f64>().ok()).collect();
    match times[..] {
        [_, _, _, idle, iowait, _, _, steal] => Ok(Machine {
            idle: (idle + iowait) / ticks(),
            steal: steal / ticks(),
            all: times.iter().sum::<f64>() / ticks(),
        }),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_child_used_is_counted_when_it_has_ended() {
        let meter = Meter::start(&[std::process::id()]).unwrap();
        let count = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        Command::new("sh").args(["-c", count]).status().unwrap();
        let spent = meter.read().unwrap();
        assert!(
            spent.each[0] > 0.0 && spent.idle >= 0.0 && spent.steal >= 0.0,
            "{spent:?}"
        );
    }
}
