//! Reads a bundle, from this version or another.

use api::health::History;
use api::state::State;
use api::support::Part;
use serde::Deserialize;
use serde_json::Value;

use crate::make::title;
use crate::{About, FORMAT, MAGIC, Note};

/// Why a bundle can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is something else.
    #[error("this is no support file of Anchor Studio")]
    NotOne,
    /// A later version has made it.
    #[error("this support file has format {0}, and this version reads {FORMAT}: use a newer anchor-studio")]
    Newer(u32),
}

impl Unread {
    /// A name for programs; never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOne => "bundle.unreadable",
            Self::Newer(_) => "bundle.newer",
        }
    }
}

/// What a bundle says.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The program and the computer.
    pub about: About,
    /// How the show was, where one was open.
    pub state: Option<State>,
    /// How it had been from its beginning, where it was sent.
    pub whole: Option<History>,
    /// The last five minutes of that.
    pub recent: Option<History>,
    /// What the studio noted, the oldest first.
    pub notes: Vec<Note>,
    /// Parts that can't be read, as they are titled.
    pub unread: Vec<&'static str>,
}

impl Opened {
    pub(crate) fn of(about: Value, state: Option<Value>, history: Option<Value>, notes: Vec<Value>) -> Self {
        let mut opened = Self::default();
        opened.about = opened.part(Part::About, Some(about)).unwrap_or_default();
        opened.state = opened.part(Part::Show, state);
        #[derive(Deserialize)]
        struct Both {
            whole: History,
            recent: Option<History>,
        }
        if let Some(Both { whole, recent }) = opened.part(Part::History, history) {
            (opened.whole, opened.recent) = (Some(whole), recent);
        }
        opened.notes = notes
            .into_iter()
            .filter_map(|note| serde_json::from_value(note).ok())
            .collect();
        opened
    }

    fn part<T: for<'de> Deserialize<'de>>(&mut self, part: Part, value: Option<Value>) -> Option<T> {
        let read = serde_json::from_value(value?);
        if read.is_err() {
            self.unread.push(title(part));
        }
        read.ok()
    }
}

/// What the file `text` says. A part that is damaged is left out, and named.
///
/// # Errors
/// [`Unread`], where it is another file, or one of a later format.
pub fn read(text: &str) -> Result<Opened, Unread> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let format = first
        .strip_prefix(MAGIC)
        .and_then(|format| format.trim().parse().ok());
    match format.ok_or(Unread::NotOne)? {
        FORMAT => {}
        newer => return Err(Unread::Newer(newer)),
    }
    // What isn't there is `None`, what is damaged is no value of the part's.
    let json = |part| body(text, part).map(|body| serde_json::from_str(&body).unwrap_or_default());
    let notes = body(text, Part::Notes).unwrap_or_default();
    let notes = notes
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let about = json(Part::About).unwrap_or_default();
    Ok(Opened::of(about, json(Part::Show), json(Part::History), notes))
}

/// The lines below a part's title.
fn body(text: &str, part: Part) -> Option<String> {
    let head = format!("=== {} ===", title(part));
    let mut lines = text.lines().map(str::trim_end).skip_while(|line| *line != head);
    lines.next()?;
    let lines: Vec<_> = lines.take_while(|line| !line.starts_with("=== ")).collect();
    Some(lines.join("\n"))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
