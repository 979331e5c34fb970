//! The publisher, and when each of its pictures was written.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use container::flv::{Reader, Tag, TagKind, video};
use rtmp::Target;
use rtmp::io::Publisher;
use tokio::task::JoinHandle;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds of media, which go round.
const SECONDS: u32 = 20;
/// So many bytes at its end tell a picture from others.
const TAIL: usize = 24;

/// What is published, over and over.
pub(crate) type Media = Vec<Tag>;

/// The media: 480p30 at 600 kbit/s with sound, a key frame each 2 s, no B-frames.
pub(crate) fn media(folder: &Path) -> Result<Media, Box<dyn Error>> {
    let file = folder.join("bench.flv");
    let args = "-v error -f lavfi -i testsrc2=size=854x480:rate=30 -f lavfi -i sine=frequency=440 -c:v libx264 \
                -preset veryfast -tune zerolatency -g 60 -b:v 536k -maxrate 536k -bufsize 268k -pix_fmt yuv420p -c:a aac \
                -b:a 64k";
    let made = Command::new("ffmpeg")
        .args(args.split_whitespace())
        .args(["-t", &SECONDS.to_string()])
        .arg(&file)
        .status()?;
    if !made.success() {
        return Err("ffmpeg can't make the stream".into());
    }
    let mut reader = Reader::new();
    reader.push(&std::fs::read(&file)?);
    Ok(std::iter::from_fn(|| reader.next_tag().ok().flatten()).collect())
}

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
