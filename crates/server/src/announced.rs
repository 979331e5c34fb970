//! The shows that are announced, kept in a file: a restart forgets none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use api::Fault;
use media::Utc;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::Name;
use crate::clock;
use crate::data;
use crate::ingest::show::moment;
use crate::stream::Hub;

/// `DATA/announced.toml`.
#[derive(Debug)]
pub(crate) struct Announced {
    data: PathBuf,
    /// What stands in the file.
    kept: Mutex<List>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    show: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    /// RFC 3339; absent where it isn't known.
    begins: Option<String>,
}

impl Announced {
    /// Reads the file in `data` and announces its shows in `hub`. A file that can't be read is passed over, and said: no show
    /// has to wait for it.
    pub(crate) fn open(data: &Path, hub: &Hub) -> Self {
        let list = read(data).unwrap_or_else(|why| {
            tracing::warn!("the announced shows can't be read: {why}");
            List::default()
        });
        for entry in &list.show {
            if let Err(fault) = restore(entry, hub) {
                tracing::warn!(show = entry.name, %fault, "an announced show is passed over");
            }
        }
        Self {
            data: data.to_owned(),
            kept: Mutex::new(list),
        }
    }

    /// Writes the file anew if other shows are announced than stand in it.
    pub(crate) async fn keep(&self, hub: &Hub) {
        let mut kept = self.kept.lock().await;
        let show = hub.announced().into_iter().map(|(name, begins)| Entry {
            name: name.to_string(),
            begins: begins.map(Utc::iso_millis),
        });
        let list = List { show: show.collect() };
        if list == *kept {
            return;
        }
        let (data, new) = (self.data.clone(), list.clone());
        let written = tokio::task::spawn_blocking(move || write(&data, &new)).await;
        if let Ok(Err(why)) = written {
            tracing::warn!("the announced shows can't be kept: {why}");
        }
        // Also where it failed: it is tried again with the next change.
        *kept = list;
    }
}

fn restore(entry: &Entry, hub: &Hub) -> Result<(), Fault> {
    let begins = entry.begins.as_deref().map(moment).transpose()?;
    hub.announce(&Name::new(&entry.name)?, begins, Instant::now(), clock::utc())
}

fn path(data: &Path) -> PathBuf {
    data.join("announced.toml")
}

fn read(data: &Path) -> io::Result<List> {
    match fs::read_to_string(path(data)) {
        Ok(text) => toml::from_str(&text).map_err(io::Error::other),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(List::default()),
        Err(e) => Err(e),
    }
}

fn write(data: &Path, list: &List) -> io::Result<()> {
    let text = toml::to_string(list).map_err(io::Error::other)?;
    data::write_private(data, &path(data), &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[tokio::test]
    async fn an_announced_show_is_still_announced_after_a_restart() {
        let data = tempfile::tempdir().unwrap();
        let hub = Hub::new(config::Stream::default());
        let announced = Announced::open(data.path(), &hub);
        let (first, second) = (Name::new("first").unwrap(), Name::new("second").unwrap());
        let begins = Utc(clock::utc().as_micros() / 1_000 * 1_000 + 60_000_000);
        hub.announce(&first, Some(begins), Instant::now(), clock::utc())
            .unwrap();
        hub.announce(&second, None, Instant::now(), clock::utc()).unwrap();
        announced.keep(&hub).await;

        let again = Hub::new(config::Stream::default());
        let announced = Announced::open(data.path(), &again);
        assert_eq!(again.announced(), [(first.clone(), Some(begins)), (second, None)]);

        assert!(again.end(&first, Instant::now()));
        announced.keep(&again).await;
        let last = Hub::new(config::Stream::default());
        Announced::open(data.path(), &last);
        assert_eq!(last.announced().len(), 1);
    }

    #[test]
    fn a_damaged_file_keeps_nobody_from_going_live() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("announced.toml"), b"[[show]\nname").unwrap();
        let hub = Hub::new(config::Stream::default());
        Announced::open(data.path(), &hub);
        assert!(hub.announced().is_empty());
    }
}
