//! Every parser reads its recordings, what once did harm, and some thousand inputs that are the same every time.

// A test fails by panicking.
#![allow(clippy::unwrap_used)]

use std::sync::Mutex;

use fuzz::{Mutator, Run, Target, corpus, targets, trial};

/// Mutated inputs for each parser.
const INPUTS: usize = 10_000;
/// Of a hundred inputs, those that have to come past the handshake.
const PAST: f64 = 60.0;

/// Memory is the whole program's, so one test at a time is judged.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn every_parser_takes_its_recordings_and_ten_thousand_mutations() {
    let _alone = ALONE.lock();
    trial::hush_panics();
    let failures: Vec<_> = targets::ALL.iter().flat_map(judge).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn judge(target: &Target) -> Vec<String> {
    let mut run = Run::new(target);
    let replayed = run.replay().unwrap();
    let mut failures: Vec<_> = replayed
        .into_iter()
        .map(|(name, failure)| format!("{} {name}: {failure}", target.name))
        .collect();
    let (seeds, mut mutator) = (corpus::seeds(target).unwrap(), Mutator::new(1));
    for number in 0..INPUTS {
        if let Err(failure) = run.take(&mutator.input(target, &seeds)) {
            failures.push(format!("{} input {number}: {failure}", target.name));
        }
    }
    let summary = *run.summary();
    println!("{}: {summary:?}", target.name);
    if summary.past_percent() < PAST {
        failures.push(format!(
            "{}: only {:.1} % came past the handshake",
            target.name,
            summary.past_percent()
        ));
    }
    failures.extend(
        run.close()
            .err()
            .map(|failure| format!("{}: {failure}", target.name)),
    );
    failures
}

#[test]
fn recordings_come_past_the_handshake_whole_and_taken_apart() {
    let _alone = ALONE.lock();
    let failures: Vec<_> = targets::ALL.iter().flat_map(compare).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn compare(target: &Target) -> Vec<String> {
    let mut failures = Vec::new();
    for (name, bytes) in corpus::recordings(target).unwrap() {
        let mut parser = (target.parser)();
        let whole = parser.read(&bytes);
        let again = parser.read(&(target.join)(&(target.split)(&bytes)));
        if !whole.past || again != whole {
            failures.push(format!(
                "{} {name}: {whole:?}, and taken apart {again:?}",
                target.name
            ));
        }
    }
    failures
}
