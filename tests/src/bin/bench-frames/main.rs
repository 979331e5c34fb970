//! Program frames that reach the receiver, of a show that the machine is just able to do.
//!
//! Two preload cameras, the studio without a window, x264, our server, a viewer that keeps what comes: all on this
//! machine. What came is decoded and counted when all has ended. Nothing is judged here.

mod settings;

use std::time::Duration;

use media::Size;
use system_tests::cpu::Spent;
use system_tests::measured::{Measured, Running};
use system_tests::stage::{RATE, Stage};
use system_tests::tally::Slot;

use settings::{Kind, Settings};

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let settings = Settings::from_args()?;
    let stage = match settings.scene {
        Kind::Demo => Stage::demo(Size::new(1280, 720), false),
        Kind::FullHd => Stage::full_hd(),
    };
    // Before anything is measured.
    stage.spec()?;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{}; {} s on {cores} core(s); {}",
        stage.describe(),
        settings.seconds,
        build()
    );
    let running = Running::start(&stage, true).await?;
    tokio::time::sleep(Duration::from_secs(settings.settle)).await;
    let meter = running.meter()?;
    tokio::time::sleep(Duration::from_secs(settings.seconds)).await;
    let spent = meter.read()?;
    let measured = running.finish(None).await?;
    let length = settings.seconds as usize * 30;
    print(&measured, &spent, length);
    if let Some(file) = &settings.json {
        std::fs::write(file, format!("{:#}\n", measured.json(&spent, length)))?;
    }
    Ok(())
}

/// Figures of a debug build mean little, and those say so.
fn build() -> &'static str {
    let studio = std::env::args().skip_while(|word| word != "--studio").nth(1);
    match studio.is_some_and(|path| path.contains("release")) {
        true => "release build",
        false => "not a release build: figures mean little",
    }
}

fn print(measured: &Measured, spent: &Spent, length: usize) {
    let Measured { tally, report, .. } = measured;
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
    let program = &report.program;
    println!(
        "studio    {} due, {} composed, {} late, {} repeated; composed in ms {:.1} p50, {:.1} p99; \
         with the encoder {:.1} p50, {:.1} p99; {}",
        program.due,
        program.composed,
        program.late,
        program.repeated,
        program.compose_ms.p50,
        program.compose_ms.p99,
        program.ready_ms.p50,
        program.ready_ms.p99,
        report.adapter
    );
    for encoding in &report.encodings {
        let Spent { seconds, .. } = spent;
        let ms = encoding.encode_ms;
        println!(
            "encoder   {} frames in ms {:.1} p50, {:.1} p99; {} refused; {} kbit/s",
            encoding.frames,
            ms.p50,
            ms.p99,
            encoding.refused,
            (encoding.video_bytes as f64 / 125.0 / report.seconds.max(*seconds)).round()
        );
    }
    match measured.differences() {
        none if none.is_empty() => println!("          report and count agree"),
        differ => println!("          report and count DIFFER: {}", differ.join("; ")),
    }
    println!(
        "CPU s/s   studio with its children {:.2}, server {:.2}, this program {:.2}; machine idle {:.0} %, steal {:.1} %",
        spent.each[0],
        spent.each[1],
        spent.each[2] - spent.each[0] - spent.each[1],
        spent.idle * 100.0,
        spent.steal * 100.0
    );
}
