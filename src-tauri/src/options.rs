//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// The studio in a window.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "anchor-studio-desktop", version, about = "The studio in a window")]
pub(crate) struct Options {
    /// Open this show file; it is read, never written.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["demo", "fresh"])]
    pub(crate) show: Option<PathBuf>,
    /// Open the bundled demo show, even though there are devices.
    #[arg(long, conflicts_with = "fresh")]
    pub(crate) demo: bool,
    /// Begin with the attached cameras and microphones; the show there was is kept beside.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Where the show and the window's place are kept [default: anchor-studio in the user's data folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Don't start the studio again when it has crashed.
    #[arg(long)]
    pub(crate) alone: bool,
    /// The one before this has crashed.
    #[arg(long, hide = true)]
    pub(crate) revived: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_show_at_a_time() {
        let read = |words: &[&str]| Options::try_parse_from([&["desktop"], words].concat());
        assert!(read(&["--demo", "--keep", "/tmp/x"]).unwrap().demo);
        assert_eq!(read(&["--show", "a.toml"]).unwrap().show, Some("a.toml".into()));
        assert!(read(&["--show", "a.toml", "--demo"]).is_err());
        assert!(read(&["--demo", "--fresh"]).is_err());
    }
}
