//! RTMP players: `rtmp://HOST/live/NAME`.

use std::net::IpAddr;

use rtmp::io::Connection;
use rtmp::server::Event;

use super::find;
use crate::App;
use crate::stream::{Form, Reader};

/// Plays stream `name` to the player at the other end, who comes from `address` and has asked for it. True when
/// the player stopped and may ask for something else.
pub(crate) async fn play(connection: &mut Connection, app: &App, address: IpAddr, name: &str) -> bool {
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
    let stopped = feed(connection, Reader::new(stream, Form::Rtmp)).await;
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
