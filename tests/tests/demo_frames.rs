//! The demo show's scene from two cameras: what the studio reports of its frames is what the receiver counts.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::io::ErrorKind;

use media::Size;
use system_tests::PATIENCE;
use system_tests::measured::Running;
use system_tests::skip;
use system_tests::stage::Stage;
use system_tests::tally::Slot;

/// Pictures of ten seconds.
const PICTURES: u64 = 300;

#[tokio::test(flavor = "multi_thread")]
async fn the_report_agrees_with_the_count_at_the_receiver() {
    let stage = Stage::demo(Size::new(640, 360), false);
    match stage.spec() {
        Err(e) if e.kind() == ErrorKind::NotFound => return skip("ffmpeg is not installed"),
        spec => _ = spec.unwrap(),
    }
    let mut running = Running::start(&stage, true).await.unwrap();
    running.recorder.pictures(PICTURES, PATIENCE).await.unwrap();
    let measured = running.finish(None).await.unwrap();
    let tally = &measured.tally;
    println!(
        "{} ticks, {} repeated, {} absent; the report says {:?}",
        tally.slots.len(),
        tally.count(Slot::Repeated),
        tally.count(Slot::Absent),
        measured.report.program
    );
    assert_eq!(measured.differences(), Vec::<String>::new(), "{}", measured.said);
    assert!(tally.count(Slot::Own) > 0 && tally.backwards == 0, "{tally:?}");
    // By numbers alone, which trust no time stamp: a number is missing where a tick has no picture of its own.
    let wrong = tally.count(Slot::Repeated) + tally.count(Slot::Absent);
    assert!(tally.missing <= wrong, "{tally:?}");
    for name in ["table", "host"] {
        let source = measured
            .report
            .sources
            .iter()
            .find(|source| source.name == name)
            .unwrap();
        assert!(
            source.received >= PICTURES / 2 && source.error.is_none(),
            "{source:?}"
        );
    }
}
