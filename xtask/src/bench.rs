//! `cargo xtask bench NAME`: figures, each beside a peer in the same run.

/// Runs one benchmark by its name.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    Err(format!("there is no benchmark '{}'", args.join(" ")))
}
