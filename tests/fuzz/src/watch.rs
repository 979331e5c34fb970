//! An input that never ends is written down, too.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Who hasn't ended after so long never will.
const NEVER: Duration = Duration::from_secs(30);

/// Looks after the input that is being read.
pub(crate) struct Watch(Arc<Mutex<Option<Reading>>>);

struct Reading {
    began: Instant,
    target: &'static str,
    input: Vec<u8>,
}

impl Watch {
    /// Begins to look; an input without end goes to its parser's folder in `out`, and ends the program.
    pub(crate) fn start(out: PathBuf) -> io::Result<Self> {
        let now = Arc::<Mutex<Option<Reading>>>::default();
        let seen = Arc::clone(&now);
        let look = move || {
            loop {
                std::thread::sleep(Duration::from_secs(1));
                let reading = seen.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(reading) = reading.as_ref().filter(|reading| reading.began.elapsed() > NEVER) {
                    give_up(&out, reading);
                }
            }
        };
        std::thread::Builder::new()
            .name("fuzz-watch".into())
            .spawn(look)?;
        Ok(Self(now))
    }

    /// `input` is given to `target`.
    pub(crate) fn begin(&self, target: &'static str, input: &[u8]) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = now.get_or_insert_with(|| Reading {
            began: Instant::now(),
            target,
            input: Vec::new(),
        });
        (reading.began, reading.target) = (Instant::now(), target);
        reading.input.clear();
        reading.input.extend(input);
    }

    /// Nothing is read now.
    pub(crate) fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn give_up(out: &Path, reading: &Reading) -> ! {
    let written = write(out, reading.target, "endless", &reading.input);
    let place = written.map_or_else(|error| error, |file| file.display().to_string());
    eprintln!("\n{}: an input has no end: {place}", reading.target);
    std::process::exit(1)
}

/// Writes `input` to `OUT/TARGET/WHAT-HASH`.
pub(crate) fn write(out: &Path, target: &str, what: &str, input: &[u8]) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let file = out.join(target).join(format!("{what}-{:016x}", hasher.finish()));
    let written = std::fs::create_dir_all(out.join(target)).and_then(|()| std::fs::write(&file, input));
    written.map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}
