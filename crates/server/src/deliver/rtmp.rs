//! RTMP players: `rtmp://HOST/live/NAME`.

use std::net::IpAddr;

use rtmp::io::Connection;
use rtmp::server::Event;

use super::find;
use crate::App;
use crate::stream::{Form, Reader};

/// Plays stream `name` to the player at the other end, who comes from `address` and has asked for it, with `all_tracks`
/// or the first of each kind. True when the player stopped and may ask for something else.
pub(crate) async fn play(
    connection: &mut Connection,
    app: &App,
    address: IpAddr,
    name: &str,
    all_tracks: bool,
) -> bool {
    let (stream, _pass) = match (find(app, name), app.viewers.enter(address)) {
        (Err(fault), _) => {
            connection
                .reject("NetStream.Play.StreamNotFound", &fault.message)
                .await;
            return false;
        }
        (_, None) => {
            let message = "Too many viewers. Try again later.";
            connection.reject("NetStream.Play.Failed", message).await;
            return false;
        }
        (Ok(stream), Some(pass)) => (stream, pass),
    };
    connection.accept_play();
    tracing::info!(stream = %stream.name(), %address, "an RTMP player joined");
    let mut reader = Reader::new(stream, Form::Rtmp);
    reader.take_all_tracks(all_tracks);
    let stopped = feed(connection, reader).await;
    tracing::info!(name, %address, "an RTMP player left");
    stopped
}

async fn feed(connection: &mut Connection, mut reader: Reader) -> bool {
    loop {
        let event = tokio::select! {
            bytes = reader.next() => match bytes {
                Some(bytes) => connection.send(bytes).await,
                None => {
                    connection.end_play().await;
                    return false;
                }
            },
            event = connection.event() => event.map(Some),
        };
        match event {
            Ok(Some(Event::Stop)) => return true,
            Ok(Some(Event::Closed)) => return false,
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(%error, "an RTMP player's connection ended");
                return false;
            }
        }
    }
}
