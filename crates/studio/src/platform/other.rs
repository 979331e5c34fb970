//! Systems without an implementation of their own yet.

use std::path::Path;
use std::time::Instant;

use tokio::sync::watch;
use uplink::machine::Reading;

use super::{Computer, Usage};

pub(super) fn raise_priority() {}

pub(super) fn lower_priority() {}

pub(super) fn usage() -> Usage {
    Usage::default()
}

pub(super) async fn watch_links(_changed: &watch::Sender<()>) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

pub(super) fn computer() -> Computer {
    Computer {
        system: std::env::consts::OS.into(),
        ..Computer::default()
    }
}

/// Nothing is read here yet.
pub(super) struct Machine;

impl Machine {
    pub(super) fn new() -> Self {
        Self
    }

    pub(super) fn read(&mut self, now: Instant, _folder: Option<&Path>) -> Reading {
        Reading::new(now)
    }
}

/// Nothing is read here yet.
pub(super) struct Uploads;

impl Uploads {
    pub(super) fn new() -> Self {
        Self
    }

    pub(super) fn read(&mut self, _now: Instant, _sent: u64) -> Option<u32> {
        None
    }
}
