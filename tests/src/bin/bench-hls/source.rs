//! The publisher, and when each of its pictures was written.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use container::flv::{Tag, TagKind, video};
use rtmp::Target;
use rtmp::io::Publisher;
use tokio::task::JoinHandle;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds of media, which go round.
pub(crate) const SECONDS: u32 = 20;
/// So many bytes at its end tell a picture from others.
const TAIL: usize = 24;

/// What is published, over and over.
pub(crate) type Media = Vec<Tag>;

/// When pictures were written, by their last bytes; the newest of those that are alike.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written(Arc<Mutex<HashMap<[u8; TAIL], Instant>>>);

impl Written {
    fn note(&self, tag: &Tag) {
        if let (TagKind::Video, false, Some(tail)) = (
            tag.kind,
            video::is_sequence_header(&tag.data),
            tag.data.last_chunk(),
        ) {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            held.insert(*tail, Instant::now());
        }
    }

    /// When the last picture of a part was written; none of a part of sound.
    pub(crate) fn of(&self, part: &[u8]) -> Option<Instant> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(part.last_chunk::<TAIL>()?).copied()
    }
}

/// A publisher under way.
pub(crate) struct Source {
    written: Written,
    task: JoinHandle<Result<(), rtmp::Error>>,
}

impl Source {
    /// Publishes `media` at its own pace to `address`, which ends with the key.
    pub(crate) async fn start(address: &str, media: &Media) -> Result<Self, Box<dyn Error>> {
        let (url, key) = address.rsplit_once('/').ok_or("an address has a key")?;
        let publisher = Publisher::connect(Target::new(url, key)?, TIMEOUT).await?;
        let written = Written::default();
        let task = tokio::spawn(send(publisher, media.clone(), written.clone()));
        Ok(Self { written, task })
    }

    pub(crate) fn written(&self) -> Written {
        self.written.clone()
    }

    pub(crate) async fn stop(self) {
        self.task.abort();
        // It was asked to end.
        let _ = self.task.await;
    }
}

async fn send(mut publisher: Publisher, media: Media, written: Written) -> Result<(), rtmp::Error> {
    let began = tokio::time::Instant::now();
    for round in 0.. {
        for tag in &media {
            let repeated = round > 0 && (tag.kind == TagKind::Script || video::is_sequence_header(&tag.data));
            if repeated && tag.kind != TagKind::Audio {
                continue;
            }
            let timestamp = tag.timestamp + round * SECONDS * 1_000;
            let due = began + Duration::from_millis(timestamp.into());
            tokio::time::sleep_until(due).await;
            let tag = Tag {
                timestamp,
                ..tag.clone()
            };
            publisher.send(&tag).await?;
            written.note(&tag);
        }
    }
    Ok(())
}
