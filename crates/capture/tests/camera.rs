//! Cameras in child processes, served by the preload library, seen by the probe.
#![cfg(target_os = "linux")]

mod cameras;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cameras::{Cameras, Watch, numbers};
use serde_json::Value;

const TWO: &str = "name=Desk,size=640x360,fps=30,format=YUYV,serial=A1,bus=usb-1;\
                   name=Side,size=320x240,fps=15,format=YUYV,bus=usb-2";

/// The gaps between pictures that aren't a whole number of frames of `frame` ms, and how many there are in all.
fn uneven(report: &Value, frame: f64) -> (Vec<f64>, usize) {
    let gaps = numbers(&report["gaps_ms"]);
    let off = |gap: &&f64| (*gap - (*gap / frame).round() * frame).abs() > 2.0;
    (gaps.iter().filter(off).copied().collect(), gaps.len())
}

#[test]
fn cameras_are_listed_under_ids_that_stay_with_all_they_offer() {
    let spec =
        "name=Desk,serial=A1,mode=YUYV:1280x720@10,mode=MJPEG:1280x720@30+30000/1001;name=Side,bus=usb-2";
    let list = Cameras::new(spec).list();
    assert_eq!(
        (&list[0]["id"], &list[0]["path"]),
        (&"serial:A1".into(), &"/dev/video0".into())
    );
    let modes = serde_json::json!([
        ["YUYV", 1280, 720, ["10"]],
        ["MJPEG", 1280, 720, ["30", "30000/1001"]]
    ]);
    assert_eq!(list[0]["modes"], modes);
    assert_eq!(
        (&list[1]["id"], &list[1]["name"]),
        (&"bus:usb-2".into(), &"Side".into())
    );
}

#[test]
fn pictures_of_two_cameras_come_evenly_by_the_drivers_time() {
    let cameras = Cameras::new(TWO);
    let watch = cameras.watch(&["desk", "/dev/video1@320x240@15"]);
    for n in 0..2 {
        watch.until_on(n, true);
    }
    watch.run_for(Duration::from_secs(5));
    let reports = watch.end(2);
    for (report, frame, id) in [
        (&reports[0], 33.333_333, "serial:A1"),
        (&reports[1], 66.666_667, "bus:usb-2"),
    ] {
        let (uneven, all) = uneven(report, frame);
        assert!(uneven.len() <= 1, "{uneven:?} of {report}");
        assert!(all as f64 > 4_000.0 / frame, "{report}");
        assert_eq!(report["id"], id);
        assert!(report["stamped"].as_u64() >= report["received"].as_u64());
        assert_eq!((&report["short"], &report["lost"]), (&0.into(), &0.into()));
        assert!(report["delay_ms"].as_f64().unwrap() >= frame - 0.1, "{report}");
    }
    assert_eq!(reports[0]["why"], "YUYV, 640x360 at 30 fps, as asked for");
}

#[test]
fn a_camera_that_stalls_is_pulled_or_lies_is_noticed_and_comes_back_again_and_again() {
    let cameras = Cameras::new(TWO);
    let watch = cameras.watch(&["Desk", "Side@320x240@15"]);
    for n in 0..2 {
        watch.until_on(n, true);
    }
    let rounds = std::env::var("ANCHOR_CAMERA_ROUNDS").map_or(4, |n| n.parse().expect("a number"));
    let mut before = None;
    for round in 0..rounds {
        let harm: (&dyn Fn(), &dyn Fn(), &str) = match round % 3 {
            0 => (
                &|| cameras.stall(0),
                &|| cameras.resume(0),
                "capture.camera.stalled",
            ),
            1 => (
                &|| cameras.unplug(0),
                &|| cameras.plug(0, 2 + round as u32 % 5),
                "capture.camera.unknown",
            ),
            _ => (
                &|| cameras.shorten(0, true),
                &|| cameras.shorten(0, false),
                "capture.camera.pictures",
            ),
        };
        let (begin, end, code) = harm;
        let begun = Instant::now();
        begin();
        let (noticed, sentence) = watch.until_lost(0, code);
        assert!(
            noticed - begun < Duration::from_secs(1),
            "{round}: {:?}",
            noticed - begun
        );
        assert!(sentence.starts_with("lost: "), "{sentence}");
        // Each time it lasts another time, into openings of the next child.
        watch.run_for(Duration::from_millis(230 * (round % 7)));
        let ended = Instant::now();
        end();
        let on = watch.until_on(0, true);
        assert!(on - ended < Duration::from_secs(1), "{round}: {:?}", on - ended);
        let holds = watch.holds();
        assert_eq!(*before.get_or_insert(holds), holds, "{round}");
        assert_eq!(watch.children().len(), 2);
    }
    let reports = watch.end(2);
    assert_eq!(
        (&reports[0]["lost"], &reports[1]["lost"]),
        (&rounds.into(), &0.into())
    );
    let uneven = uneven(&reports[1], 66.666_667).0;
    assert!(
        uneven.len() <= 1,
        "the other camera noticed nothing: {}",
        reports[1]
    );
}

#[test]
fn a_camera_that_was_pulled_is_found_again_under_another_number() {
    let cameras = Cameras::new(TWO);
    let watch = cameras.watch(&["/dev/video0"]);
    watch.until_on(0, true);
    for number in [4, 0, 7] {
        let pulled = Instant::now();
        cameras.unplug(0);
        let (noticed, sentence) = watch.until_lost(0, "capture.camera.unknown");
        assert!(noticed - pulled < Duration::from_secs(1));
        assert_eq!(
            sentence,
            "lost: there is no camera “/dev/video0”; the only one is “Side” (/dev/video1)"
        );
        let plugged = Instant::now();
        cameras.plug(0, number);
        let on = watch.until_on(0, true);
        assert!(
            on - plugged < Duration::from_secs(1),
            "{number}: {:?}",
            on - plugged
        );
    }
    let report = watch.end(1).remove(0);
    assert_eq!(
        (&report["path"], &report["id"]),
        (&"/dev/video7".into(), &"serial:A1".into())
    );
    assert_eq!(report["lost"], 3);
}

#[test]
fn an_unknown_camera_is_answered_with_those_there_are_and_taken_when_it_comes() {
    let cameras = Cameras::new(TWO);
    cameras.unplug(1);
    let watch = cameras.watch(&["side@320x240@15"]);
    let (_, sentence) = watch.until_lost(0, "capture.camera.unknown");
    assert_eq!(
        sentence,
        "lost: there is no camera “side”; the only one is “Desk” (/dev/video0)"
    );
    cameras.plug(1, 1);
    watch.until_on(0, true);
    let none = Cameras::new("name=Desk");
    none.unplug(0);
    let (_, sentence) = none.watch(&["Desk"]).until_lost(0, "capture.camera.unknown");
    assert_eq!(sentence, "lost: there is no camera “Desk”; no camera was found");
}

#[test]
fn a_busy_camera_is_taken_when_it_is_free_and_the_one_who_has_it_goes_on() {
    let cameras = Cameras::new(TWO);
    let first = cameras.watch(&["Desk"]);
    first.until_on(0, true);
    let second = cameras.watch(&["Desk"]);
    let (_, sentence) = second.until_lost(0, "capture.camera.busy");
    let told =
        "lost: the camera “Desk” is already in use: close the program that uses it, or choose another camera";
    assert_eq!(sentence, told);
    second.run_for(Duration::from_secs(2));
    let report = first.end(1).remove(0);
    assert_eq!(report["lost"], 0);
    assert!(uneven(&report, 33.333_333).0.len() <= 1, "{report}");
    second.until_on(0, true);
}

#[test]
fn jpegs_and_fractional_rates_come_as_evenly_as_the_rest() {
    let spec = "name=Web,mode=YUYV:1280x720@10,mode=MJPEG:1280x720@30;\
                name=Grab,size=1280x720,fps=30000/1001,format=NV12";
    let cameras = Cameras::new(spec);
    let watch = cameras.watch(&["Web@1280x720@30", "Grab@1280x720@29.97"]);
    for n in 0..2 {
        watch.until_on(n, true);
    }
    watch.run_for(Duration::from_secs(5));
    let reports = watch.end(2);
    assert_eq!(
        reports[0]["why"],
        "MJPEG, because raw pictures of 1280x720 come at 10 fps only"
    );
    assert_eq!(reports[1]["why"], "NV12, 1280x720 at 29.97 fps, as asked for");
    for (report, frame, format) in [
        (&reports[0], 33.333_333, "I420"),
        (&reports[1], 33.366_667, "Nv12"),
    ] {
        let (uneven, all) = uneven(report, frame);
        assert!(uneven.len() <= 1 && all > 100, "{uneven:?} of {report}");
        assert!(
            report["stamped"].as_u64() >= report["received"].as_u64(),
            "{report}"
        );
        assert_eq!(report["frame"]["format"], format);
        assert_eq!(report["frame"]["size"], serde_json::json!([1280, 720]));
        // The pattern's luma goes from 40 to 180, its chroma is near grey.
        let mean = report["frame"]["mean"].as_f64().unwrap();
        assert!((100.0..140.0).contains(&mean), "{report}");
    }
    assert!(reports[0]["frame"]["color"].as_str().unwrap().contains("Full"));
}

#[test]
fn what_is_not_offered_is_chosen_as_near_as_can_be() {
    let cameras = Cameras::new("name=Desk,size=640x360+1280x720,fps=30,format=YUYV");
    for (asked, why) in [
        (
            "Desk@800x600@30",
            "YUYV; 1280x720 instead of 800x600, because it has no such pictures",
        ),
        (
            "Desk@640x360@60",
            "YUYV; 30 fps, because it does not offer 60 fps at this size",
        ),
    ] {
        let watch = cameras.watch(&[asked]);
        watch.until_on(0, true);
        assert_eq!(watch.end(1)[0]["why"], why);
    }
    let (_, sentence) = cameras
        .watch(&["Desk@640x360@30@NV12"])
        .until_lost(0, "capture.camera.format");
    let told = "lost: the camera “Desk” cannot deliver 640x360 at 30 fps as NV12: it offers no such format";
    assert_eq!(sentence, told);
}

#[test]
fn a_camera_that_nobody_sees_costs_next_to_nothing_and_is_there_at_once() {
    let spec = "name=Web,size=1280x720,fps=30,format=MJPEG";
    let cameras = Cameras::new(spec);
    let mut watch = cameras.watch(&["Web@1280x720@30"]);
    watch.until_on(0, true);
    let child = watch.children()[0];
    let cost = |watch: &Watch| {
        let before = Watch::cpu(child);
        watch.run_for(Duration::from_secs(4));
        let part = |(name, time): (String, f64)| (time - before.get(&name).unwrap_or(&0.0)) / 4.0;
        Watch::cpu(child)
            .into_iter()
            .map(|(name, time)| (name.clone(), part((name, time))))
            .collect()
    };
    let seen: BTreeMap<String, f64> = cost(&watch);
    watch.order("hide 0");
    let hidden = cost(&watch);
    println!("of a core: seen {seen:?}, hidden {hidden:?}");
    // The source's own thread is left out: that is where the preload library makes the pictures.
    let ours: f64 = hidden
        .iter()
        .filter(|(name, _)| !name.starts_with("v4l2src"))
        .map(|(_, part)| part)
        .sum();
    assert!(ours < 0.01, "{hidden:?}");
    assert!(cameras.delivered(0) > 150, "the device goes on");
    for _ in 0..5 {
        watch.order("show 0");
        let (_, told) = watch.until(0, |told| !told["shown_after_ms"].is_null());
        println!("{told}");
        assert!(told["shown_after_ms"].as_i64().unwrap() <= 250, "{told}");
        watch.order("hide 0");
        watch.run_for(Duration::from_millis(300));
    }
    assert_eq!(watch.end(1)[0]["lost"], 0);
}

#[test]
fn broken_pictures_are_counted_and_a_camera_that_sends_nothing_else_is_named() {
    let cameras = Cameras::new("name=Web,size=640x360,fps=30,format=MJPEG");
    let watch = cameras.watch(&["Web"]);
    watch.until_on(0, true);
    let spoilt = Instant::now();
    cameras.spoil(0, true);
    let (noticed, sentence) = watch.until_lost(0, "capture.camera.pictures");
    assert!(noticed - spoilt < Duration::from_secs(1));
    assert!(
        sentence.starts_with("lost: the camera “Web” sends nothing that can be shown: its pictures are "),
        "{sentence}"
    );
    watch.run_for(Duration::from_secs(2));
    let well = Instant::now();
    cameras.spoil(0, false);
    assert!(watch.until_on(0, true) - well < Duration::from_secs(1));
    let report = watch.end(1).remove(0);
    assert!(report["broken"].as_u64().unwrap() > 20, "{report}");
    assert!(report["resized"].as_u64().unwrap() > 5, "{report}");
    assert_eq!(report["lost"], 1);
}

#[test]
fn short_pictures_harm_nobody() {
    let spec = "name=Raw,size=640x360,fps=30,format=YUYV;name=Web,size=640x360,fps=30,format=MJPEG;\
                name=Grab,size=640x360,fps=30000/1001,format=NV12;name=Well,size=640x360,fps=30,format=NV12";
    let cameras = Cameras::new(spec);
    let watch = cameras.watch(&["Raw", "Web", "Grab@640x360@29.97", "Well"]);
    for n in 0..4 {
        watch.until_on(n, true);
    }
    (0..3).for_each(|n| cameras.shorten(n, true));
    let (_, sentence) = watch.until_lost(0, "capture.camera.pictures");
    assert!(sentence.ends_with("its pictures are cut off"), "{sentence}");
    watch.until_lost(1, "capture.camera.pictures");
    // GStreamer's source leaves them out without a word.
    watch.until_lost(2, "capture.camera.stalled");
    watch.run_for(Duration::from_secs(2));
    (0..3).for_each(|n| cameras.shorten(n, false));
    watch.run_for(Duration::from_secs(2));
    let reports = watch.end(4);
    for report in &reports {
        println!("{report}");
        assert!(numbers(&report["gaps_ms"]).len() > 30, "{report}");
    }
    assert_eq!(reports[3]["lost"], 0);
    assert!(uneven(&reports[3], 33.333_333).0.len() <= 1, "{}", reports[3]);
}

#[test]
fn no_process_outlives_the_one_it_reads_for() {
    let cameras = Cameras::new(&format!("{TWO};name=Web,size=640x360,fps=30,format=MJPEG"));
    let watch = cameras.watch(&["Desk", "Side@320x240@15", "Web"]);
    for n in 0..3 {
        watch.until_on(n, true);
    }
    // One of them is stuck in its driver.
    cameras.stall(0);
    let children = watch.children();
    assert_eq!(children.len(), 3);
    watch.crash(&children);
}
