//! What would spoil the show, out of all that was looked at. No IO, no clock.

use api::check::{Finding, PlaceCheck, Reach, UploadCheck};
use api::machine::MachineState;
use api::state::{HealthLevel, PictureState, SoundState};

use super::{Checked, Plan};

/// Above this share of what the line carries there is no room for a bad moment; above the second, hardly.
const SMALL: f32 = 0.9;
const TIGHT: f32 = 0.7;
/// A full line that makes everything wait so much longer is too full for anything beside it, in milliseconds.
const SLOW_MS: u32 = 300;
/// A microphone below this level, in dBFS, was not heard.
const SILENT_DB: f32 = -60.0;
/// A camera that delivers less than this share of what it was asked for is slow.
const SLOW_CAMERA: f32 = 0.8;
/// Less than this can be written, in bytes: 5 GB.
const DISK: u64 = 5_000_000_000;
/// Less than this share of memory can be had.
const MEMORY: f32 = 0.1;

/// What is known of the show and its computer, beside what a check has found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The cameras, as they are.
    pub(crate) cameras: Vec<PictureState>,
    /// The microphones, as they are; each with the loudest it was while the check went on, in dBFS.
    pub(crate) microphones: Vec<(SoundState, f32)>,
    /// Cameras that share a connection with another, by their sources' names.
    pub(crate) sharing: Vec<String>,
    pub(crate) machine: MachineState,
}

/// What was measured of the upload, as it is told, and all that would spoil the show: the worst first.
pub(crate) fn findings(plan: &Plan, checked: &Checked, facts: &Facts) -> (Option<UploadCheck>, Vec<Finding>) {
    let upload = checked.upload.as_ref().map(|_| told(plan, checked));
    let mut all = of_places(plan, checked);
    all.extend(of_upload(plan, checked, upload.as_ref()));
    all.extend(of_cameras(facts));
    all.extend(of_microphones(facts));
    all.extend(of_machine(&facts.machine));
    // What is as bad stays in its order.
    all.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    (upload, all)
}

fn finding(level: HealthLevel, code: &str, subjects: Vec<String>) -> Finding {
    Finding {
        code: format!("check.{code}"),
        level,
        subjects,
    }
}

fn bad(code: &str, subjects: Vec<String>) -> Finding {
    finding(HealthLevel::Bad, code, subjects)
}

fn warning(code: &str, subjects: Vec<String>) -> Finding {
    finding(HealthLevel::Warning, code, subjects)
}

/// One about all of `subjects`, where there are any.
fn about(make: fn(&str, Vec<String>) -> Finding, code: &str, subjects: Vec<String>) -> Option<Finding> {
    (!subjects.is_empty()).then(|| make(code, subjects))
}

fn of_places(plan: &Plan, checked: &Checked) -> Vec<Finding> {
    if plan.outputs.is_empty() {
        return vec![bad("no_place", Vec::new())];
    }
    let names = |wanted: fn(&PlaceCheck) -> bool| {
        let places = checked.places.iter().filter(|place| wanted(place));
        places.map(|place| place.name.clone()).collect()
    };
    [
        about(
            bad,
            "unreachable",
            names(|place| place.reach == Reach::Unreachable),
        ),
        about(bad, "untrusted", names(|place| place.reach == Reach::Untrusted)),
        about(bad, "key_missing", checked.keyless.clone()),
        about(warning, "strange", names(|place| place.reach == Reach::Strange)),
        about(warning, "key_odd", checked.odd.clone()),
        about(warning, "here", names(|place| place.here)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What was measured, as it is told.
fn told(plan: &Plan, checked: &Checked) -> UploadCheck {
    let wanted = plan.wanted();
    let measured = checked.upload.as_ref();
    let carried = measured.and_then(|measured| measured.carried);
    let millis = |time: std::time::Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    let mut sum = 0;
    let fit = carried.map(|carried| {
        let sums = wanted.iter().map(|kbps| {
            sum += kbps;
            sum
        });
        sums.take_while(|sum| *sum as f32 <= carried.kbps as f32 * SMALL)
            .count() as u32
    });
    UploadCheck {
        kbps: measured.map(|measured| measured.kbps.clone()).unwrap_or_default(),
        carries_kbps: carried.map(|carried| carried.kbps),
        at_least: carried.is_some_and(|carried| carried.at_least),
        wanted_kbps: wanted.iter().sum(),
        places: fit,
        quiet_ms: measured.and_then(|measured| measured.quiet).map(millis),
        loaded_ms: measured.and_then(|measured| measured.loaded).map(millis),
    }
}

fn of_upload(plan: &Plan, checked: &Checked, upload: Option<&UploadCheck>) -> Vec<Finding> {
    let mut all = Vec::new();
    if plan.outputs.is_empty() {
        return all;
    }
    if !checked.covers || upload.is_none_or(|upload| upload.carries_kbps.is_none()) {
        all.push(warning("upload_unknown", Vec::new()));
    }
    let Some(upload) = upload else { return all };
    if let Some(carries) = upload.carries_kbps {
        let share = upload.wanted_kbps as f32 / carries.max(1) as f32;
        match () {
            () if share > SMALL => all.push(bad("upload_small", Vec::new())),
            () if share > TIGHT => all.push(warning("upload_tight", Vec::new())),
            () => {}
        }
    }
    let carried = checked.upload.as_ref().and_then(|measured| measured.carried);
    if carried.is_some_and(|carried| carried.unsteady) {
        all.push(warning("upload_unsteady", Vec::new()));
    }
    let longer = upload
        .loaded_ms
        .zip(upload.quiet_ms)
        .map(|(loaded, quiet)| loaded.saturating_sub(quiet));
    if longer.is_some_and(|longer| longer > SLOW_MS) {
        all.push(warning("upload_slow", Vec::new()));
    }
    all
}

fn of_cameras(facts: &Facts) -> Vec<Finding> {
    if facts.cameras.is_empty() {
        return vec![warning("camera_none", Vec::new())];
    }
    let names = |wanted: &dyn Fn(&PictureState) -> bool| {
        let cameras = facts.cameras.iter().filter(|camera| wanted(camera));
        cameras.map(|camera| camera.name.clone()).collect::<Vec<_>>()
    };
    let is_slow = |camera: &PictureState| {
        let rates = camera.rate.zip(camera.wanted_rate);
        camera.live && rates.is_some_and(|(rate, wanted)| rate < wanted * SLOW_CAMERA)
    };
    [
        about(bad, "camera_lost", names(&|camera| !camera.live)),
        about(warning, "camera_slow", names(&is_slow)),
        about(warning, "cameras_share", facts.sharing.clone()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_microphones(facts: &Facts) -> Vec<Finding> {
    if facts.microphones.is_empty() {
        return vec![warning("microphone_none", Vec::new())];
    }
    let names = |wanted: fn(&SoundState, f32) -> bool| {
        let all = facts
            .microphones
            .iter()
            .filter(|(sound, loudest)| wanted(sound, *loudest));
        all.map(|(sound, _)| sound.name.clone()).collect()
    };
    [
        about(bad, "microphone_lost", names(|sound, _| sound.reason.is_some())),
        about(
            warning,
            "microphone_muted",
            names(|sound, _| sound.reason.is_none() && sound.mute),
        ),
        about(
            warning,
            "microphone_silent",
            names(|sound, loudest| sound.reason.is_none() && !sound.mute && loudest < SILENT_DB),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_machine(machine: &MachineState) -> Vec<Finding> {
    let busy = machine
        .troubles
        .iter()
        .any(|trouble| trouble.code == "machine.busy");
    [
        ("disk", machine.disk_free.is_some_and(|bytes| bytes < DISK)),
        ("memory", machine.memory_free.is_some_and(|share| share < MEMORY)),
        ("busy", busy),
        (
            "battery",
            machine.battery.is_some_and(|battery| battery.discharging),
        ),
        ("saving", machine.saving),
    ]
    .into_iter()
    .filter(|(_, is_so)| *is_so)
    .map(|(code, _)| warning(code, Vec::new()))
    .collect()
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
