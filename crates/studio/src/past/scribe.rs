//! Writes a show's history, on a thread of its own: a slow or full disk holds nothing up.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::{ENDING, KEPT};

/// Lines that may wait for the disk; more are left out.
const WAITING: usize = 256;

/// Takes lines for the file of one show. Dropped, it writes what waits and closes the file.
#[derive(Debug)]
pub(crate) struct Scribe {
    name: String,
    lines: SyncSender<String>,
}

impl Scribe {
    /// Into `folder`, which is made where it isn't there, for a show that began at `began`, as ISO 8601. Histories that are
    /// too many go.
    ///
    /// # Errors
    /// The system has no thread left. What goes wrong later is logged, and nothing more is written.
    pub(crate) fn begin(folder: PathBuf, began: &str) -> io::Result<Self> {
        let (lines, waiting) = sync_channel(WAITING);
        let name = name(began);
        let file = name.clone();
        std::thread::Builder::new()
            .name("history".into())
            .spawn(move || {
                if let Err(error) = write(&folder, &file, &waiting) {
                    let code = "history.unwritable";
                    tracing::warn!(code, folder = %folder.display(), %error, "the show's history isn't kept");
                }
            })?;
        Ok(Self { name, lines })
    }

    /// With which the file's name begins.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// One more line.
    pub(crate) fn write(&self, line: String) {
        // A disk that can't follow, or takes no more, costs lines of history, not the show.
        let _ = self.lines.try_send(line);
    }
}

/// `20261122T141036`, from `2026-11-22T14:10:36.123Z`.
fn name(began: &str) -> String {
    let whole = began.split('.').next().unwrap_or(began);
    whole.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn write(folder: &Path, name: &str, lines: &Receiver<String>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    prune(folder)?;
    let mut file = create(folder, name)?;
    for line in lines {
        file.write_all(format!("{line}\n").as_bytes())?;
    }
    Ok(())
}

/// A file of that name, or of one with a number behind it.
fn create(folder: &Path, name: &str) -> io::Result<File> {
    let mut number = 1;
    loop {
        let path = match number {
            1 => folder.join(format!("{name}.{ENDING}")),
            _ => folder.join(format!("{name}-{number}.{ENDING}")),
        };
        match OpenOptions::new().write(true).create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            result => return result,
        }
    }
}

/// Makes room for one more.
fn prune(folder: &Path) -> io::Result<()> {
    let entries = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    let mut all: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|e| e == ENDING))
        .collect();
    all.sort();
    let many = (all.len() + 1).saturating_sub(KEPT);
    all.iter().take(many).try_for_each(fs::remove_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_in_the_file_when_it_is_closed_and_the_oldest_file_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..KEPT {
            fs::write(folder.path().join(format!("20200101T{n:06}.jsonl")), "").unwrap();
        }
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        let (lines, waiting) = sync_channel(2);
        lines.send("a".to_owned()).unwrap();
        lines.send("b".to_owned()).unwrap();
        drop(lines);
        write(folder.path(), "20261122T141036", &waiting).unwrap();
        let read = fs::read_to_string(folder.path().join("20261122T141036.jsonl")).unwrap();
        assert_eq!(read, "a\nb\n");
        assert!(!folder.path().join("20200101T000000.jsonl").exists());
        assert!(folder.path().join("20200101T000001.jsonl").exists());
        assert!(folder.path().join("notes.txt").exists());
    }

    #[test]
    fn two_shows_of_one_second_have_files_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), "a").unwrap();
        create(folder.path(), "a").unwrap();
        assert!(folder.path().join("a-2.jsonl").exists());
        assert_eq!(name("2026-11-22T14:10:36.123Z"), "20261122T141036");
    }
}
