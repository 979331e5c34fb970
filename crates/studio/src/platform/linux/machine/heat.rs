//! How hot the processors are, and whether they are slowed down for it.

mod sensor;

use std::path::{Path, PathBuf};

use super::files;
use sensor::Sensor;

/// What tells of it.
pub(super) struct Heat {
    sensors: Vec<Sensor>,
    /// Files that count how often a core or its package was slowed down.
    throttles: Vec<PathBuf>,
    /// What they counted at the last reading.
    before: Vec<Option<u64>>,
}

/// How hot it is.
pub(super) struct Hotness {
    /// Whether processors are slowed down, or about to be.
    pub(super) hot: bool,
    /// The hottest of them.
    pub(super) celsius: Option<f32>,
}

impl Heat {
    pub(super) fn find(sysfs: &Path) -> Self {
        Self {
            sensors: sensor::find(sysfs),
            throttles: throttles(sysfs),
            before: Vec::new(),
        }
    }

    pub(super) fn read(&mut self) -> Hotness {
        let throttled = self.throttled();
        let read = self
            .sensors
            .iter()
            .filter_map(|sensor| Some((sensor.read()?, sensor)));
        let read: Vec<(i32, &Sensor)> = read.collect();
        let hottest = read.iter().map(|(temperature, _)| *temperature).max();
        let at_limit = read
            .iter()
            .any(|(temperature, sensor)| sensor.is_limit(*temperature));
        Hotness {
            hot: throttled || at_limit,
            celsius: hottest.map(|temperature| temperature as f32 / 1000.0),
        }
    }

    /// Whether one was slowed down since the last reading.
    fn throttled(&mut self) -> bool {
        let now = self.throttles.iter().map(files::number).collect();
        let before = std::mem::replace(&mut self.before, now);
        let mut pairs = before.into_iter().zip(&self.before);
        pairs.any(|(before, now)| before.zip(*now).is_some_and(|(before, now)| now > before))
    }
}

fn throttles(sysfs: &Path) -> Vec<PathBuf> {
    let cores = files::entries(sysfs.join("devices/system/cpu"), "cpu");
    let folders = cores.iter().map(|core| core.join("thermal_throttle"));
    let counts = folders.flat_map(|folder| {
        [
            folder.join("core_throttle_count"),
            folder.join("package_throttle_count"),
        ]
    });
    counts.filter(|count| count.exists()).collect()
}
