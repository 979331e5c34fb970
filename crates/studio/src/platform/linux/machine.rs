//! How this computer is, as the kernel tells it in /proc and /sys. What it doesn't tell, or what makes no sense, stays
//! unknown.

mod cpu;
mod disk;
pub(super) mod files;
mod gpu;
mod heat;
mod memory;
mod network;
mod power;
mod process;
mod programs;
mod saving;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uplink::machine::Reading;

use cpu::Cpu;
use gpu::Gpu;
use heat::Heat;
use programs::Programs;
use saving::Saving;

pub(in crate::platform) use network::Uploads;

/// What follows sooner is no new reading: the kernel counts a core's time in hundredths of a second.
const SHORTEST: Duration = Duration::from_millis(100);

/// All of the memory in MiB, as `procfs` tells it.
pub(super) fn memory_mib(procfs: &Path) -> Option<u64> {
    memory::total_mib(procfs)
}

/// Reads how this computer is; each reading is compared with the one before.
pub(in crate::platform) struct Machine {
    procfs: PathBuf,
    sysfs: PathBuf,
    cpu: Cpu,
    programs: Programs,
    sensors: Option<Sensors>,
    last: Option<Reading>,
}

impl Machine {
    /// The machine this program runs on.
    pub(in crate::platform) fn new() -> Self {
        Self::at(Path::new("/proc"), Path::new("/sys"), std::process::id())
    }

    /// A machine that is described in these folders, on which this program is process `own`.
    fn at(procfs: &Path, sysfs: &Path, own: u32) -> Self {
        Self {
            procfs: procfs.to_owned(),
            sysfs: sysfs.to_owned(),
            cpu: Cpu::default(),
            programs: Programs::new(own),
            sensors: None,
            last: None,
        }
    }

    /// How it is at `now`; `folder`: where shows are kept. It waits for files, and for the disk of `folder`.
    pub(in crate::platform) fn read(&mut self, now: Instant, folder: Option<&Path>) -> Reading {
        if let Some(last) = &self.last
            && now.saturating_duration_since(last.at) < SHORTEST
        {
            let at = now.max(last.at);
            return Reading { at, ..last.clone() };
        }
        let reading = self.read_anew(now, folder);
        self.last = Some(reading.clone());
        reading
    }

    fn read_anew(&mut self, at: Instant, folder: Option<&Path>) -> Reading {
        let sensors = self.sensors.get_or_insert_with(|| Sensors::find(&self.sysfs));
        let heat = sensors.heat.read();
        let ticks = self.cpu.read(&self.procfs);
        let programs = self.programs.read(&self.procfs, ticks.map(|ticks| ticks.all));
        Reading {
            at,
            cpu: ticks.and_then(|ticks| share(ticks.busy, ticks.all)),
            cpu_own: programs.own,
            busiest: programs.busiest,
            memory_free: memory::free(&self.procfs),
            disk_free: folder.and_then(disk::free),
            gpu: sensors.gpu.read(),
            battery: power::battery(&self.sysfs),
            saving: sensors.saving.read(),
            hot: heat.hot,
            celsius: heat.celsius,
        }
    }
}

/// What is searched for in /sys only once.
struct Sensors {
    gpu: Gpu,
    heat: Heat,
    saving: Saving,
}

impl Sensors {
    fn find(sysfs: &Path) -> Self {
        Self {
            gpu: Gpu::find(sysfs),
            heat: Heat::find(sysfs),
            saving: Saving::find(sysfs),
        }
    }
}

/// `part` of `whole`, 0 to 1; none of nothing.
fn share(part: u64, whole: u64) -> Option<f32> {
    (whole > 0).then(|| (part as f64 / whole as f64).min(1.0) as f32)
}
