//! Reads histories that were kept.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use api::health::{History, LogEntry, PastShow};

use super::line::{Head, Line, VERSION};
use super::{ENDING, Effort, KEPT, Record, Stretch};

/// Longest line, and how much is read of a file at most, in bytes.
const LINE: u64 = 64 * 1024;
const WHOLE: u64 = 64 * 1024 * 1024;
/// No show is longer, in seconds: a line of a damaged file may stand for any number.
const LONGEST: u32 = 7 * 24 * 3600;

/// Why a history can't be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    /// There is none of that name.
    #[error("there is no such history any more")]
    Unknown,
    /// It isn't one, or of another version.
    #[error("this history can't be read: it is damaged, or another version of the studio wrote it")]
    Damaged,
    /// The system refused.
    #[error("this history can't be read: {0}")]
    System(#[from] io::Error),
}

impl Unread {
    /// A name for programs; never changes.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "history.unknown",
            Self::Damaged | Self::System(_) => "history.unreadable",
        }
    }
}

/// The shows whose histories are kept in `folder`, the newest first. Those that can't be read are there too, by their name.
pub(crate) fn list(folder: &Path) -> Vec<PastShow> {
    let entries = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path());
    let mut all: Vec<_> = paths.filter_map(|path| past(&path)).collect();
    all.sort_by(|a, b| b.id.cmp(&a.id));
    all.truncate(KEPT);
    all
}

fn past(path: &Path) -> Option<PastShow> {
    if path.extension()? != ENDING {
        return None;
    }
    let id = path.file_stem()?.to_str().filter(|id| is_id(id))?.to_owned();
    let head = File::open(path)
        .map_err(Unread::from)
        .and_then(|file| head(&mut BufReader::new(file)));
    let (show, began) = head.map_or_else(|_| (id.clone(), String::new()), |head| (head.show, head.began));
    Some(PastShow { id, show, began })
}

/// A name that stays within its folder.
fn is_id(id: &str) -> bool {
    (1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn head(file: &mut impl BufRead) -> Result<Head, Unread> {
    let mut line = String::new();
    file.take(LINE).read_line(&mut line)?;
    let head: Head = serde_json::from_str(&line).map_err(|_| Unread::Damaged)?;
    if head.history == VERSION {
        Ok(head)
    } else {
        Err(Unread::Damaged)
    }
}

/// The history `id` in `folder`: the whole of it, or its last five minutes. What can't be read of it is left out.
///
/// # Errors
/// [`Unread`].
pub(crate) fn read(folder: &Path, id: &str, whole: bool) -> Result<History, Unread> {
    let path = folder.join(id).with_extension(ENDING);
    if !is_id(id) || !path.is_file() {
        return Err(Unread::Unknown);
    }
    let mut file = BufReader::new(File::open(path)?.take(WHOLE));
    let head = head(&mut file)?;
    let mut past = Past {
        records: vec![Record::default(); head.places.len()],
        effort: None,
        seconds: 0,
        log: Vec::new(),
    };
    // A line that a crash has cut off ends it.
    for line in file.lines().map_while(Result::ok) {
        if let Ok(line) = serde_json::from_str(&line) {
            past.take(line);
        }
    }
    Ok(past.history(&head, whole))
}

/// What was read so far.
struct Past {
    records: Vec<Record>,
    /// Of the computer, where it was written.
    effort: Option<Record<Effort>>,
    seconds: u32,
    log: Vec<LogEntry>,
}

impl Past {
    fn take(&mut self, line: Line) {
        match line {
            Line::Seconds { n, p, m, .. } => {
                let n = n.min(LONGEST - self.seconds);
                self.seconds += n;
                for (record, values) in self.records.iter_mut().zip(p) {
                    let mut stretch = Stretch::from(values);
                    for _ in 0..n {
                        record.second(stretch);
                        // They were counted once for all of it.
                        stretch.skipped = 0;
                    }
                }
                if let Some(work) = m {
                    self.work(work.into(), n);
                }
            }
            Line::Log { log } => self.log.push(log),
            Line::End { .. } => {}
        }
    }

    fn work(&mut self, mut effort: Effort, seconds: u32) {
        let record = self.effort.get_or_insert_default();
        for _ in 0..seconds {
            record.second(effort);
            effort.late = 0;
        }
    }

    fn history(mut self, head: &Head, whole: bool) -> History {
        let scale = self.records.first().map(|record| record.scale(whole));
        let (step, from) = scale.unwrap_or((1.0, 0.0));
        self.log.sort_by(|a, b| a.at.total_cmp(&b.at));
        let places = head.places.iter().zip(&self.records);
        History {
            from,
            step,
            places: places
                .map(|((name, wanted), record)| record.columns(name, *wanted, whole))
                .collect(),
            machine: self.effort.map(|record| record.columns(whole)),
            log: self.log,
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
