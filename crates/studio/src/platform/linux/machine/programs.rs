//! Which programs use the cores.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;

use uplink::machine::Program;

use super::process::Process;
use super::share;

/// How many processes are looked at.
const MOST: usize = 4096;
/// A share under this isn't worth a name.
const LEAST_SHARE: f32 = 0.01;

/// Compares what each process has used with what it had used before.
pub(super) struct Programs {
    own: u32,
    before: Option<Seen>,
}

/// Shares of all cores since the last reading.
#[derive(Default)]
pub(super) struct Shares {
    /// This program's, with all processes that descend from its own.
    pub(super) own: Option<f32>,
    /// The other program with the largest.
    pub(super) busiest: Option<Program>,
}

impl Programs {
    /// Where this program is process `own`.
    pub(super) fn new(own: u32) -> Self {
        Self { own, before: None }
    }

    /// What was used since the last reading; `all`: how many ticks all cores had since then.
    pub(super) fn read(&mut self, procfs: &Path, all: Option<u64>) -> Shares {
        let processes = list(procfs, self.own);
        let before = std::mem::replace(&mut self.before, Seen::of(&processes));
        let (Some(before), Some(all)) = (before, all) else {
            return Shares::default();
        };
        let family = family(self.own, &processes);
        let (own, others): (Vec<_>, Vec<_>) = processes.iter().partition(|p| family.contains(&p.pid));
        Shares {
            own: (!own.is_empty()).then(|| share(before.used(&own), all)).flatten(),
            busiest: busiest(&others, &before, all),
        }
    }
}

/// The processes there are, `own` in any case.
fn list(procfs: &Path, own: u32) -> Vec<Process> {
    let entries = fs::read_dir(procfs).into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let others = pids.filter(|&pid: &u32| pid != own);
    let pids = std::iter::once(own).chain(others).take(MOST);
    pids.filter_map(|pid| Process::read(procfs, pid)).collect()
}

/// `own` and all that descend from it.
fn family(own: u32, processes: &[Process]) -> HashSet<u32> {
    let mut family = HashSet::from([own]);
    loop {
        let known = |pid| family.contains(&pid);
        let children = processes.iter().filter(|p| known(p.parent) && !known(p.pid));
        let children: Vec<u32> = children.map(|p| p.pid).collect();
        if children.is_empty() {
            return family;
        }
        family.extend(children);
    }
}

/// The name whose processes have used most together.
fn busiest(processes: &[&Process], before: &Seen, all: u64) -> Option<Program> {
    let mut programs = BTreeMap::<&str, Vec<&Process>>::new();
    for process in processes.iter().filter(|p| !p.name.is_empty()) {
        programs.entry(&process.name).or_default().push(process);
    }
    let used = programs
        .iter()
        .map(|(&name, processes)| (before.used(processes), name));
    let (ticks, name) = used.max()?;
    let cpu = share(ticks, all).filter(|&cpu| cpu >= LEAST_SHARE)?;
    let name = name.to_owned();
    Some(Program { name, cpu })
}

/// The processes of one reading.
struct Seen {
    /// What each had used, by its number and its beginning.
    ticks: HashMap<(u32, u64), u64>,
    /// When the last of them began.
    newest: u64,
}

impl Seen {
    fn of(processes: &[Process]) -> Option<Self> {
        let newest = processes.iter().map(|p| p.began).max()?;
        let ticks = processes.iter().map(|p| ((p.pid, p.began), p.ticks)).collect();
        Some(Self { ticks, newest })
    }

    /// What these have used since.
    fn used(&self, processes: &[&Process]) -> u64 {
        let used = processes.iter().map(|process| self.used_by(process));
        used.fold(0, u64::saturating_add)
    }

    fn used_by(&self, process: &Process) -> u64 {
        match self.ticks.get(&(process.pid, process.began)) {
            Some(&before) => process.ticks.saturating_sub(before),
            None if process.began >= self.newest => process.ticks,
            // It was there and not seen; when it has used its time isn't known.
            None => 0,
        }
    }
}
