//! Sending what was packetized once.

use std::time::Duration;

use media::{Timestamp, TrackKind};
use str0m::Rtc;
use str0m::bwe::Bitrate;
use str0m::format::Codec;
use str0m::media::{Mid, Pt};
use str0m::rtp::{RtpWrite, SeqNo};

use super::{Connection, Outlook, Role};
use crate::payload::{Unit, rtp_time};

/// Pictures that wait for the line longer than this, or [`QUEUED_BYTES`], are too many: the next ones are left out, up to
/// a key frame.
const QUEUED_FOR: Duration = Duration::from_millis(600);
/// Most bytes of pictures that wait for the line; a whole first key frame, and what follows it, is below.
const QUEUED_BYTES: usize = 6 << 20;

/// What is sent, by kind.
#[derive(Debug)]
pub(super) struct Outgoing {
    audio: Option<Track>,
    video: Option<Track>,
    /// Pictures are left out until a key frame.
    skipping: bool,
    /// What is sent, in bits a second, as the caller says.
    rate: u64,
}

impl Default for Outgoing {
    /// Pictures begin with a key frame.
    fn default() -> Self {
        Self {
            audio: None,
            video: None,
            skipping: true,
            rate: 0,
        }
    }
}

#[derive(Debug)]
struct Track {
    mid: Mid,
    pt: Pt,
    next: u64,
}

impl Outgoing {
    /// Adds the track at `mid`, when the other side takes our codec of its kind.
    pub(super) fn add(&mut self, rtc: &Rtc, mid: Mid, kind: TrackKind) -> bool {
        let Some(pt) = payload_type(rtc, mid, kind) else {
            return false;
        };
        let slot = match kind {
            TrackKind::Audio => &mut self.audio,
            TrackKind::Video => &mut self.video,
        };
        // RTP starts anywhere (RFC 3550, 5.1), but so that no wrap comes before both sides know each other.
        let start = getrandom::u32().unwrap_or_default() & 0x3fff;
        slot.get_or_insert(Track {
            mid,
            pt,
            next: u64::from(start),
        });
        true
    }
}

/// The payload type of H.264 in packetization mode 1, or of Opus, that the other side likes best.
fn payload_type(rtc: &Rtc, mid: Mid, kind: TrackKind) -> Option<Pt> {
    let media = rtc.media(mid)?;
    let params = rtc.codec_config().params();
    let fits = |pt: &&Pt| {
        params.iter().any(|param| {
            let spec = param.spec();
            param.pt() == **pt
                && match kind {
                    TrackKind::Audio => spec.codec == Codec::Opus,
                    TrackKind::Video => {
                        spec.codec == Codec::H264 && spec.format.packetization_mode == Some(1)
                    }
                }
        })
    };
    media.remote_pts().iter().find(fits).copied()
}

impl Connection {
    /// Sends `unit`, or leaves it out: before the connection is made, a kind the other side doesn't take, and pictures
    /// while the line is full.
    ///
    /// `pts` is what the receiver is told for `unit.pts`, so that a picture kept from before may be shown at once.
    pub fn send(&mut self, unit: &Unit, pts: Timestamp) {
        if self.role == Role::Receive || !self.is_connected() || self.leaves_out(unit) {
            return;
        }
        let track = match unit.kind {
            TrackKind::Audio => &mut self.outgoing.audio,
            TrackKind::Video => &mut self.outgoing.video,
        };
        let Some(track) = track else { return };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(track.mid, None) else {
            return;
        };
        let time = rtp_time(unit.kind, pts);
        let last = unit.payloads.len().saturating_sub(1);
        for (index, payload) in unit.payloads.iter().enumerate() {
            let number = SeqNo::from(track.next);
            track.next += 1;
            let marker = index == last && unit.kind == TrackKind::Video;
            let packet = RtpWrite::new(track.pt, number, time, unit.taken, payload.clone());
            stream.write_rtp(packet.marker(marker).nackable(true));
        }
    }

    /// Whether the other side takes what is sent of `kind`, once both have agreed.
    pub fn takes(&self, kind: TrackKind) -> bool {
        match kind {
            TrackKind::Audio => self.outgoing.audio.is_some(),
            TrackKind::Video => self.outgoing.video.is_some(),
        }
    }

    /// Says what will be sent, in bits a second: whether the line carries so much is tried out.
    pub fn set_rate(&mut self, bits: u64) {
        if self.role == Role::Send && self.outgoing.rate != bits {
            self.outgoing.rate = bits;
            self.rtc
                .bwe()
                .set_bitrate(Bitrate::bps(0), Bitrate::bps(bits.saturating_mul(3) / 2));
        }
    }

    /// What congestion control thinks of the line, now: [`Event::Line`](super::Event::Line) says it once a second.
    pub fn outlook(&mut self) -> Outlook {
        Outlook {
            estimate: self.line.estimate,
            waits: self.queued().map_or(Duration::ZERO, |(_, waits)| waits),
            skipped: self.line.skipped,
        }
    }

    /// Whether a picture has to be left out because too many wait for the line.
    fn leaves_out(&mut self, unit: &Unit) -> bool {
        if unit.kind == TrackKind::Audio {
            return false;
        }
        let full = self.is_full();
        self.outgoing.skipping = full || (self.outgoing.skipping && !unit.key);
        if self.outgoing.skipping {
            self.line.skipped += 1;
        }
        self.outgoing.skipping
    }

    /// Whether too much waits for the line, as far as it was measured.
    fn is_full(&mut self) -> bool {
        self.queued()
            .is_some_and(|(bytes, waits)| bytes > QUEUED_BYTES || waits > QUEUED_FOR)
    }

    /// Bytes of pictures that wait for the line, and for how long they have; none where it wasn't measured.
    fn queued(&mut self) -> Option<(usize, Duration)> {
        let mid = self.outgoing.video.as_ref()?.mid;
        let mut api = self.rtc.direct_api();
        let info = api.stream_tx_by_mid(mid, None)?.queue_info()?;
        let waits = info
            .first_unsent()
            .map(|at| info.created_at().saturating_duration_since(at));
        Some((info.byte_size(), waits.unwrap_or_default()))
    }
}
