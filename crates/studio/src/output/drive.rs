//! One destination: connected, lost, tried again, without the show noticing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uplink::{Attempt, Reconnect};

use super::line::{Line, LineError};
use super::moving::{Moving, Next};
use super::pulse::Pulse;
use super::route::Route;
use super::{Destination, Item, ItemKind};
use crate::encoding::Tracks;

/// What still waits at the end of a show gets so long to leave.
const FAREWELL: Duration = Duration::from_secs(2);

/// Keeps the destination supplied until `end` says the show is over; then what waits is sent and it is left.
pub(crate) async fn drive(destination: Arc<Destination>, end: CancellationToken) {
    let mut reconnect = Reconnect::new(Instant::now(), destination.seed);
    let mut moved = None;
    let mut pulse = Pulse::new(destination.wanted);
    loop {
        let line = tokio::select! {
            line = connect(&destination, moved.as_ref(), &mut reconnect) => line,
            () = end.cancelled() => return,
        };
        reconnect.connected();
        destination.here();
        tracing::info!(output = destination.name, "connected");
        destination.queue.open();
        pulse.begin();
        let result = supply(&destination, line, &mut moved, &mut pulse, &end).await;
        destination.queue.close();
        match result {
            Ok(()) => return,
            Err(error) => destination.away(&error),
        }
        reconnect.lost(Instant::now());
    }
}

/// A connection that takes the show: a fresh try at each due moment, whatever the earlier ones do. Where the server
/// has moved us, every other try goes there, the first too.
async fn connect(destination: &Arc<Destination>, moved: Option<&Route>, reconnect: &mut Reconnect) -> Line {
    let mut tries = JoinSet::new();
    loop {
        let due = reconnect.due().unwrap_or_else(Instant::now);
        tokio::select! {
            () = tokio::time::sleep_until(due.into()) => {
                let room = tries.len() < destination.route.tries();
                if let Some(Attempt(number)) = reconnect.poll(Instant::now()) && room {
                    let there = moved.filter(|_| number % 2 == 1);
                    let route = there.unwrap_or(&destination.route).clone();
                    tries.spawn(route.connect());
                }
            }
            Some(Ok(result)) = tries.join_next() => match result {
                Ok(line) => return line,
                Err(error) => {
                    destination.lock().failed_tries += 1;
                    destination.failed(&error);
                    if error.is_refusal() {
                        reconnect.refused(Instant::now());
                    }
                }
            },
        }
    }
}

/// Sends what the queue brings until the connection is lost (an error) or the show is over. Where the server asks to
/// connect anew, it goes on there, which `moved` says then.
async fn supply(
    destination: &Destination,
    mut line: Line,
    moved: &mut Option<Route>,
    pulse: &mut Pulse,
    end: &CancellationToken,
) -> Result<(), LineError> {
    let mut tracks = destination.tracks.clone();
    let tracks = tokio::select! {
        known = known(&mut tracks) => known,
        closed = line.closed() => return Err(closed),
        () = end.cancelled() => None,
    };
    let Some(tracks) = tracks else {
        return line.close().await;
    };
    let mut opened = false;
    let mut moving = Moving::default();
    loop {
        let item = tokio::select! {
            item = destination.queue.next() => item,
            () = pulse.due() => {
                pulse.ask(&line, destination);
                continue;
            }
            closed = line.closed() => return Err(closed),
            () = end.cancelled() => return farewell(destination, line, pulse).await,
        };
        if item.kind == ItemKind::Key {
            let next = tokio::select! {
                // First: where nothing moves it is there at once, and the end of a show is for the farewell.
                biased;
                next = moving.at_key(line) => next?,
                () = end.cancelled() => return Ok(()),
            };
            line = match next {
                Next::Same(line) => line,
                Next::Moved(line, route) => {
                    destination.moved();
                    pulse.begin();
                    (*moved, opened) = (Some(route), false);
                    line
                }
            };
        }
        if !opened {
            line.begin(&tracks[..], item.tag.timestamp).await?;
            opened = true;
        }
        send(destination, &mut line, &item, pulse).await?;
        if let Some(route) = line.asked_to_reconnect() {
            moving.begin(route);
        }
        destination.heard(&mut line);
    }
}

/// The tracks, as soon as the encoders have begun; `None` when they never do.
async fn known(tracks: &mut watch::Receiver<Tracks>) -> Tracks {
    tracks.wait_for(Option::is_some).await.ok()?.clone()
}

/// Sends one packet, and asks the line meanwhile how it is: it may take nothing for a while.
async fn send(
    destination: &Destination,
    line: &mut Line,
    item: &Item,
    pulse: &mut Pulse,
) -> Result<(), LineError> {
    let bytes = line.push(item)?;
    loop {
        tokio::select! {
            biased;
            sent = line.flush() => {
                sent?;
                break;
            }
            () = pulse.due() => pulse.ask(line, destination),
        }
    }
    let mut stats = destination.lock();
    stats.bytes += bytes as u64;
    match item.kind {
        ItemKind::Sound => stats.audio_sent += 1,
        ItemKind::Key | ItemKind::Picture => stats.frames_sent += 1,
    }
    Ok(())
}

/// The end of a show: what still waits leaves, then the destination is told.
async fn farewell(destination: &Destination, mut line: Line, pulse: &mut Pulse) -> Result<(), LineError> {
    let rest = async {
        while let Some(item) = destination.queue.try_next() {
            send(destination, &mut line, &item, pulse).await?;
        }
        line.close().await
    };
    tokio::time::timeout(FAREWELL, rest).await.unwrap_or(Ok(()))
}
