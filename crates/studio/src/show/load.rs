//! From a file to a show, with a sentence for whatever stands in the way.

use std::path::{Path, PathBuf};

use super::{Problem, Show};

/// Why a show can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file can't be opened.
    #[error("the show file {path} can't be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It isn't TOML, or says something no show file says.
    #[error("{path}: {message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and what is wrong there.
        message: String,
    },
    /// It reads well, but the parts don't fit.
    #[error("{path}: {}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Meaning {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong, at once.
        problems: Vec<Problem>,
    },
}

impl LoadError {
    /// The code the UI matches.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "show.file",
            Self::Syntax { .. } => "show.syntax",
            Self::Meaning { problems, .. } => problems.first().map_or("show.meaning", Problem::code),
        }
    }
}

/// Reads, parses and checks the show file at `path`; paths within it are made absolute from its folder.
///
/// # Errors
/// [`LoadError`]: unreadable, not TOML or with unknown keys, or parts that don't fit.
pub fn load(path: &Path) -> Result<Show, LoadError> {
    let text = std::fs::read_to_string(path).map_err(|source| LoadError::Read {
        path: path.into(),
        source,
    })?;
    let mut show = parse(path, &text)?;
    show.resolve(path.parent().unwrap_or(Path::new("")));
    let problems = show.problems();
    if problems.is_empty() {
        Ok(show)
    } else {
        Err(LoadError::Meaning {
            path: path.into(),
            problems,
        })
    }
}

/// Parses the text of a show file; `path` is only for the message.
///
/// # Errors
/// [`LoadError::Syntax`], with line and column.
pub fn parse(path: &Path, text: &str) -> Result<Show, LoadError> {
    toml::from_str(text).map_err(|e| LoadError::Syntax {
        path: path.into(),
        message: located(text, &e),
    })
}

/// `line 3, column 5: unknown field …`, on one line, without quoting the file: a line may hold a secret.
fn located(text: &str, error: &toml::de::Error) -> String {
    let Some(span) = error.span() else {
        return error.message().to_owned();
    };
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!(
        "line {line}, column {column}: {}",
        error.message().replace('\n', " ")
    )
}
