//! What others send.

use super::*;

const HEAD: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

/// A default route by each interface, with its metric.
fn routes(tree: &Tree, routes: &[(&str, u32)]) {
    let line = |(interface, metric): &(&str, u32)| {
        format!(
            "{interface}\t00000000\t0101A8C0\t0003\t0\t0\t{metric}\t00000000\t0\t0\t0\n\
             {interface}\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
        )
    };
    let lines: String = routes.iter().map(line).collect();
    tree.write("proc/net/route", format!("{HEAD}{lines}"));
}

/// What eth0 and wlan0 have sent.
fn sent(tree: &Tree, eth0: u64, wlan0: u64) {
    let dev = format!(
        "Inter-| Receive | Transmit\n face |bytes packets\n\
         \x20   lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n\
         \x20 eth0:77 1 0 0 0 0 0 0 {eth0} 1 0 0 0 0 0 0\n\
         wlan0: 77 1 0 0 0 0 0 0 {wlan0} 1 0 0 0 0 0 0\n"
    );
    tree.write("proc/net/dev", dev);
}

#[test]
fn what_is_sent_beyond_this_programs_is_others() {
    let mut tree = Tree::new();
    routes(&tree, &[("eth0", 100), ("wlan0", 600)]);
    sent(&tree, 1_000_000, 0);
    assert_eq!(tree.others(500_000), None);
    sent(&tree, 1_358_000, 0);
    // 100000 own bytes are 108000 on the wire; 250000 are left.
    assert_eq!(tree.others(600_000), Some(2_000));
    sent(&tree, 1_360_000, 9_999_999);
    assert_eq!(tree.others(700_000), Some(0));
}

#[test]
fn the_time_between_readings_counts() {
    let mut tree = Tree::new();
    routes(&tree, &[("eth0", 0)]);
    sent(&tree, 0, 0);
    tree.others(0);
    sent(&tree, 250_000, 0);
    let later = tree.now + Duration::from_millis(500);
    assert_eq!(tree.uploads.read(later, 0), Some(4_000));
}

#[test]
fn counters_that_go_backwards_tell_nothing() {
    let mut tree = Tree::new();
    routes(&tree, &[("eth0", 0)]);
    sent(&tree, 1_000, 0);
    tree.others(1_000);
    sent(&tree, 999, 0);
    assert_eq!(tree.others(1_000), None);
    assert_eq!(tree.others(1_000), Some(0));
    assert_eq!(tree.others(999), None);
}

#[test]
fn another_interface_begins_anew() {
    let mut tree = Tree::new();
    routes(&tree, &[("eth0", 100), ("wlan0", 600)]);
    sent(&tree, 1_000, 1_000);
    tree.others(0);
    routes(&tree, &[("wlan0", 600)]);
    sent(&tree, 1_000, 2_000);
    assert_eq!(tree.others(0), None);
    sent(&tree, 1_000, 127_000);
    assert_eq!(tree.others(0), Some(1_000));
    tree.write("proc/net/route", HEAD);
    assert_eq!(tree.others(0), None);
}

#[test]
fn ipv6_leads_outside_where_ipv4_does_not() {
    let zeros = "0".repeat(32);
    let route = |metric: &str, flags: &str, interface: &str| {
        format!("{zeros} 00 {zeros} 00 {zeros} {metric} 00000001 00000000 {flags} {interface}\n")
    };
    let mut tree = Tree::new();
    let table = [
        route("ffffffff", "00200200", "lo"),
        route("00000001", "00000201", "wlan0"), // lets nothing through
        route("00000400", "00000003", "eth0"),
        route("00000500", "00000003", "wlan0"),
    ];
    tree.write("proc/net/route", HEAD)
        .write("proc/net/ipv6_route", table.concat());
    sent(&tree, 0, 0);
    tree.others(0);
    sent(&tree, 125_000, 0);
    assert_eq!(tree.others(0), Some(1_000));
}

#[test]
fn a_table_that_is_cut_tells_nothing() {
    let mut tree = Tree::new();
    routes(&tree, &[("eth0", 0)]);
    tree.write("proc/net/dev", "eth0: 77 1 0 0 0 0 0 0 12");
    tree.others(0);
    assert_eq!(tree.others(0), None);
}
