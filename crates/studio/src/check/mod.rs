//! The check before a show: what the line carries, whether places answer, and what else would spoil the show.
//!
//! Nobody goes on the air by it. The upload is measured at the companion server, which counts and throws away; a place is
//! connected to, within TLS where it asks for that, and greeted as its protocol begins, but is told neither a key nor a stream.

mod findings;
mod once;
mod paced;
mod reach;
mod upload;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::check::{CheckState, PlaceCheck, UploadCheck};
use rtmp::Secret;
use uplink::Distance;

use crate::output::companion::{self, Asking, is_at};
use crate::output::{fetch, onward};
use crate::show::{Companion, Output};

pub(crate) use findings::{Facts, findings};
pub(crate) use once::once;
pub(crate) use upload::Measured;
use upload::Measurement;

/// How long places are asked, before the upload is measured.
const PLACES: Duration = Duration::from_secs(5);

/// What a check looks at.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The places that are on, the most important first.
    pub(crate) outputs: Vec<Output>,
    pub(crate) companion: Option<Companion>,
}

impl Plan {
    /// The places that are sent to from here.
    fn direct(&self) -> impl Iterator<Item = &Output> {
        self.outputs.iter().filter(|output| !output.passed_on)
    }

    /// What each of those is to be sent, in kbit/s.
    pub(crate) fn wanted(&self) -> Vec<u32> {
        self.direct().map(wanted).collect()
    }

    fn address(&self) -> Option<reqwest::Url> {
        companion::address(self.companion.as_ref())
    }

    /// Whether the ways to all places are the one to the companion server, or lead outside as that does.
    fn is_covered(&self) -> bool {
        let address = self.address();
        let Some(host) = address.as_ref().and_then(companion::host) else {
            return false;
        };
        Distance::of(host) == Distance::Far || self.outputs.iter().all(|output| is_at(output, Some(host)))
    }
}

/// What `output` is to be sent, in kbit/s.
fn wanted(output: &Output) -> u32 {
    output.video.bitrate + output.audio.bitrate
}

/// How a check goes: told by its task, read by whoever asks.
#[derive(Debug)]
pub(crate) struct Progress {
    begun: Instant,
    takes: Duration,
    state: Mutex<CheckState>,
    measurement: Mutex<Option<Arc<Measurement>>>,
}

/// What came of a check.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) places: Vec<PlaceCheck>,
    /// Places with keys that look like something else.
    pub(crate) odd: Vec<String>,
    /// Places without a key.
    pub(crate) keyless: Vec<String>,
    /// None where it couldn't be measured.
    pub(crate) upload: Option<Measured>,
    /// Whether what was measured holds for the ways to all places.
    pub(crate) covers: bool,
    /// To how many places the companion server passes a show on; none where it doesn't say.
    pub(crate) passes_on: Option<u32>,
}

impl Progress {
    /// Of a check that begins now.
    pub(crate) fn begin(plan: &Plan) -> Arc<Self> {
        let place = |output: &Output| PlaceCheck {
            name: output.name.clone(),
            passed_on: output.passed_on,
            ..PlaceCheck::default()
        };
        let state = CheckState {
            running: true,
            places: plan.outputs.iter().map(place).collect(),
            ..CheckState::default()
        };
        let measured = plan.companion.is_some();
        Arc::new(Self {
            begun: Instant::now(),
            takes: if measured { upload::TAKES } else { PLACES },
            state: Mutex::new(state),
            measurement: Mutex::default(),
        })
    }

    /// How it is now.
    pub(crate) fn state(&self, wanted_kbps: u32) -> CheckState {
        let mut state = lock(&self.state).clone();
        // It is never done before it has ended.
        state.progress = (self.begun.elapsed().as_secs_f32() / self.takes.as_secs_f32()).min(0.99);
        state.upload = lock(&self.measurement).as_ref().map(|measurement| UploadCheck {
            kbps: measurement.sent(),
            wanted_kbps,
            ..UploadCheck::default()
        });
        state
    }

    fn place(&self, at: usize, check: PlaceCheck) {
        lock(&self.state).places[at] = check;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries a check out. Can be dropped at any moment.
pub(crate) async fn check(plan: Plan, progress: Arc<Progress>) -> Checked {
    let keys = keys(plan.outputs.clone()).await;
    let places = async {
        let reached = plan.outputs.iter().enumerate().map(async |(at, output)| {
            let (reach, here) = reach::reach(output, PLACES).await;
            let check = PlaceCheck {
                name: output.name.clone(),
                reach,
                here,
                passed_on: output.passed_on,
            };
            progress.place(at, check.clone());
            check
        });
        futures_util::future::join_all(reached).await
    };
    let asking = at_companion(&plan, &keys);
    let upload = async {
        let Some(asking) = asking else {
            return (None, None);
        };
        let passes_on = onward::most(&asking).await;
        (measure(&plan, asking, &progress).await, passes_on)
    };
    let (places, (upload, passes_on)) = tokio::join!(places, upload);
    let of = |wrong: fn(&Option<Secret>) -> bool| {
        let keys = plan.outputs.iter().zip(&keys);
        keys.filter(|(_, key)| wrong(key))
            .map(|(output, _)| output.name.clone())
            .collect()
    };
    let covers = upload.is_some() && plan.is_covered();
    Checked {
        odd: of(|key| key.as_ref().is_some_and(|key| is_odd(key.expose()))),
        keyless: of(Option::is_none),
        places,
        upload,
        covers,
        passes_on,
    }
}

/// The places' keys. The keyring may take its time.
async fn keys(outputs: Vec<Output>) -> Vec<Option<Secret>> {
    let count = outputs.len();
    let fetched = tokio::task::spawn_blocking(move || {
        outputs
            .iter()
            .map(|output| fetch(output, &output.key).ok())
            .collect()
    });
    fetched.await.unwrap_or_else(|_| vec![None; count])
}

/// The companion server, asked with the key of a place that is there.
fn at_companion(plan: &Plan, keys: &[Option<Secret>]) -> Option<Asking> {
    let companion = plan.address()?;
    let places = plan.outputs.iter().zip(keys);
    let mut there = places.filter(|(output, _)| is_at(output, companion::host(&companion)));
    let (output, key) = there.find_map(|(output, key)| Some((output, key.clone()?)))?;
    Asking::at(&companion, key, &output.url)
}

/// Measures the upload at the companion server.
async fn measure(plan: &Plan, companion: Asking, progress: &Progress) -> Option<Measured> {
    let measurement = Arc::new(Measurement::new(companion, plan.wanted().iter().sum()));
    if !measurement.leads_outside().await {
        return None;
    }
    *lock(&progress.measurement) = Some(Arc::clone(&measurement));
    measurement.run().await
}

/// Whether `key` is likely something else that was pasted: an address, several words.
fn is_odd(key: &str) -> bool {
    let key = key.trim();
    key.contains("://") || key.chars().any(|c| c.is_whitespace() || c.is_control()) || key.len() < 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_none_is_odd() {
        for odd in ["rtmp://live.example/app", "my key", "a\nb", "x", ""] {
            assert!(is_odd(odd), "{odd}");
        }
        assert!(!is_odd("live_123_AbC-4") && !is_odd("#!::r=show,m=publish"));
    }
}
