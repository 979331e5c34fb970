//! What is known of a place at one moment.

use std::time::{Duration, Instant};

use crate::Bounds;
use crate::machine::Trouble;

/// A place gets all that is wanted at this share of it, in hundredths.
const ALL: u64 = 95;
/// Less than this share of what is wanted is a deep cut, in hundredths.
const DEEP: u64 = 70;
/// Less than this share of what is made is nothing, in hundredths.
const NOTHING: u64 = 2;
/// Less than this may always wait.
const LITTLE: Duration = Duration::from_millis(100);
/// More than this waits on no line that is good, not even behind a key frame.
const MUCH: Duration = Duration::from_millis(300);

/// How the connection to a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It is tried for the first time.
    Connecting,
    /// It takes the show.
    Live,
    /// It was lost, or never came about. It stays so, whatever is tried, until it is live.
    Away(Why),
}

/// Why a place is away, by the last try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing answers.
    Unanswered,
    /// Its computer answers that nobody listens there.
    Down,
    /// The server says no.
    Refused,
}

/// What is known of one place at one moment, told 4 to 20 times a second. What isn't known is left as [`Seen::new`]
/// makes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// When that is; never before the one seen last.
    pub at: Instant,
    /// How the connection is. Of the line only what is seen while it is live counts.
    pub connection: Connection,
    /// Whether a server of the seller's passes the show on there: that it doesn't answer is no fault of the uplink's.
    pub beyond: bool,
    /// What the seller allows.
    pub bounds: Bounds,
    /// Kilobits a second that are to be sent; `bounds.most_kbps` where nobody changes it.
    pub target_kbps: u32,
    /// Kilobits a second that were made for it lately.
    pub made_kbps: u32,
    /// Kilobits a second that have reached the other end lately, counted over 250 ms or so; none where that isn't
    /// known. As from [`Controller::delivered_kbps`](crate::Controller::delivered_kbps).
    pub delivered_kbps: Option<u32>,
    /// Kilobits a second that a transport with a congestion control of its own thinks the line carries; none where it
    /// has none.
    pub estimate_kbps: Option<u32>,
    /// Whether something waits, or was sent and has not been acknowledged; `true` where that isn't known.
    pub outstanding: bool,
    /// How long what waits would take to arrive. As from [`Controller::waiting`](crate::Controller::waiting).
    pub waiting: Duration,
    /// The share of packets that were lost in the last second or few, 0 to 1; none where that isn't known.
    pub loss: Option<f32>,
    /// Whether the server's receive window is what limits the connection.
    pub server_slow: bool,
    /// Why the computer has lost pictures of the program within the last second; none where it hasn't.
    pub machine: Option<Trouble>,
    /// Whether others take so much of the same way now that this place gets less.
    pub shared: bool,
    /// How often its target was lowered since the show began.
    pub lowered: u64,
    /// Pictures it was not sent since the show began.
    pub skipped: u64,
}

impl Seen {
    /// A place that is connected for the first time, of which nothing is known.
    pub const fn new(at: Instant, bounds: Bounds) -> Self {
        Self {
            at,
            connection: Connection::Connecting,
            beyond: false,
            bounds,
            target_kbps: bounds.most_kbps,
            made_kbps: 0,
            delivered_kbps: None,
            estimate_kbps: None,
            outstanding: true,
            waiting: Duration::ZERO,
            loss: None,
            server_slow: false,
            machine: None,
            shared: false,
            lowered: 0,
            skipped: 0,
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.connection == Connection::Live
    }

    /// Whether it is connected, is sent something, and acknowledges nothing of it.
    pub(super) fn nothing_passes(&self) -> bool {
        let made = u64::from(self.made_kbps);
        let nothing = |passes: u32| u64::from(passes) * 100 <= made * NOTHING;
        self.is_live() && self.outstanding && made > 0 && self.delivered_kbps.is_some_and(nothing)
    }

    /// Whether that is the line's fault: a server that doesn't read acknowledges nothing either.
    pub(super) fn is_silent(&self) -> bool {
        self.nothing_passes() && !self.server_slow
    }

    /// Whether it is to be sent all that is wanted.
    pub(super) fn wants_all(&self) -> bool {
        u64::from(self.target_kbps) * 100 >= self.most() * ALL
    }

    /// Kilobits a second that the line carried lately, as well as that is known.
    pub(super) fn passes(&self) -> Option<u32> {
        self.estimate_kbps.or(self.delivered_kbps)
    }

    /// Whether the rate had to fall far, and what passes while much waits says why.
    pub(super) fn is_cut_deep(&self) -> bool {
        let deep = |kbps: u32| u64::from(kbps) * 100 < self.most() * DEEP;
        self.is_live() && !self.little_waits() && deep(self.target_kbps) && self.passes().is_some_and(deep)
    }

    pub(super) fn little_waits(&self) -> bool {
        self.waiting < LITTLE
    }

    pub(super) fn much_waits(&self) -> bool {
        self.waiting >= MUCH
    }

    fn most(&self) -> u64 {
        u64::from(self.bounds.most_kbps)
    }
}
