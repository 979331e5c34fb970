//! Fuzzing: recordings of real sessions, mutated, for every parser that reads from the network.
//!
//! A [`Target`] is a parser: how a recording falls apart into messages, how messages become bytes again, and what is
//! done with the bytes. The [`Mutator`] changes messages, so that most inputs are whole but for one place and get past
//! the handshake; some inputs it damages as bytes. [`trial`] runs one input and judges it: no panic, bounded memory,
//! bounded time. [`Run`] does that many times, and with the recordings as they are.
//!
//! Changes are blind: what is reached is counted at a marker behind the handshake, not by edges of the program. So it
//! needs neither a nightly compiler nor a C++ one, and runs among the ordinary tests.
//!
//! A new target is a file in `targets`, a line in [`targets::ALL`] and a folder of recordings in `tests/corpora`.

pub mod corpus;
mod mutate;
mod pieces;
mod run;
mod target;
pub mod targets;
pub mod trial;

pub use mutate::{Mutator, Seed};
pub use run::{Run, Summary};
pub use target::{Parser, Seen, Target};
pub use trial::{Failure, Trial};
