//! The plugs of the fixture cameras: what the preload library reads from its control file.

#[allow(dead_code)] // most of it is for tests
#[path = "../../../tests/preload/src/control.rs"]
mod control;

use std::path::Path;

/// The cameras of one run.
pub(super) struct Plugs(control::Control);

impl Plugs {
    /// Makes the control file.
    pub(super) fn at(file: &Path) -> Result<Self, String> {
        let control = control::Control::open(file);
        control
            .map(Self)
            .map_err(|e| format!("{} can't be made: {e}", file.display()))
    }

    /// Pulls the first camera, or plugs it in again where it was.
    pub(super) fn set(&self, plugged: bool) {
        if plugged {
            self.0.plug(0, 0);
        } else {
            self.0.unplug(0);
        }
    }
}
