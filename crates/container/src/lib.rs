//! Bytes of FLV, CMAF and MPEG-TS, both ways, with SEI, AMF0 and codec headers: pure functions on bytes.
//!
//! What comes from strangers is read within limits, and no bytes make a reader panic.

pub mod aac;
pub mod adts;
pub mod av1;
mod bits;
pub mod cmaf;
mod error;
pub mod h264;
pub mod hevc;
pub mod opus;
pub mod sei;
mod sets;
pub mod vp9;

pub use error::ConfigError;
pub use sets::{ParameterSets, Sets};

pub mod amf0;
pub mod flv;
pub mod ts;
