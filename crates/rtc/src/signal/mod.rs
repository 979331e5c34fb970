//! The HTTP around a connection.

mod client;
mod fragment;

pub use client::{Bearer, Client};
pub use fragment::{Fragment, MAX_FRAGMENT};
