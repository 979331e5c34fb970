//! Publishers by WebRTC (WHIP).

mod assemble;
mod times;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use api::server::WebRtcStats;
use api::{Code, Fault};
use rtc::net::Session;
use rtc::{Event, Line, Transport};

use super::rtmp::printable;
use crate::stream::{Publisher, Who, Wish};
use crate::webrtc::Leave;
use crate::{App, Name, clock};
use assemble::Assembler;

/// A publisher that sends nothing for so long is ended, as by RTMP.
const SILENT: Duration = Duration::from_secs(30);

/// The place of a publisher at stream `name`.
pub(crate) fn claim(app: &App, name: &Name, address: SocketAddr, agent: &str) -> Result<Publisher, Fault> {
    let now = Instant::now();
    let who = Who {
        agent: printable(agent),
        address: address.to_string(),
        reconnects: false,
        key_frames: true,
        since: now,
    };
    let publisher = app.hub.claim(name, who, now)?;
    tracing::info!(stream = %name, %address, "publishing by WebRTC");
    Ok(publisher)
}

/// Hands on what comes until it ends, by the publisher's `leave`, by a fault or because another took the place.
pub(crate) async fn receive(mut session: Session, mut publisher: Publisher, leave: &Leave) {
    let mut assembler = Assembler::default();
    let mut heard = Instant::now();
    loop {
        let event = tokio::select! {
            event = session.next() => event,
            wish = publisher.wish() => match wish {
                Some(Wish::KeyFrame) => {
                    session.request_key_frame();
                    continue;
                }
                // There is no word for it.
                Some(Wish::Reconnect(_)) => continue,
                None => break session.close(),
            },
        };
        match event {
            Event::Media(media) => {
                heard = Instant::now();
                for tag in assembler.take(&media) {
                    publisher.take(&tag, clock::arrival());
                }
                if assembler.wants_key_frame(Instant::now()) {
                    session.request_key_frame();
                }
            }
            Event::Line(line) => {
                publisher.web_rtc(stats(&line, assembler.broken()));
                if heard.elapsed() > SILENT {
                    let message = "The publisher sent neither picture nor sound for 30 s.";
                    publisher.fail(Fault::new(Code::PublisherLost, message));
                    break session.close();
                }
            }
            Event::Ended if leave.was_taken() => break publisher.farewell(),
            Event::Ended => {
                let message = "The publisher's connection was lost.";
                publisher.fail(Fault::new(Code::PublisherLost, message));
                break;
            }
            Event::Connected | Event::KeyFrameWanted => {}
        }
    }
    tracing::info!("a publisher by WebRTC left");
}

fn stats(line: &Line, broken: u64) -> WebRtcStats {
    WebRtcStats {
        rtt_ms: line.rtt.map(|rtt| rtt.as_secs_f64() * 1e3),
        lost: line.received_lost.map(f64::from),
        broken,
        tcp: line.transport == Some(Transport::Tcp),
    }
}
