//! The libraries that programs are linked with, as Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::output;

/// What `programs` need, as it stands under `Depends`: `libc6 (>= 2.36), libssl3 (>= 3.0)`.
pub(super) fn of(programs: &[PathBuf], scratch: &Path) -> Result<String, String> {
    let debian = scratch.join("debian");
    let made = std::fs::create_dir_all(&debian)
        // dpkg-shlibdeps reads a source package's control file, and asks nothing of it.
        .and_then(|()| {
            std::fs::write(
                debian.join("control"),
                "Source: anchor\n\nPackage: anchor\nArchitecture: any\n",
            )
        });
    made.map_err(|e| format!("{} can't be written: {e}", debian.display()))?;
    let said = output(
        Command::new("dpkg-shlibdeps")
            .current_dir(scratch)
            .args(["-O", "--warnings=0"])
            .args(programs),
    )?;
    read(&said).ok_or_else(|| format!("dpkg-shlibdeps said '{}'", said.trim()))
}

fn read(said: &str) -> Option<String> {
    let line = said.lines().find_map(|l| l.strip_prefix("shlibs:Depends="))?;
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_line_of_libraries_is_taken() {
        let said = "shlibs:Depends=libasound2 (>= 1.1.3), libc6 (>= 2.36)\nshlibs:Suggests=x\n";
        assert_eq!(
            read(said).as_deref(),
            Some("libasound2 (>= 1.1.3), libc6 (>= 2.36)")
        );
        assert_eq!(read("shlibs:Depends=\n"), None);
        assert_eq!(read(""), None);
    }
}
