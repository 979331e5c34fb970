use super::*;
use crate::{make, read, sample};

fn told(text: &str) -> String {
    report(&read(text).unwrap())
}

fn sample_text() -> String {
    make(sample::material(sample::state(), sample::history())).text()
}

#[test]
fn the_report_names_the_side_the_cause_and_how_long() {
    let text = sample_text();
    let report = told(&text);
    println!("{report}");
    assert!(text.contains(&report), "the file begins with the same");
    for line in [
        "Made 2026-11-22T21:30:05Z by version 0.1.0, 15 min 0 s after its start; on the air for 12 min 34 s.",
        "upload    line.full          place 1: 1 min 14 s in all, 2 times, first at 0:03:20; to the end",
        "computer  machine.saving     this computer: 30 s in all, 1 time, first at 0:05:00",
        "By side: upload 1 min 14 s, server 0 s, computer 30 s.",
        "camera 2 is shown and gives no pictures.",
        "camera 1 gives 14.9 pictures a second of 30.0.",
        "Someone speaks into microphone 1, which is silenced.",
        "place 1 has no key.",
        "The upload carries 3900 kbit/s of 5256 wanted, enough for 1 of the places; 41 ms there and back, 240 when full.",
        "place 2: untrusted, this computer",
        "check.microphone_silent: microphone 1",
        "0:03:21  place 1    lowered from 2628 to 900 kbit/s",
        "0:06:40  place 3    refused",
        "graphics: llvmpipe",
    ] {
        assert!(report.contains(line), "{line}");
    }
    assert!(
        report.lines().all(|line| line.chars().count() <= 140),
        "lines are short"
    );
}

#[test]
fn a_show_without_fault_is_said_to_have_none() {
    let mut history = sample::history();
    history["log"] = serde_json::json!([]);
    let said = |level: &str, code: &str| {
        let mut state = sample::state();
        let health = serde_json::json!({"level": level, "code": code, "sentence": "", "subject": "Desk"});
        state["health"] = health;
        told(&make(sample::material(state, history.clone())).text())
    };
    assert!(said("good", "health.better").contains("Nothing was found to be wrong."));
    let slow = said("warning", "health.camera_slow");
    assert!(
        slow.contains("now       camera_slow        camera 1: when this file was made"),
        "{slow}"
    );
    assert!(!slow.contains("Nothing was found"), "{slow}");
}

#[test]
fn findings_whose_beginning_or_end_is_not_known_are_told() {
    let mut history = sample::history();
    history["log"] = serde_json::json!([
        {"at": 20.0, "until": 20.0, "place": "Mine", "what": "over", "cause": "server.slow"},
        {"at": 30.0, "until": 30.0, "place": "Mine", "what": "found", "cause": "new.cause"},
    ]);
    let report = told(&make(sample::material(sample::state(), history)).text());
    assert!(report.contains("server    server.slow        place 1: 20 s in all, 1 time, first at 0:00:00"));
    assert!(
        report.contains("other     new.cause          place 1: 12 min 4 s in all"),
        "{report}"
    );
}

#[test]
fn a_strangers_file_says_nothing_to_a_terminal() {
    let hostile = sample_text().replacen("0.1.0\"", "0.1.0\\u001b[2J\\u0007\"", 1);
    assert!(told(&hostile).contains("by version 0.1.0?[2J?,"));
}

#[test]
fn a_bundle_of_nothing_is_a_report_all_the_same() {
    let report = told("anchor-support 1\n");
    assert!(report.contains("1 part can't be read: about."), "{report}");
}
