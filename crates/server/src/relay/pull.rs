//! From another server to here.

use std::sync::Arc;
use std::time::Instant;

use api::server::RelayState;
use rtmp::io::Player;
use uplink::Reconnect;

use super::{CONNECT, End, Relay, end};
use crate::stream::{Publisher, Who};
use crate::{App, clock};

impl Relay {
    /// Plays from the other server and publishes here, until one of both ends.
    pub(super) async fn pull_once(&self, app: &Arc<App>, pace: &mut Reconnect) -> End {
        let mut player = match Player::connect(self.target.clone(), CONNECT).await {
            Ok(player) => player,
            Err(error) => return end(&error),
        };
        let mut publisher = None;
        loop {
            // Until there is something to pass on the stream may be another's.
            let tag = tokio::select! {
                tag = player.next_tag() => tag,
                () = replaced(publisher.as_mut()) => return End::Over,
            };
            let tag = match tag {
                Ok(tag) => tag,
                Err(error) => return lost(publisher, &error),
            };
            let publisher = match &publisher {
                Some(publisher) => publisher,
                None => match app.hub.claim(&self.stream, self.who(), Instant::now()) {
                    Ok(claimed) => {
                        tracing::info!(stream = %self.stream, server = self.server(), "pulling");
                        pace.connected();
                        self.enter(RelayState::Running);
                        publisher.insert(claimed)
                    }
                    Err(fault) => return End::Refused(fault),
                },
            };
            self.status().bytes += tag.data.len() as u64;
            publisher.take(&tag, clock::arrival());
        }
    }

    fn who(&self) -> Who {
        Who {
            agent: "relay".into(),
            address: self.server(),
            reconnects: false,
            key_frames: false,
            since: Instant::now(),
        }
    }
}

fn lost(publisher: Option<Publisher>, error: &rtmp::Error) -> End {
    let end = end(error);
    if let (Some(mut publisher), End::Lost(fault) | End::Refused(fault)) = (publisher, &end) {
        publisher.fail(fault.clone());
    }
    end
}

async fn replaced(publisher: Option<&mut Publisher>) {
    match publisher {
        Some(publisher) => publisher.replaced().await,
        None => std::future::pending().await,
    }
}
