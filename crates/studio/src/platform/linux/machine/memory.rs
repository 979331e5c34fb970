//! Memory.

use std::path::Path;

use super::{files, share};

/// The share that can still be had without swapping.
pub(super) fn free(procfs: &Path) -> Option<f32> {
    let info = files::text(procfs.join("meminfo"))?;
    let (available, total) = (kib(&info, "MemAvailable:")?, kib(&info, "MemTotal:")?);
    share(available, total).filter(|_| available <= total)
}

/// All of it in MiB.
pub(super) fn total_mib(procfs: &Path) -> Option<u64> {
    kib(&files::text(procfs.join("meminfo"))?, "MemTotal:").map(|kib| kib / 1024)
}

fn kib(info: &str, name: &str) -> Option<u64> {
    let value = info.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix("kB")?.trim_end().parse().ok()
}
