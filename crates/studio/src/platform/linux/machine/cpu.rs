//! What all cores have done together.

use std::path::Path;

use super::files;

/// How many of a core's times are added up: user, nice, system, idle, iowait, irq, softirq, steal. Those that follow
/// (guest) are contained in user and nice already (proc_stat(5)).
const TIMES: usize = 8;
const IDLE: usize = 3;
const IOWAIT: usize = 4;

/// Compares what the cores have done with what they had done before.
#[derive(Default)]
pub(super) struct Cpu {
    before: Option<Ticks>,
}

/// Time of all cores together, in the kernel's ticks.
#[derive(Clone, Copy)]
pub(super) struct Ticks {
    pub(super) all: u64,
    pub(super) busy: u64,
}

impl Cpu {
    /// The ticks since the last reading; none at the first.
    pub(super) fn read(&mut self, procfs: &Path) -> Option<Ticks> {
        let now = files::text(procfs.join("stat")).and_then(|stat| Ticks::parse(&stat));
        let before = std::mem::replace(&mut self.before, now);
        now?.since(before?)
    }
}

impl Ticks {
    /// Those since the machine was started, from the first line of /proc/stat.
    fn parse(stat: &str) -> Option<Self> {
        let times = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
        let times = times.take(TIMES).map(|time| time.parse().ok());
        let times: Vec<u64> = times.collect::<Option<_>>()?;
        let all = times.iter().try_fold(0_u64, |sum, &time| sum.checked_add(time))?;
        let idle = times.get(IDLE)? + times.get(IOWAIT).unwrap_or(&0);
        Some(Self {
            all,
            busy: all - idle,
        })
    }

    fn since(self, before: Self) -> Option<Self> {
        let all = self.all.checked_sub(before.all)?;
        let busy = self.busy.checked_sub(before.busy)?;
        // Time of waiting can be taken back (proc_stat(5)); then there seems to be less in all.
        Some(Self {
            all,
            busy: busy.min(all),
        })
    }
}
