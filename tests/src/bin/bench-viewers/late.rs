//! Some more viewers, who note when each picture comes.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use container::flv::{Tag, TagKind};
use rtmp::io::Player;
use system_tests::counter::percentile;
use system_tests::viewer::Viewer;
use tokio::task::{JoinSet, LocalSet};

use crate::load::{Failure, Protocol, play};
use crate::peer::{NAME, Peer};

/// How many look.
const COUNT: usize = 20;

/// Viewers who look.
pub(crate) struct Looking {
    ages: Rc<RefCell<Vec<f64>>>,
    _tasks: JoinSet<()>,
}

/// Connects them; they run on `local`.
pub(crate) async fn start(protocol: Protocol, peer: &Peer, local: &LocalSet) -> Result<Looking, Failure> {
    let (ages, mut tasks, since) = (Rc::default(), JoinSet::new(), Instant::now());
    for _ in 0..COUNT {
        let mut looker = local.run_until(Looker::connect(protocol, peer)).await?;
        let ages = Rc::clone(&ages);
        let look = async move { while looker.look(&ages, since).await.is_ok() {} };
        tasks.spawn_local_on(look, local);
    }
    Ok(Looking { ages, _tasks: tasks })
}

impl Looking {
    /// What was noted before counts no more.
    pub(crate) fn reset(&self) {
        self.ages.borrow_mut().clear();
    }

    /// So many of a hundred pictures came so many milliseconds later than the earliest of all, at most.
    pub(crate) fn late(&self, percent: f64) -> f64 {
        let ages = self.ages.borrow();
        let least = ages.iter().copied().fold(f64::INFINITY, f64::min);
        percentile(&ages, percent).unwrap_or(f64::NAN) - least
    }
}

enum Looker {
    HttpFlv(Viewer),
    Rtmp(Box<Player>),
}

impl Looker {
    async fn connect(protocol: Protocol, peer: &Peer) -> Result<Self, Failure> {
        Ok(match protocol {
            Protocol::HttpFlv => {
                let viewer = Viewer::open(peer.http, NAME).await?;
                Self::HttpFlv(viewer.ok_or("the stream is not there")?)
            }
            Protocol::Rtmp | Protocol::NginxRtmp => Self::Rtmp(Box::new(play(peer).await?)),
        })
    }

    async fn look(&mut self, ages: &RefCell<Vec<f64>>, since: Instant) -> Result<(), Failure> {
        let tag: Tag = match self {
            Self::HttpFlv(viewer) => viewer.tag().await?,
            Self::Rtmp(player) => player.next_tag().await?,
        };
        if tag.kind == TagKind::Video {
            let now = since.elapsed().as_secs_f64() * 1e3;
            ages.borrow_mut().push(now - f64::from(tag.timestamp));
        }
        Ok(())
    }
}
