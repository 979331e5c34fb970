//! Seeded models of what happens to lines.
//!
//! They are made to be as hard as what people meet, not to be true of one machine: their figures are stated here and
//! nowhere else. Rates are of what is left for a sender, behind the protocols of the radio.

use fastrand::Rng;

use crate::trace::{Kind, STEP, Step};

/// The steps of a trace of `kind`.
pub(crate) fn steps(kind: Kind, seed: u64, count: usize) -> Vec<Step> {
    let random = Rng::with_seed(seed);
    let next: Model = match kind {
        Kind::Clean => clean(random),
        Kind::WifiContention => contention(random),
        Kind::Microwave => microwave(random),
        Kind::WalkingAway => walking(random, count),
        Kind::Handover => handover(random),
    };
    (0..count).map(next).collect()
}

/// Makes the step of a number.
type Model = Box<dyn FnMut(usize) -> Step>;

/// Something that wanders around 0 and is pulled back to it (an AR(1) process): a tenth of its spread is new each step.
struct Wander {
    at: f64,
    spread: f64,
}

impl Wander {
    const fn new(spread: f64) -> Self {
        Self { at: 0.0, spread }
    }

    fn next(&mut self, random: &mut Rng) -> f64 {
        // The sum of twelve draws is nearly normal, of variance 1.
        let normal = (0..12).map(|_| random.f64()).sum::<f64>() - 6.0;
        self.at = self.at * 0.9 + normal * self.spread * 0.436;
        self.at.clamp(-3.0 * self.spread, 3.0 * self.spread)
    }
}

/// Two states, each of which lasts some seconds (drawn from an exponential distribution).
struct Spells {
    on: bool,
    left: f64,
    /// Mean length of the state that is off and the one that is on, in seconds.
    means: [f64; 2],
}

impl Spells {
    fn new(random: &mut Rng, means: [f64; 2]) -> Self {
        let left = exponential(random, means[0]);
        Self {
            on: false,
            left,
            means,
        }
    }

    /// Whether it is on, and whether it has just become so.
    fn next(&mut self, random: &mut Rng) -> (bool, bool) {
        self.left -= STEP.as_secs_f64();
        let changes = self.left <= 0.0;
        if changes {
            self.on = !self.on;
            self.left = exponential(random, self.means[usize::from(self.on)]);
        }
        (self.on, changes && self.on)
    }
}

fn exponential(random: &mut Rng, mean: f64) -> f64 {
    -mean * (1.0 - random.f64()).ln()
}

fn between(random: &mut Rng, least: f64, most: f64) -> f64 {
    least + (most - least) * random.f64()
}

/// 10 Mbit/s that breathe by a tenth, 15 to 35 ms.
fn clean(mut random: Rng) -> Model {
    let (mut rate, mut delay) = (Wander::new(0.08), Wander::new(3.0));
    Box::new(move |_| Step {
        rate_kbps: 10_000.0 * (1.0 + rate.next(&mut random)),
        delay_ms: 25.0 + delay.next(&mut random),
        loss_percent: 0.0,
    })
}

/// 8 Mbit/s, of which others take half to nine tenths for some seconds at a time; the wait for the channel grows.
fn contention(mut random: Rng) -> Model {
    let mut others = Spells::new(&mut random, [4.0, 2.5]);
    let (mut rate, mut share) = (Wander::new(0.15), 1.0);
    Box::new(move |_| {
        let (busy, begins) = others.next(&mut random);
        if begins {
            share = between(&mut random, 0.1, 0.5);
        }
        let (share, wait) = if busy {
            (share, between(&mut random, 5.0, 40.0))
        } else {
            (1.0, 2.0)
        };
        Step {
            rate_kbps: 8_000.0 * share * (1.0 + rate.next(&mut random)),
            delay_ms: 15.0 + wait,
            loss_percent: if busy { 0.3 } else { 0.0 },
        }
    })
}

/// 6 Mbit/s; while the oven runs, half a minute to a minute and a half, a third of it, and 3 packets of a hundred lost.
fn microwave(mut random: Rng) -> Model {
    let mut oven = Spells::new(&mut random, [20.0, 45.0]);
    let mut rate = Wander::new(0.1);
    Box::new(move |_| {
        let (runs, _) = oven.next(&mut random);
        let (share, loss_percent) = if runs { (0.3, 3.0) } else { (1.0, 0.0) };
        Step {
            rate_kbps: 6_000.0 * share * (1.0 + rate.next(&mut random)),
            delay_ms: if runs { 40.0 } else { 20.0 },
            loss_percent,
        }
    })
}

/// From 20 Mbit/s to 0.6 and back, in steps as a radio's, each a factor of 1.4; at the far end packets are lost.
fn walking(mut random: Rng, count: usize) -> Model {
    let mut fading = Wander::new(1.0);
    let (near, far) = (20_000.0_f64, 600.0_f64);
    Box::new(move |n| {
        let way = 1.0 - (2.0 * n as f64 / count.max(1) as f64 - 1.0).abs();
        let steps = ((near / far).ln() / 1.4_f64.ln() * way + fading.next(&mut random)).round();
        let rate_kbps = near / 1.4_f64.powf(steps.max(0.0));
        Step {
            rate_kbps: rate_kbps.max(300.0),
            delay_ms: 15.0 + 30.0 * way,
            loss_percent: if way > 0.8 { 2.0 } else { 0.0 },
        }
    })
}

/// Cells of 1.5 to 12 Mbit/s, half a minute each on the mean; between two nothing is sent for 0.2 to 0.8 s.
fn handover(mut random: Rng) -> Model {
    let mut rate = Wander::new(0.2);
    let (mut cell, mut stays, mut silent) = (6_000.0, exponential(&mut random, 30.0), 0.0);
    Box::new(move |_| {
        let step = STEP.as_secs_f64();
        (stays, silent) = (stays - step, silent - step);
        if stays <= 0.0 {
            stays = exponential(&mut random, 30.0);
            silent = between(&mut random, 0.2, 0.8);
            cell = between(&mut random, 1_500.0, 12_000.0);
        }
        let carries = 1.0 + rate.next(&mut random);
        Step {
            rate_kbps: if silent > 0.0 { 0.0 } else { cell * carries },
            delay_ms: 35.0 + between(&mut random, 0.0, 10.0),
            loss_percent: 0.0,
        }
    })
}
