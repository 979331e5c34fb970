//! Waiting for a camera to be plugged in.

use std::time::Duration;

use super::super::identity::find_again;
use super::super::wire::{Request, Said};
use super::super::{CameraInfo, platform};
use super::Line;

/// How often the folder of devices is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// After so many looks at an unchanged folder the devices in it are asked again.
const ASK: u32 = 10;

/// The camera that is asked for, once it is there. Until then the parent is told which there are.
pub(super) fn wait(request: &Request, line: &Line) -> CameraInfo {
    let was: Option<CameraInfo> = request.was.clone().map(Into::into);
    let (mut nodes, mut known, mut looks) = (Vec::new(), Vec::new(), 0);
    loop {
        let there = platform::nodes();
        // Opening a device may wake it, so those that are known aren't asked each time.
        if there != nodes || looks % ASK == 0 {
            (nodes, known) = (there, platform::list());
            if let Some(found) = find_again(&known, &request.wanted, was.as_ref()) {
                return found.clone();
            }
        }
        looks += 1;
        line.say(&Said::Absent {
            known: known.iter().map(Into::into).collect(),
        });
        std::thread::sleep(LOOK);
    }
}
