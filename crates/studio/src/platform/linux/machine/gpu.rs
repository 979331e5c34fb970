//! Graphics processors. Only amdgpu says in a file how busy one is.

use std::path::{Path, PathBuf};

use super::files;

/// Those that say how busy they are.
pub(super) struct Gpu {
    devices: Vec<PathBuf>,
}

impl Gpu {
    pub(super) fn find(sysfs: &Path) -> Self {
        let cards = files::entries(sysfs.join("class/drm"), "card").into_iter();
        let devices = cards.map(|card| card.join("device"));
        Self {
            devices: devices
                .filter(|device| device.join("gpu_busy_percent").exists())
                .collect(),
        }
    }

    /// The share of the time that the busiest one was used.
    pub(super) fn read(&self) -> Option<f32> {
        let shares = self.devices.iter().filter_map(|device| busy(device));
        shares.reduce(f32::max)
    }
}

fn busy(device: &Path) -> Option<f32> {
    // Asking one that sleeps would wake it.
    let state = files::word(device.join("power/runtime_status"));
    if state.is_some_and(|state| state.starts_with("suspend")) {
        return None;
    }
    let percent: u8 = files::number(device.join("gpu_busy_percent"))?;
    (percent <= 100).then(|| f32::from(percent) / 100.0)
}
