//! The mixer's thread: 10 ms blocks of the program's sound, from its sources to its encoders.

mod fader;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use api::studio::SourceStats;
use capture::clock::ShowClock;
use media::{AudioBlock, AudioSource};
use sound::{BLOCK, CHANNELS, Mixer, RATE, block_time};

use crate::aside::drop_aside;
use crate::encoding::Outlet;
use crate::platform;
use crate::tick::source_stats;

pub(crate) use fader::{Desk, Fader};

/// A block is mixed so long after its moment: what a microphone and its sound server hold back.
const LAG: Duration = Duration::from_millis(60);
/// Inputs that may wait to be plugged in or pulled. The mixer looks at each block.
const WAITING: usize = 16;

/// One input of the mixer.
pub(crate) struct Input {
    pub(crate) source: Box<dyn AudioSource>,
    pub(crate) fader: Arc<Fader>,
}

/// What the mixer is told.
enum Order {
    Plug(Input),
    Pull(Arc<Fader>),
}

/// The running mixer.
pub(crate) struct Mixing {
    stop: Arc<AtomicBool>,
    patch: Patch,
    thread: JoinHandle<Vec<SourceStats>>,
}

/// Where inputs are plugged into the running mixer and pulled out of it.
#[derive(Clone)]
pub(crate) struct Patch {
    desk: Arc<Desk>,
    orders: SyncSender<Order>,
}

impl Patch {
    /// Its faders and levels.
    pub(crate) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Adds an input; whether the mixer had room for the order.
    pub(crate) fn plug(&self, input: Input) -> bool {
        let mut faders = self.desk.faders().to_vec();
        faders.push(Arc::clone(&input.fader));
        let ordered = self.orders.try_send(Order::Plug(input)).is_ok();
        if ordered {
            self.desk.set_faders(faders);
        }
        ordered
    }

    /// Takes the input of source `name` away, if there is one and the mixer has room for the order.
    pub(crate) fn pull(&self, name: &str) {
        let Some(fader) = self.desk.fader(name) else {
            return;
        };
        if self.orders.try_send(Order::Pull(fader)).is_ok() {
            let mut faders = self.desk.faders().to_vec();
            faders.retain(|f| f.name != name);
            self.desk.set_faders(faders);
        }
    }
}

/// Starts the mixer's thread.
///
/// # Errors
/// When the system has no thread left.
pub(crate) fn start(clock: ShowClock, inputs: Vec<Input>, outlet: Outlet) -> std::io::Result<Mixing> {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let faders = inputs.iter().map(|i| Arc::clone(&i.fader)).collect();
    let desk = Arc::new(Desk::new(faders));
    let (orders, ordered) = sync_channel(WAITING);
    let mut table = Table::new(inputs, Arc::clone(&desk));
    let body = move || {
        platform::raise_priority();
        table.run(&clock, &outlet, &ordered, &stopped)
    };
    let thread = std::thread::Builder::new().name("mixer".into()).spawn(body)?;
    let patch = Patch { desk, orders };
    Ok(Mixing { stop, patch, thread })
}

impl Mixing {
    /// Where inputs are plugged in and pulled out, with faders and levels.
    pub(crate) fn patch(&self) -> &Patch {
        &self.patch
    }

    /// Ends the mixer; each input's counters.
    pub(crate) fn stop(self) -> Vec<SourceStats> {
        self.stop.store(true, Ordering::Release);
        self.thread.join().unwrap_or_default()
    }
}

/// What the mixer's thread works with.
struct Table {
    inputs: Vec<Input>,
    mixer: Mixer,
    desk: Arc<Desk>,
    blocks: Vec<AudioBlock>,
    /// Of inputs that were pulled.
    gone: Vec<SourceStats>,
    loudness: f32,
}

fn silence(number: u64) -> AudioBlock {
    AudioBlock::silence(block_time(number), RATE, CHANNELS, BLOCK)
}

impl Table {
    fn new(inputs: Vec<Input>, desk: Arc<Desk>) -> Self {
        Self {
            mixer: Mixer::new(inputs.len()),
            blocks: inputs.iter().map(|_| silence(0)).collect(),
            inputs,
            desk,
            gone: Vec::new(),
            loudness: 1.0,
        }
    }

    fn run(
        &mut self,
        clock: &ShowClock,
        outlet: &Outlet,
        orders: &Receiver<Order>,
        stop: &AtomicBool,
    ) -> Vec<SourceStats> {
        let mut number = clock.now().as_ticks(RATE).max(0) as u64 / BLOCK as u64 + 1;
        let mut program = silence(number);
        while !stop.load(Ordering::Acquire) {
            let due = block_time(number) + LAG;
            std::thread::sleep(due.saturating_since(clock.now()));
            orders.try_iter().for_each(|order| self.obey(order));
            self.mix(number, &mut program);
            outlet.each(|encoding| encoding.sound(&program));
            number += 1;
        }
        let here = self.inputs.iter().map(stats);
        here.chain(std::mem::take(&mut self.gone)).collect()
    }

    fn mix(&mut self, number: u64, program: &mut AudioBlock) {
        for (index, (block, input)) in self.blocks.iter_mut().zip(&mut self.inputs).enumerate() {
            block.pts = block_time(number);
            input.source.fill(block);
            if let Some(fader) = self.mixer.input_mut(index) {
                input.fader.lead(fader);
            }
        }
        program.pts = block_time(number);
        self.mixer.mix(&mut self.blocks, program);
        for (fader, input) in self.mixer.inputs().iter().zip(&self.inputs) {
            input.fader.show(&fader.levels());
        }
        self.desk.show(&self.mixer);
        let loudness = self.desk.loudness();
        if (self.loudness, loudness) != (1.0, 1.0) {
            ramp(&mut program.samples, self.loudness, loudness);
            self.loudness = loudness;
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Plug(input) => {
                self.mixer.add_input();
                self.blocks.push(silence(0));
                self.inputs.push(input);
            }
            Order::Pull(fader) => {
                let found = self.inputs.iter().position(|i| Arc::ptr_eq(&i.fader, &fader));
                let Some(index) = found else { return };
                let input = self.inputs.remove(index);
                self.gone.push(stats(&input));
                self.blocks.remove(index);
                self.mixer.remove_input(index);
                drop_aside("source-drop", input);
            }
        }
    }
}

fn stats(input: &Input) -> SourceStats {
    source_stats(&input.fader.name, input.source.counters())
}

/// Changes the loudness of interleaved samples evenly from one factor to another, so that it makes no click.
fn ramp(samples: &mut [f32], from: f32, to: f32) {
    let frames = samples.len() / CHANNELS as usize;
    for (index, frame) in samples.chunks_exact_mut(CHANNELS as usize).enumerate() {
        let factor = from + (to - from) * (index + 1) as f32 / frames as f32;
        frame.iter_mut().for_each(|sample| *sample *= factor);
    }
}

#[cfg(test)]
#[path = "mix/tests.rs"]
mod tests;
