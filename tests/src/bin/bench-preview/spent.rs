//! Memory of a family of processes.

use std::fs;

use system_tests::cpu::Meter;

/// Proportional set size of process `root` and all that it started, in bytes: what they share counts once
/// (proc(5), `smaps_rollup`).
pub(crate) fn proportional_set(root: u32) -> u64 {
    let mut family = Meter::children(root);
    family.push(root);
    family.into_iter().filter_map(of_process).sum()
}

fn of_process(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib = line.split_whitespace().next()?.parse::<u64>().ok()?;
    Some(kib * 1024)
}
