//! What is kept of a show from one start to the next: its file, and whether it was ended or cut short.
//!
//! A folder holds a file for each kind of start (`show.toml`, `demo.toml`, one for each file given by hand) and
//! beside it a mark that is locked while a show runs from there. A mark that says "running" and that nobody has
//! locked was left by a studio that crashed: the seller is asked, unless another process has started the studio again at
//! once. The mark says, too, whether the show was live and covered. A show file is set aside, under a name of its own, before another
//! show takes its place: nothing of the seller's is ever overwritten by what they didn't choose.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use api::studio::Failure;
use studio::show::{LoadError, Show};

use crate::options::Options;

/// What the mark says while a show runs, and of a show that is live, and covered.
const RUNNING: &str = "running\n";
const LIVE: &str = "live\n";
const COVERED: &str = "covered\n";

/// Which show a start begins with.
#[derive(Debug)]
pub(crate) enum Which {
    /// This one.
    Show(Box<Show>),
    /// One made from the attached cameras and microphones.
    Attached,
    /// The bundled one.
    Demo,
}

/// How a show was that is being sent, or isn't.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Course {
    /// Whether it was sent.
    pub(crate) live: bool,
    /// Whether viewers saw the cover picture.
    pub(crate) covered: bool,
}

/// What is to be done at a start.
#[derive(Debug)]
pub(crate) enum Found {
    /// Open this.
    Open(Which),
    /// The studio has crashed, and is back by itself: open this, and let it be as it was. It goes live again only if the
    /// seller wants that.
    Back(Box<Show>, Course),
    /// Ask the seller.
    Offer {
        /// The show there was.
        show: String,
        /// Why it is asked.
        reason: Failure,
    },
}

/// What kind of start this is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Start {
    Own,
    Fresh,
    Demo,
    Given(PathBuf),
}

/// The folder of shows, held for one running studio.
#[derive(Debug)]
pub(crate) struct Keeper {
    start: Start,
    file: PathBuf,
    /// None where nothing can be written: the show runs all the same, and says that it isn't kept.
    mark: Option<File>,
    crashed: bool,
    /// How the show was that has crashed.
    was: Course,
    revived: bool,
    /// How the show is that runs, as the mark says it.
    course: Course,
}

impl Keeper {
    /// Holds the place for the kind of start that `options` ask for, within `folder`, which is made.
    ///
    /// # Errors
    /// `keep.taken` when another studio runs from there.
    pub(crate) fn open(folder: &Path, options: &Options) -> Result<Self, Failure> {
        let start = match options {
            Options { show: Some(file), .. } => Start::Given(file.clone()),
            Options { demo: true, .. } => Start::Demo,
            Options { fresh: true, .. } => Start::Fresh,
            _ => Start::Own,
        };
        let file = folder.join(start.file_name());
        let mut mark = match mark(folder, &file.with_extension("mark")) {
            Ok(mark) => Some(mark),
            Err(TryLockError::WouldBlock) => {
                return Err(failure(
                    "keep.taken",
                    "The studio is open already, in another window.",
                ));
            }
            Err(TryLockError::Error(error)) => {
                tracing::warn!(code = "keep.folder", folder = %folder.display(), "{error}");
                None
            }
        };
        let mut said = String::new();
        let read = mark.as_mut().map(|mark| mark.read_to_string(&mut said));
        let crashed = matches!(read, Some(Ok(_))) && said.starts_with(RUNNING);
        let was = Course {
            live: said.contains(LIVE),
            covered: said.contains(COVERED),
        };
        Ok(Self {
            start,
            file,
            mark,
            crashed,
            was,
            revived: options.revived,
            course: Course::default(),
        })
    }

    /// The file that the running show is written to.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// What this start begins with.
    pub(crate) fn look(&mut self) -> Found {
        let wanted = match self.start {
            Start::Own => true,
            Start::Fresh => self.crashed && self.revived,
            Start::Demo | Start::Given(_) => self.crashed,
        };
        if wanted && self.file.exists() {
            return self.kept();
        }
        match &self.start {
            Start::Fresh => match self.set_aside() {
                Ok(()) => Found::Open(Which::Attached),
                Err(reason) => self.offer(file_name(&self.file), reason),
            },
            Start::Own => Found::Open(Which::Attached),
            Start::Demo => Found::Open(Which::Demo),
            Start::Given(file) => match studio::show::load(file) {
                Ok(show) => Found::Open(Which::Show(Box::new(show))),
                Err(error) => Found::Offer {
                    show: file_name(file),
                    reason: unread(&error),
                },
            },
        }
    }

    /// The show there was, as the seller wishes; it is read again: they may have mended it meanwhile.
    pub(crate) fn again(&mut self) -> Found {
        let crashed = std::mem::take(&mut self.crashed);
        if self.file.exists() && (crashed || self.start == Start::Fresh) {
            return self.kept();
        }
        self.look()
    }

    /// The show in the folder: it is opened if it was ended well, else offered.
    fn kept(&mut self) -> Found {
        match studio::show::load(&self.file) {
            Ok(show) if self.crashed && std::mem::take(&mut self.revived) => {
                self.crashed = false;
                let live = self.was.live && show.resume;
                Found::Back(Box::new(show), Course { live, ..self.was })
            }
            Ok(show) if self.crashed => {
                let reason = failure(
                    "show.crashed",
                    format!(
                        "The studio was cut short during '{}'. Everything up to then is kept.",
                        show.name
                    ),
                );
                self.offer(show.name, reason)
            }
            Ok(show) => Found::Open(Which::Show(Box::new(show))),
            Err(error) => self.offer(file_name(&self.file), unread(&error)),
        }
    }

    /// An offer that says where the file will be if another show is begun.
    fn offer(&self, show: String, mut reason: Failure) -> Found {
        reason.sentence += &format!(
            " If you begin another show, this one is kept as {}.",
            self.aside().display()
        );
        Found::Offer { show, reason }
    }

    /// Moves the show file out of the way, so that another show can be kept.
    ///
    /// # Errors
    /// `keep.folder`: the system refused.
    pub(crate) fn set_aside(&mut self) -> Result<(), Failure> {
        self.crashed = false;
        if !self.file.exists() {
            return Ok(());
        }
        let aside = self.aside();
        std::fs::rename(&self.file, &aside).map_err(|error| {
            failure(
                "keep.folder",
                format!("{} can't be renamed: {error}.", self.file.display()),
            )
        })?;
        tracing::info!(file = %aside.display(), "the show there was is kept");
        Ok(())
    }

    /// The first name that is free beside the show file.
    fn aside(&self) -> PathBuf {
        let numbered = |n: u32| {
            let mut name = self.file.clone().into_os_string();
            name.push(format!(".kept-{n}"));
            PathBuf::from(name)
        };
        (1..)
            .map(numbered)
            .find(|path| !path.exists())
            .unwrap_or_else(|| numbered(0))
    }

    /// A show runs from now on; `course`: as it is to be as soon as it can.
    pub(crate) fn begun(&mut self, course: Course) {
        self.course = course;
        self.write(&says(course));
    }

    /// It is now so.
    pub(crate) fn goes(&mut self, course: Course) {
        if std::mem::replace(&mut self.course, course) == course {
            return;
        }
        self.write(&says(course));
    }

    /// It was ended, not cut short.
    pub(crate) fn ended(&mut self) {
        self.write("");
    }

    fn write(&mut self, text: &str) {
        let Some(mark) = &mut self.mark else { return };
        let written = mark
            .set_len(0)
            .and_then(|()| mark.rewind())
            .and_then(|()| mark.write_all(text.as_bytes()));
        if let Err(error) = written {
            // Only the offer after a crash hangs on it.
            tracing::warn!(code = "keep.mark", "{error}");
        }
    }
}

/// What the mark says of a show that runs.
fn says(course: Course) -> String {
    let words = [(true, RUNNING), (course.live, LIVE), (course.covered, COVERED)];
    let said = words.into_iter().filter(|(so, _)| *so);
    said.map(|(_, word)| word).collect()
}

/// The mark at `path` within `folder`, locked.
fn mark(folder: &Path, path: &Path) -> Result<File, TryLockError> {
    std::fs::create_dir_all(folder).map_err(TryLockError::Error)?;
    let mut options = OpenOptions::new();
    let mark = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(TryLockError::Error)?;
    mark.try_lock()?;
    Ok(mark)
}

impl Start {
    fn file_name(&self) -> String {
        match self {
            Self::Own | Self::Fresh => "show.toml".into(),
            Self::Demo => "demo.toml".into(),
            Self::Given(file) => {
                let stem = file.file_stem().unwrap_or_default().to_string_lossy();
                format!("given-{stem}.toml")
            }
        }
    }
}

/// The sentence for a show file that can't be used.
fn unread(error: &LoadError) -> Failure {
    failure(error.code(), format!("The show can't be opened: {error}."))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn failure(code: &str, sentence: impl Into<String>) -> Failure {
    Failure {
        code: code.into(),
        sentence: sentence.into(),
    }
}

#[cfg(test)]
mod tests;
