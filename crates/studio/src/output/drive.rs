//! One destination: connected, lost, tried again, without the show noticing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uplink::Reconnect;

use super::beside::Beside;
use super::connect::connect;
use super::line::{Line, LineError};
use super::moving::{Moving, Next};
use super::route::Route;
use super::{Destination, Item, ItemKind};
use crate::encoding::Tracks;

/// What still waits at the end of a show gets so long to leave.
const FAREWELL: Duration = Duration::from_secs(2);

/// Keeps the destination supplied until `end` says the show is over; then what waits is sent and it is left.
pub(crate) async fn drive(destination: Arc<Destination>, end: CancellationToken) {
    let mut reconnect = Reconnect::new(Instant::now(), destination.seed);
    let mut supplying = Supplying {
        beside: Beside::new(&destination),
        destination,
        moved: None,
        end,
    };
    loop {
        let (destination, end) = (&supplying.destination, &supplying.end);
        let line = tokio::select! {
            line = connect(destination, supplying.moved.as_ref(), &mut reconnect, false) => line,
            () = end.cancelled() => return,
        };
        reconnect.connected();
        destination.here();
        tracing::info!(output = destination.name, "connected");
        match supplying.by_one_or_another(line).await {
            Ok(()) => return,
            Err(error) => supplying.destination.away(&error),
        }
        reconnect.lost(Instant::now());
    }
}

/// A destination while it is supplied.
struct Supplying {
    destination: Arc<Destination>,
    beside: Beside,
    /// Where its server has moved us.
    moved: Option<Route>,
    end: CancellationToken,
}

/// How it ended without an error.
enum Over {
    /// With the show.
    Show,
    /// The line fell silent, and this one goes on.
    Replaced(Line),
}

impl Supplying {
    /// Supplies it until the connection is lost (an error) or the show is over, by another line where one falls silent.
    async fn by_one_or_another(&mut self, mut line: Line) -> Result<(), LineError> {
        loop {
            self.destination.queue.open();
            self.beside.begin(&mut line);
            let result = self.by(line).await;
            self.destination.queue.close();
            let another = match result {
                Ok(Over::Show) => return Ok(()),
                Ok(Over::Replaced(another)) => Ok(another),
                // A server that takes the other line closes this one.
                Err(error) => self.beside.instead().await.ok_or(error),
            };
            self.beside.end();
            line = another?;
            self.destination.replaced();
        }
    }

    /// Sends what the queue brings. Where the server asks to connect anew, it goes on there.
    async fn by(&mut self, mut line: Line) -> Result<Over, LineError> {
        let mut tracks = self.destination.tracks.clone();
        let tracks = tokio::select! {
            known = known(&mut tracks) => known,
            closed = line.closed() => return Err(closed),
            () = self.end.cancelled() => None,
        };
        let Some(tracks) = tracks else {
            return line.close().await.map(|()| Over::Show);
        };
        let mut opened = false;
        let mut moving = Moving::default();
        loop {
            let item = tokio::select! {
                item = self.destination.queue.next() => item,
                due = self.beside.due() => {
                    match self.beside.heed(due, &mut line, self.moved.as_ref()) {
                        Some(another) => return Ok(Over::Replaced(another)),
                        None => continue,
                    }
                }
                closed = line.closed() => return Err(closed),
                () = self.end.cancelled() => return self.farewell(line).await.map(|()| Over::Show),
            };
            if item.kind == ItemKind::Key {
                let next = tokio::select! {
                    // First: where nothing moves it is there at once, and the end of a show is for the farewell.
                    biased;
                    next = moving.at_key(line) => next?,
                    () = self.end.cancelled() => return Ok(Over::Show),
                };
                line = match next {
                    Next::Same(line) => line,
                    Next::Moved(mut line, route) => {
                        self.destination.moved();
                        self.beside.begin(&mut line);
                        (self.moved, opened) = (Some(route), false);
                        line
                    }
                };
            }
            if !opened {
                line.begin(&tracks[..], item.tag.timestamp).await?;
                opened = true;
            }
            if let Some(another) = self.send(&mut line, &item).await? {
                return Ok(Over::Replaced(another));
            }
            if let Some(route) = line.asked_to_reconnect() {
                moving.begin(route);
            }
            self.destination.heard(&mut line);
        }
    }

    /// Sends one packet, and heeds meanwhile what goes on beside the line, which may take nothing for a while: the line
    /// that goes on in its place, if there is one.
    async fn send(&mut self, line: &mut Line, item: &Item) -> Result<Option<Line>, LineError> {
        let bytes = line.push(item)?;
        loop {
            let due = tokio::select! {
                biased;
                sent = line.flush() => {
                    sent?;
                    break;
                }
                due = self.beside.due() => due,
            };
            if let Some(another) = self.beside.heed(due, line, self.moved.as_ref()) {
                return Ok(Some(another));
            }
        }
        let mut stats = self.destination.lock();
        stats.bytes += bytes as u64;
        match item.kind {
            ItemKind::Sound => stats.audio_sent += 1,
            ItemKind::Key | ItemKind::Picture => stats.frames_sent += 1,
        }
        Ok(None)
    }

    /// The end of a show: what still waits leaves, then the destination is told.
    async fn farewell(&mut self, mut line: Line) -> Result<(), LineError> {
        let rest = async {
            while let Some(item) = self.destination.queue.try_next() {
                if self.send(&mut line, &item).await?.is_some() {
                    // The silent one is where the show was: another is none to take leave by.
                    break;
                }
            }
            line.close().await
        };
        tokio::time::timeout(FAREWELL, rest).await.unwrap_or(Ok(()))
    }
}

/// The tracks, as soon as the encoders have begun; `None` when they never do.
async fn known(tracks: &mut watch::Receiver<Tracks>) -> Tracks {
    tracks.wait_for(Option::is_some).await.ok()?.clone()
}
