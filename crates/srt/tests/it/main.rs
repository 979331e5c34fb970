//! The real library over loopback.

mod admission;
mod alone;
mod exchange;
mod faults;
mod figures;
mod peers;
mod support;
