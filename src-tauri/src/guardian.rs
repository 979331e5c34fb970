//! What watches over the studio, and starts it again when it has crashed: a small program of its own, beside this one.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "anchor-guardian";
/// Where a package puts programs that nobody starts by hand, from where it puts the others.
const PACKAGED: &str = "../libexec/anchor-studio";

/// Becomes the guardian's process, which starts this program anew with the same words, and with `environment` beside what
/// there is. Comes back only where that can't be: then nobody watches.
pub(crate) fn hand_over(environment: &[(&str, &str)]) {
    let words = std::env::args_os().skip(1);
    let Err(error) = become_one(environment, words);
    eprintln!("The studio will not be started again if it crashes: {error}.");
}

fn become_one(
    environment: &[(&str, &str)],
    words: impl Iterator<Item = OsString>,
) -> io::Result<std::convert::Infallible> {
    let studio = std::env::current_exe()?;
    let guardian = beside(&studio).ok_or_else(|| io::Error::other(format!("{PROGRAM} is not beside it")))?;
    let mut command = Command::new(guardian);
    command.arg(studio).args(words).envs(environment.iter().copied());
    Err(command.exec())
}

fn beside(studio: &Path) -> Option<PathBuf> {
    let folder = studio.parent()?;
    [folder.to_owned(), folder.join(PACKAGED)]
        .map(|folder| folder.join(PROGRAM))
        .into_iter()
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_beside_the_program_and_where_packages_put_it() {
        let root = tempfile::tempdir().unwrap();
        let studio = root.path().join("bin/studio");
        for folder in ["bin", "libexec/anchor-studio"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        assert_eq!(beside(&studio), None);
        std::fs::write(root.path().join("libexec/anchor-studio").join(PROGRAM), "").unwrap();
        assert!(
            beside(&studio).is_some_and(|program| program.ends_with("libexec/anchor-studio/anchor-guardian"))
        );
        std::fs::write(root.path().join("bin").join(PROGRAM), "").unwrap();
        assert_eq!(beside(&studio), Some(root.path().join("bin").join(PROGRAM)));
    }
}
