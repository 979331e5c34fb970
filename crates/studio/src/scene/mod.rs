//! From scenes as people write them to the one the compositor takes.

mod compile;
mod flat;
mod switch;

pub(crate) use compile::{compile, cut, without_filters};
pub(crate) use flat::{Flat, FlatLayer, flatten};
pub(crate) use switch::Switch;
