//! DASH and low-latency DASH (ISO/IEC 23009-1) from the segments that HLS has, at the same addresses.

mod divide;
mod manifest;
mod period;
mod set;
mod text;

pub(crate) use manifest::manifest;
pub(crate) use period::{Complete, Periods};
