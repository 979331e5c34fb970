//! All that can be told at once, and nonsense in its place.

use uplink::machine::{Battery, Program};

use super::*;

/// Every kind of file that is read, and what it can hold.
const FILES: &[(&str, &str)] = &[
    ("proc/stat", "cpu  100 0 0 100 0 0 0 0 0 0\n"),
    ("proc/meminfo", "MemTotal: 4 kB\nMemAvailable: 1 kB\n"),
    (
        "proc/100/stat",
        "100 (a) S 1 1 1 0 -1 0 0 0 0 0 20 0 0 0 20 0 1 0 5 0\n",
    ),
    (
        "proc/200/stat",
        "200 (b) S 1 1 1 0 -1 0 0 0 0 0 20 0 0 0 20 0 1 0 5 0\n",
    ),
    (
        "proc/net/route",
        "eth0 00000000 0101A8C0 0003 0 0 0 00000000 0 0 0\n",
    ),
    ("proc/net/ipv6_route", "\n"),
    ("proc/net/dev", "eth0: 0 0 0 0 0 0 0 0 125000 0 0 0 0 0 0 0\n"),
    ("sys/class/drm/card0/device/gpu_busy_percent", "50\n"),
    ("sys/class/drm/card0/device/power/runtime_status", "active\n"),
    ("sys/class/power_supply/BAT0/type", "Battery\n"),
    ("sys/class/power_supply/BAT0/capacity", "50\n"),
    ("sys/class/power_supply/BAT0/status", "Discharging\n"),
    ("sys/class/power_supply/BAT1/type", "Battery\n"),
    ("sys/class/power_supply/BAT1/scope", "System\n"),
    ("sys/class/power_supply/BAT1/energy_now", "5\n"),
    ("sys/class/power_supply/BAT1/energy_full", "10\n"),
    ("sys/class/power_supply/BAT2/type", "Battery\n"),
    ("sys/class/power_supply/BAT2/charge_now", "5\n"),
    ("sys/class/power_supply/BAT2/charge_full", "10\n"),
    ("sys/firmware/acpi/platform_profile", "low-power\n"),
    ("sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq", "1\n"),
    ("sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq", "2\n"),
    (
        "sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference",
        "power\n",
    ),
    (
        "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count",
        "0\n",
    ),
    ("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n"),
    ("sys/class/thermal/thermal_zone0/temp", "98000\n"),
    ("sys/class/thermal/thermal_zone0/trip_point_0_type", "critical\n"),
    ("sys/class/thermal/thermal_zone0/trip_point_0_temp", "100000\n"),
    ("sys/class/thermal/thermal_zone0/cdev0_trip_point", "0\n"),
    ("sys/class/hwmon/hwmon0/name", "coretemp\n"),
    ("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n"),
    ("sys/class/hwmon/hwmon0/temp1_input", "98000\n"),
    ("sys/class/hwmon/hwmon0/temp1_crit", "100000\n"),
];

/// A tree with all of them, read once.
fn told() -> Tree {
    let mut tree = Tree::new();
    for (file, text) in FILES {
        tree.write(file, text);
    }
    tree.read();
    tree
}

#[test]
fn what_is_told_is_known() {
    let mut tree = told();
    tree.cores(200, 200).process_since(OWN, 1, "a", 60, 5);
    tree.process_since(200, 1, "b", 90, 5);
    tree.write("proc/net/dev", "eth0: 0 0 0 0 0 0 0 0 250000 0 0 0 0 0 0 0\n");
    let reading = tree.read();
    let whole = Reading {
        at: tree.now,
        cpu: Some(0.5),
        cpu_own: Some(0.2),
        busiest: Some(Program {
            name: "b".to_owned(),
            cpu: 0.35,
        }),
        memory_free: Some(0.25),
        disk_free: None,
        gpu: Some(0.5),
        battery: Some(Battery {
            level: 0.5,
            discharging: true,
        }),
        saving: true,
        hot: true,
        celsius: Some(98.0),
    };
    assert_eq!(reading, whole);
}

#[test]
fn nonsense_tells_nothing() {
    let nonsense: [&[u8]; 9] = [
        b"",
        b"\n",
        b"\xff\xfe\0",
        b"-999999",
        b"99999999999999999999999",
        b"cpu 18446744073709551615 18446744073709551615 1 1 1\n",
        b"(((",
        b"1 () S\n)",
        b"eth0: 1 2\nMemTotal: x kB\nMemAvailable: -3 kB\n",
    ];
    for text in nonsense {
        let mut tree = told();
        for (file, _) in FILES {
            tree.write(file, text);
        }
        assert_eq!(tree.read(), Reading::new(tree.now), "{text:?}");
        let mut tree = tree.again();
        assert_eq!(
            tree.read(),
            Reading::new(tree.now),
            "{text:?}, from the beginning"
        );
    }
}

#[test]
fn a_folder_instead_of_a_file_tells_nothing() {
    let mut tree = Tree::new();
    for (file, _) in FILES {
        tree.write(&format!("{file}/inside"), "1");
    }
    assert_eq!(tree.read(), Reading::new(tree.now));
}
