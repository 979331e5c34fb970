//! Viewers by WebRTC (WHEP).

use media::Timestamp;
use rtc::net::Session;
use rtc::{Event, Line, Unit};

use crate::rendition::Seat;
use crate::stream::Watcher;

/// Sends a stream until the viewer leaves or it ends.
pub(crate) async fn play(mut session: Session, mut seat: Seat) {
    let stream = seat.stream().clone();
    let name = stream.name().clone();
    let watcher = Watcher::new(stream);
    tracing::info!(stream = %name, "a viewer joined by WebRTC");
    let mut line = Line::default();
    loop {
        let event = tokio::select! {
            event = session.next() => event,
            unit = seat.reader.next(), if session.is_connected() => match unit {
                Some(unit) => {
                    watcher.sent(unit.len());
                    session.send(&unit, unit.pts);
                    continue;
                }
                None => {
                    session.close();
                    break;
                }
            },
        };
        match event {
            Event::Connected => join(&mut session, &mut seat, &watcher),
            Event::KeyFrameWanted => seat.want_key_frame(),
            Event::Line(now) => {
                watcher.skipped(now.skipped - line.skipped);
                session.set_rate(watcher.stream_bits());
                line = now;
            }
            Event::Media(_) => {}
            Event::Ended => break,
        }
    }
    tracing::info!(stream = %name, rtt = ?line.rtt, lost = ?line.sent_lost, "a viewer by WebRTC left");
}

/// The newest pictures at once.
fn join(session: &mut Session, seat: &mut Seat, watcher: &Watcher) {
    session.set_rate(watcher.stream_bits());
    let pictures: Vec<(Unit, Timestamp)> = seat.reader.join();
    for (unit, at) in &pictures {
        watcher.sent(unit.len());
        session.send(unit, *at);
    }
}
