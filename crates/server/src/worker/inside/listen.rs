//! The server's orders, heard by a thread of their own while the other one works.

use std::fs::File;
use std::io::{self, BufReader};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::worker::control::{Order, read_line};

/// Starts the thread. What it gives becomes true when a key frame is asked for. When the server ends, the process ends.
pub(super) fn start(mut orders: BufReader<File>) -> io::Result<Arc<AtomicBool>> {
    let key_wanted = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&key_wanted);
    std::thread::Builder::new().name("orders".into()).spawn(move || {
        // What can't be read counts as the end: the server speaks as this program does, being the same one.
        while let Ok(Some(Order::KeyFrame)) = read_line(&mut orders) {
            told.store(true, Ordering::Relaxed);
        }
        std::process::exit(1);
    })?;
    Ok(key_wanted)
}
