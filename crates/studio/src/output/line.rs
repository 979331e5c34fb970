//! A connection that takes the show.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use api::studio::LineStats;
use bytes::{Buf, BytesMut};
use container::flv::{self, Tag, TagKind};
use container::ts::{self, Muxer};
use media::Track;
use rtmp::io::Publisher;
use uplink::Sample;
use uplink::health::Why;

use super::Item;
use super::route::Route;
use super::whip::{WhipError, WhipLine};

/// Bytes of headers that libsrt counts for a packet: those of IP, UDP and SRT.
const HEADERS: u64 = 44;
/// Bytes of a message of SRT: seven transport packets.
const MESSAGE: usize = 7 * ts::PACKET;
/// Behind a packet that is missing nothing is acknowledged until it is there: what is delivered comes in lumps.
const LUMPS: Duration = Duration::from_millis(400);
/// How often libsrt acknowledges (draft-sharabayko-srt-01, 3.2.4), and what it takes with a little more.
const ACKNOWLEDGED: Duration = Duration::from_millis(30);
/// So much waits in libsrt to be sent, at most, and so many packets at least; it is looked at so often.
const HELD: Duration = Duration::from_millis(60);
const HELD_LEAST: u64 = 4;
const LOOK: Duration = Duration::from_millis(5);
/// What waits for less than this share of the latency comes in time, whatever happens to a packet of it.
const IN_TIME: f64 = 0.7;
/// What a peer by SRT gets to acknowledge the end of a show.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a line can't be had, or has ended.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// By RTMP.
    #[error(transparent)]
    Rtmp(#[from] rtmp::Error),
    /// By SRT.
    #[error(transparent)]
    Srt(#[from] srt::Error),
    /// By WHIP.
    #[error(transparent)]
    Whip(#[from] WhipError),
    /// The show can't be written for SRT.
    #[error(transparent)]
    Stream(#[from] ts::Error),
    /// An address that isn't `srt://host:port`.
    #[error("the address must look like srt://host:port")]
    Address,
}

impl LineError {
    /// A name for programs; never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rtmp(error) => error.code(),
            Self::Srt(error) => error.code(),
            Self::Whip(error) => error.code(),
            Self::Stream(_) => "srt.stream",
            Self::Address => "srt.url",
        }
    }

    /// What it says of why nothing arrives there.
    pub(super) fn why(&self) -> Why {
        match self {
            Self::Rtmp(rtmp::Error::Refused) => Why::Down,
            _ if self.is_refusal() => Why::Refused,
            _ => Why::Unanswered,
        }
    }

    /// Whether the server ended the connection itself.
    pub(super) fn is_ended_there(&self) -> bool {
        matches!(self, Self::Rtmp(rtmp::Error::Closed))
    }

    /// Whether the server answered, and said no: it is asked less often then.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::Rtmp(error) => matches!(error, rtmp::Error::Rejected { .. } | rtmp::Error::Certificate(_)),
            Self::Srt(error) => matches!(error, srt::Error::Rejected(_) | srt::Error::Passphrase(_)),
            Self::Whip(error) => error.is_refusal(),
            Self::Stream(_) | Self::Address => false,
        }
    }
}

/// A connection that takes the show.
#[derive(Debug)]
pub(super) enum Line {
    Rtmp(Box<Publisher>),
    Srt(Box<SrtLine>),
    Whip(Box<WhipLine>),
}

impl Line {
    pub(super) fn rtmp(publisher: Publisher) -> Self {
        Self::Rtmp(Box::new(publisher))
    }

    /// `stamped`: key frames say when their picture was taken.
    pub(super) fn srt(socket: srt::Socket, stamped: bool) -> Self {
        Self::Srt(Box::new(SrtLine {
            socket,
            muxer: None,
            stamped,
            out: BytesMut::new(),
            taken: 0,
            media: 0,
            before: [0; 2],
            share: 0.9,
            acknowledged: 0,
            delivered: 0.0,
            resent: 0,
            again: 0.0,
            pace_kbps: 0,
            is_late: false,
            late: 0,
        }))
    }

    /// The other end's address.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        match self {
            Self::Rtmp(publisher) => publisher.peer_addr(),
            Self::Srt(line) => Some(line.socket.peer_addr()),
            Self::Whip(line) => Some(line.peer()),
        }
    }

    /// Says what the show is made of, before its first packet, which has this FLV `timestamp`.
    pub(super) async fn begin(&mut self, tracks: &[Track], timestamp: u32) -> Result<(), LineError> {
        match self {
            Self::Rtmp(publisher) => {
                for tag in opening(tracks, timestamp) {
                    publisher.send(&tag).await?;
                }
            }
            Self::Srt(line) => line.muxer = Some(Muxer::new(tracks)?),
            // Key frames say it.
            Self::Whip(_) => {}
        }
        Ok(())
    }

    /// Takes one packet, which [`Line::flush`] sends: how many bytes of media it had.
    pub(super) fn push(&mut self, item: &Item) -> Result<usize, LineError> {
        match self {
            Self::Rtmp(publisher) => {
                let tag = match &item.stamped {
                    Some(stamped) if publisher.wants_clock() => {
                        publisher.push_clock(&stamped.clock)?;
                        &stamped.tag
                    }
                    _ => &item.tag,
                };
                publisher.push(tag)?;
                Ok(tag.data.len())
            }
            Self::Srt(line) => line.push(item),
            Self::Whip(line) => Ok(line.send(item)),
        }
    }

    /// Sends what was taken. Waits while the line takes nothing; can be dropped and called again.
    pub(super) async fn flush(&mut self) -> Result<(), LineError> {
        match self {
            Self::Rtmp(publisher) => Ok(publisher.flush().await?),
            Self::Srt(line) => line.flush().await,
            Self::Whip(_) => Ok(()),
        }
    }

    /// It may send at most so many kbit/s: what is sent again and in bursts must not fill a line further. TCP and WebRTC
    /// see to it themselves.
    pub(super) fn pace(&mut self, kbps: u32) {
        if let Self::Srt(line) = self {
            let limit = srt::Bandwidth::Limit(u64::from(kbps.max(1)) * 1_000 / 8);
            // Without a limit everything goes, only in larger bursts.
            let _ = line.socket.set_bandwidth(limit);
            line.pace_kbps = kbps;
        }
    }

    /// What its transport knows of the line; none where it doesn't tell. What waits in our own queue is for the caller
    /// to add.
    pub(super) fn sample(&mut self) -> Option<Sample> {
        let now = Instant::now();
        match self {
            Self::Rtmp(publisher) => {
                let known = publisher.stats()?;
                Some(Sample {
                    delivered: known.acknowledged + known.beyond_gap,
                    waiting: known.unsent,
                    rtt: known.rtt,
                    outstanding: known.in_flight > 0,
                    sent_again: known.retransmitted,
                    held: known.peer_limited,
                    ..Sample::new(now)
                })
            }
            Self::Srt(line) => line.sample(now),
            Self::Whip(line) => Some(line.sample(now)),
        }
    }

    /// Where the server asks to connect anew.
    pub(super) fn asked_to_reconnect(&mut self) -> Option<Route> {
        match self {
            Self::Rtmp(publisher) => publisher.asked_to_reconnect().map(Route::Rtmp),
            Self::Srt(_) | Self::Whip(_) => None,
        }
    }

    /// Whether the server has asked for a key frame since the last call.
    pub(super) fn asked_for_key_frame(&mut self) -> bool {
        match self {
            Self::Rtmp(publisher) => publisher.asked_for_key_frame(),
            Self::Srt(_) => false,
            Self::Whip(line) => line.asked_for_key_frame(),
        }
    }

    /// What the line has told of itself since the last call; `skipped` counts from there.
    pub(super) fn told(&mut self) -> Option<LineStats> {
        match self {
            Self::Rtmp(_) | Self::Srt(_) => None,
            Self::Whip(line) => line.told(),
        }
    }

    /// Waits for the line's end. Can be dropped to send again.
    pub(super) async fn closed(&mut self) -> LineError {
        match self {
            Self::Rtmp(publisher) => publisher.closed().await.into(),
            Self::Srt(line) => line.closed().await.into(),
            Self::Whip(line) => line.closed().await.into(),
        }
    }

    /// Ends the show there.
    pub(super) async fn close(self) -> Result<(), LineError> {
        match self {
            Self::Rtmp(publisher) => Ok(publisher.close().await?),
            Self::Srt(line) => {
                line.socket.close(FAREWELL).await;
                Ok(())
            }
            Self::Whip(line) => {
                line.close().await;
                Ok(())
            }
        }
    }
}

/// A connection by SRT: the show as a transport stream.
#[derive(Debug)]
pub(super) struct SrtLine {
    socket: srt::Socket,
    muxer: Option<Muxer>,
    stamped: bool,
    /// What waits for libsrt.
    out: BytesMut,
    /// Bytes that it has taken, and of media that these are made of.
    taken: u64,
    media: u64,
    /// The same when it was last asked, and the share of media lately.
    before: [u64; 2],
    share: f64,
    /// Bytes of the stream that were acknowledged, and of media.
    acknowledged: u64,
    delivered: f64,
    /// Bytes of the stream that were sent again, and of media.
    resent: u64,
    again: f64,
    /// It sends so much at most, in kbit/s.
    pace_kbps: u32,
    /// Whether what waits comes too late, and how often it did.
    is_late: bool,
    late: u64,
}

impl SrtLine {
    fn push(&mut self, item: &Item) -> Result<usize, LineError> {
        let Some(muxer) = &mut self.muxer else {
            return Ok(0);
        };
        match &item.stamped {
            Some(stamped) if self.stamped => muxer.write(&stamped.packet, &mut self.out)?,
            _ => muxer.write(&item.packet, &mut self.out)?,
        }
        self.media += item.packet.data.len() as u64;
        Ok(item.packet.data.len())
    }

    async fn flush(&mut self) -> Result<(), LineError> {
        while !self.out.is_empty() {
            self.room().await?;
            let length = self.out.len().min(MESSAGE);
            self.socket.send(&self.out[..length]).await?;
            self.out.advance(length);
            self.taken += length as u64;
        }
        Ok(())
    }

    /// Waits while enough waits to be sent: what waits in our queue instead can be dropped by priority, and isn't too late
    /// for whoever receives it, as it counts from when libsrt gets it.
    async fn room(&self) -> Result<(), LineError> {
        let most = u64::from(self.pace_kbps) * HELD.as_millis() as u64 / 8 / MESSAGE as u64;
        while unsent(&self.socket.stats()?) > most.max(HELD_LEAST) {
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    fn sample(&mut self, now: Instant) -> Option<Sample> {
        let known = self.socket.stats().ok()?;
        let acknowledged = self
            .taken
            .saturating_sub(known.send_buffer + known.bytes_send_dropped);
        let acknowledged = self.of_media(acknowledged);
        // What is on its way waits, too, until it is acknowledged: for a round trip, and each 10 ms.
        let on_its_way = known.rtt + ACKNOWLEDGED;
        self.lateness(&known);
        Some(Sample {
            delivered: acknowledged,
            grain: LUMPS,
            waiting: unsent(&known) * MESSAGE as u64,
            missing: known.send_buffer_time.saturating_sub(on_its_way),
            rtt: known.rtt,
            outstanding: known.send_buffer > 0,
            sent_again: self.again(&known),
            overhead: known.bytes_sent.saturating_sub(self.media),
            paced: true,
            gave_up: known.packets_send_dropped + self.late,
            ..Sample::new(now)
        })
    }

    /// What of so many bytes of the stream is media: where little is sent much of it is padding.
    fn of_media(&mut self, acknowledged: u64) -> u64 {
        let [media, taken] = std::mem::replace(&mut self.before, [self.media, self.taken]);
        if self.taken > taken {
            let share = (self.media - media) as f64 / (self.taken - taken) as f64;
            self.share += (share.min(1.0) - self.share) * 0.1;
        }
        let more = acknowledged.saturating_sub(self.acknowledged) as f64 * self.share;
        self.acknowledged = self.acknowledged.max(acknowledged);
        self.delivered += more;
        self.delivered as u64
    }

    /// Bytes of media that were sent again: counted as [`SrtLine::of_media`] counts what has arrived, or the share of what is lost
    /// would be too large where there is much padding.
    fn again(&mut self, known: &srt::Stats) -> u64 {
        let resent = known
            .bytes_retransmitted
            .saturating_sub(known.packets_retransmitted * HEADERS);
        self.again += resent.saturating_sub(self.resent) as f64 * self.share;
        self.resent = self.resent.max(resent);
        self.again as u64
    }

    /// Whoever receives gives up what comes later than was agreed, and says nothing of it. Once what waits is in time again
    /// that counts: what follows is worth nothing up to a key frame.
    fn lateness(&mut self, known: &srt::Stats) {
        let arrives = known.send_buffer_time + known.rtt / 2;
        if arrives > known.send_latency {
            self.is_late = true;
        } else if self.is_late && arrives < known.send_latency.mul_f64(IN_TIME) {
            self.is_late = false;
            self.late += 1;
        }
    }

    async fn closed(&self) -> srt::Error {
        let mut message = [0; srt::MAX_PAYLOAD];
        loop {
            if let Err(error) = self.socket.recv(&mut message).await {
                return error;
            }
        }
    }
}

/// Packets that have not been sent yet.
fn unsent(known: &srt::Stats) -> u64 {
    known.send_buffer_packets.saturating_sub(known.in_flight)
}

/// What a player of RTMP must know first: metadata and the configurations, at the time of the first packet.
fn opening(tracks: &[Track], timestamp: u32) -> Vec<Tag> {
    let metadata = Tag {
        kind: TagKind::Script,
        timestamp,
        data: flv::script::on_metadata(tracks),
    };
    let configurations = tracks
        .iter()
        .map(|track| flv::configuration(&track.parameters, timestamp));
    std::iter::once(metadata).chain(configurations).collect()
}
