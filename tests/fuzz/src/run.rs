//! Many inputs, counted.

use std::io;
use std::time::Duration;

use crate::target::{Parser, Target};
use crate::{Failure, Trial, corpus, trial};

/// What so many inputs came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    /// Inputs in all.
    pub inputs: u64,
    /// Those that came past the handshake.
    pub past: u64,
    /// Those that were refused, wholly or in part.
    pub refused: u64,
    /// Those that did what none may.
    pub failures: u64,
    /// The most bytes held at once for one.
    pub memory: usize,
    /// The longest that one took.
    pub slowest: Duration,
}

impl Summary {
    /// Inputs past the handshake, of a hundred.
    pub fn past_percent(&self) -> f64 {
        percent(self.past, self.inputs)
    }

    /// Inputs refused, of a hundred.
    pub fn refused_percent(&self) -> f64 {
        percent(self.refused, self.inputs)
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// A parser that takes inputs.
pub struct Run<'a> {
    target: &'a Target,
    parser: Box<dyn Parser>,
    /// Bytes held when it began.
    held: usize,
    summary: Summary,
}

impl<'a> Run<'a> {
    /// Begins with a parser of `target`.
    pub fn new(target: &'a Target) -> Self {
        let parser = (target.parser)();
        Self {
            target,
            parser,
            held: trial::held(),
            summary: Summary::default(),
        }
    }

    /// Gives it one input; a parser that failed is replaced.
    ///
    /// # Errors
    /// What the input did that none may do.
    pub fn take(&mut self, input: &[u8]) -> Result<(), Failure> {
        self.summary.inputs += 1;
        match trial::run(self.target, self.parser.as_mut(), input) {
            Ok(trial) => {
                self.count(&trial);
                Ok(())
            }
            Err(failure) => {
                self.summary.failures += 1;
                self.parser = (self.target.parser)();
                self.held = trial::held();
                Err(failure)
            }
        }
    }

    /// Gives it the recordings and the inputs that once did harm, as they are; answers those that do, by name.
    ///
    /// # Errors
    /// They can't be read.
    pub fn replay(&mut self) -> io::Result<Vec<(String, Failure)>> {
        let mut all = corpus::recordings(self.target)?;
        all.extend(corpus::regressions(self.target)?);
        let judged = all.into_iter().map(|(name, input)| (name, self.take(&input)));
        Ok(judged
            .filter_map(|(name, taken)| Some((name, taken.err()?)))
            .collect())
    }

    /// What was counted so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Looks what the parser still holds after all it read.
    ///
    /// # Errors
    /// More than one input may make it hold.
    pub fn close(self) -> Result<Summary, Failure> {
        let kept = trial::held().saturating_sub(self.held);
        match kept > self.target.memory {
            true => Err(Failure::Kept(kept)),
            false => Ok(self.summary),
        }
    }

    fn count(&mut self, trial: &Trial) {
        let summary = &mut self.summary;
        summary.past += u64::from(trial.seen.past);
        summary.refused += u64::from(trial.seen.refused);
        summary.memory = summary.memory.max(trial.memory);
        summary.slowest = summary.slowest.max(trial.took);
    }
}
