//! Worker processes: a stream's media in another form, made outside the server's process.
//!
//! A worker is a process of the server's own program with GStreamer inside. It takes Enhanced FLV on its standard input,
//! gives Enhanced FLV on its standard output, and talks in lines of JSON on descriptor 3. Before it reads the first byte
//! of media it gives up network, files and further processes ([`confine`]). What a damaged stream does to a decoder
//! happens there; the server sees a process that ended, and starts another.
//!
//! A slate, which viewers get while a show stands still, is made the same way, of a picture: [`Workers::slate`].
//!
//! - [`Job`] says what to make, [`Workers`] starts a process, [`Worker`] feeds it, [`Output`] is what it makes.
//! - `inside` is the process's own half, `control` what both say to each other.

mod backlog;
pub mod confine;
mod control;
mod descriptor;
pub(crate) mod inside;
mod job;
mod outside;
mod progress;

pub use control::Counters;
pub use job::{AudioJob, Job, LONGEST_SOUND, SlateJob, SlatePictures, SlateSound, VideoJob};
pub use outside::{Output, Worker, WorkerStats, Workers};
