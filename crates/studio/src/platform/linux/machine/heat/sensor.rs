//! What measures a processor's temperature, and from which on that is too hot. In thousandths of a degree Celsius.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::super::files;

/// What a thermometer can say of a processor; the rest is none or broken.
const PLAUSIBLE: RangeInclusive<i32> = -20_000..=150_000;
/// What a limit can be. Some firmware says 0 or 20 degrees where it means none.
const PLAUSIBLE_LIMIT: RangeInclusive<i32> = 50_000..=150_000;
/// This far below the temperature at which it is switched off, a processor is slowed down already.
const MARGIN: i32 = 5_000;
/// The drivers of processors' own thermometers.
const CHIPS: [&str; 4] = ["coretemp", "k10temp", "zenpower", "cpu_thermal"];
/// What a thermal zone of a processor has in its name.
const ZONES: [&str; 5] = ["cpu", "x86_pkg_temp", "soc", "k10temp", "coretemp"];
/// The firmware's zone, which may be anywhere in the case.
const FIRMWARE_ZONE: &str = "acpitz";

/// One thermometer.
pub(super) struct Sensor {
    path: PathBuf,
    /// From which temperature on it is hot.
    limit: Option<i32>,
}

impl Sensor {
    pub(super) fn read(&self) -> Option<i32> {
        files::number(&self.path).filter(|temperature| PLAUSIBLE.contains(temperature))
    }

    pub(super) fn is_limit(&self, temperature: i32) -> bool {
        self.limit.is_some_and(|limit| temperature >= limit)
    }
}

/// Those of the processors; the firmware's if there are no other.
pub(super) fn find(sysfs: &Path) -> Vec<Sensor> {
    let zones = files::entries(sysfs.join("class/thermal"), "thermal_zone");
    let zones_of = |wanted: fn(&str) -> bool| {
        let zones = zones
            .iter()
            .filter(move |zone| kind(zone).is_some_and(|kind| wanted(&kind)));
        zones.map(|zone| of_zone(zone))
    };
    let chips = files::entries(sysfs.join("class/hwmon"), "hwmon");
    let chips = chips.iter().flat_map(|chip| of_chip(chip));
    let sensors: Vec<Sensor> = zones_of(is_processor).chain(chips).collect();
    if sensors.is_empty() {
        return zones_of(|kind| kind == FIRMWARE_ZONE).collect();
    }
    sensors
}

fn kind(zone: &Path) -> Option<String> {
    Some(files::word(zone.join("type"))?.to_ascii_lowercase())
}

fn is_processor(kind: &str) -> bool {
    ZONES.iter().any(|part| kind.contains(part))
}

fn of_zone(zone: &Path) -> Sensor {
    let names = files::entries(zone, "trip_point_");
    let names = names.iter().filter_map(|path| path.file_name()?.to_str());
    let trips = names.filter_map(|name| name.strip_prefix("trip_point_")?.strip_suffix("_type"));
    let cooled = cooled_trips(zone);
    Sensor {
        path: zone.join("temp"),
        limit: trips.filter_map(|trip| limit_of_trip(zone, trip, &cooled)).min(),
    }
}

/// The trip points at which something is done to cool the zone.
fn cooled_trips(zone: &Path) -> Vec<String> {
    let files = files::entries(zone, "cdev").into_iter();
    let files = files.filter(|path| path.to_string_lossy().ends_with("_trip_point"));
    files.filter_map(files::word).collect()
}

fn limit_of_trip(zone: &Path, trip: &str, cooled: &[String]) -> Option<i32> {
    let file = |what: &str| zone.join(format!("trip_point_{trip}_{what}"));
    let temperature = files::number(file("temp")).filter(|limit| PLAUSIBLE_LIMIT.contains(limit))?;
    match files::word(file("type"))?.as_str() {
        "critical" | "hot" => Some(temperature - MARGIN),
        // Here the kernel begins to slow down, where it has something to slow down. Without, a program only wants to
        // be told (x86_pkg_temp), at any temperature it likes.
        "passive" => cooled.iter().any(|cooled| cooled == trip).then_some(temperature),
        _ => None,
    }
}

fn of_chip(chip: &Path) -> Vec<Sensor> {
    if !files::word(chip.join("name")).is_some_and(|name| CHIPS.contains(&name.as_str())) {
        return Vec::new();
    }
    let inputs = files::entries(chip, "temp");
    let inputs = inputs
        .iter()
        .filter_map(|path| path.to_str()?.strip_suffix("_input"));
    let labelled = inputs.map(|input| (input, files::word(format!("{input}_label")).unwrap_or_default()));
    let mut labelled: Vec<(&str, String)> = labelled.collect();
    // On some AMD processors Tctl is Tdie plus up to 27 degrees, for the fans.
    if labelled.iter().any(|(_, label)| label == "Tdie") {
        labelled.retain(|(_, label)| label != "Tctl");
    }
    labelled.iter().map(|(input, _)| of_input(input)).collect()
}

fn of_input(input: &str) -> Sensor {
    let critical = files::number(format!("{input}_crit")).filter(|limit| PLAUSIBLE_LIMIT.contains(limit));
    Sensor {
        path: format!("{input}_input").into(),
        limit: critical.map(|critical| critical - MARGIN),
    }
}
