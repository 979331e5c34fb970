//! Players by SRT: a transport stream from the newest key frame on.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use srt::{MAX_PAYLOAD, Socket};

use super::ts::TransportWriter;
use crate::stream::{Form, Reader, Stream};

/// Bytes of a message: seven transport packets.
const MESSAGE: usize = 7 * container::ts::PACKET;
/// What a player gets to take the end of a stream.
const FAREWELL: Duration = Duration::from_secs(1);

/// Plays `stream` to the player at the other end, until either ends.
pub(crate) async fn play(socket: Socket, stream: Arc<Stream>) {
    let (name, address) = (stream.name().clone(), socket.peer_addr());
    tracing::info!(stream = %name, %address, "an SRT player joined");
    let why = match feed(&socket, Reader::new(stream, Form::Srt)).await {
        Ok(()) => {
            socket.close(FAREWELL).await;
            "the stream ended".to_owned()
        }
        Err(why) => why,
    };
    tracing::info!(stream = %name, %address, why, "an SRT player left");
}

/// Sends what comes until the stream ends.
async fn feed(socket: &Socket, mut reader: Reader) -> Result<(), String> {
    let mut writer = TransportWriter::default();
    let mut out = BytesMut::new();
    while let Some(tags) = next(socket, &mut reader).await? {
        writer.write(&tags, &mut out).map_err(|error| error.to_string())?;
        for message in out.chunks(MESSAGE) {
            socket.send(message).await.map_err(|error| error.to_string())?;
        }
        out.clear();
    }
    Ok(())
}

/// What comes next; a player that leaves meanwhile is an error. What players send is passed over.
async fn next(socket: &Socket, reader: &mut Reader) -> Result<Option<Bytes>, String> {
    let mut message = [0; MAX_PAYLOAD];
    loop {
        tokio::select! {
            tags = reader.next() => return Ok(tags),
            heard = socket.recv(&mut message) => heard.map(drop).map_err(|error| error.to_string())?,
        }
    }
}
