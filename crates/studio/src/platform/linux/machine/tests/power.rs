//! Batteries and the saving of power.

use super::*;

fn supply(tree: &Tree, name: &str, files: &[(&str, &str)]) {
    for (file, text) in files {
        tree.write(
            &format!("sys/class/power_supply/{name}/{file}"),
            format!("{text}\n"),
        );
    }
}

fn level(tree: &mut Tree) -> Option<f32> {
    tree.read().battery.map(|battery| battery.level)
}

#[test]
fn a_battery_comes_and_goes() {
    let mut tree = Tree::new();
    supply(&tree, "AC", &[("type", "Mains"), ("online", "1")]);
    assert_eq!(tree.read().battery, None);
    supply(
        &tree,
        "BAT0",
        &[("type", "Battery"), ("capacity", "80"), ("status", "Discharging")],
    );
    let battery = tree.read().battery.unwrap();
    assert_eq!((battery.level, battery.discharging), (0.8, true));
    supply(&tree, "BAT0", &[("status", "Not charging")]);
    assert!(!tree.read().battery.unwrap().discharging);
    tree.remove("sys/class/power_supply/BAT0");
    assert_eq!(tree.read().battery, None);
}

#[test]
fn a_mouse_is_no_computer() {
    let mut tree = Tree::new();
    supply(
        &tree,
        "mouse",
        &[("type", "Battery"), ("scope", "Device"), ("capacity", "5")],
    );
    assert_eq!(tree.read().battery, None);
    supply(
        &tree,
        "BAT0",
        &[("type", "Battery"), ("scope", "System"), ("capacity", "50")],
    );
    assert_eq!(level(&mut tree), Some(0.5));
}

#[test]
fn a_level_can_be_reckoned() {
    let mut tree = Tree::new();
    supply(
        &tree,
        "BAT0",
        &[
            ("type", "Battery"),
            ("charge_now", "1000"),
            ("charge_full", "4000"),
        ],
    );
    assert_eq!(level(&mut tree), Some(0.25));
    supply(&tree, "BAT0", &[("energy_now", "3000"), ("energy_full", "4000")]);
    assert_eq!(level(&mut tree), Some(0.75));
    supply(&tree, "BAT0", &[("energy_now", "4100"), ("capacity", "101")]);
    assert_eq!(level(&mut tree), Some(1.0));
    supply(&tree, "BAT0", &[("capacity", "20")]);
    assert_eq!(level(&mut tree), Some(0.2));
}

#[test]
fn several_are_one() {
    let mut tree = Tree::new();
    supply(
        &tree,
        "BAT0",
        &[("type", "Battery"), ("capacity", "100"), ("energy_full", "10")],
    );
    supply(
        &tree,
        "BAT1",
        &[("type", "Battery"), ("capacity", "20"), ("status", "Discharging")],
    );
    let battery = tree.read().battery.unwrap();
    assert_eq!((battery.level, battery.discharging), (0.6, true));
    supply(&tree, "BAT1", &[("energy_full", "30")]);
    assert_eq!(level(&mut tree), Some(0.4));
}

#[test]
fn a_profile_saves() {
    let mut tree = Tree::new();
    let profiles = [
        ("low-power", true),
        ("quiet", true),
        ("cool", false),
        ("balanced", false),
    ];
    for (profile, saving) in profiles {
        tree.write("sys/firmware/acpi/platform_profile", format!("{profile}\n"));
        assert_eq!(tree.read().saving, saving, "{profile}");
    }
}

fn policy(tree: &Tree, number: u32, file: &str, text: &str) {
    let path = format!("sys/devices/system/cpu/cpufreq/policy{number}/{file}");
    tree.write(&path, format!("{text}\n"));
}

#[test]
fn a_preference_of_all_cores_saves() {
    let mut tree = Tree::new();
    policy(&tree, 0, "energy_performance_preference", "power");
    policy(&tree, 1, "energy_performance_preference", "balance_power");
    policy(&tree, 2, "scaling_governor", "powersave");
    assert!(!tree.read().saving);
    policy(&tree, 1, "energy_performance_preference", "power");
    assert!(tree.read().saving);
}

#[test]
fn cores_that_are_held_back_save() {
    let mut tree = Tree::new();
    for number in 0..2 {
        policy(&tree, number, "cpuinfo_max_freq", "4000000");
        policy(&tree, number, "scaling_max_freq", "2799999");
    }
    assert!(tree.read().saving);
    policy(&tree, 1, "scaling_max_freq", "2800000");
    assert!(!tree.read().saving);
}
