//! Files as sources: clips that loop without a seam, and still pictures.
//!
//! A clip's packets are read into memory once and fed to one decoder for ever; its sound is decoded once. So the
//! end of a loop costs no more than any other frame, and nothing is opened again during a show.

mod ahead;
mod audio;
mod demux;
#[cfg(test)]
mod fixture;
mod grain;
mod image;
mod nice;
mod parts;
mod pool;
mod video;

pub use audio::{AudioLoop, AudioLoopConfig};
pub use image::{Still, fitted, image};
pub use video::{Period, VideoLoop, VideoLoopConfig};

use std::path::Path;

use crate::{Error, FileProblem};

fn problem(path: &Path, problem: FileProblem) -> Error {
    Error::File {
        path: path.to_owned(),
        problem,
    }
}

/// That `path` is an ordinary file no larger than `mib`: no pipe to wait on, no device.
fn check(path: &Path, mib: u32) -> Result<(), Error> {
    let refuse = |what| Err(problem(path, what));
    match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => refuse(FileProblem::Missing),
        Err(e) => refuse(FileProblem::Unreadable(e.to_string())),
        Ok(about) if !about.is_file() => refuse(FileProblem::NotAFile),
        Ok(about) if about.len() > u64::from(mib) << 20 => refuse(FileProblem::TooLarge(mib)),
        Ok(_) => match std::fs::File::open(path) {
            Err(e) => refuse(FileProblem::Unreadable(e.to_string())),
            Ok(_) => Ok(()),
        },
    }
}
