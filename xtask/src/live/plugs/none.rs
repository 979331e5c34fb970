//! The preload library is for Linux: elsewhere there are no fixture cameras to pull.

use std::path::Path;

/// Never made.
pub(super) enum Plugs {}

impl Plugs {
    pub(super) fn at(_: &Path) -> Result<Self, String> {
        Err("fixture cameras are for Linux".into())
    }

    pub(super) fn set(&self, _: bool) {
        match *self {}
    }
}
