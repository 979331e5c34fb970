//! What viewers get while a show stands still: a picture that says so, in the stream's own size, rate and codec.
//!
//! It is played on the stream's own line, so that every protocol carries it, and players go on: where the publisher left off it
//! begins, behind a discontinuity and with its own configurations, and it ends with the key frame that the publisher comes
//! back with.
//!
//! - [`Form`] is what a stream needs, [`Round`] what is made of it once by a worker and then played over and over.
//! - `pace` says which tag comes when, without clock.
//! - `play` is the task that plays it.

mod form;
mod pace;
mod play;
mod round;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::{Code, Fault};
use bytes::Bytes;
use container::flv::Tag;

use crate::config;
use crate::worker::{SlateJob, Workers};

pub(crate) use form::Form;
pub(crate) use play::watch;
pub(crate) use round::Round;

/// The largest picture, in bytes.
pub(crate) const LARGEST_PICTURE: u64 = 8 << 20;
/// So many rounds are kept; most shows of a server have one form.
const KEPT: usize = 16;
/// "Back in a moment", in both languages.
const PICTURE: &[u8] = include_bytes!("../../../../assets/cover/cover.png");

/// What workers made, or why they can't.
type Made = Result<Arc<Vec<Tag>>, Fault>;

/// The slates that were made.
#[derive(Debug)]
pub(crate) struct Slates {
    picture: Bytes,
    /// The newest last; what no encoder makes stands there too, so that it isn't tried again.
    made: Mutex<VecDeque<(SlateJob, Made)>>,
    /// Who makes one holds it: one worker at a time.
    making: tokio::sync::Mutex<()>,
}

impl Slates {
    /// Of the picture that the configuration names, else of the built-in one.
    ///
    /// # Errors
    /// When it can't be read, is too large, or is neither PNG nor JPEG by its first bytes.
    pub(crate) fn open(config: &config::Stream) -> Result<Self, Fault> {
        let picture = match &config.slate {
            Some(path) => read(path)?,
            None => Bytes::from_static(PICTURE),
        };
        Ok(Self {
            picture,
            made: Mutex::default(),
            making: tokio::sync::Mutex::default(),
        })
    }

    /// The round for `form`, made if it isn't there; none when it can't be, which is said in the log.
    pub(crate) async fn round(&self, workers: &Workers, form: &Form) -> Option<Round> {
        let tags = self.tags(workers, form.job()).await;
        let round = tags.and_then(|tags| Round::new(form, &tags));
        let said = |fault: &Fault| tracing::warn!(%fault, "viewers get no slate while the show stands still");
        round.inspect_err(said).ok()
    }

    async fn tags(&self, workers: &Workers, job: SlateJob) -> Made {
        if job == SlateJob::default() {
            return Ok(Arc::default());
        }
        if let Some(made) = self.known(&job) {
            return made;
        }
        let _making = self.making.lock().await;
        // Another stream may have waited for the same.
        if let Some(made) = self.known(&job) {
            return made;
        }
        let made = workers.slate(&job, &self.picture).await.map(Arc::new);
        let lasts = made
            .as_ref()
            .err()
            .is_none_or(|fault| fault.code == Code::MediaUnsupported);
        if lasts {
            self.keep(job, made.clone());
        }
        made
    }

    fn known(&self, job: &SlateJob) -> Option<Made> {
        let made = self.held();
        let found = made.iter().find(|(known, _)| known == job);
        found.map(|(_, made)| made.clone())
    }

    fn keep(&self, job: SlateJob, tags: Made) {
        let mut made = self.held();
        if made.len() == KEPT {
            made.pop_front();
        }
        made.push_back((job, tags));
    }

    fn held(&self) -> MutexGuard<'_, VecDeque<(SlateJob, Made)>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> Result<Bytes, Fault> {
    let refuse = |why: String| {
        let message = format!("The picture {} can't be used as slate: {why}.", path.display());
        Fault::new(Code::ConfigInvalid, message)
    };
    let size = std::fs::metadata(path).map_err(|e| refuse(e.to_string()))?.len();
    if size > LARGEST_PICTURE {
        return Err(refuse("it is larger than 8 MiB".to_owned()));
    }
    let picture = std::fs::read(path).map_err(|e| refuse(e.to_string()))?;
    let known = picture.starts_with(b"\x89PNG\r\n\x1a\n") || picture.starts_with(b"\xff\xd8\xff");
    if !known {
        return Err(refuse("it is neither PNG nor JPEG".to_owned()));
    }
    Ok(picture.into())
}
