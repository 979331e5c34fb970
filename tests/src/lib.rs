//! The harness of the whole-system scenarios: browsers, the companion server, publishers, and the frame counter
//! by which what a viewer sees is judged.
//!
//! Scenarios are the files of `tests/tests`. What a scenario starts is private to it and gone when it ends.

pub mod absence;
pub mod binary;
pub mod browser;
pub mod busy;
pub mod certificate;
pub mod counter;
pub mod cpu;
pub mod delay;
pub mod desktop;
pub mod faketime;
pub mod ffmpeg;
pub mod http;
pub mod load;
pub mod looks;
pub mod loops;
pub mod measured;
pub mod nginx;
pub mod obs;
pub mod peers;
pub mod player;
pub mod playlist;
pub mod preload;
mod processes;
pub mod recorder;
pub mod server;
pub mod site;
#[path = "../../crates/capture/tests/fixture/mod.rs"]
pub mod sound_fixture;
pub mod stage;
pub mod studio;
pub mod tally;
pub mod viewer;
pub mod wait;
pub mod whip;

/// How long is waited for what has to come: far longer than it takes, so that only what never comes ends a scenario.
/// Machines that are shared stand still for seconds.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// Where a scenario can't run: prints why, for the test to return. Everything else fails it.
pub fn skip(reason: &str) {
    println!("skipped: {reason}");
}

/// The first of `names` that is a program on the search path, unless the variable `variable` names one.
pub(crate) fn program(variable: &str, names: &[&str]) -> Option<std::path::PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)))
        .find(|path| path.is_file())
}
