//! Programs run as steps: their output goes to a log, their result to the count.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a finished step printed, and whether it ended well.
pub(crate) struct Finished {
    pub(crate) ok: bool,
    pub(crate) lines: Vec<String>,
}

/// Runs `command` to its end, at most `limit`, with no standard input; every line goes to `log`, those that
/// `shown` accepts to the screen as well.
pub(crate) fn run(
    mut command: Command,
    log: &Path,
    limit: Duration,
    shown: fn(&str) -> bool,
) -> Result<Finished, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let sink = File::options()
        .create(true)
        .append(true)
        .open(log)
        .map_err(|e| format!("{}: {e}", log.display()))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{name} can't be started: {e}"))?;
    let lines = Arc::new(Mutex::new((Vec::new(), sink)));
    let readers = [
        child.stdout.take().map(|out| collect(out, &lines, shown)),
        child.stderr.take().map(|err| collect(err, &lines, shown)),
    ];
    let ok = wait(&mut child, limit, &name);
    for reader in readers.into_iter().flatten().flatten() {
        let _ = reader.join();
    }
    let lines = std::mem::take(&mut lines.lock().unwrap_or_else(PoisonError::into_inner).0);
    Ok(Finished { ok, lines })
}

type Lines = Arc<Mutex<(Vec<String>, File)>>;

fn collect(
    from: impl std::io::Read + Send + 'static,
    into: &Lines,
    shown: fn(&str) -> bool,
) -> Option<std::thread::JoinHandle<()>> {
    let into = Arc::clone(into);
    let read = move || {
        let mut reader = BufReader::new(from);
        let mut raw = Vec::new();
        while reader.read_until(b'\n', &mut raw).is_ok_and(|n| n > 0) {
            let line = String::from_utf8_lossy(&raw).trim_end().to_owned();
            raw.clear();
            if shown(&line) {
                println!("    {line}");
            }
            let mut guard = into.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(guard.1, "{line}");
            guard.0.push(line);
        }
    };
    std::thread::Builder::new()
        .name("step-output".into())
        .spawn(read)
        .ok()
}

/// Waits for `child`; past `limit` it is killed, which is a failure.
fn wait(child: &mut Child, limit: Duration, name: &str) -> bool {
    let ended = Arc::new(AtomicBool::new(false));
    let (seen, pid, started) = (Arc::clone(&ended), child.id(), Instant::now());
    let guard = std::thread::Builder::new()
        .name("step-limit".into())
        .spawn(move || {
            while !seen.load(Ordering::Acquire) {
                if started.elapsed() > limit {
                    let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
                    return true;
                }
                std::thread::park_timeout(Duration::from_secs(1));
            }
            false
        });
    let ok = child.wait().is_ok_and(|status| status.success());
    ended.store(true, Ordering::Release);
    if let Ok(handle) = guard {
        handle.thread().unpark();
        if handle.join().unwrap_or(false) {
            println!("    {name} was ended: it had run for {} s", limit.as_secs());
            return false;
        }
    }
    ok
}
