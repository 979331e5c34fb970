//! What libraries read once, at the start of the process: how WebKit draws, how memory is shared out.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Makes WebKit draw into plain memory. Without a card, buffers made to be shared with one cost twice to three times
/// as much: 7 pictures a second instead of 19, on two full cores.
const PLAIN: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// Where the kernel's graphics devices are.
const DEVICES: &str = "/dev/dri";
/// How many heaps the C library keeps for its threads. By default it keeps eight a core, each with its own waste:
/// two need 475 MB for the whole studio instead of 521, and nothing in a frame's path allocates.
const HEAPS: (&str, &str) = ("MALLOC_ARENA_MAX", "2");

/// What is still to be said.
pub(crate) fn missing() -> Vec<(&'static str, &'static str)> {
    let card = Path::new(DEVICES).exists();
    let plain = (!card).then_some((PLAIN, "1"));
    let missing = |(name, _): &(&str, &str)| std::env::var_os(name).is_none();
    plain.into_iter().chain([HEAPS]).filter(missing).collect()
}

/// Starts this program anew with what is still to be said, if anything is. The process stays the same one.
pub(crate) fn settle() {
    let missing = missing();
    if missing.is_empty() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1)).envs(missing);
    // It comes back only when it fails; then the window needs more than it could, and works.
    let error = again.exec();
    eprintln!("the window needs more of this machine than it could: {error}");
}
