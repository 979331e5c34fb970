//! What is logged, and where: lines on standard error, as the studio without a window writes them.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging. A panic is logged, too: whoever started the window from a menu finds it in the journal.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new("warn,desktop=info,anchor_studio_desktop=info,studio=info,capture=info")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        tracing::error!(code = "panic", thread, "{panic}");
    }));
}
