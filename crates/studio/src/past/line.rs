//! The lines of a history's file.

use api::health::{LogEntry, Strength};
use serde::{Deserialize, Serialize};

use super::Stretch;

/// The only version there is.
pub(super) const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) history: u32,
    pub(super) show: String,
    pub(super) began: String,
    pub(super) program: String,
    pub(super) places: Vec<(String, u32)>,
}

/// Any other line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    Seconds { t: u32, n: u32, p: Vec<Values> },
    Log { log: LogEntry },
    End { end: u32 },
}

/// A [`Stretch`] in as few letters as it takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Values(
    u32,
    u32,
    Option<u32>,
    u32,
    Option<u32>,
    Option<u32>,
    u32,
    Strength,
);

impl From<&Stretch> for Values {
    fn from(of: &Stretch) -> Self {
        let round = |kbps: f32| kbps.round() as u32;
        Self(
            of.target_kbps,
            round(of.sent_kbps),
            of.received_kbps.map(round),
            of.waiting_ms,
            of.rtt_ms,
            of.lost,
            of.skipped,
            of.strength,
        )
    }
}

impl From<Values> for Stretch {
    fn from(values: Values) -> Self {
        let Values(target_kbps, sent, received, waiting_ms, rtt_ms, lost, skipped, strength) = values;
        Self {
            target_kbps,
            sent_kbps: sent as f32,
            received_kbps: received.map(|kbps| kbps as f32),
            waiting_ms,
            rtt_ms,
            lost,
            skipped,
            strength,
        }
    }
}
