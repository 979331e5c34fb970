//! Where what ships with the studio lies.

use std::path::{Path, PathBuf};

use crate::show::{self, LoadError, Show};

/// The folder of what ships: `ANCHOR_ASSETS`, else `../share/anchor-studio` beside the program's folder, else that
/// of the source tree.
pub fn folder() -> PathBuf {
    let asked = std::env::var_os("ANCHOR_ASSETS").map(PathBuf::from);
    let program = std::env::current_exe().ok();
    let beside = program
        .as_deref()
        .and_then(Path::parent)
        .map(|bin| bin.join("../share/anchor-studio"));
    let found = [asked, beside]
        .into_iter()
        .flatten()
        .find(|f| f.join("demo").is_dir());
    found.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets")))
}

/// The bundled show, going nowhere yet.
///
/// # Errors
/// It isn't there, or is damaged.
pub fn demo() -> Result<Show, LoadError> {
    let show = show::load(&folder().join("demo/show.toml"))?;
    Ok(Show {
        outputs: Vec::new(),
        companion: None,
        line_mode: Default::default(),
        ..show
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_show_is_whole_and_goes_nowhere() {
        let show = demo().unwrap();
        assert!(show.scenes.len() >= 4 && show.outputs.is_empty());
    }
}
