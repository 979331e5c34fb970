//! The worker's own half: what `anchor-server worker` does.

mod clock;
mod fault;
mod listen;
mod slate;
mod work;

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::os::fd::AsFd as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use api::{Code, Fault};
use bytes::BytesMut;
use container::flv::{self, Reader};

use super::control::{Ready, Said, line, read_line};
use super::job::{Job, Task};
use super::{confine, descriptor};
use work::Work;

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;
/// How often the counters are told.
const TELL: Duration = Duration::from_secs(1);

/// Works until the input or the server ends. Errors are a line on descriptor 3 and one on stderr.
pub(crate) fn run() -> ExitCode {
    let Some(mut control) = descriptor::take() else {
        eprintln!("The worker is started by the server, not by hand: there is no descriptor 3.");
        return ExitCode::FAILURE;
    };
    match serve(&mut control) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            say(
                &mut control,
                &Said::Failed {
                    code: fault.code,
                    sentence: fault.message,
                },
            );
            ExitCode::FAILURE
        }
    }
}

fn serve(control: &mut File) -> Result<(), Fault> {
    confine::begin();
    let mut orders = BufReader::new(control.try_clone().map_err(|e| broken(&e))?);
    let task: Task = read_line(&mut orders)
        .and_then(|task| task.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()))
        .map_err(|e| broken(&e))?;
    load(&task).map_err(|e| fault::from(&e))?;
    let duplicate = |from: &dyn Fn() -> io::Result<File>| from().map_err(|e| broken(&e));
    let input = duplicate(&|| Ok(io::stdin().as_fd().try_clone_to_owned()?.into()))?;
    let output = duplicate(&|| Ok(io::stdout().as_fd().try_clone_to_owned()?.into()))?;
    let confined = confine::close().map_err(|e| Fault::new(Code::WorkerUnavailable, sentence(&e)))?;
    let key_wanted = listen::start(orders).map_err(|e| broken(&e))?;
    say(
        control,
        &Said::Ready(Ready {
            landlock: confined.landlock,
        }),
    );
    match task {
        Task::Transcode(job) => transcode(job, input, output, &key_wanted, |said| say(control, &said)),
        Task::Slate(job) => slate::make(&job, input, output),
    }
}

/// What has to be loaded before all doors are shut.
fn load(task: &Task) -> Result<(), pipeline::Error> {
    match task {
        Task::Transcode(job) => pipeline::transcode::load(job.video.is_some(), job.audio.is_some()),
        Task::Slate(job) => {
            pipeline::slate::load(job.pictures.is_some(), job.sound.as_ref().map(slate::codec))
        }
    }
}

/// Media from `input` to `output`, to the input's end.
fn transcode(
    job: Job,
    mut input: impl Read,
    mut output: impl Write,
    key_wanted: &Arc<AtomicBool>,
    mut tell: impl FnMut(Said),
) -> Result<(), Fault> {
    let mut work = Work::new(job);
    let (mut reader, mut piece) = (Reader::new(), vec![0; PIECE]);
    let mut out = BytesMut::from(&flv::header(job.video.is_some(), job.audio.is_some())[..]);
    let mut told = Instant::now();
    loop {
        let read = match input.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(broken(&e)),
        };
        reader.push(&piece[..read]);
        while let Some(tag) = reader.next_tag().map_err(|e| broken(&e))? {
            if key_wanted.swap(false, Ordering::Relaxed) {
                work.key_frame();
            }
            work.take(&tag, &mut out)?;
            give(&mut output, &mut out)?;
        }
        if told.elapsed() >= TELL {
            told = Instant::now();
            tell(Said::Counters(work.counters()));
        }
    }
    work.finish(&mut out)?;
    give(&mut output, &mut out)?;
    tell(Said::Counters(work.counters()));
    Ok(())
}

fn give(output: &mut impl Write, out: &mut BytesMut) -> Result<(), Fault> {
    output.write_all(out).map_err(|e| broken(&e))?;
    out.clear();
    Ok(())
}

/// A server that doesn't listen any more has ended: the next read says so.
fn say(control: &mut File, said: &Said) {
    let _ = line(said).and_then(|line| control.write_all(&line));
}

fn broken(why: &dyn std::fmt::Display) -> Fault {
    Fault::new(
        Code::WorkerLost,
        format!("The worker can't talk to the server: {why}."),
    )
}

fn sentence(why: &dyn std::fmt::Display) -> String {
    format!("A worker process can't be used here: {why}.")
}

#[cfg(test)]
mod tests;
