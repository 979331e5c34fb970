//! `cargo xtask live`: companion server and studio, and the address to watch at.

/// Runs the show until Ctrl-C.
pub(crate) fn run(_args: &[&str]) -> Result<bool, String> {
    Err("not yet".into())
}
