//! What can go wrong in an encoder or decoder, in words for a person.

use std::path::PathBuf;

use media::{Size, Timestamp};

/// Why an encoder, decoder or file refused or ended. Cloning is cheap: a failure is told at every later call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// GStreamer itself could not start.
    #[error("GStreamer can't start: {0}")]
    Init(String),
    /// An element is not installed.
    #[error("GStreamer has no {element}: install the Debian package {package}")]
    MissingElement {
        /// The element's name.
        element: String,
        /// The package that brings it.
        package: &'static str,
    },
    /// No decoder is installed for a kind of stream.
    #[error(
        "no decoder is installed for {caps}: install the Debian packages gstreamer1.0-libav and gstreamer1.0-plugins-good"
    )]
    NoDecoder {
        /// The stream, as GStreamer writes it.
        caps: String,
    },
    /// A setting is outside what the encoder can do.
    #[error("this can't be encoded: {0}")]
    Unsupported(String),
    /// Every place before the encoder is taken: the frame or block was not accepted, and the caller counts it.
    #[error("the encoder is behind; this one was not taken")]
    Busy,
    /// A frame is not as the configuration said.
    #[error("a frame of {got:?} came to an encoder made for {expected:?}")]
    WrongSize {
        /// What the encoder was made for.
        expected: Size,
        /// What came.
        got: Size,
    },
    /// A frame's or block's layout, colour, rate or channels are not those of the configuration.
    #[error("what came doesn't fit the encoder: {0}")]
    WrongFormat(&'static str),
    /// A time that can't be carried: more than a day before the show, or not after the one before it.
    #[error("the time {0} can't be used here")]
    WrongTime(Timestamp),
    /// An element failed while running.
    #[error("{element} failed: {reason}")]
    Element {
        /// The element's name.
        element: String,
        /// What it said.
        reason: String,
    },
    /// The encoder's delay could not be measured.
    #[error("the delay of {0} can't be measured: its test sound did not come back")]
    Priming(&'static str),
    /// A thread could not be started.
    #[error("a thread can't be started: {0}")]
    Thread(String),
    /// A file can't be used.
    #[error("can't use {}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// Everything was handed out after `finish`.
    #[error("the stream has been finished")]
    Finished,
}

impl Error {
    pub(crate) fn element(element: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Element {
            element: element.into(),
            reason: reason.into(),
        }
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// It isn't there.
    #[error("there is no such file")]
    Missing,
    /// It is a folder, a device or the like.
    #[error("it is not an ordinary file")]
    NotAFile,
    /// The system doesn't let it be read.
    #[error("it can't be read: {0}")]
    Unreadable(String),
    /// It has no stream of pictures.
    #[error("it has no picture")]
    NoPicture,
    /// It has no stream of sound.
    #[error("it has no sound")]
    NoSound,
    /// It lasts too long to be held in memory.
    #[error("it lasts longer than {0} minutes")]
    TooLong(u32),
    /// It is too large to be held in memory.
    #[error("it is larger than {0} MiB")]
    TooLarge(u32),
    /// Its pictures are of a size that nothing here shows.
    #[error("its pictures are {0}x{1}: both numbers must be even, and the picture no larger than 4096x2304")]
    Size(i32, i32),
    /// Its contents make no sense, or are of a kind that nothing here reads.
    #[error("its contents can't be read: {0}")]
    Damaged(String),
}
