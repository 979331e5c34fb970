//! Support bundles: made of the show that is open, or of none; saved where the seller finds them.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use api::control::{Command, Done, Outcome};
use api::studio::Failure;
use api::support::SavedBundle;
use api::window::Phase;
use tokio::sync::oneshot;

use super::{Controller, Finished, failure};
use crate::shows::{Bundled, Studio};
use crate::window::Window;

/// So many bundles may have the same minute in their names.
const TRIES: u32 = 100;

impl<S: Studio, W: Window> Controller<S, W> {
    pub(super) fn make_bundle(&mut self, of: Option<String>, answer: oneshot::Sender<Bundled>) {
        let bundled = match (&self.show, &self.keeper) {
            (Some(running), _) => {
                let asked = running.show.ask(Command::Bundle { of });
                self.work
                    .push(Box::pin(async { Finished::Bundled(taken(asked.await), answer) }));
                return;
            }
            (None, keeper) => {
                let keep = keeper.as_ref().ok().map(|keeper| keeper.file().to_owned());
                self.studio.bundle(of, keep, self.why_no_show())
            }
        };
        self.work
            .push(Box::pin(async { Finished::Bundled(bundled.await, answer) }));
    }

    fn why_no_show(&self) -> Option<String> {
        match &self.phase {
            Phase::Offer { reason, .. } => Some(reason.code.clone()),
            Phase::Failed { failure } => Some(failure.code.clone()),
            Phase::Opening {} | Phase::Running { .. } => None,
        }
    }

    /// Keeps what was made, so that exactly that is saved. Whether it goes on.
    pub(super) fn bundled(&mut self, bundled: Bundled, answer: oneshot::Sender<Bundled>) -> bool {
        if let Ok(bundle) = &bundled {
            self.bundle = Some(bundle.text());
        }
        // Who asked may be gone: a page that is being reloaded.
        let _ = answer.send(bundled);
        true
    }

    pub(super) fn save_bundle(&mut self, answer: oneshot::Sender<Result<SavedBundle, Failure>>) {
        let Some(text) = self.bundle.clone() else {
            let none = failure("bundle.none", "There is no file for support yet: make one first.");
            let _ = answer.send(Err(none));
            return;
        };
        let folders = self.window.folders();
        let saved = tokio::task::spawn_blocking(move || save(&folders, &text));
        self.work.push(Box::pin(async {
            let saved = saved.await.map_err(io::Error::other).flatten();
            let _ = answer.send(saved.map_err(|error| Failure {
                code: "bundle.unwritable".into(),
                sentence: format!("The file for support can't be saved: {error}."),
            }));
            Finished::Answered
        }));
    }
}

fn taken(outcome: Outcome) -> Bundled {
    match outcome {
        Outcome::Done(Done {
            bundle: Some(bundle), ..
        }) => Ok(*bundle),
        Outcome::Done(_) => Err(failure("window.broken", "The show has made no file for support.")),
        Outcome::Failed(failure) => Err(failure),
    }
}

/// Writes `text` into the first of `folders` that takes it, under a name that nothing there has.
fn save(folders: &[PathBuf], text: &str) -> io::Result<SavedBundle> {
    let mut refused = io::Error::from(io::ErrorKind::NotFound);
    for folder in folders {
        match save_in(folder, text) {
            Ok(name) => {
                return Ok(SavedBundle {
                    name,
                    folder: folder.display().to_string(),
                });
            }
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn save_in(folder: &Path, text: &str) -> io::Result<String> {
    fs::create_dir_all(folder)?;
    let (mut file, path) = create(folder)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // Half a file is worse than none.
        let _ = fs::remove_file(&path);
        return Err(error);
    }
    Ok(path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned())
}

fn create(folder: &Path) -> io::Result<(File, PathBuf)> {
    let now = studio::support::stamp();
    for n in 1..=TRIES {
        let again = if n == 1 { String::new() } else { format!("-{n}") };
        let path = folder.join(format!("anchor-support-{now}{again}.txt"));
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return Ok((created?, path)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_saved_in_the_first_folder_that_takes_it_and_overwrites_nothing() {
        let root = tempfile::tempdir().unwrap();
        let broken = root.path().join("file");
        fs::write(&broken, "no folder").unwrap();
        let folder = root.path().join("new/Downloads");
        let folders = [broken, folder.clone()];
        let first = save(&folders, "one").unwrap();
        let second = save(&folders, "two").unwrap();
        assert_ne!(first.name, second.name);
        assert_eq!(first.folder, folder.display().to_string());
        for (saved, text) in [(&first, "one"), (&second, "two")] {
            assert!(saved.name.starts_with("anchor-support-20") && saved.name.ends_with(".txt"));
            assert_eq!(fs::read_to_string(folder.join(&saved.name)).unwrap(), text);
        }
        assert!(save(&folders[..1], "three").is_err() && save(&[], "three").is_err());
    }
}
