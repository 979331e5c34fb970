//! Temperatures and slowed processors.

use super::*;

const ZONE: &str = "sys/class/thermal/thermal_zone0";

fn zone(tree: &Tree, folder: &str, kind: &str, temperature: i32) {
    tree.write(&format!("{folder}/type"), kind);
    tree.write(&format!("{folder}/temp"), format!("{temperature}\n"));
}

fn trip(tree: &Tree, folder: &str, number: u32, kind: &str, temperature: i32) {
    tree.write(&format!("{folder}/trip_point_{number}_type"), kind);
    tree.write(
        &format!("{folder}/trip_point_{number}_temp"),
        temperature.to_string(),
    );
}

fn hot_at(tree: &mut Tree, temperature: i32) -> bool {
    tree.write(&format!("{ZONE}/temp"), temperature.to_string());
    tree.read().hot
}

#[test]
fn a_zone_is_hot_just_below_its_critical_point() {
    for kind in ["critical\n", "hot\n"] {
        let mut tree = Tree::new();
        zone(&tree, ZONE, "x86_pkg_temp\n", 94_999);
        trip(&tree, ZONE, 0, "active\n", 60_000);
        trip(&tree, ZONE, 1, kind, 100_000);
        let reading = tree.read();
        assert_eq!((reading.hot, reading.celsius), (false, Some(94.999)));
        assert!(hot_at(&mut tree, 95_000));
    }
}

#[test]
fn a_zone_is_hot_where_the_kernel_begins_to_slow_down() {
    let mut tree = Tree::new();
    zone(&tree, ZONE, "cpu-thermal\n", 84_999);
    trip(&tree, ZONE, 0, "passive\n", 70_000);
    trip(&tree, ZONE, 1, "passive\n", 85_000);
    // At the first nothing is bound, so nothing is slowed down.
    tree.write(&format!("{ZONE}/cdev0_trip_point"), "1\n");
    tree.write(&format!("{ZONE}/cdev0_weight"), "0\n");
    assert!(!tree.read().hot);
    assert!(hot_at(&mut tree, 85_000));
}

#[test]
fn points_that_cannot_be_are_none() {
    for temperature in [-274_000, 0, 20_800, 300_000] {
        let mut tree = Tree::new();
        zone(&tree, ZONE, "cpu\n", 45_000);
        trip(&tree, ZONE, 0, "passive\n", temperature);
        trip(&tree, ZONE, 1, "critical\n", temperature);
        tree.write(&format!("{ZONE}/cdev0_trip_point"), "0\n");
        assert!(!tree.read().hot);
    }
}

#[test]
fn only_processors_are_asked_and_the_firmware_last() {
    let mut tree = Tree::new();
    zone(&tree, "sys/class/thermal/thermal_zone1", "iwlwifi_1\n", 90_000);
    zone(&tree, "sys/class/thermal/thermal_zone2", "acpitz\n", 80_000);
    assert_eq!(tree.read().celsius, Some(80.0));
    let mut tree = tree.again();
    zone(&tree, "sys/class/thermal/thermal_zone3", "TCPU\n", 40_000);
    zone(&tree, "sys/class/thermal/thermal_zone4", "soc-thermal\n", 50_000);
    assert_eq!(tree.read().celsius, Some(50.0));
}

#[test]
fn what_cannot_be_measured_is_left_out() {
    let mut tree = Tree::new();
    zone(&tree, ZONE, "cpu\n", 151_000);
    zone(&tree, "sys/class/thermal/thermal_zone1", "cpu\n", -20_000);
    assert_eq!(tree.read().celsius, Some(-20.0));
    tree.remove("sys/class/thermal/thermal_zone1/temp");
    assert_eq!(tree.read().celsius, None);
}

#[test]
fn chips_measure_too() {
    const CHIP: &str = "sys/class/hwmon/hwmon1";
    let mut tree = Tree::new();
    tree.write("sys/class/hwmon/hwmon0/name", "nvme\n");
    tree.write("sys/class/hwmon/hwmon0/temp1_input", "99000\n");
    tree.write(&format!("{CHIP}/name"), "coretemp\n");
    tree.write(&format!("{CHIP}/temp1_input"), "94000\n");
    tree.write(&format!("{CHIP}/temp1_crit"), "100000\n");
    tree.write(&format!("{CHIP}/temp2_input"), "80000\n");
    let reading = tree.read();
    assert_eq!((reading.hot, reading.celsius), (false, Some(94.0)));
    tree.write(&format!("{CHIP}/temp1_input"), "95000\n");
    assert!(tree.read().hot);
}

#[test]
fn what_is_raised_for_fans_is_left_out() {
    const CHIP: &str = "sys/class/hwmon/hwmon0";
    let mut tree = Tree::new();
    tree.write(&format!("{CHIP}/name"), "k10temp\n");
    tree.write(&format!("{CHIP}/temp1_label"), "Tctl\n");
    tree.write(&format!("{CHIP}/temp1_input"), "97000\n");
    assert_eq!(tree.read().celsius, Some(97.0));
    tree.write(&format!("{CHIP}/temp2_label"), "Tdie\n");
    tree.write(&format!("{CHIP}/temp2_input"), "70000\n");
    assert_eq!(tree.again().read().celsius, Some(70.0));
}

#[test]
fn a_processor_that_was_slowed_down_is_hot() {
    const CORE: &str = "sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count";
    const PACKAGE: &str = "sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count";
    let mut tree = Tree::new();
    tree.write(CORE, "3\n").write(PACKAGE, "7\n");
    let mut hot = |core, package| {
        tree.write(CORE, core).write(PACKAGE, package);
        tree.read().hot
    };
    assert!(!hot("3\n", "7\n"), "that was before");
    assert!(hot("4\n", "7\n"));
    assert!(!hot("4\n", "7\n"));
    assert!(hot("2\n", "8\n"));
    assert!(!hot("gone\n", "8\n"));
    assert!(!hot("9\n", "8\n"), "that may have been before");
}
