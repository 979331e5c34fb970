//! Offers and answers.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use media::TrackKind;
use str0m::bwe::Bitrate;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::TcpType;
use str0m::{Candidate, Rtc, RtcConfig, RtcError};

use super::send::Outgoing;
use super::{CONNECT_WITHIN, Connection, Identity, Line, STATS_EVERY, kind};
use crate::Error;

/// Longest session description, in bytes.
pub const MAX_SDP: usize = 64 << 10;
/// What a line is thought to carry before anything was measured, in bits a second: enough for a few seconds of a show at
/// once, so that a viewer sees it soon.
const FIRST_ESTIMATE: u64 = 16_000_000;
/// Pictures that wait at most for one that was lost and comes again, in packets.
const REORDER: usize = 512;
/// What the stream is called within session descriptions.
const STREAM: &str = "show";
/// How often the sender's clock is told (RTCP sender reports).
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It sends.
    Send,
    /// It receives.
    Receive,
}

/// Addresses at which the other side may find this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// By UDP.
    pub udp: Vec<SocketAddr>,
    /// By TCP: it waits to be called there.
    pub tcp: Vec<SocketAddr>,
}

/// An offer that waits for its answer.
#[derive(Debug)]
pub struct Offered {
    /// Who offers.
    pub connection: Connection,
    /// The offer, SDP.
    pub offer: String,
}

impl Connection {
    /// Answers `offer`, as a server: ICE-lite, all `candidates` within the answer.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Description`], [`Error::NothingInCommon`].
    pub fn answer(
        offer: &str,
        role: Role,
        identity: &Identity,
        candidates: &Candidates,
        now: Instant,
    ) -> Result<(Self, String), Error> {
        let offer = SdpOffer::from_sdp_string(within(offer)?).map_err(unreadable)?;
        let mut this = Self::new(role, identity, candidates, true, now);
        let answer = guarded(|| this.rtc.sdp_api().accept_offer(offer))?;
        let answer = together(&answer.to_sdp_string());
        let mids: Vec<_> = answer
            .lines()
            .filter_map(|line| line.strip_prefix("a=mid:"))
            .collect();
        this.settle(mids.into_iter().map(Mid::from))?;
        Ok((this, answer))
    }

    /// Makes an offer, as a client: pictures and sound.
    ///
    /// # Errors
    /// [`Error::Description`] where the candidates are none.
    pub fn offer(
        role: Role,
        identity: &Identity,
        candidates: &Candidates,
        now: Instant,
    ) -> Result<Offered, Error> {
        let mut connection = Self::new(role, identity, candidates, false, now);
        let direction = match role {
            Role::Send => Direction::SendOnly,
            Role::Receive => Direction::RecvOnly,
        };
        let mut change = connection.rtc.sdp_api();
        let kinds = [MediaKind::Audio, MediaKind::Video];
        let stream = || Some(STREAM.to_owned());
        let mids = kinds.map(|kind| change.add_media(kind, direction, stream(), None, None));
        let (offer, pending) = change
            .apply()
            .ok_or_else(|| Error::Description("nothing is offered".into()))?;
        connection.pending = Some((pending, mids));
        Ok(Offered {
            connection,
            offer: offer.to_sdp_string(),
        })
    }

    /// Takes the answer to its offer.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Description`], [`Error::NothingInCommon`].
    pub fn accept(&mut self, answer: &str) -> Result<(), Error> {
        let pending = self.pending.take();
        let (pending, mids) = pending.ok_or_else(|| Error::Description("nothing was offered".into()))?;
        let answer = SdpAnswer::from_sdp_string(within(answer)?).map_err(unreadable)?;
        let accepted = guarded(|| self.rtc.sdp_api().accept_answer(pending, answer));
        if accepted.is_err() {
            self.rtc.disconnect();
        }
        accepted?;
        self.settle(mids.into_iter())
    }

    /// Takes a candidate of the other side that came later (trickle ICE, RFC 8838): `candidate:…` as in SDP. One that
    /// can't be read, or whose address is only a name, is passed over.
    pub fn add_candidate(&mut self, candidate: &str) {
        if let Ok(candidate) = Candidate::from_sdp_string(candidate) {
            self.rtc.add_remote_candidate(candidate);
        }
    }

    /// The name by which the other side's checks call this one (ICE ufrag).
    pub fn name(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    fn new(role: Role, identity: &Identity, candidates: &Candidates, lite: bool, now: Instant) -> Self {
        let config = RtcConfig::new()
            .set_crypto_provider(identity.provider.clone())
            .set_dtls_cert(identity.certificate.clone())
            .set_ice_lite(lite)
            .set_rtp_mode(role == Role::Send)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_h264(true)
            .set_stats_interval(Some(STATS_EVERY))
            .set_rtcp_report_interval_audio(REPORT_EVERY)
            .set_rtcp_report_interval_video(REPORT_EVERY)
            .set_reordering_size_video(REORDER);
        let config = match role {
            Role::Send => config.enable_bwe(Some(Bitrate::bps(FIRST_ESTIMATE))),
            Role::Receive => config,
        };
        let mut rtc = config.build(now);
        add_candidates(&mut rtc, candidates);
        Self {
            rtc,
            role,
            pending: None,
            outgoing: Outgoing::default(),
            deadline: Some(now + CONNECT_WITHIN),
            line: Line::default(),
            video: None,
            ended: false,
        }
    }

    /// Looks at what was agreed upon about `mids`: all that fit are used.
    fn settle(&mut self, mids: impl Iterator<Item = Mid>) -> Result<(), Error> {
        let agreed = mids.filter(|mid| self.agreed(*mid)).count();
        if agreed > 0 {
            Ok(())
        } else {
            Err(Error::NothingInCommon)
        }
    }

    /// Whether media may pass at `mid`.
    fn agreed(&mut self, mid: Mid) -> bool {
        let Some(media) = self.rtc.media(mid).filter(|media| !media.disabled()) else {
            return false;
        };
        let (kind, direction) = (kind(media.kind()), media.direction());
        let agreed = match self.role {
            Role::Send => direction.is_sending() && self.outgoing.add(&self.rtc, mid, kind),
            Role::Receive => direction.is_receiving() && !media.remote_pts().is_empty(),
        };
        if agreed && kind == TrackKind::Video {
            self.video = Some(mid);
        }
        agreed
    }
}

/// `answer` with all its tracks in one stream: receivers keep sound and pictures together that are said to belong together
/// (RFC 8830, 4).
fn together(answer: &str) -> String {
    let line = |line: &str| match line.split_once("msid:") {
        Some((before, ids)) => {
            let track = ids.split_once(' ').map_or(ids, |(_, track)| track);
            format!("{before}msid:{STREAM} {track}\r\n")
        }
        None => format!("{line}\r\n"),
    };
    answer.lines().map(line).collect()
}

fn add_candidates(rtc: &mut Rtc, candidates: &Candidates) {
    for address in &candidates.udp {
        if let Ok(candidate) = Candidate::host(*address, "udp") {
            rtc.add_local_candidate(candidate);
        }
    }
    for address in &candidates.tcp {
        let passive = Candidate::builder()
            .tcp()
            .host(*address)
            .tcptype(TcpType::Passive);
        if let Ok(candidate) = passive.build() {
            rtc.add_local_candidate(candidate);
        }
    }
}

fn within(description: &str) -> Result<&str, Error> {
    match description.len() {
        0..=MAX_SDP => Ok(description),
        length => Err(Error::Description(format!("it is {length} bytes long"))),
    }
}

/// Lets the library take a stranger's description. It asserts some of what a description may not say (one payload type for
/// sound and pictures, say): what it worked on is thrown away then, as for any other that it refuses.
fn guarded<T>(work: impl FnOnce() -> Result<T, RtcError>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(wrong),
        Err(_) => Err(Error::Description("it contradicts itself".into())),
    }
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Unreadable(error.to_string())
}

fn wrong(error: impl std::fmt::Display) -> Error {
    Error::Description(error.to_string())
}
