//! What the other side sent.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use media::TrackKind;
use str0m::format::Codec;
use str0m::media::MediaData;

/// A whole access unit of the other side.
#[derive(Clone, Debug)]
pub struct Media {
    /// Picture (H.264) or sound (Opus).
    pub kind: TrackKind,
    /// Its RTP timestamp, which doesn't wrap here.
    pub ticks: u64,
    /// Ticks a second.
    pub clock: u32,
    /// When its first packet came.
    pub arrived: Instant,
    /// The RTP timestamp, without a wrap too, and the moment of the other side's clock that it said belong together, once it
    /// did (RTCP sender report).
    pub report: Option<(u64, SystemTime)>,
    /// Whether nothing between it and the one before was lost.
    pub whole: bool,
    /// A key frame; every packet of sound.
    pub key: bool,
    /// H.264: NAL units behind start codes. Opus: a packet.
    pub data: Arc<[u8]>,
}

pub(super) fn read(data: MediaData) -> Option<Media> {
    let kind = match data.params.spec().codec {
        Codec::H264 => TrackKind::Video,
        Codec::Opus => TrackKind::Audio,
        _ => return None,
    };
    let clock = data.params.spec().clock_rate.get();
    let report = data.last_sender_info.as_ref();
    Some(Media {
        kind,
        ticks: data.time.numer(),
        clock,
        arrived: data.network_time,
        report: report.map(|info| (info.rtp_time.numer(), info.ntp_time)),
        whole: data.contiguous,
        key: kind == TrackKind::Audio || data.is_keyframe(),
        data: data.data,
    })
}
