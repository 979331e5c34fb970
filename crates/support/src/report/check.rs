//! What the last check before a show has found.

use api::check::{CheckState, UploadCheck};

use crate::Opened;

/// The upload, the places, and what would have spoilt the show.
pub(super) fn lines(opened: &Opened) -> Vec<String> {
    let check = opened.state.as_ref().and_then(|state| state.check.as_ref());
    check.map(told).unwrap_or_default()
}

fn told(check: &CheckState) -> Vec<String> {
    let places = check.places.iter().map(|place| {
        let here = if place.here { ", this computer" } else { "" };
        format!("{}: {:?}{here}", place.name, place.reach).to_lowercase()
    });
    let findings = check.findings.iter().map(|finding| match &finding.subjects[..] {
        [] => finding.code.clone(),
        subjects => format!("{}: {}", finding.code, subjects.join(", ")),
    });
    let upload = check
        .upload
        .as_ref()
        .map_or("The upload was not measured.".to_owned(), upload);
    [upload].into_iter().chain(places).chain(findings).collect()
}

fn upload(upload: &UploadCheck) -> String {
    let known = |value: Option<u32>| value.map_or("-".to_owned(), |value| value.to_string());
    format!(
        "The upload carries {}{} kbit/s of {} wanted, enough for {} of the places; {} ms there and back, {} when full.",
        if upload.at_least { "at least " } else { "" },
        known(upload.carries_kbps),
        upload.wanted_kbps,
        known(upload.places),
        known(upload.quiet_ms),
        known(upload.loaded_ms)
    )
}
