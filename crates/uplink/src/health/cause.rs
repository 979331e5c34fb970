//! What can be the matter with a place.

use crate::machine::Trouble;

/// What is the matter with a place, worst first: of two that are so the first is said, since it explains the other or
/// weighs more.
///
/// | cause | found from | side at fault |
/// | --- | --- | --- |
/// | `Refused` | the server answers, and says no | server |
/// | `Down` | its computer answers that no program takes shows there (a reset, RFC 9293, 3.10.7.1) | server |
/// | `Unreachable` | nothing answers, or nothing did for 5 s at the first try | uplink |
/// | `Beyond` | the same of a place that gets the show from a server of the seller's | server |
/// | `Silent` | connected, but nothing is acknowledged | uplink |
/// | `Machine` | told: pictures of the program are lost, and why | machine |
/// | `ServerSlow` | less passes than is wanted, and told: the server's receive window is what limits it | server |
/// | `LineBusy` | less passes than is wanted, and told: others send by the same way | uplink |
/// | `LineLossy` | 2 of 100 packets or more are lost, until it is less than 1 | uplink |
/// | `LineUnsteady` | the rate fell deeply three times in a minute, and had risen between | uplink |
/// | `LineFull` | less passes than is wanted, and none of the above says why | uplink |
///
/// What a seller can do about each is its [`advice`](Self::advice).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The server says no.
    Refused,
    /// The place's computer answers, but takes no shows.
    Down,
    /// Nothing answers.
    Unreachable,
    /// Nothing answers where a server passes the show on to.
    Beyond,
    /// Connected, but nothing is acknowledged.
    Silent,
    /// The computer loses pictures of the program, and this is why.
    Machine(Trouble),
    /// The server reads too slowly.
    ServerSlow,
    /// Other places or programs use the same way.
    LineBusy,
    /// Packets are lost.
    LineLossy,
    /// The line carries now more, now less.
    LineUnsteady,
    /// The line carries less than is wanted.
    LineFull,
}

/// What a cause means for viewers, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The picture is poorer than it was meant to be.
    Poorer,
    /// Pictures are skipped, at every place.
    Halting,
    /// Nothing arrives there; it is tried again.
    Gone,
    /// Nothing arrives there, and someone has to do something about it.
    Barred,
}

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The seller's computer.
    Machine,
    /// The way from there to the place.
    Uplink,
    /// The place.
    Server,
}

impl Cause {
    /// Every cause, worst first.
    pub const ALL: [Self; 16] = [
        Self::Refused,
        Self::Down,
        Self::Unreachable,
        Self::Beyond,
        Self::Silent,
        Self::Machine(Trouble::Memory),
        Self::Machine(Trouble::Hot),
        Self::Machine(Trouble::Busy),
        Self::Machine(Trouble::Saving),
        Self::Machine(Trouble::Graphics),
        Self::Machine(Trouble::Encoder),
        Self::ServerSlow,
        Self::LineBusy,
        Self::LineLossy,
        Self::LineUnsteady,
        Self::LineFull,
    ];

    /// A name for programs; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused => "place.refused",
            Self::Down => "place.down",
            Self::Unreachable => "place.unreachable",
            Self::Beyond => "place.beyond",
            Self::Silent => "line.silent",
            Self::Machine(trouble) => trouble.code(),
            Self::ServerSlow => "server.slow",
            Self::LineBusy => "line.busy",
            Self::LineLossy => "line.lossy",
            Self::LineUnsteady => "line.unsteady",
            Self::LineFull => "line.full",
        }
    }

    /// What a seller can do about it: one sentence, in English.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Refused => {
                "The place does not let the show in: check its stream key, and whether you may go live there now."
            }
            Self::Down => {
                "The place takes no shows at this address just now, and is tried again by itself: check the address, and whether others have trouble there."
            }
            Self::Unreachable => {
                "The place does not answer and is tried again by itself: check that this computer is online."
            }
            Self::Beyond => {
                "Your own server can't pass the show on to the place, and tries again by itself: check that it is online."
            }
            Self::Silent => {
                "Nothing gets through just now: if it lasts, restart your router or use your phone's connection."
            }
            Self::Machine(trouble) => trouble.advice(),
            Self::ServerSlow => {
                "The place takes the show too slowly, and your upload is fine: choose a lower picture quality for it."
            }
            Self::LineBusy => "Others share your upload: stop other uploads, or send to fewer places.",
            Self::LineLossy => {
                "Parts of the show get lost on the way: use a cable, or move away from other Wi-Fi and microwave ovens."
            }
            Self::LineUnsteady => {
                "Your upload is now fast, now slow: use a cable, or move nearer to the Wi-Fi router."
            }
            Self::LineFull => {
                "Your upload is too slow for this picture quality: choose a lower one, or stop other uploads."
            }
        }
    }

    /// What it means for viewers.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Refused => Severity::Barred,
            Self::Down | Self::Unreachable | Self::Beyond | Self::Silent => Severity::Gone,
            Self::Machine(_) => Severity::Halting,
            Self::ServerSlow | Self::LineBusy | Self::LineLossy | Self::LineUnsteady | Self::LineFull => {
                Severity::Poorer
            }
        }
    }

    /// Who is at fault.
    pub const fn side(self) -> Side {
        match self {
            Self::Machine(_) => Side::Machine,
            Self::Refused | Self::Down | Self::Beyond | Self::ServerSlow => Side::Server,
            _ => Side::Uplink,
        }
    }
}
