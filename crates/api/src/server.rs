//! What the companion server says about itself and its streams.

use serde::{Deserialize, Serialize};

use crate::{Beat, Fault};

/// One stream. `GET /api/streams` on the admin listener answers with a list of these.
///
/// Counters run from the stream's creation; rates are over the last few seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamStats {
    /// The public name.
    pub name: String,
    /// Announced, live, waiting for its publisher to return, or over.
    pub state: StreamState,
    /// Whether viewers get the slate now, as nothing comes of the publisher.
    pub slate: bool,
    /// Milliseconds in that state.
    pub state_for_ms: u64,
    /// Publisher sessions so far.
    pub sessions: u64,
    /// The present or last publisher; absent before the first.
    pub publisher: Option<PublisherStats>,
    /// The picture; absent until its parameters are known.
    pub video: Option<VideoStats>,
    /// The sound; absent until its parameters are known.
    pub audio: Option<AudioStats>,
    /// Bytes of media received.
    pub received_bytes: u64,
    /// Media received, kilobits a second.
    pub received_kbps: f64,
    /// Tags of media that were not passed on, and parts of further tracks: unsupported, malformed, ahead of their decoder
    /// configuration, or of more tracks than are carried.
    pub refused_tags: u64,
    /// Tracks of the publisher beside its first picture and first sound (multitrack of Enhanced RTMP): they go to who
    /// asks for all tracks.
    #[serde(default)]
    pub further_tracks: u32,
    /// Jumps in the publisher's timestamps that were mended.
    pub timestamp_jumps: u64,
    /// HTTP-FLV connections and what they took.
    pub flv: ReaderStats,
    /// RTMP players and what they took.
    pub rtmp: ReaderStats,
    /// Players by SRT and what they took.
    #[serde(default)]
    pub srt: ReaderStats,
    /// Viewers by WebRTC (WHEP), and what they took.
    #[serde(default)]
    pub webrtc: ReaderStats,
    /// Connections to other servers that it is pushed to, and what they took.
    pub push: ReaderStats,
    /// HLS requests and what they took.
    pub hls: HlsStats,
    /// Where the time of day of the pictures comes from.
    pub clock: ClockStats,
    /// What viewers' pages report.
    pub beats: BeatStats,
    /// The last thing that went wrong, if anything did.
    pub last_error: Option<Fault>,
}

/// What `POST /api/streams/{name}/reconnect` on the admin listener is asked with: the publisher is to connect anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconnect {
    /// Where, in full (`rtmp://HOST:1936/live`) or relative to the publisher's own address (`/live`); where it is when
    /// absent. Our studio goes to no other host: its key stays where the seller gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A publisher's word that its show will begin: `PUT /show` on the public listener, with the stream key as bearer token.
/// `DELETE /show` takes it back, and ends a show that has begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// When, as RFC 3339 writes it, at most a month ahead; soon where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins: Option<String>,
}

/// What has arrived of a publisher's show: `GET /received` on the public listener, with the stream key as bearer token.
/// Counters run from the stream's creation; all is 0 while it isn't live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// When that was, on the server's clock, in microseconds.
    pub at_micros: i64,
    /// Bytes of media.
    pub bytes: u64,
    /// Pictures.
    pub pictures: u64,
}

/// What has arrived of an upload that was measured: `POST /upload` on the public listener, with the stream key as bearer
/// token and any bytes as body, for half a minute at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// All bytes.
    pub bytes: u64,
    /// Milliseconds that each count is of.
    pub each_ms: u32,
    /// Bytes that came in each of them, from the first byte's.
    pub each: Vec<u64>,
}

/// A stream from or to another server. `GET /api/relays` on the admin listener answers with a list of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayStats {
    /// The stream's public name here.
    pub stream: String,
    /// From there, or to there.
    pub direction: RelayDirection,
    /// Scheme, host and port of the other server.
    pub server: String,
    /// How it stands.
    pub state: RelayState,
    /// Milliseconds in that state.
    pub state_for_ms: u64,
    /// Connections that were granted so far.
    pub connections: u64,
    /// Bytes of media passed on.
    pub bytes: u64,
    /// Why the last connection ended or wasn't granted; absent while one runs.
    pub last_error: Option<Fault>,
}

/// Where a publisher wants its show passed on, in the body of `PUT /onward`; the stream key is the bearer token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onward {
    /// All of them: others than before are begun, those that are missing end.
    pub places: Vec<OnwardPlace>,
}

/// A place that a show is passed on to. `Debug` shows no key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnwardPlace {
    /// Its address without the key: `rtmp://host[:port]/app` or `rtmps://`.
    pub to: String,
    /// Its stream key.
    pub key: String,
}

impl std::fmt::Debug for OnwardPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnwardPlace")
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

/// What is passed on of a publisher's show: the answer to `GET` and `PUT /onward`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOn {
    /// So many places a show may be passed on to; 0: none.
    pub most: u32,
    /// How each stands, in the order they were asked for.
    pub places: Vec<RelayStats>,
}

/// Which way a relay goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelayDirection {
    /// Played from the other server, published here.
    Pull,
    /// Published at the other server.
    Push,
}

/// How a relay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelayState {
    /// A push whose stream isn't live.
    Waiting,
    /// On its way, or between two tries.
    Connecting,
    /// Media pass.
    Running,
}

/// How a show stands. It is gone from the list a minute after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// It will begin: nobody has published yet.
    Announced,
    /// A publisher is connected.
    Live,
    /// The publisher is lost or stopped, and may return.
    Interrupted,
    /// It was ended, or the publisher was away for too long.
    Ended,
}

/// Who publishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublisherStats {
    /// What the publisher calls itself; printable ASCII, at most 128 characters.
    pub agent: String,
    /// Address and port of the connection.
    pub address: String,
    /// Milliseconds since the publish began.
    pub since_ms: u64,
    /// Milliseconds since its last tag.
    pub silent_ms: u64,
    /// What its connection says of itself, where it is by SRT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub srt: Option<SrtStats>,
    /// What its connection says of itself, where it is by WebRTC (WHIP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webrtc: Option<WebRtcStats>,
}

/// A publisher's connection by WebRTC.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebRtcStats {
    /// Time there and back, in milliseconds; absent until it was measured.
    pub rtt_ms: Option<f64>,
    /// Share of its packets of the last second that were lost, 0 to 1.
    pub lost: Option<f64>,
    /// Pictures left out because something before them was lost, since the connection began.
    pub broken: u64,
    /// Whether packets go by TCP, as UDP doesn't pass.
    pub tcp: bool,
}

/// A publisher's connection by SRT. Counters run from its beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SrtStats {
    /// Round trip, in milliseconds.
    pub rtt_ms: f64,
    /// How long every packet is held so that lost ones can come again: the larger of both ends' words.
    pub latency_ms: u64,
    /// Packets received.
    pub packets: u64,
    /// Packets that were missing at first; most of them came again.
    pub lost: u64,
    /// Packets that didn't come in time.
    pub dropped: u64,
    /// Pictures and frames of sound that couldn't be used for that, or were damaged.
    pub left_out: u64,
}

/// The picture as received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoStats {
    /// RFC 6381, such as `avc1.64001f`.
    pub codec: String,
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames a second.
    pub fps: f64,
    /// Frames received.
    pub frames: u64,
    /// Milliseconds between the last two key frames; absent before the second.
    pub key_interval_ms: Option<u64>,
}

/// The sound as received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioStats {
    /// RFC 6381, such as `mp4a.40.2`.
    pub codec: String,
    /// Samples a second.
    pub rate: u32,
    /// Channels.
    pub channels: u8,
    /// Packets received.
    pub packets: u64,
}

/// Readers that hold one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderStats {
    /// Connected now.
    pub now: u64,
    /// Connected since the stream began.
    pub total: u64,
    /// Bytes handed to them.
    pub sent_bytes: u64,
    /// Times a reader was too slow and went on at the newest key frame.
    pub skips: u64,
    /// Tags those readers missed.
    pub skipped_tags: u64,
}

/// Readers that ask for one piece after another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HlsStats {
    /// Requests answered.
    pub requests: u64,
    /// Requests waiting for a part or a playlist now.
    pub waiting: u64,
    /// Bytes handed to them.
    pub sent_bytes: u64,
}

/// Where the time of day of a stream's pictures comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockStats {
    /// The source of the time.
    pub state: ClockState,
    /// Arrival less the picture's own time, for the last stamp, in milliseconds.
    pub stamp_delay_ms: Option<f64>,
    /// Stamps refused because they were implausible.
    pub refused_stamps: u64,
}

/// Where the time of day of a stream's pictures comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Nothing has arrived yet.
    Unknown,
    /// Stamped by the publisher, whose clock follows a server's.
    Synchronised,
    /// Stamped by the publisher from its machine's own clock.
    Unsynchronised,
    /// No stamps: arrival less the smallest delay seen.
    Estimated,
    /// The stamps are implausible: arrival is used instead, as with `Estimated`.
    Implausible,
}

/// What viewers' pages reported about one stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BeatStats {
    /// Pages that showed a first picture.
    pub first_frames: u64,
    /// Regular reports.
    pub beats: u64,
    /// Reports of a picture that stood still.
    pub stalls: u64,
    /// Reports refused: malformed or too many.
    pub refused: u64,
    /// The newest report.
    pub newest: Option<Beat>,
    /// The newest report of a first picture.
    pub newest_first_frame: Option<Beat>,
}

/// The server process. `GET /api/server` on the admin listener.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerStats {
    /// Version of the program.
    pub version: String,
    /// Milliseconds since it began to listen.
    pub uptime_ms: u64,
    /// Processor time used by the process, in seconds; absent where the system doesn't tell.
    pub cpu_seconds: Option<f64>,
    /// Resident memory in bytes; absent where the system doesn't tell.
    pub resident_bytes: Option<u64>,
    /// Open connections of viewers.
    pub http_connections: u64,
    /// Open connections of publishers.
    pub rtmp_connections: u64,
    /// Connections refused because a limit was reached.
    pub refused_connections: u64,
    /// Attempts to publish with a wrong key.
    pub wrong_keys: u64,
}
