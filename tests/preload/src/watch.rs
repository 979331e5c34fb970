//! A thread that waits for changes of the control file and tells the open cameras: who waits in poll must notice them.

use std::sync::{Arc, Once};

use crate::control::Control;
use crate::registry;

/// Begins to watch, once a process.
pub(crate) fn start(control: &Arc<Control>) {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let control = control.clone();
        let thread = std::thread::Builder::new().name("preload-camera".into());
        if let Err(error) = thread.spawn(move || watch(&control)) {
            eprintln!("preload-camera: changes of the control file go unnoticed: {error}");
        }
    });
}

fn watch(control: &Control) -> ! {
    loop {
        let seen = control.changes();
        registry::refresh();
        control.wait(seen);
    }
}
