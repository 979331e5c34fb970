//! One input, judged.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

use crate::target::{Parser, Seen, Target};

/// Counts the bytes of the whole program, so one trial at a time is judged.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The longest that an input may take.
pub const SLOW: Duration = Duration::from_secs(1);

/// Where the last panic was, as the hook saw it.
static PLACE: Mutex<String> = Mutex::new(String::new());

/// What an input cost.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// What became of it.
    pub seen: Seen,
    /// The most bytes that were held at once for it.
    pub memory: usize,
    /// How long it took.
    pub took: Duration,
}

/// What no input may do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It made the parser panic.
    #[error("panic: {0}")]
    Panic(String),
    /// It made the parser hold too much.
    #[error("{0} bytes were held at once")]
    Memory(usize),
    /// What was read left too much behind.
    #[error("{0} bytes are still held after the last input")]
    Kept(usize),
    /// It took too long, twice.
    #[error("it took {} ms", .0.as_millis())]
    Slow(Duration),
}

/// Keeps what panics say for [`run`], instead of printing it.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place.unwrap_or_default();
    }));
}

/// Bytes that the program holds now.
pub fn held() -> usize {
    MEMORY.current_usage()
}

/// Gives `input` to `parser`, which is one of `target`. After a failure the parser may be in any state.
///
/// # Errors
/// What the input did that none may do.
pub fn run(target: &Target, parser: &mut dyn Parser, input: &[u8]) -> Result<Trial, Failure> {
    let mut trial = once(parser, input)?;
    if trial.took > SLOW {
        // It may have been the machine.
        trial = once(parser, input)?;
    }
    if trial.took > SLOW {
        return Err(Failure::Slow(trial.took));
    }
    if trial.memory > target.memory {
        return Err(Failure::Memory(trial.memory));
    }
    Ok(trial)
}

fn once(parser: &mut dyn Parser, input: &[u8]) -> Result<Trial, Failure> {
    MEMORY.reset_peak_usage();
    let (before, began) = (held(), Instant::now());
    let seen = catch_unwind(AssertUnwindSafe(|| parser.read(input)));
    let took = began.elapsed();
    let memory = MEMORY.peak_usage().saturating_sub(before);
    match seen {
        Ok(seen) => Ok(Trial { seen, memory, took }),
        Err(panic) => Err(Failure::Panic(said(panic.as_ref()))),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    format!("{} at {place}", text.unwrap_or("without a word"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets;

    fn judge(mut parser: impl FnMut(&[u8]) -> Seen) -> Result<Trial, Failure> {
        run(&targets::ALL[0], &mut parser, b"input")
    }

    #[test]
    fn panics_and_greed_are_failures() {
        let panic = judge(|input| panic!("at byte {}", input.len())).unwrap_err();
        assert!(matches!(&panic, Failure::Panic(said) if said.starts_with("at byte 5")));
        let greedy = judge(|_| {
            std::hint::black_box(vec![1_u8; 100 << 20]);
            Seen::default()
        });
        assert!(matches!(greedy.unwrap_err(), Failure::Memory(held) if held >= 100 << 20));
        assert!(!judge(|_| Seen::default()).unwrap().seen.past);
    }
}
