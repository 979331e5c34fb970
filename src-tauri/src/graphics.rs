//! How WebKit draws where there is no graphics card.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Makes WebKit draw into plain memory. Without a card, buffers made to be shared with one cost twice to three times
/// as much: 7 pictures a second instead of 19, on two full cores.
const PLAIN: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// Where the kernel's graphics devices are.
const DEVICES: &str = "/dev/dri";

/// Starts this program anew with what WebKit must know from the beginning, if that is still to be said. The process
/// stays the same one.
pub(crate) fn settle() {
    if std::env::var_os(PLAIN).is_some() || Path::new(DEVICES).exists() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1)).env(PLAIN, "1");
    // It comes back only when it fails; then the window is slower, and works.
    let error = again.exec();
    eprintln!("the window draws more slowly than it could: {error}");
}
