//! Support bundles of this computer: what they are made of. What may be said of it decides the crate `support`.

mod noting;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use ::support::{About, Material};
use api::health::History;
use api::source::Kind;
use api::state::State;
use api::support::Bundle;
use media::Utc;

pub(crate) use crate::past::Unread;
use crate::{past, platform, presets};

pub use noting::{Noting, noting};

/// A show that is open, and how it was so far.
pub(crate) struct Open {
    pub(crate) state: State,
    /// What its sources are.
    pub(crate) kinds: Vec<(String, Kind)>,
    /// How it was since it was sent, whole and its last five minutes.
    pub(crate) past: (History, History),
}

/// Makes a bundle of `open` or of no show, with the history `of` an earlier one from the folder `histories`; where none
/// is asked for, with the open show's own, or else the newest there is. Waits for the disk.
///
/// # Errors
/// The history that was asked for can't be had.
pub(crate) fn make(
    open: Option<Open>,
    histories: Option<&Path>,
    of: Option<String>,
    failure: Option<String>,
) -> Result<Bundle, Unread> {
    let computer = platform::computer();
    let (state, kinds, own) = match open {
        Some(open) => (Some(open.state), open.kinds, Some(open.past)),
        None => (None, Vec::new(), None),
    };
    let past = match of {
        Some(of) => Some(kept(histories.ok_or(Unread::Unknown)?, &of)?),
        None => own
            .filter(|(whole, _)| !whole.places.is_empty())
            .or_else(|| newest(histories?)),
    };
    let (whole, recent) = past.unzip();
    let known = &presets::known().platforms;
    Ok(::support::make(Material {
        about: About {
            version: env!("CARGO_PKG_VERSION").into(),
            made: now(),
            running_seconds: noting::running().as_secs_f64(),
            system: computer.system,
            kernel: computer.kernel,
            arch: std::env::consts::ARCH.into(),
            processor: computer.processor,
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_mib: computer.memory_mib,
            failure,
        },
        state,
        kinds,
        whole,
        recent,
        notes: noting::noted(),
        private: computer.private,
        is_platform: &|id| known.iter().any(|platform| platform.id == id),
    }))
}

/// A bundle while no show is open, for the reason that the code `failure` names; the rest as above.
///
/// # Errors
/// A code and a sentence: the history that was asked for can't be had.
pub fn without_show(
    histories: Option<PathBuf>,
    of: Option<String>,
    failure: Option<String>,
) -> Result<Bundle, api::studio::Failure> {
    make(None, histories.as_deref(), of, failure).map_err(|unread| api::studio::Failure {
        code: unread.code().into(),
        sentence: unread.to_string(),
    })
}

fn kept(folder: &Path, id: &str) -> Result<(History, History), Unread> {
    Ok((past::read(folder, id, true)?, past::read(folder, id, false)?))
}

fn newest(folder: &Path) -> Option<(History, History)> {
    let newest = past::list(folder).into_iter().next()?;
    kept(folder, &newest.id).ok()
}

/// This minute as it stands in a file's name, in UTC: `2026-11-22-2130`.
pub fn stamp() -> String {
    let now = now();
    let (day, time) = now.split_once('T').unwrap_or((&now, ""));
    let digits: String = time.chars().filter(char::is_ascii_digit).take(4).collect();
    format!("{day}-{digits}")
}

fn now() -> String {
    // A clock before 1970 is as wrong as one at it.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Utc(i64::try_from(since.as_micros()).unwrap_or_default()).iso_millis()
}
