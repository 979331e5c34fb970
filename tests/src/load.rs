//! What benchmarks of a server under load share: the stream, a core for each side, and memory.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use container::flv::{Reader, Tag};

/// The stream as a file in `folder`, `seconds` long: 480p30 at 600 kbit/s, a key frame each 2 s, no B-frames, AAC.
///
/// # Errors
/// ffmpeg is missing, or fails.
pub fn clip_file(folder: &Path, seconds: u64) -> io::Result<PathBuf> {
    let file = folder.join("bench.flv");
    let args = "-v error -y -f lavfi -i testsrc2=size=854x480:rate=30 -f lavfi -i sine=frequency=440 -c:v libx264 \
                -preset veryfast -tune zerolatency -g 60 -b:v 536k -maxrate 536k -bufsize 268k -pix_fmt yuv420p -c:a aac \
                -b:a 64k";
    let made = Command::new("ffmpeg")
        .args(args.split_whitespace())
        .args(["-t", &seconds.to_string()])
        .arg(&file)
        .status()?;
    match made.success() {
        true => Ok(file),
        false => Err(io::Error::other("ffmpeg can't make the stream")),
    }
}

/// The same as tags.
///
/// # Errors
/// As [`clip_file`].
pub fn clip(folder: &Path, seconds: u64) -> io::Result<Vec<Tag>> {
    let mut reader = Reader::new();
    reader.push(&std::fs::read(clip_file(folder, seconds)?)?);
    Ok(std::iter::from_fn(|| reader.next_tag().ok().flatten()).collect())
}

/// Keeps process `pid`, all its threads, on one core.
///
/// # Errors
/// It has ended, or there is no such core.
pub fn pin(pid: u32, core: usize) -> io::Result<()> {
    let (core, pid) = (core.to_string(), pid.to_string());
    let taskset = Command::new("taskset")
        .args(["-a", "-c", "-p", &core, &pid])
        .stdout(Stdio::null())
        .status()?;
    match taskset.success() {
        true => Ok(()),
        false => Err(io::Error::other("taskset can't keep a process on one core")),
    }
}

/// Resident memory of process `pid` in bytes (proc(5), VmRSS of `/proc/[pid]/status`); 0 once it has ended.
pub fn resident_bytes(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
