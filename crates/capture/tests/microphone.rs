//! Microphones through cpal, ALSA and a private PulseAudio, heard by the example `microphones`.
#![cfg(target_os = "linux")]

mod fixture;
mod probe;

use fixture::SoundFixture;
use probe::{Probe, numbers};
use serde_json::Value;

/// A fixture with two microphones; none, saying why, where the machine lacks something.
fn two_microphones() -> Option<SoundFixture> {
    if let Some(missing) = SoundFixture::missing() {
        println!("skipped: {missing}");
        return None;
    }
    let fixture = SoundFixture::start(&["Fake Mic 1", "Fake Mic 2"]);
    Some(fixture.expect("a sound server of the test's own"))
}

fn listen(fixture: &SoundFixture, arguments: &[&str]) -> Probe {
    Probe::of("microphones", arguments, |command| fixture.environment(command))
}

/// In how many tenths of a second a sine of `hz` with a peak of -6 dBFS was heard whole. It begins some time
/// after the microphone, and a busy machine may lose a part of it.
fn whole(heard: &Value, hz: f64) -> usize {
    let (rms, rises) = (
        numbers(&heard["rms_by_100_ms"]),
        numbers(&heard["rises_by_100_ms"]),
    );
    let tenths = rms.iter().zip(&rises);
    tenths
        .filter(|(rms, rises)| (*rms - 0.354_39).abs() < 0.002 && (*rises - hz / 10.0).abs() <= 1.0)
        .count()
}

#[test]
fn two_microphones_are_heard_at_once_and_each_by_itself() {
    let Some(mut fixture) = two_microphones() else {
        return;
    };
    fixture.tone(1, 1_000, 0.501_187).unwrap();
    fixture.tone(2, 400, 0.501_187).unwrap();
    // By its name, and by its id.
    let report = listen(&fixture, &["6", "Fake Mic 1", "mic2"]).report();
    for (index, hz) in [(0, 1_000.0), (1, 400.0)] {
        let heard = &report["heard"][index];
        assert!(whole(heard, hz) >= 20, "{report}");
        assert_eq!(heard["status"], "running");
        assert_eq!(heard["rate"], 48_000);
        assert!(heard["delay_ms"].as_f64().unwrap() >= 60.0);
        assert!(heard["received"].as_u64().unwrap() > 100_000, "{report}");
    }
    assert_eq!(
        (
            whole(&report["heard"][0], 400.0),
            whole(&report["heard"][1], 1_000.0)
        ),
        (0, 0)
    );
}

#[test]
fn a_microphone_that_hears_nothing_is_silent_and_runs() {
    let Some(fixture) = two_microphones() else {
        return;
    };
    let report = listen(&fixture, &["3", "mic2"]).report();
    let silent = &report["heard"][0];
    assert_eq!(silent["status"], "running");
    assert!(silent["received"].as_u64().unwrap() > 48_000, "{report}");
    let rms = numbers(&silent["rms_by_100_ms"]);
    assert!(rms.len() == 30 && rms.iter().all(|rms| *rms == 0.0), "{report}");
}

#[test]
fn an_unknown_microphone_is_answered_with_those_there_are() {
    let Some(fixture) = two_microphones() else {
        return;
    };
    let report = listen(&fixture, &["0", "Fake Mic 3"]).report();
    let answer = &report["heard"][0];
    assert_eq!(answer["error"], "capture.microphone.unknown");
    let sentence = answer["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("“Fake Mic 1” (mic1)") && sentence.contains("“Fake Mic 2” (mic2)"),
        "{sentence}"
    );
}

#[test]
fn a_sound_server_that_goes_away_leaves_silence_and_is_told() {
    let Some(mut fixture) = two_microphones() else {
        return;
    };
    let probe = listen(&fixture, &["8", "mic1", "mic2"]);
    fixture.kill_server();
    let report = probe.report();
    for microphone in report["heard"].as_array().unwrap() {
        assert_eq!(microphone["lost"], 1, "{report}");
        let status = microphone["status"].as_str().unwrap();
        assert!(status.starts_with("lost: "), "{report}");
        assert!(microphone["missing"].as_u64().unwrap() > 48_000, "{report}");
    }
}
