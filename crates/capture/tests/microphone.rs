//! Microphones through cpal, ALSA and a private PulseAudio, seen by the probe.
#![cfg(target_os = "linux")]

mod fixture;
mod probe;

use fixture::SoundFixture;
use probe::{Probe, numbers};

/// A fixture with two microphones; none, saying why, where the machine lacks something.
fn two_microphones() -> Option<SoundFixture> {
    if let Some(missing) = SoundFixture::missing() {
        println!("skipped: {missing}");
        return None;
    }
    let fixture = SoundFixture::start(&["Fake Mic 1", "Fake Mic 2"]);
    Some(fixture.expect("a sound server of the test's own"))
}

#[test]
fn a_tone_arrives_in_its_microphone_with_level_and_frequency() {
    let Some(mut fixture) = two_microphones() else {
        return;
    };
    fixture.tone(1, 1_000, 0.501_187).unwrap();
    let listen = |id| {
        Probe::start(&["--microphone", id, "--seconds", "6"], |c| {
            fixture.environment(c);
        })
    };
    // Both at once: by its name, and by its id.
    let (first, second) = (listen("Fake Mic 1"), listen("mic2"));
    let report = first.report();
    let heard = &report["microphone"];
    // The tone begins some time after the microphone, and a busy machine may lose a part of it; what is whole
    // has the level of a sine with a peak of -6 dBFS, and 100 periods in a tenth of a second.
    let (rms, rises) = (
        numbers(&heard["rms_by_100_ms"]),
        numbers(&heard["rises_by_100_ms"]),
    );
    let whole = rms.iter().zip(&rises);
    let whole = whole.filter(|(rms, rises)| (*rms - 0.354_39).abs() < 0.002 && (*rises - 100.0).abs() <= 1.0);
    assert!(whole.count() >= 20, "{report}");
    assert_eq!(heard["status"], "running");
    assert!(heard["delay_ms"].as_f64().unwrap() >= 60.0);

    let report = second.report();
    let silent = &report["microphone"];
    assert!(silent["received"].as_u64().unwrap() > 100_000, "{report}");
    assert!(
        numbers(&silent["rms_by_100_ms"]).iter().all(|rms| *rms == 0.0),
        "{report}"
    );
}

#[test]
fn an_unknown_microphone_is_answered_with_those_there_are() {
    let Some(fixture) = two_microphones() else {
        return;
    };
    let report = Probe::start(&["--microphone", "Fake Mic 3"], |c| fixture.environment(c)).report();
    let answer = &report["microphone"];
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
    let probe = Probe::start(&["--microphone", "mic1", "--seconds", "8"], |c| {
        fixture.environment(c);
    });
    fixture.kill_server();
    let report = probe.report();
    let microphone = &report["microphone"];
    assert_eq!(microphone["lost"], 1, "{report}");
    assert!(
        microphone["status"].as_str().unwrap().starts_with("lost: "),
        "{report}"
    );
    assert!(microphone["missing"].as_u64().unwrap() > 48_000, "{report}");
}
