//! The machine that the tests run on.

use super::*;

#[test]
fn shares_of_this_machine_are_shares() {
    let mut machine = Machine::new();
    machine.read(Instant::now(), None);
    let end = Instant::now() + Duration::from_millis(250);
    while Instant::now() < end {
        std::hint::spin_loop();
    }
    let reading = machine.read(Instant::now(), Some(&std::env::temp_dir()));
    let battery = reading.battery.map(|battery| battery.level);
    let busiest = reading.busiest.map(|program| program.cpu);
    let shares = [
        reading.cpu,
        reading.cpu_own,
        reading.memory_free,
        reading.gpu,
        battery,
        busiest,
    ];
    for share in shares.into_iter().flatten() {
        assert!((0.0..=1.0).contains(&share), "{share}");
    }
    assert!(reading.cpu_own > Some(0.0), "this test has used some");
    assert!(reading.memory_free.is_some() && reading.disk_free.is_some());
}
