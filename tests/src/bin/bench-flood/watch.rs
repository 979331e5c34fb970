//! Those who only want to watch, and what they notice.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use system_tests::counter::percentile;
use system_tests::http;
use system_tests::viewer::Viewer;

use crate::NAME;

/// Between two newcomers.
const EVERY: Duration = Duration::from_millis(100);

/// What was noticed. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched(Rc<RefCell<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    /// For each tag of a picture how much later it came than the earliest did, in milliseconds.
    late: Vec<f64>,
    /// From a newcomer's call to the end of the answer, in milliseconds.
    newcomers: Vec<f64>,
    failed: Option<String>,
}

impl Watched {
    /// So many of a hundred pictures came that late at most, against the earliest.
    pub(crate) fn late(&self, percent: f64) -> f64 {
        let seen = self.0.borrow();
        let least = seen.late.iter().copied().fold(f64::INFINITY, f64::min);
        percentile(&seen.late, percent).unwrap_or(f64::NAN) - least
    }

    /// So many of a hundred newcomers waited that long at most.
    pub(crate) fn newcomer(&self, percent: f64) -> f64 {
        percentile(&self.0.borrow().newcomers, percent).unwrap_or(f64::NAN)
    }

    pub(crate) fn failed(&self) -> Option<String> {
        self.0.borrow().failed.clone()
    }

    fn fail(&self, what: &str, error: &dyn std::fmt::Display) {
        self.0.borrow_mut().failed = Some(format!("{what}: {error}"));
    }
}

/// Watches by HTTP-FLV.
pub(crate) async fn flv(server: SocketAddr, watched: Watched) {
    if let Err(error) = watch(server, &watched).await {
        watched.fail("the viewer", &error);
    }
}

async fn watch(server: SocketAddr, watched: &Watched) -> std::io::Result<()> {
    let viewer = Viewer::open(server, NAME).await?;
    let mut viewer = viewer.ok_or_else(|| std::io::Error::other("there is no show"))?;
    let begun = Instant::now();
    // What there is from before comes in a heap.
    let mut newest = None;
    loop {
        let tag = viewer.tag().await?;
        let now = begun.elapsed().as_secs_f64() * 1e3;
        if tag.kind != container::flv::TagKind::Video {
            continue;
        }
        let first = *newest.get_or_insert(now);
        if now - first > 1_000.0 {
            watched.0.borrow_mut().late.push(now - f64::from(tag.timestamp));
        }
    }
}

/// Asks for the playlist as somebody does who comes, on a connection of its own.
pub(crate) async fn newcomers(server: SocketAddr, watched: Watched) {
    let path = format!("/live/{NAME}/index.m3u8");
    loop {
        let begun = Instant::now();
        match http::get(server, &path).await {
            Ok(answer) if answer.status == 200 => {
                let ms = begun.elapsed().as_secs_f64() * 1e3;
                watched.0.borrow_mut().newcomers.push(ms);
            }
            Ok(answer) => watched.fail("a newcomer", &answer.status),
            Err(error) => watched.fail("a newcomer", &error),
        }
        tokio::time::sleep(EVERY).await;
    }
}
