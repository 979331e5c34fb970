//! `anchor-studio-desktop`: the studio in a window. The show runs in this process; the page, in WebKit's.
//!
//! ```text
//! page ── commands ──> requests ──> controller ──> studio (the show)
//!   ^                                   │  └─────> keeper (which show; what is kept of it)
//!   └────────────── told ───────────────┘
//! ```
//! Around that process is another, which starts it again when it has crashed: the guardian.
//!
//! One task owns all state: the [`controller`]. The window stands behind a trait, so it is tested without one.

mod bindings;
mod commands;
mod controller;
#[cfg(target_os = "linux")]
mod environment;
#[cfg(target_os = "linux")]
mod guardian;
mod keeper;
mod log;
mod options;
#[cfg(target_os = "linux")]
mod revival;
mod shows;
mod window;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    if let Some(ended) = studio::camera_child() {
        return ended;
    }
    let options = options::Options::parse();
    #[cfg(target_os = "linux")]
    {
        if !options.alone {
            guardian::hand_over(&environment::missing());
        }
        environment::settle();
    }
    log::start();
    // Two providers are linked in; without a choice the first TLS connection panics.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match window::run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(code = "window", "the window can't be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
