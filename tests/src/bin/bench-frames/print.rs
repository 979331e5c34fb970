//! The figures, for people.

use system_tests::cpu::Spent;
use system_tests::measured::Measured;
use system_tests::stage::{RATE, Stage};
use system_tests::tally::Slot;

use crate::settings::Settings;

/// What is measured, and in which place.
pub(crate) fn head(stage: &Stage, settings: &Settings) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{}; {} s on {cores} core(s); {}",
        stage.describe(),
        settings.seconds,
        build()
    );
}

/// Figures of a debug build mean little, and those say so.
fn build() -> &'static str {
    let studio = std::env::args().skip_while(|word| word != "--studio").nth(1);
    match studio.is_some_and(|path| path.contains("release")) {
        true => "release build",
        false => "not a release build: figures mean little",
    }
}

/// What was found; `length` frames in a row are judged.
pub(crate) fn figures(measured: &Measured, spent: &Spent, length: usize) {
    receiver(measured, length);
    studio(measured);
    match measured.differences() {
        none if none.is_empty() => println!("          report and count agree"),
        differ => println!("          report and count DIFFER: {}", differ.join("; ")),
    }
    println!(
        "CPU s/s   studio with its children {:.2}, server {:.2}; machine idle {:.0} %, steal {:.1} %",
        spent.each[0],
        spent.each[1],
        spent.idle * 100.0,
        spent.steal * 100.0
    );
}

fn receiver(Measured { tally, .. }: &Measured, length: usize) {
    let worst = tally.worst(length);
    println!(
        "receiver  of {length} frames in a row at worst {} without their own picture; of all {}: {} repeated, {} absent, \
         {} unread; {} numbers never seen; {:.2} true frames/s",
        worst.map_or_else(|| "(fewer came)".to_owned(), |worst| worst.to_string()),
        tally.slots.len(),
        tally.count(Slot::Repeated),
        tally.count(Slot::Absent),
        tally.count(Slot::Unread),
        tally.missing,
        tally.true_rate(RATE)
    );
}

fn studio(Measured { report, .. }: &Measured) {
    let program = &report.program;
    println!(
        "studio    {} due, {} composed ({} layer by layer), {} late, {} repeated; composed in ms {:.1} p50, {:.1} p99; with \
         the encoder {:.1} p50, {:.1} p99; {}",
        program.due,
        program.composed,
        program.layered,
        program.late,
        program.repeated,
        program.compose_ms.p50,
        program.compose_ms.p99,
        program.ready_ms.p50,
        program.ready_ms.p99,
        report.adapter
    );
    for encoding in &report.encodings {
        println!(
            "encoder   {} frames in ms {:.1} p50, {:.1} p99; {} refused; {:.0} kbit/s",
            encoding.frames,
            encoding.encode_ms.p50,
            encoding.encode_ms.p99,
            encoding.refused,
            encoding.video_bytes as f64 / 125.0 / report.seconds.max(1.0)
        );
    }
    // Stills come once.
    for source in report.sources.iter().filter(|source| source.received > 1) {
        println!(
            "source    {}: {} received, {} skipped, {} repeated, {} missing, {:.0} ms of delay",
            source.name, source.received, source.skipped, source.repeated, source.missing, source.delay_ms
        );
    }
}
