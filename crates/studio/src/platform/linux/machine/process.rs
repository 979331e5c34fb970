//! One process, as /proc/<pid>/stat describes it.

use std::path::Path;

use super::files;

/// Where the values stand behind the name, from 0 on (proc_pid_stat(5) counts from 1, and the name is its second).
const PARENT: usize = 1;
const USER: usize = 11;
const SYSTEM: usize = 12;
const BEGAN: usize = 19;
/// No name is longer; those of the kernel's own workers are cut.
const NAME_CHARS: usize = 15;

/// A process and what it has used.
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) parent: u32,
    /// What tells it from an earlier one with its number: ticks from the machine's start to its own.
    pub(super) began: u64,
    /// The time that cores have worked for it, all its threads together.
    pub(super) ticks: u64,
    pub(super) name: String,
}

impl Process {
    pub(super) fn read(procfs: &Path, pid: u32) -> Option<Self> {
        let stat = files::bytes(procfs.join(pid.to_string()).join("stat"))?;
        Self::parse(pid, &String::from_utf8_lossy(&stat))
    }

    fn parse(pid: u32, stat: &str) -> Option<Self> {
        // A name may hold brackets, spaces and line ends itself.
        let (before, values) = stat.rsplit_once(')')?;
        let (_pid, name) = before.split_once('(')?;
        let values: Vec<&str> = values.split_whitespace().take(BEGAN + 1).collect();
        let time = |at: usize| values.get(at)?.parse::<u64>().ok();
        Some(Self {
            pid,
            parent: values.get(PARENT)?.parse().ok()?,
            began: time(BEGAN)?,
            ticks: time(USER)?.checked_add(time(SYSTEM)?)?,
            name: name
                .chars()
                .filter(|c| !c.is_control())
                .take(NAME_CHARS)
                .collect(),
        })
    }
}
