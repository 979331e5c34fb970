//! The parsers.

mod amf0;
mod cmaf;
mod flv;
mod hls_query;
mod http;
mod ingest;
mod live;
mod rtc_packets;
mod rtmp_chunks;
mod rtmp_client;
mod rtmp_handshake;
mod rtmp_messages;
mod rtmp_server;
mod sdp;
mod srt_stream_id;
mod ts;

use crate::Target;

/// All of them.
pub static ALL: [Target; 14] = [
    rtmp_handshake::TARGET,
    rtmp_chunks::TARGET,
    rtmp_server::TARGET,
    rtmp_client::TARGET,
    amf0::TARGET,
    flv::TARGET,
    ingest::TARGET,
    ts::TARGET,
    cmaf::TARGET,
    srt_stream_id::TARGET,
    http::TARGET,
    hls_query::TARGET,
    sdp::TARGET,
    rtc_packets::TARGET,
];

/// The target called `name`.
pub fn find(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}
