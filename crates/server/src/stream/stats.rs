//! A stream's statistics.

use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use api::StreamStats;
use api::server::{AudioStats, HlsStats, PublisherStats, StreamState, VideoStats};
use media::CodecParameters;

use super::live::Live;
use super::{Held, State, Stream};

pub(super) fn stats(stream: &Stream, now: Instant) -> StreamStats {
    let beats = stream
        .beats
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let held = stream.held();
    let counted = &held.live.counted;
    StreamStats {
        name: stream.name.to_string(),
        state: match held.state {
            State::Announced(_) => StreamState::Announced,
            State::Live(_) => StreamState::Live,
            State::Interrupted => StreamState::Interrupted,
            State::Ended => StreamState::Ended,
        },
        slate: held.live.hold.is_some(),
        state_for_ms: millis(now.saturating_duration_since(held.since)),
        sessions: held.sessions,
        publisher: publisher(&held, now),
        video: video(&held.live, now),
        audio: audio(&held.live),
        received_bytes: counted.bytes,
        received_kbps: counted.byte_rate.per_second(now) * 8.0 / 1e3,
        refused_tags: counted.refused,
        further_tracks: u32::try_from(held.live.tracks.further().len()).unwrap_or(u32::MAX),
        timestamp_jumps: held.live.jumps(),
        flv: stream.flv.stats(),
        rtmp: stream.rtmp.stats(),
        srt: stream.srt.stats(),
        webrtc: stream.web_rtc.stats(),
        push: stream.pushes.stats(),
        hls: HlsStats {
            requests: stream.requests.answered.load(Relaxed),
            waiting: stream.requests.waiting.load(Relaxed),
            sent_bytes: stream.requests.sent_bytes.load(Relaxed),
        },
        clock: held.live.clock.stats(),
        beats,
        last_error: counted.last_error.clone(),
    }
}

fn publisher(held: &Held, now: Instant) -> Option<PublisherStats> {
    held.who.as_ref().map(|who| PublisherStats {
        agent: who.agent.clone(),
        address: who.address.clone(),
        since_ms: millis(now.saturating_duration_since(who.since)),
        silent_ms: millis(now.saturating_duration_since(held.live.counted.last_media)),
        srt: held.transport.clone(),
        webrtc: held.web_rtc,
    })
}

fn video(live: &Live, now: Instant) -> Option<VideoStats> {
    live.tracks.video().map(|video| VideoStats {
        codec: container::cmaf::codecs(&CodecParameters::Video(video.clone())),
        width: video.size.width,
        height: video.size.height,
        fps: live.counted.frame_rate.per_second(now),
        frames: live.counted.frames,
        key_interval_ms: live.counted.key_interval_ms,
    })
}

fn audio(live: &Live) -> Option<AudioStats> {
    live.tracks.audio().map(|audio| AudioStats {
        codec: container::cmaf::codecs(&CodecParameters::Audio(audio.clone())),
        rate: audio.rate,
        channels: audio.channels,
        packets: live.counted.packets,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
