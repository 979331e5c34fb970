//! What a studio says of a show: the report written at its end.

use serde::{Deserialize, Serialize};

/// The whole report of one show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShowReport {
    /// What the seller calls the show.
    pub show: String,
    /// Identity of the show: 32 hexadecimal digits.
    pub show_id: String,
    /// Seconds from the first tick to the last.
    pub seconds: f64,
    /// The adapter that composed, and whether it is software.
    pub adapter: String,
    /// Program frames.
    pub program: ProgramStats,
    /// The clock of the pictures.
    pub clock: ClockStats,
    /// Each source.
    pub sources: Vec<SourceStats>,
    /// Each encoding.
    pub encodings: Vec<EncodingStats>,
    /// Each output.
    pub outputs: Vec<OutputStats>,
    /// CPU seconds of the process, user and system.
    pub cpu_seconds: f64,
    /// The most memory it held, in bytes.
    pub peak_memory_bytes: u64,
    /// What the frame counter means, where it is written.
    pub counter: Option<CounterMap>,
}

/// Maps the counter burnt into the picture to time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CounterMap {
    /// The counter of the first frame.
    pub first_counter: u64,
    /// Frames a second: numerator.
    pub rate_num: u32,
    /// Frames a second: denominator.
    pub rate_den: u32,
    /// UTC in microseconds that counter 0 would have: that of counter n is this plus n·den/num seconds.
    pub utc_micros: i64,
}

/// What became of the program's frames.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProgramStats {
    /// Ticks that have passed.
    pub due: u64,
    /// Frames composed and handed to the encoders in time.
    pub composed: u64,
    /// Frames that were not with the encoders two frame times after their tick.
    pub late: u64,
    /// Ticks for which the last frame was sent again.
    pub repeated: u64,
    /// Frames drawn layer by layer, while the kernels of their scene were compiled.
    #[serde(default)]
    pub layered: u64,
    /// Times the graphics device was lost and opened again.
    #[serde(default)]
    pub graphics_lost: u64,
    /// Milliseconds from submission to the finished frame.
    pub compose_ms: Spread,
    /// Milliseconds from a tick to its frame being with the encoders.
    pub ready_ms: Spread,
}

/// The middle and the edge of a measured quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Half are below.
    pub p50: f64,
    /// 99 of 100 are below.
    pub p99: f64,
}

/// The clock of the pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClockStats {
    /// Whether a companion server sets it; else it is this machine's own.
    pub synchronised: bool,
    /// How far it may be off, in milliseconds: half the best round trip.
    pub error_ms: Option<f64>,
    /// How far this machine's own clock was from it at the start, in milliseconds.
    pub machine_offset_ms: Option<f64>,
}

/// What a source delivered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceStats {
    /// Name of the source.
    pub name: String,
    /// Frames, or blocks of sound, that arrived.
    pub received: u64,
    /// Those no tick took.
    pub skipped: u64,
    /// Ticks that took the last one again.
    pub repeated: u64,
    /// Ticks (for sound: samples) for which there was nothing.
    pub missing: u64,
    /// The delay the tick allows it, in milliseconds.
    pub delay_ms: f64,
    /// Why it could not be opened or was lost.
    pub error: Option<Failure>,
    /// What a camera was through; other sources have none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub camera: Option<CameraStats>,
}

/// What a camera was through, and which of its pictures were left out before they reached the studio's queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraStats {
    /// Times it was lost.
    pub lost: u64,
    /// Pictures too short for their size, or damaged on the way.
    pub short: u64,
    /// Pictures that could not be decoded.
    pub broken: u64,
    /// Pictures of another size than was agreed.
    pub resized: u64,
    /// Pictures this machine was too slow for.
    pub dropped: u64,
}

/// What an encoding did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EncodingStats {
    /// The outputs it serves.
    pub outputs: Vec<String>,
    /// Frames encoded.
    pub frames: u64,
    /// Frames the encoder had no room for.
    pub refused: u64,
    /// Bytes of pictures.
    pub video_bytes: u64,
    /// Bytes of sound.
    pub audio_bytes: u64,
    /// Frames of the second, lower encode that places got whose line was too weak for the first.
    #[serde(default)]
    pub low_frames: u64,
    /// Milliseconds from the encoder's input to its output.
    pub encode_ms: Spread,
}

/// What became of an output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutputStats {
    /// Name of the output.
    pub name: String,
    /// Frames handed to the network.
    pub frames_sent: u64,
    /// Packets of sound handed to the network.
    pub audio_sent: u64,
    /// Frames dropped because the line was too slow.
    pub dropped_line: u64,
    /// Frames dropped because the destination was away.
    pub dropped_away: u64,
    /// Frames dropped because more important places needed the line.
    #[serde(default)]
    pub dropped_paused: u64,
    /// Bytes handed to the network.
    pub bytes: u64,
    /// Times it was connected.
    pub connections: u64,
    /// Tries that failed.
    pub failed_tries: u64,
    /// Seconds it was away after the show's first second.
    pub away_seconds: f64,
    /// Key frames that its server asked for.
    #[serde(default)]
    pub key_frames_asked: u64,
    /// What it is sent at most now, pictures and sound, in kbit/s; absent until its line had to be given less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_kbps: Option<u32>,
    /// How often it was given less, because its line was full.
    #[serde(default)]
    pub lowered: u64,
    /// What its line last told of itself, where it does (WHIP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineStats>,
    /// What the last failure was.
    pub error: Option<Failure>,
}

/// What a line by WebRTC tells of itself; about once a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LineStats {
    /// Milliseconds there and back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f64>,
    /// Share of the packets of the last second that were lost, 0 to 1; absent until the server told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<f64>,
    /// What the line is thought to carry, in kbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_kbps: Option<u64>,
    /// Frames left out because the line was full, in all; among those dropped because it was too slow.
    pub skipped: u64,
}

/// What went wrong: a sentence for people, with the code programs match. Codes come from the crate concerned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Failure {
    /// As in `rtmp.rejected`.
    pub code: String,
    /// One sentence.
    pub sentence: String,
}
