//! A wall clock that lies: libfaketime before a program, told by a file that may change while it runs.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// What the wall clock of a program says; its monotonic clock stays honest, as it does when people set a clock.
#[derive(Debug)]
pub struct FalseClock {
    folder: TempDir,
    library: PathBuf,
}

impl FalseClock {
    /// A clock `seconds` ahead of the machine's (behind it, when negative); `None` where libfaketime isn't
    /// installed, which it says.
    ///
    /// # Errors
    /// Its file can't be written.
    pub fn new_or_skip(seconds: i64) -> io::Result<Option<Self>> {
        let Some(library) = library() else {
            crate::skip("libfaketime is not installed");
            return Ok(None);
        };
        let folder = tempfile::Builder::new().prefix("anchor-clock-").tempdir()?;
        let clock = Self { folder, library };
        clock.set(seconds)?;
        Ok(Some(clock))
    }

    /// Steps the clock of the running program to `seconds` ahead of the machine's.
    ///
    /// # Errors
    /// Its file can't be written.
    pub fn set(&self, seconds: i64) -> io::Result<()> {
        // Renamed into place: the program reads it at any moment.
        let next = self.folder.path().join("next");
        std::fs::write(&next, format!("{seconds:+}\n"))?;
        std::fs::rename(next, self.file())
    }

    /// The variables that put this clock before a program.
    pub fn variables(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("LD_PRELOAD", self.library.clone()),
            ("FAKETIME_TIMESTAMP_FILE", self.file()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("offset")
    }
}

/// Debian's package `faketime` puts it below the folder of the machine's kind.
fn library() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ANCHOR_FAKETIME") {
        return Some(path.into());
    }
    let kind = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    [&*kind, "/usr/lib64", "/usr/lib"]
        .map(|folder| Path::new(folder).join("faketime/libfaketimeMT.so.1"))
        .into_iter()
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_clock_of_a_program_is_set_and_set_again() {
        let Some(clock) = FalseClock::new_or_skip(-90).unwrap() else {
            return;
        };
        let off_by = || {
            let out = Command::new("date").arg("+%s").envs(clock.variables()).output();
            let said: i64 = String::from_utf8(out.unwrap().stdout)
                .unwrap()
                .trim()
                .parse()
                .unwrap();
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
            said - now
        };
        assert!((-92..=-90).contains(&off_by()));
        clock.set(3600).unwrap();
        assert!((3598..=3600).contains(&off_by()));
    }
}
