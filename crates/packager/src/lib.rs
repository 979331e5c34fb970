//! Timeline, GOP cache, parts, segments and playlists: state machines on packets, no HTTP.

pub mod timeline;

pub use timeline::{Placed, Timeline};
