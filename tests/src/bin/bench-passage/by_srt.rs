//! The same by SRT: in, out, and both.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use container::flv::audio::{self, AudioTag};
use container::flv::video::{self, VideoTag};
use container::flv::{Tag, TagKind};
use container::ts::{Demuxer, Event, Muxer, PACKET};
use container::{aac, h264};
use media::{CodecParameters, Packet, Timestamp, Track, TrackKind};
use srt::{MAX_PAYLOAD, Options, Socket, Target};
use system_tests::server::Server;
use tokio::task::JoinSet;

use super::{Ages, Failure, LOW_DELAY, NAME, Written, lock, print, watch_flv};

/// The latency of both ends, and so of each way by SRT.
const LATENCY: u64 = 120;

/// Publishes `media` at its own pace by SRT; plays it by HTTP-FLV and by SRT.
pub(super) async fn run(media: &[Tag]) -> Result<(), Failure> {
    let listen = format!("[listen]\nsrt = \"127.0.0.1:0\"\n[srt]\nlatency_ms = {LATENCY}\n");
    let server = Server::start_with(&format!("{LOW_DELAY}{listen}"), &[]).await?;
    let address = server.add_stream(NAME).await?;
    let key = address.rsplit_once('/').ok_or("an address has a key")?.1;
    let at = server.srt.ok_or("the server takes no callers")?;
    let written = Written::default();
    let (by_flv, by_srt) = (Ages::default(), Ages::default());
    let publisher = call(at, key).await?;
    let mut readers = JoinSet::new();
    readers.spawn(watch_flv(server.http, Arc::clone(&written), Arc::clone(&by_flv)));
    readers.spawn(play(at, server.http, Arc::clone(&written), Arc::clone(&by_srt)));
    tokio::select! {
        sent = send(&publisher, media, &written) => sent?,
        Some(ended) = readers.join_next() => ended??,
    }
    println!("by SRT with {LATENCY} ms latency each way:");
    print("anchor, SRT in, HTTP-FLV out", &mut lock(&by_flv));
    print("anchor, SRT in, SRT out", &mut lock(&by_srt));
    Ok(())
}

async fn call(at: SocketAddr, stream_id: &str) -> Result<Socket, Failure> {
    let target = Target::new(at.ip().to_string(), at.port(), stream_id)?;
    let options = Options {
        latency: Duration::from_millis(LATENCY),
        ..Options::default()
    };
    Ok(Socket::connect(&target, &options).await?)
}

async fn send(socket: &Socket, media: &[Tag], written: &Written) -> Result<(), Failure> {
    let mut muxer = Muxer::new(&tracks(media)?)?;
    let mut out = BytesMut::new();
    let began = tokio::time::Instant::now();
    for tag in media {
        let Some(packet) = packet(tag) else { continue };
        tokio::time::sleep_until(began + Duration::from_millis(tag.timestamp.into())).await;
        lock(written).insert(tag.data.clone(), Instant::now());
        muxer.write(&packet, &mut out)?;
        for message in out.chunks(7 * PACKET) {
            socket.send(message).await?;
        }
        out.clear();
    }
    Ok(())
}

async fn play(at: SocketAddr, http: SocketAddr, written: Written, ages: Ages) -> Result<(), Failure> {
    // Who asks before there is a stream is refused.
    system_tests::viewer::Viewer::wait(http, NAME, super::TIMEOUT).await?;
    let socket = call(at, NAME).await?;
    let mut demuxer = Demuxer::new();
    let mut message = [0; MAX_PAYLOAD];
    loop {
        let length = socket.recv(&mut message).await?;
        demuxer.push(&message[..length]);
        while let Some(event) = demuxer.poll_event() {
            if let Event::Frame(frame) = event
                && frame.kind == TrackKind::Video
            {
                note(&frame, &written, &ages);
            }
        }
    }
}

/// A picture is known by the tag it was sent as.
fn note(frame: &Packet, written: &Written, ages: &Ages) {
    let body = video::frame(frame.key, 0, &frame.data);
    if let Some(at) = lock(written).get(&body) {
        lock(ages).push(at.elapsed().as_secs_f64() * 1e3);
    }
}

/// What the configurations in `media` say.
pub(super) fn tracks(media: &[Tag]) -> Result<Vec<Track>, Failure> {
    let track = |tag: &Tag| -> Option<CodecParameters> {
        match tag.kind {
            TagKind::Video => match video::parse(&tag.data).ok()? {
                VideoTag::SequenceHeader(record) => {
                    Some(CodecParameters::Video(h264::parameters(&record).ok()?))
                }
                _ => None,
            },
            TagKind::Audio => match audio::parse(&tag.data).ok()? {
                AudioTag::SequenceHeader(config) => {
                    Some(CodecParameters::Audio(aac::parameters(&config).ok()?))
                }
                _ => None,
            },
            TagKind::Script => None,
        }
    };
    let found: Vec<_> = media
        .iter()
        .filter_map(track)
        .map(|parameters| Track { id: 0, parameters })
        .collect();
    match found.len() {
        2 => Ok(found),
        _ => Err("the stream has one configuration of each kind".into()),
    }
}

pub(super) fn packet(tag: &Tag) -> Option<Packet> {
    let (kind, key, data): (_, _, Bytes) = match tag.kind {
        TagKind::Video => match video::parse(&tag.data).ok()? {
            VideoTag::Frame { key, data, .. } => (TrackKind::Video, key, data),
            _ => return None,
        },
        TagKind::Audio => match audio::parse(&tag.data).ok()? {
            AudioTag::Frame(data) => (TrackKind::Audio, true, data),
            _ => return None,
        },
        TagKind::Script => return None,
    };
    let at = Timestamp::from_millis(tag.timestamp.into());
    Some(Packet::at(kind, at, key, data))
}
