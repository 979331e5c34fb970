//! Whether power is saved at the expense of speed.

use std::path::{Path, PathBuf};

use super::files;

/// A core that may not run faster than this share of its speed is held back: by choice, or by the kernel against heat.
const CAPPED: f64 = 0.7;

/// Where it can be seen.
pub(super) struct Saving {
    /// The profile of the whole computer.
    profile: PathBuf,
    /// Cores that change their speed together, each group a folder.
    policies: Vec<PathBuf>,
    /// What each of them shall rather do, where it can be asked for.
    preferences: Vec<PathBuf>,
}

impl Saving {
    pub(super) fn find(sysfs: &Path) -> Self {
        let policies = files::entries(sysfs.join("devices/system/cpu/cpufreq"), "policy");
        let preferences = policies
            .iter()
            .map(|policy| policy.join("energy_performance_preference"));
        Self {
            profile: sysfs.join("firmware/acpi/platform_profile"),
            preferences: preferences.filter(|preference| preference.exists()).collect(),
            policies,
        }
    }

    pub(super) fn read(&self) -> bool {
        self.by_profile() || self.by_preference() || self.by_cap()
    }

    /// "quiet" is what desktops choose to save power on computers that have no "low-power"; "cool" stands for balanced.
    fn by_profile(&self) -> bool {
        files::word(&self.profile).is_some_and(|profile| profile == "low-power" || profile == "quiet")
    }

    fn by_preference(&self) -> bool {
        let saves = |path| files::word(path).as_deref() == Some("power");
        !self.preferences.is_empty() && self.preferences.iter().all(saves)
    }

    fn by_cap(&self) -> bool {
        !self.policies.is_empty() && self.policies.iter().all(|policy| capped(policy).unwrap_or(false))
    }
}

fn capped(policy: &Path) -> Option<bool> {
    let allowed: u32 = files::number(policy.join("scaling_max_freq"))?;
    let possible: u32 = files::number(policy.join("cpuinfo_max_freq"))?;
    Some(allowed > 0 && f64::from(allowed) < CAPPED * f64::from(possible))
}
