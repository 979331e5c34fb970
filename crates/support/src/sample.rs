//! A show with everything in it that a bundle can tell of.

use api::health::History;
use api::source::Kind;
use api::state::State;
use serde_json::{Value, json};

use crate::{About, Material, Note};

/// How it is.
pub(crate) fn state() -> Value {
    let failure = json!({"code": "connect.refused", "sentence": "Anna's server at /home/anna said no."});
    let meter = json!({"peak_db": -12.0, "rms_db": -20.0});
    let layer = json!({
        "name": "Anna's face", "source": "Desk", "scene": null, "visible": true, "rotation": 0.0, "mirror": false, "opacity": 1.0,
        "blend": "normal", "rect": {"x": 0, "y": 0, "width": 640, "height": 360},
        "key": {"color": "#00ff00"},
    });
    let within = json!({"scene": "Both", "visible": true});
    json!({
        "on_air": "Host", "show": "Anna's spring sale",
        "scenes": [{"name": "Host", "layer": [layer]}, {"name": "Both", "layer": []}, {"name": "All", "layer": [within]}],
        "plan": {"steps": 2, "running": true, "step": 1},
        "pictures": [
            {"name": "Desk", "live": true, "visible": true, "rate": 14.9, "wanted_rate": 30.0,
             "format": "YUYV, 640x360 at 30 fps, as asked for"},
            {"name": "Door", "live": false, "visible": true, "reason": "/dev/video7 of Anna is gone"},
        ],
        "sounds": [{"name": "Voice", "gain_db": -3.0, "mute": true, "level": meter, "clipped": 17, "spoken_unheard": true,
                    "reason": "Anna's AirPods are gone"}],
        "program": meter, "limiter_db": 0.5, "adapter": "llvmpipe (LLVM 15.0.6, 256 bits) (vulkan, software)",
        "canvas": {"width": 1280, "height": 720, "rate": "30000/1001"}, "live": {"seconds": 754.2},
        "covered": false, "can_take_back": true, "program_frames": {"due": 22600, "late": 12, "repeated": 9},
        "line_mode": "lowest-delay", "companion": "https://anna.example", "resume": true,
        "places": [
            {"name": "Mine", "url": "rtmps://live.anna.example/app", "platform": "twitch",
             "advice": [{"exceeded": "video", "has": 9000, "most": 6000}], "key": "anna-key", "passphrase": "anna-phrase",
             "key_missing": true, "bitrate": 2500, "least": 300, "on": true, "status": "away", "line": "paused",
             "standing": {"quality": 40, "strength": "weak"},
             "diagnosis": {"cause": "line.full", "side": "uplink", "advice": "Choose less.", "seconds": 12.5},
             "received_kbps": 800, "kbps": 900, "sent": 22000, "skipped": 310, "error": failure},
            {"name": "Other", "url": "srt://127.0.0.1:9000", "key_missing": false, "bitrate": 2500, "on": false, "status": "off",
             "kbps": 0, "sent": 0, "skipped": 0},
        ],
        "health": {"level": "bad", "code": "health.line.full", "subject": "Mine", "sentence": "Mine is in trouble."},
        "warnings": [{"place": "Mine", "bad": true,
                      "diagnosis": {"cause": "line.full", "side": "uplink", "advice": "Choose less.", "seconds": 12.5}}],
        "machine": {
            "cpu": 0.85, "cpu_own": 0.4, "busiest": {"name": "chrome", "cpu": 0.3}, "memory_free": 0.4, "disk_free": 5_000_000_000_u64,
            "gpu": 0.2, "battery": {"level": 0.5, "discharging": true}, "saving": true, "hot": true, "celsius": 71.0,
            "foreign_kbps": 640, "draw": 0.3, "encode": 0.2, "shed": "preview_slow",
            "troubles": [{"code": "machine.saving", "advice": "Plug it in.", "seconds": 40.0}],
        },
        "check": {
            "running": false, "progress": 1.0,
            "upload": {"kbps": [100, 4000], "carries_kbps": 3900, "at_least": false, "wanted_kbps": 5256, "places": 1,
                       "quiet_ms": 41, "loaded_ms": 240},
            "once": {"through": "Mine", "places": ["Other"], "kbps": 2628},
            "places": [{"name": "Mine", "reach": "reached", "here": false}, {"name": "Other", "reach": "untrusted", "here": true, "passed_on": true}],
            "findings": [{"code": "check.untrusted", "level": "bad", "subjects": ["Other"]},
                         {"code": "check.upload_small", "level": "bad", "subjects": []},
                         {"code": "check.microphone_silent", "level": "warning", "subjects": ["Voice"]}],
        },
        "not_saved": failure,
    })
}

/// How it was: twelve minutes, a line that was full for a while and is so again.
pub(crate) fn history() -> Value {
    let column = |f: &dyn Fn(u32) -> Value| (0..754).map(f).collect::<Vec<_>>();
    let full = |t: u32| (200..260).contains(&t) || t > 741;
    let place = |name: &str| {
        json!({
            "name": name, "wanted_kbps": 2628,
            "target_kbps": column(&|t| json!(if full(t) { 900 } else { 2628 })),
            "sent_kbps": column(&|t| json!(if full(t) { 850 } else { 2600 })),
            "received_kbps": column(&|t| if t < 9 { Value::Null } else { json!(2600) }),
            "waiting_ms": column(&|t| json!(if full(t) { 800 } else { 20 })),
            "rtt_ms": column(&|_| json!(42)),
            "lost": column(&|_| Value::Null),
            "skipped": column(&|t| json!(u32::from(full(t)))),
            "strength": column(&|t| json!(if full(t) { "weak" } else { "strong" })),
        })
    };
    let entry = |at: f64, place: &str, what: Value| {
        let mut entry = json!({"at": at, "until": at, "place": place});
        entry
            .as_object_mut()
            .unwrap()
            .extend(what.as_object().unwrap().clone());
        entry
    };
    json!({
        "from": 0.0, "step": 1.0, "places": [place("Mine"), place("Gone")],
        "machine": {"cpu": column(&|t| json!(t % 90)), "cpu_own": column(&|_| json!(40)), "draw": column(&|_| json!(30)),
                    "encode": column(&|_| json!(0)), "late": column(&|_| json!(0)), "foreign_kbps": column(&|_| json!(640))},
        "log": [
            entry(0.4, "Mine", json!({"what": "reached"})),
            entry(200.8, "Mine", json!({"what": "found", "cause": "line.full"})),
            entry(201.0, "Mine", json!({"what": "lowered", "from_kbps": 2628, "to_kbps": 900})),
            entry(262.8, "Mine", json!({"what": "over", "cause": "line.full"})),
            entry(264.0, "Mine", json!({"what": "raised", "from_kbps": 900, "to_kbps": 2628})),
            entry(300.0, "", json!({"what": "found", "cause": "machine.saving"})),
            entry(320.0, "", json!({"what": "shed", "from": "nothing", "to": "preview_slow"})),
            entry(330.0, "", json!({"what": "over", "cause": "machine.saving"})),
            entry(400.0, "Gone", json!({"what": "lost", "refused": true})),
            entry(741.7, "Mine", json!({"what": "found", "cause": "line.full"})),
        ],
    })
}

pub(crate) fn about() -> About {
    About {
        version: "0.1.0".into(),
        made: "2026-11-22T21:30:05Z".into(),
        running_seconds: 900.0,
        system: "Debian GNU/Linux 12 (bookworm)".into(),
        kernel: "6.1.0-13-amd64".into(),
        arch: "x86_64".into(),
        processor: "Some Processor 5000".into(),
        cores: 2,
        memory_mib: 7900,
        failure: None,
    }
}

pub(crate) fn note() -> Note {
    Note {
        at: 12.25,
        level: "warn".into(),
        target: "studio::output::drive".into(),
        line: 88,
        with: json!({"code": "connect.lost", "tries": 3, "output": "Mine"})
            .as_object()
            .unwrap()
            .clone(),
    }
}

/// All of it.
pub(crate) fn material(state: Value, history: Value) -> Material<'static> {
    let state: State = serde_json::from_value(state).unwrap();
    let history: History = serde_json::from_value(history).unwrap();
    let kinds = [
        ("Desk", Kind::Camera),
        ("Door", Kind::Camera),
        ("Voice", Kind::Microphone),
    ];
    Material {
        about: about(),
        state: Some(state),
        kinds: kinds.map(|(name, kind)| (name.to_owned(), kind)).into(),
        whole: Some(history.clone()),
        recent: Some(history),
        notes: vec![note()],
        private: vec!["anna".into()],
        is_platform: &|id| id == "twitch",
    }
}
