//! Playing a slate on a stream, in real time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::task::TaskTracker;

use super::pace::{Due, Pace};
use super::{Form, Round};
use crate::stream::{Arrival, Begin, Stream};
use crate::{App, clock};

/// How often it is looked whether a stream stands still.
const LOOK: Duration = Duration::from_millis(250);

/// Looks after all streams, for ever: those that stand still and are watched get a slate.
pub(crate) async fn watch(app: &Arc<App>, tasks: &TaskTracker) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        for stream in app.hub.list() {
            if let Some((form, due)) = stream.wants_slate(Instant::now()) {
                tasks.spawn(play(Arc::clone(app), stream, form, due));
            }
        }
    }
}

/// Plays the slate of `form` from `due` on until the publisher's pictures come again or the show ends.
async fn play(app: Arc<App>, stream: Arc<Stream>, form: Form, due: Instant) {
    let _place = Place(&stream);
    let Some(round) = app.slates.round(&app.workers, &form).await else {
        stream.refuse_slate();
        return;
    };
    // None when the publisher is back by then.
    let Some(begin) = stream.slate_stands_by(&round.configurations, due).await else {
        return;
    };
    tracing::info!(stream = %stream.name(), "the show stands still: viewers get the slate");
    follow(&stream, &round, begin).await;
    tracing::info!(stream = %stream.name(), "the slate is over");
}

async fn follow(stream: &Arc<Stream>, round: &Round, begin: Begin) {
    let mut pace = Pace::new(begin.ms);
    while let Some(Due { ms, tag }) = pace.next(round) {
        let after = u64::try_from(ms - begin.ms).unwrap_or(0);
        tokio::time::sleep_until((begin.at + Duration::from_millis(after)).into()).await;
        let arrival = Arrival {
            now: Instant::now(),
            utc: clock::utc(),
        };
        if !stream.take_slate(&tag, ms, arrival) {
            return;
        }
    }
}

/// While there is one no other slate begins on the stream.
struct Place<'a>(&'a Stream);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.leave_slate();
    }
}
