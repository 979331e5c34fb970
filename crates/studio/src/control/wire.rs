//! The uplink's words on places and the computer, as they cross to a window.

use std::time::Instant;

use api::health::{Diagnosis, LogEntry, Logged, Side, Standing, Strength};
use api::machine::{BatteryState, MachineState, ProgramLoad, Shed, Trouble};
use uplink::health::{self, Cause, Done, Entry, Why};
use uplink::machine;

use crate::past::Effort;

pub(super) fn standing(standing: health::Standing) -> Standing {
    Standing {
        quality: standing.quality,
        strength: strength(standing.strength),
    }
}

pub(super) const fn strength(strength: health::Strength) -> Strength {
    match strength {
        health::Strength::Broken => Strength::Broken,
        health::Strength::Weak => Strength::Weak,
        health::Strength::Enough => Strength::Enough,
        health::Strength::Strong => Strength::Strong,
        health::Strength::Unknown => Strength::Unknown,
    }
}

/// What has been the matter since `since`, at `now`.
pub(super) fn diagnosis(cause: Cause, since: Instant, now: Instant) -> Diagnosis {
    Diagnosis {
        cause: cause.code().to_owned(),
        side: match cause.side() {
            health::Side::Machine => Side::Machine,
            health::Side::Uplink => Side::Uplink,
            health::Side::Server => Side::Server,
        },
        advice: cause.advice().to_owned(),
        seconds: now.saturating_duration_since(since).as_secs_f64(),
    }
}

/// An entry of the log of `place` in a show that began at `began`.
pub(super) fn entry(place: &str, entry: &Entry, began: Instant) -> LogEntry {
    let seconds = |at: Instant| at.saturating_duration_since(began).as_secs_f64();
    LogEntry {
        at: seconds(entry.since),
        until: seconds(entry.until),
        place: place.to_owned(),
        what: logged(entry.what),
    }
}

fn logged(done: Done) -> Logged {
    match done {
        Done::Lowered { from_kbps, to_kbps } => Logged::Lowered { from_kbps, to_kbps },
        Done::Raised { from_kbps, to_kbps } => Logged::Raised { from_kbps, to_kbps },
        Done::Lost(why) => Logged::Lost {
            refused: why == Why::Refused,
        },
        Done::Reached => Logged::Reached,
        Done::Found(cause) => Logged::Found {
            cause: cause.code().to_owned(),
        },
        Done::Over(cause) => Logged::Over {
            cause: cause.code().to_owned(),
        },
    }
}

/// How the computer is at `now`.
pub(super) fn machine(watch: &machine::Watch, now: Instant) -> MachineState {
    let troubles = watch.troubles().map(|(trouble, since)| Trouble {
        code: trouble.code().to_owned(),
        advice: trouble.advice().to_owned(),
        seconds: now.saturating_duration_since(since).as_secs_f64(),
    });
    let known = MachineState {
        draw: watch.draw(),
        encode: watch.encode(),
        shed: shed(watch.shed()),
        troubles: troubles.collect(),
        foreign_kbps: watch.foreign_kbps(),
        ..MachineState::default()
    };
    let Some(reading) = watch.reading() else {
        return known;
    };
    MachineState {
        cpu: reading.cpu,
        cpu_own: reading.cpu_own,
        busiest: reading.busiest.as_ref().map(|program| ProgramLoad {
            name: program.name.clone(),
            cpu: program.cpu,
        }),
        memory_free: reading.memory_free,
        disk_free: reading.disk_free,
        gpu: reading.gpu,
        battery: reading.battery.map(|battery| BatteryState {
            level: battery.level,
            discharging: battery.discharging,
        }),
        saving: reading.saving,
        hot: reading.hot,
        celsius: reading.celsius,
        ..known
    }
}

const fn shed(shed: machine::Shed) -> Shed {
    match shed {
        machine::Shed::Nothing => Shed::Nothing,
        machine::Shed::PreviewSlow => Shed::PreviewSlow,
        machine::Shed::PreviewStill => Shed::PreviewStill,
        machine::Shed::Filters => Shed::Filters,
    }
}

/// How the computer was in a second in which so many pictures were lost.
pub(super) fn effort(watch: &machine::Watch, late: u32) -> Effort {
    let hundredths = |share: f32| (share.clamp(0.0, 1.0) * 100.0).round() as u8;
    let reading = watch.reading();
    Effort {
        cpu: reading.and_then(|r| r.cpu).map(hundredths),
        cpu_own: reading.and_then(|r| r.cpu_own).map(hundredths),
        draw: hundredths(watch.draw()),
        encode: hundredths(watch.encode()),
        late,
        foreign_kbps: watch.foreign_kbps(),
    }
}

/// An entry of the computer's log, in a show that began at `began`.
pub(super) fn done(entry: &machine::Entry, began: Instant) -> LogEntry {
    let at = entry.at.saturating_duration_since(began).as_secs_f64();
    let cause = |trouble: machine::Trouble| trouble.code().to_owned();
    LogEntry {
        at,
        until: at,
        place: String::new(),
        what: match entry.what {
            machine::Done::Shed { from, to } => Logged::Shed {
                from: shed(from),
                to: shed(to),
            },
            machine::Done::Found(trouble) => Logged::Found {
                cause: cause(trouble),
            },
            machine::Done::Over(trouble) => Logged::Over {
                cause: cause(trouble),
            },
        },
    }
}
