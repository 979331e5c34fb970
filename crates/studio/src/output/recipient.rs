//! Who gets the show: a place it is sent to from here, or one the companion server passes it on to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::place::PlaceLine;
use api::studio::OutputStats;
use uplink::health::Seen;
use uplink::{Bounds, Rank};

use super::{Destination, Passed};

/// Either.
#[derive(Clone)]
pub(crate) enum Recipient {
    /// Sent there from here.
    Direct(Arc<Destination>),
    /// Passed on.
    Passed(Arc<Passed>),
}

impl Recipient {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Direct(place) => &place.name,
            Self::Passed(place) => &place.name,
        }
    }

    /// Its place among all by importance: 0 is the most important.
    pub(crate) fn rank(&self) -> Rank {
        match self {
            Self::Direct(place) => place.rank,
            Self::Passed(place) => place.rank,
        }
    }

    /// The least and the most it is to get, in kbit/s.
    pub(crate) fn bounds(&self) -> Bounds {
        match self {
            Self::Direct(place) => place.wanted.bounds(),
            Self::Passed(place) => place.bounds(),
        }
    }

    /// What became of it so far.
    pub(crate) fn stats(&self) -> OutputStats {
        match self {
            Self::Direct(place) => place.stats(),
            Self::Passed(place) => place.stats(Instant::now()),
        }
    }

    /// Whether it is connected.
    pub(crate) fn connected(&self) -> bool {
        match self {
            Self::Direct(place) => place.connected(),
            Self::Passed(place) => place.connected(),
        }
    }

    /// Whether its line carries what it is to be sent, as far as that is known here.
    pub(crate) fn line(&self) -> PlaceLine {
        match self {
            Self::Direct(place) => place.line(),
            Self::Passed(_) => PlaceLine::Enough,
        }
    }

    /// Whether what goes there leaves this computer for it.
    pub(crate) fn is_outside(&self) -> bool {
        match self {
            Self::Direct(place) => place.is_outside(),
            Self::Passed(_) => false,
        }
    }

    /// Bytes that were sent to it from here so far, media or not.
    pub(crate) fn sent(&self) -> u64 {
        match self {
            Self::Direct(place) => place.sent(),
            Self::Passed(_) => 0,
        }
    }

    /// Whether it is sent from here.
    pub(crate) fn is_direct(&self) -> bool {
        matches!(self, Self::Direct(_))
    }

    /// What is known of it at `now`.
    pub(crate) fn seen(&self, now: Instant) -> Seen {
        match self {
            Self::Direct(place) => place.seen(now),
            Self::Passed(place) => place.seen(now),
        }
    }

    /// How long a packet takes there and back, where that is known.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        match self {
            Self::Direct(place) => place.round_trip(),
            Self::Passed(_) => None,
        }
    }

    /// What the server says it receives now, in kbit/s; none where it doesn't say.
    pub(crate) fn received_kbps(&self) -> Option<u32> {
        match self {
            Self::Direct(place) => place.received_kbps(),
            Self::Passed(_) => None,
        }
    }
}
