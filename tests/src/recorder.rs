//! Keeps what a viewer receives, undecoded: judged afterwards, so that judging takes nothing from who is judged.

use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use container::flv::video::{self, VideoTag};
use container::flv::{self, Tag, TagKind};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::PATIENCE;
use crate::viewer::Viewer;

/// A viewer that keeps what comes.
pub struct Recorder {
    tags: Arc<Mutex<Vec<Tag>>>,
    pictures: watch::Receiver<u64>,
    task: JoinHandle<io::Result<()>>,
}

impl Recorder {
    /// Waits for the show `name` at `address`, then keeps all that comes, from the first key frame on if it is there
    /// before the second.
    pub fn start(address: SocketAddr, name: &str) -> Self {
        let (tags, name) = (Arc::<Mutex<Vec<Tag>>>::default(), name.to_owned());
        let (tell, pictures) = watch::channel(0);
        let keep = Arc::clone(&tags);
        let task = tokio::spawn(async move {
            let mut viewer = Viewer::wait(address, &name, PATIENCE).await?;
            loop {
                let tag = viewer.tag().await?;
                let picture = is_picture(&tag);
                keep.lock().unwrap_or_else(PoisonError::into_inner).push(tag);
                if picture {
                    tell.send_modify(|pictures| *pictures += 1);
                }
            }
        });
        Self { tags, pictures, task }
    }

    /// Waits until so many pictures have come.
    ///
    /// # Errors
    /// They don't within `patience`, or the connection ends.
    pub async fn pictures(&mut self, count: u64, patience: Duration) -> io::Result<()> {
        let enough = self.pictures.wait_for(|pictures| *pictures >= count);
        if matches!(timeout(patience, enough).await, Ok(Ok(_))) {
            return Ok(());
        }
        let came = *self.pictures.borrow();
        Err(io::Error::other(format!(
            "{came} pictures came instead of {count} in {patience:?}"
        )))
    }

    /// Ends; answers what came.
    pub fn stop(self) -> Vec<Tag> {
        self.task.abort();
        std::mem::take(&mut *self.tags.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes what came into an FLV file, for people to look at.
///
/// # Errors
/// The file can't be written.
pub fn keep(tags: &[Tag], file: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(file)?);
    file.write_all(&flv::header(true, true))?;
    tags.iter()
        .try_for_each(|tag| file.write_all(&flv::write_tag(tag)))?;
    file.flush()
}

fn is_picture(tag: &Tag) -> bool {
    tag.kind == TagKind::Video && matches!(video::parse(&tag.data), Ok(VideoTag::Frame { .. }))
}
