//! What is logged, and where: lines on standard error, as the studio without a window writes them; and, without
//! words, notes for support bundles.

use std::io::IsTerminal;

use studio::support::noting;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Starts logging. A panic is logged, too: whoever started the window from a menu finds it in the journal.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new("warn,desktop=info,anchor_studio_desktop=info,studio=info,capture=info")
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter);
    tracing_subscriber::registry().with(lines).with(noting()).init();
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        tracing::error!(code = "panic", thread, "{panic}");
    }));
}
