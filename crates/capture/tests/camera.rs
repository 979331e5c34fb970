//! Cameras through nokhwa, served by the preload library, seen by the probe.
#![cfg(target_os = "linux")]

mod probe;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use probe::{Probe, build, numbers};

const CAMERAS: &str = "name=Desk,size=640x360,fps=30,format=YUYV;name=Side,size=320x240,fps=15,format=YUYV";

/// Puts the preloaded cameras before the machine's own.
fn cameras(command: &mut Command, cameras: &str) {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| build(&["-p", "preload-camera"]).join("libpreload_camera.so"));
    command.env("LD_PRELOAD", library).env("ANCHOR_CAMERAS", cameras);
}

fn probe(arguments: &[&str]) -> Probe {
    Probe::start(arguments, |c| cameras(c, CAMERAS))
}

#[test]
fn pictures_come_evenly_by_the_drivers_time() {
    let report = probe(&["--camera", "desk", "--seconds", "6"]).report();
    let camera = &report["camera"];
    // 180 pictures in six seconds; a busy machine may lose some, which leaves their places empty.
    let gaps = numbers(&camera["gaps_ms"]);
    assert!(gaps.len() > 150, "{report}");
    let frames = |gap: &f64| (gap / 33.333_333).round();
    let uneven: Vec<_> = gaps
        .iter()
        .filter(|g| (*g - frames(g) * 33.333_333).abs() > 2.0)
        .collect();
    assert!(uneven.is_empty(), "{uneven:?}");
    let next = gaps.iter().filter(|g| frames(g) == 1.0).count();
    assert!(next * 10 >= gaps.len() * 9, "{gaps:?}");
    assert_eq!(
        camera["stamped"], camera["received"],
        "each had a time of the driver's"
    );
    assert_eq!(
        (&camera["status"], &camera["short"]),
        (&"running".into(), &0.into())
    );
    assert!(camera["delay_ms"].as_f64().unwrap() >= 33.0, "{report}");
}

#[test]
fn the_second_camera_has_its_own_rate() {
    let arguments = [
        "--camera",
        "/dev/video1",
        "--size",
        "320x240",
        "--fps",
        "15",
        "--seconds",
        "3",
    ];
    let report = probe(&arguments).report();
    let gaps = numbers(&report["camera"]["gaps_ms"]);
    assert_eq!(report["camera"]["name"], "Side");
    assert!(gaps.len() > 30 && gaps.iter().all(|g| *g > 60.0), "{report}");
}

#[test]
fn an_unknown_camera_is_answered_with_those_there_are() {
    let answer = &probe(&["--camera", "Table"]).report()["camera"];
    assert_eq!(answer["error"], "capture.camera.unknown");
    let sentence = "there is no camera “Table”; there are “Desk” (/dev/video0), “Side” (/dev/video1)";
    assert_eq!(answer["sentence"], sentence);
    let none = Probe::start(&["--camera", "Table"], |c| cameras(c, "")).report();
    let sentence = none["camera"]["sentence"].as_str().unwrap().to_owned();
    // Without preloaded cameras the machine's own are listed.
    assert!(sentence.starts_with("there is no camera “Table”; "), "{sentence}");
}

#[test]
fn a_busy_camera_is_refused_and_the_one_who_has_it_goes_on() {
    let arguments = ["--camera", "Desk", "--second-camera", "Desk", "--seconds", "2"];
    let report = probe(&arguments).report();
    let refused = &report["second_camera"];
    assert_eq!(refused["error"], "capture.camera.busy", "{report}");
    let sentence =
        "the camera “Desk” is already in use: close the program that uses it, or choose another camera";
    assert_eq!(refused["sentence"], sentence);
    assert_eq!(report["camera"]["status"], "running");
    assert!(numbers(&report["camera"]["gaps_ms"]).len() > 40, "{report}");
}

#[test]
fn what_the_camera_does_not_offer_is_refused() {
    for arguments in [["--size", "800x600"], ["--fps", "29.97"], ["--fps", "60"]] {
        let arguments = [&["--camera", "Desk"][..], &arguments].concat();
        let answer = &probe(&arguments).report()["camera"];
        assert_eq!(
            answer["error"], "capture.camera.format",
            "{arguments:?}: {answer}"
        );
        let sentence = answer["sentence"].as_str().unwrap();
        assert!(
            sentence.starts_with("the camera “Desk” cannot deliver "),
            "{sentence}"
        );
    }
}
