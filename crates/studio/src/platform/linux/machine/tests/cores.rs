//! Cores, programs, memory, the disk and graphics processors.

use super::*;

#[test]
fn shares_are_of_the_time_since_the_last_reading() {
    let mut tree = Tree::new();
    tree.cores(1_000, 9_000).process(OWN, 1, "anchor-studio", 500);
    tree.process(200, 1, "browser", 300);
    let first = tree.read();
    assert_eq!((first.cpu, first.cpu_own, first.busiest), (None, None, None));
    tree.cores(1_100, 9_100).process(OWN, 1, "anchor-studio", 550);
    tree.process(200, 1, "browser", 320);
    let reading = tree.read();
    assert_eq!(reading.cpu, Some(0.5));
    assert_eq!(reading.cpu_own, Some(0.25));
    let busiest = reading.busiest.unwrap();
    assert_eq!((busiest.name.as_str(), busiest.cpu), ("browser", 0.1));
}

#[test]
fn all_but_idle_and_waiting_is_use() {
    let mut tree = Tree::new();
    tree.write("proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
    tree.read();
    tree.write("proc/stat", "cpu  10 10 10 30 10 10 10 10 500 500\n");
    assert_eq!(tree.read().cpu, Some(0.6));
    // A kernel that knows four times only.
    tree.write("proc/stat", "cpu  20 20 20 70\n");
    assert_eq!(tree.read().cpu, Some(0.0));
}

#[test]
fn counters_that_go_backwards_tell_nothing() {
    let mut tree = Tree::new();
    tree.cores(1_000, 9_000).process(OWN, 1, "anchor-studio", 500);
    tree.read();
    tree.cores(900, 9_000).process(OWN, 1, "anchor-studio", 400);
    let reading = tree.read();
    assert_eq!((reading.cpu, reading.cpu_own), (None, None));
    tree.cores(1_000, 9_000).process(OWN, 1, "anchor-studio", 300);
    let reading = tree.read();
    assert_eq!((reading.cpu, reading.cpu_own), (Some(1.0), Some(0.0)));
}

#[test]
fn no_time_is_no_share() {
    let mut tree = Tree::new();
    tree.cores(1, 1).process(OWN, 1, "anchor-studio", 1);
    tree.read();
    let reading = tree.read();
    assert_eq!((reading.cpu, reading.cpu_own), (None, None));
}

#[test]
fn whatever_descends_from_this_program_is_its_own() {
    let mut tree = Tree::new();
    // A child's number can be lower than its parent's, and a number used anew can make a ring.
    let describe = |tree: &Tree, ticks: u64| {
        tree.process(OWN, 1, "anchor-studio", ticks);
        tree.process(30, 40, "WebKitWebProces", ticks);
        tree.process(40, OWN, "bwrap", ticks);
        tree.process(300, 301, "ring", 0).process(301, 300, "ring", ticks);
    };
    describe(&tree, 0);
    tree.cores(0, 0);
    tree.read();
    describe(&tree, 10);
    tree.cores(50, 50);
    let reading = tree.read();
    assert_eq!(reading.cpu_own, Some(0.3));
    assert_eq!(reading.busiest.unwrap().name, "ring");
}

#[test]
fn without_this_program_its_share_is_unknown() {
    let mut tree = Tree::new();
    tree.cores(0, 0).process(200, 1, "other", 0);
    tree.read();
    tree.cores(50, 50).process(200, 1, "other", 10);
    assert_eq!(tree.read().cpu_own, None);
}

#[test]
fn processes_that_began_since_count_whole() {
    let mut tree = Tree::new();
    tree.cores(0, 0).process(OWN, 1, "anchor-studio", 0);
    tree.process_since(200, 1, "old", 5_000, 10);
    tree.read();
    tree.cores(100, 100).remove("proc/200");
    tree.process_since(200, 1, "new", 20, 60); // the same number again
    tree.process_since(201, 1, "new", 20, 61);
    tree.process_since(202, 1, "unseen", 90_000, 20);
    let busiest = tree.read().busiest.unwrap();
    assert_eq!((busiest.name.as_str(), busiest.cpu), ("new", 0.2));
}

#[test]
fn names_are_taken_as_they_are_shown() {
    for (name, shown) in [
        ("a (b) c) S 1", "a (b) c) S 1"),
        ("a\nb\tc\u{1b}[", "abc["),
        ("kworker/u8:0-events_unbound", "kworker/u8:0-ev"),
    ] {
        let mut tree = Tree::new();
        tree.cores(0, 0).process(200, 1, name, 0);
        tree.read();
        tree.cores(50, 50).process(200, 1, name, 10);
        assert_eq!(tree.read().busiest.unwrap().name, shown);
    }
}

#[test]
fn little_use_has_no_name() {
    let mut tree = Tree::new();
    tree.cores(0, 0).process(200, 1, "other", 0);
    tree.read();
    tree.cores(500, 500).process(200, 1, "other", 9);
    assert_eq!(tree.read().busiest, None);
}

#[test]
fn memory_is_free_when_it_can_be_had() {
    let mut tree = Tree::new();
    tree.write(
        "proc/meminfo",
        "MemTotal:       8000 kB\nMemFree: 1 kB\nMemAvailable:   2000 kB\n",
    );
    assert_eq!(tree.read().memory_free, Some(0.25));
    tree.write("proc/meminfo", "MemTotal:       0 kB\nMemAvailable:   0 kB\n");
    assert_eq!(tree.read().memory_free, None);
    tree.write("proc/meminfo", "MemTotal:       1 kB\nMemAvailable:   2 kB\n");
    assert_eq!(tree.read().memory_free, None);
}

#[test]
fn a_disk_is_asked_through_a_folder_on_it() {
    let mut tree = Tree::new();
    let folder = tree.folder.path().to_owned();
    assert!(tree.read_at(Some(&folder)).disk_free.is_some());
    assert_eq!(tree.read_at(Some(&folder.join("gone"))).disk_free, None);
    assert_eq!(tree.read_at(Some(Path::new("a\0b"))).disk_free, None);
}

#[test]
fn the_busiest_graphics_processor_is_told() {
    let mut tree = Tree::new();
    tree.write("sys/class/drm/card0/device/gpu_busy_percent", "7\n");
    tree.write("sys/class/drm/card1/device/gpu_busy_percent", "42\n");
    tree.write("sys/class/drm/card2/device/vendor", "0x8086\n");
    assert_eq!(tree.read().gpu, Some(0.42));
    tree.write("sys/class/drm/card1/device/power/runtime_status", "suspended\n");
    assert_eq!(tree.read().gpu, Some(0.07));
    tree.write("sys/class/drm/card0/device/gpu_busy_percent", "101\n");
    assert_eq!(tree.read().gpu, None);
}
