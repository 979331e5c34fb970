//! The mixer's thread: 10 ms blocks of the program's sound, from its sources to its encoders.

mod fader;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use api::studio::SourceStats;
use capture::clock::ShowClock;
use media::{AudioBlock, AudioSource};
use sound::{BLOCK, CHANNELS, Mixer, RATE, block_time};

use crate::encoding::Encoding;
use crate::platform;
use crate::tick::source_stats;

pub(crate) use fader::Desk;
use fader::Fader;

/// A block is mixed so long after its moment: what a microphone and its sound server hold back.
const LAG: Duration = Duration::from_millis(60);

/// One input of the mixer.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) source: Box<dyn AudioSource>,
    pub(crate) gain_db: f32,
    pub(crate) mute: bool,
}

/// The running mixer.
pub(crate) struct Mixing {
    stop: Arc<AtomicBool>,
    desk: Arc<Desk>,
    thread: JoinHandle<Vec<SourceStats>>,
}

/// Starts the mixer's thread.
///
/// # Errors
/// When the system has no thread left.
pub(crate) fn start(
    clock: ShowClock,
    inputs: Vec<Input>,
    encodings: Vec<Arc<Encoding>>,
) -> std::io::Result<Mixing> {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let fader = |input: &Input| Fader::new(&input.name, input.gain_db, input.mute);
    let desk = Arc::new(Desk::new(inputs.iter().map(fader).collect()));
    let moved = Arc::clone(&desk);
    let body = move || {
        platform::raise_priority();
        run(&clock, inputs, &encodings, &moved, &stopped)
    };
    let thread = std::thread::Builder::new().name("mixer".into()).spawn(body)?;
    Ok(Mixing { stop, desk, thread })
}

impl Mixing {
    /// Its faders and levels.
    pub(crate) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Ends the mixer; each input's counters.
    pub(crate) fn stop(self) -> Vec<SourceStats> {
        self.stop.store(true, Ordering::Release);
        self.thread.join().unwrap_or_default()
    }
}

fn run(
    clock: &ShowClock,
    mut inputs: Vec<Input>,
    encodings: &[Arc<Encoding>],
    desk: &Desk,
    stop: &AtomicBool,
) -> Vec<SourceStats> {
    let mut mixer = Mixer::new(inputs.len());
    let silence = |n| AudioBlock::silence(block_time(n), RATE, CHANNELS, BLOCK);
    let mut number = clock.now().as_ticks(RATE).max(0) as u64 / BLOCK as u64 + 1;
    let mut blocks: Vec<_> = inputs.iter().map(|_| silence(number)).collect();
    let mut program = silence(number);
    while !stop.load(Ordering::Acquire) {
        let due = block_time(number) + LAG;
        std::thread::sleep(due.saturating_since(clock.now()));
        for (block, input) in blocks.iter_mut().zip(&mut inputs) {
            block.pts = block_time(number);
            input.source.fill(block);
        }
        desk.lead(&mut mixer);
        program.pts = block_time(number);
        mixer.mix(&mut blocks, &mut program);
        desk.show(&mixer);
        encodings.iter().for_each(|encoding| encoding.sound(&program));
        number += 1;
    }
    inputs
        .iter()
        .map(|input| source_stats(&input.name, input.source.counters()))
        .collect()
}
