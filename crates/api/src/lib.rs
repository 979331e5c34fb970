//! What crosses a process boundary: events, statistics, reports and error codes.
//!
//! Plain data with serde; nothing here does anything. A reader of these types must accept fields it doesn't
//! know: both sides are updated at different times.

pub mod beat;
pub mod check;
pub mod code;
pub mod control;
pub mod health;
pub mod machine;
pub mod place;
pub mod platform;
pub mod preview;
pub mod scene;
pub mod server;
pub mod source;
pub mod state;
pub mod studio;
pub mod support;
pub mod window;

pub use beat::Beat;
pub use code::{Code, Fault};
pub use server::StreamStats;
