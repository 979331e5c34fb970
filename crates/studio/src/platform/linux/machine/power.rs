//! Batteries. They come and go, so they are searched for each time.

use std::path::Path;

use uplink::machine::Battery;

use super::{files, share};

/// One of perhaps several.
struct Part {
    level: f32,
    /// What it holds when full, in µWh.
    energy: Option<u64>,
    discharging: bool,
}

/// All of this computer's batteries as one.
pub(super) fn battery(sysfs: &Path) -> Option<Battery> {
    let supplies = files::entries(sysfs.join("class/power_supply"), "");
    let parts: Vec<Part> = supplies.iter().filter_map(|supply| part(supply)).collect();
    Some(Battery {
        level: mean_level(&parts)?,
        discharging: parts.iter().any(|part| part.discharging),
    })
}

fn part(supply: &Path) -> Option<Part> {
    if files::word(supply.join("type"))? != "Battery" || of_device(supply) {
        return None;
    }
    Some(Part {
        level: level(supply)?,
        energy: files::number(supply.join("energy_full")).filter(|&energy| energy > 0),
        discharging: files::word(supply.join("status")).as_deref() == Some("Discharging"),
    })
}

/// Whether it drives a mouse or the like, not the computer.
fn of_device(supply: &Path) -> bool {
    files::word(supply.join("scope")).is_some_and(|scope| scope != "System")
}

fn level(supply: &Path) -> Option<f32> {
    let percent = files::number::<u8>(supply.join("capacity")).filter(|&percent| percent <= 100);
    let of_full = |now, full| {
        share(
            files::number(supply.join(now))?,
            files::number(supply.join(full))?,
        )
    };
    percent
        .map(|percent| f32::from(percent) / 100.0)
        .or_else(|| of_full("energy_now", "energy_full"))
        .or_else(|| of_full("charge_now", "charge_full"))
}

/// By what they hold where all say so, else as if they held the same.
fn mean_level(parts: &[Part]) -> Option<f32> {
    let energies: Option<Vec<u64>> = parts.iter().map(|part| part.energy).collect();
    let weights = energies.unwrap_or_else(|| vec![1; parts.len()]);
    let whole: f64 = weights.iter().map(|&weight| weight as f64).sum();
    let levels = parts.iter().zip(&weights);
    let full: f64 = levels
        .map(|(part, &weight)| f64::from(part.level) * weight as f64)
        .sum();
    (whole > 0.0).then(|| (full / whole) as f32)
}
