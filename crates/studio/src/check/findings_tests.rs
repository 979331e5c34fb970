use std::time::Duration;

use api::machine::{BatteryState, Trouble};
use api::state::Meter;
use uplink::Carried;

use super::*;
use crate::check::Measured;

/// A show for so many places, of 2500 and 128 kbit/s each.
fn plan(places: usize) -> Plan {
    let outputs: String = (0..places)
        .map(|n| {
            format!(
                "[[output]]\nname = \"p{n}\"\nurl = \"rtmp://there/live\"\nkey = {{ env = \"K\" }}\n\
                 video = {{ bitrate = 2500 }}\naudio = {{ bitrate = 128 }}\n"
            )
        })
        .collect();
    let text = format!(
        "name = \"x\"\n[[source]]\nname = \"bars\"\ntype = \"pattern\"\n[[scene]]\nname = \"a\"\n[[scene.layer]]\n\
         source = \"bars\"\n{outputs}"
    );
    let show: crate::show::Show = toml::from_str(&text).unwrap();
    Plan {
        outputs: show.outputs,
        companion: None,
    }
}

/// A line that carries so much, and all places of `plan` answer.
fn checked(plan: &Plan, kbps: u32) -> Checked {
    let place = |output: &crate::show::Output| PlaceCheck {
        name: output.name.clone(),
        reach: Reach::Reached,
        here: false,
        passed_on: false,
    };
    Checked {
        places: plan.outputs.iter().map(place).collect(),
        odd: Vec::new(),
        keyless: Vec::new(),
        upload: Some(Measured {
            kbps: vec![kbps; 24],
            carried: Some(Carried {
                kbps,
                at_least: false,
                unsteady: false,
            }),
            quiet: Some(Duration::from_millis(40)),
            loaded: Some(Duration::from_millis(200)),
        }),
        covers: true,
        passes_on: None,
    }
}

/// A camera and a microphone, both well.
fn well() -> Facts {
    let camera = PictureState {
        name: "cam".into(),
        live: true,
        rate: Some(29.5),
        wanted_rate: Some(30.0),
        ..PictureState::default()
    };
    let microphone = SoundState {
        name: "mic".into(),
        level: Meter::default(),
        ..SoundState::default()
    };
    Facts {
        cameras: vec![camera],
        microphones: vec![(microphone, -20.0)],
        ..Facts::default()
    }
}

fn codes(plan: &Plan, checked: &Checked, facts: &Facts) -> Vec<String> {
    let (_, findings) = findings(plan, checked, facts);
    let short = |finding: &Finding| finding.code.trim_start_matches("check.").to_owned();
    let told = |finding: &Finding| match &finding.subjects[..] {
        [] => short(finding),
        subjects => format!("{} {}", short(finding), subjects.join(",")),
    };
    findings.iter().map(told).collect()
}

#[test]
fn a_line_is_told_by_what_is_wanted_of_it() {
    let three = plan(3);
    let of = |kbps| findings(&three, &checked(&three, kbps), &well());
    for (kbps, fit, code) in [
        (20_000, 3, ""),
        (11_000, 3, "check.upload_tight"),
        (8_000, 2, "check.upload_small"),
        (2_000, 0, "check.upload_small"),
        (0, 0, "check.upload_small"),
    ] {
        let (upload, all) = of(kbps);
        let upload = upload.unwrap();
        assert_eq!((upload.places, upload.wanted_kbps), (Some(fit), 7_884), "{kbps}");
        assert_eq!(all.first().map_or("", |finding| &finding.code), code, "{kbps}");
    }
}

#[test]
fn what_was_not_measured_is_no_green_light() {
    let one = plan(1);
    let mut unmeasured = checked(&one, 20_000);
    unmeasured.upload = None;
    unmeasured.places[0].here = true;
    assert_eq!(codes(&one, &unmeasured, &well()), ["here p0", "upload_unknown"]);
    // The way to a server in this house says nothing of that to a platform.
    let mut near = checked(&one, 20_000);
    near.covers = false;
    assert_eq!(codes(&one, &near, &well()), ["upload_unknown"]);
    // It broke while it was measured.
    let mut broken = checked(&one, 20_000);
    broken.upload.as_mut().unwrap().carried = None;
    assert_eq!(codes(&one, &broken, &well()), ["upload_unknown"]);
}

#[test]
fn a_bad_line_is_told_by_what_is_bad_of_it() {
    let one = plan(1);
    let mut bad = checked(&one, 20_000);
    let upload = bad.upload.as_mut().unwrap();
    upload.loaded = Some(Duration::from_millis(900));
    upload.carried.as_mut().unwrap().unsteady = true;
    assert_eq!(codes(&one, &bad, &well()), ["upload_unsteady", "upload_slow"]);
}

#[test]
fn places_are_told_the_worst_first() {
    let four = plan(4);
    let mut wrong = checked(&four, 90_000);
    let reaches = [
        Reach::Strange,
        Reach::Unreachable,
        Reach::Untrusted,
        Reach::Unreachable,
    ];
    wrong
        .places
        .iter_mut()
        .zip(reaches)
        .for_each(|(place, reach)| place.reach = reach);
    (wrong.odd, wrong.keyless) = (vec!["p0".into()], vec!["p3".into()]);
    let expected = [
        "unreachable p1,p3",
        "untrusted p2",
        "key_missing p3",
        "strange p0",
        "key_odd p0",
    ];
    assert_eq!(codes(&four, &wrong, &well()), expected);
    let none = plan(0);
    assert_eq!(codes(&none, &checked(&none, 1), &well()), ["no_place"]);
}

#[test]
fn devices_and_the_computer_are_looked_at() {
    let one = plan(1);
    let mut facts = well();
    facts.cameras[0].rate = Some(15.0);
    facts.cameras.push(PictureState {
        name: "gone".into(),
        ..PictureState::default()
    });
    facts.sharing = vec!["cam".into(), "gone".into()];
    facts.microphones[0].1 = f32::NEG_INFINITY;
    for (name, mute, reason) in [
        ("muted", true, None),
        ("lost", false, Some("unplugged".to_owned())),
    ] {
        let sound = SoundState {
            name: name.into(),
            mute,
            reason,
            ..SoundState::default()
        };
        facts.microphones.push((sound, -90.0));
    }
    facts.machine = MachineState {
        disk_free: Some(1_000_000_000),
        memory_free: Some(0.05),
        saving: true,
        battery: Some(BatteryState {
            level: 0.9,
            discharging: true,
        }),
        troubles: vec![Trouble {
            code: "machine.busy".into(),
            ..Trouble::default()
        }],
        ..MachineState::default()
    };
    let expected = [
        "camera_lost gone",
        "microphone_lost lost",
        "camera_slow cam",
        "cameras_share cam,gone",
        "microphone_muted muted",
        "microphone_silent mic",
        "disk",
        "memory",
        "busy",
        "battery",
        "saving",
    ];
    assert_eq!(codes(&one, &checked(&one, 90_000), &facts), expected);
    let nothing = Facts::default();
    assert_eq!(
        codes(&one, &checked(&one, 90_000), &nothing),
        ["camera_none", "microphone_none"]
    );
}
