//! What reaches the server, picture by picture, and when: a viewer beside it keeps all, undecoded.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use container::flv::{Tag, TagKind};
use system_tests::PATIENCE;
use system_tests::delay::Taken;
use system_tests::player::Player;
use system_tests::viewer::Viewer;
use tokio::task::JoinHandle;

use crate::judge::Arrived;

/// A tag and when it came, in milliseconds of UTC.
type Kept = (Tag, f64);

/// A viewer that keeps what comes; when the stream ends, it comes again.
pub(crate) struct Arrivals {
    kept: Arc<Mutex<Vec<Kept>>>,
    task: JoinHandle<()>,
}

/// The time of day in milliseconds.
pub(crate) fn now_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs_f64() * 1e3
}

impl Arrivals {
    /// Watches the stream `name` of the server at `http`.
    pub(crate) fn start(http: SocketAddr, name: &str) -> Self {
        let (kept, name) = (Arc::<Mutex<Vec<Kept>>>::default(), name.to_owned());
        let keep = Arc::clone(&kept);
        let task = tokio::spawn(async move {
            while let Ok(mut viewer) = Viewer::wait(http, &name, PATIENCE).await {
                while let Ok(tag) = viewer.tag().await {
                    keep.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((tag, now_ms()));
                }
            }
        });
        Self { kept, task }
    }

    /// How many tags have come.
    pub(crate) fn count(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Ends; answers what came, and what could be read in it. `taken` says when pictures were taken.
    pub(crate) fn judge(self, taken: Taken) -> io::Result<Vec<Arrived>> {
        self.task.abort();
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut player, mut came) = (Player::new(), HashMap::new());
        let mut all = Vec::new();
        for (tag, at) in &kept {
            if tag.kind == TagKind::Video {
                came.insert(tag.timestamp, (*at, tag.data.len()));
            } else {
                all.push(Arrived::sound(*at, tag.data.len()));
            }
            // The sound isn't heard here, and costs time to decode.
            if tag.kind != TagKind::Audio {
                player.take(tag)?;
            }
        }
        player.finish()?;
        for picture in &player.pictures {
            let stamp = (picture.pts.as_nanos() / 1_000_000) as u32;
            if let (Some(number), Some((at, len))) = (picture.number, came.get(&stamp)) {
                all.push(Arrived {
                    at: *at,
                    bytes: *len,
                    picture: Some((number, taken.at(number))),
                });
            }
        }
        all.sort_by(|a, b| a.at.total_cmp(&b.at));
        Ok(all)
    }
}
