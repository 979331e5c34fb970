//! The lines of a history's file.

use api::health::{LogEntry, Strength};
use serde::{Deserialize, Serialize};

use super::{Effort, Stretch};

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
    Seconds {
        t: u32,
        n: u32,
        p: Vec<Values>,
        /// Absent in files of earlier versions.
        #[serde(default)]
        m: Option<Work>,
    },
    Log {
        log: LogEntry,
    },
    End {
        end: u32,
    },
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

/// An [`Effort`] in as few letters as it takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Work(Option<u8>, Option<u8>, u8, u8, u32, Option<u32>);

impl From<Effort> for Work {
    fn from(of: Effort) -> Self {
        Self(of.cpu, of.cpu_own, of.draw, of.encode, of.late, of.foreign_kbps)
    }
}

impl From<Work> for Effort {
    fn from(work: Work) -> Self {
        let Work(cpu, cpu_own, draw, encode, late, foreign_kbps) = work;
        Self {
            cpu,
            cpu_own,
            draw,
            encode,
            late,
            foreign_kbps,
        }
    }
}

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
