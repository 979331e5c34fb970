//! The faults: what each is, who is at fault, and what is to be said of it.

use netlab::{Change, Protocol};
use system_tests::preload::Camera;

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Machine,
    Uplink,
    Server,
    /// All is well.
    Nobody,
}

/// Something that goes wrong.
pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) side: Side,
    /// The codes that say it, of the line of health without `health.`.
    pub(super) causes: &'static [&'static str],
    pub(super) how: How,
}

/// How it is made. `f64` is between 0 and 1, by the seed: how bad it is.
pub(super) enum How {
    /// To the camera that is seen.
    Camera(fn(&Camera)),
    /// To the line from the studio.
    Line(Protocol, fn(f64) -> Change),
    /// The cable is pulled.
    Cable,
    /// Another program of that computer sends so many kbit/s, at a line of 4000.
    Foreign(u32),
    /// So many programs do nothing, as fast as they can.
    Busy(usize),
    /// The picture is larger than can be drawn in time, from the beginning on.
    TooLarge,
    /// No sound comes any more; it is turned down, or silenced, while somebody speaks; another one comes that is too loud.
    Silent,
    Faded,
    Mute,
    Loud,
    /// The server takes so many kbit/s at most.
    Slow(fn(f64) -> u32),
    /// The server runs for a twentieth of the time.
    Starved,
    /// The server has ended.
    Gone,
    /// It doesn't know the key from the beginning on, or in mid-show after it was started anew.
    WrongKey,
    KeyForgotten,
}

const fn fault(name: &'static str, side: Side, causes: &'static [&'static str], how: How) -> Fault {
    Fault {
        name,
        side,
        causes,
        how,
    }
}

/// The line carries so much from now on.
fn rate(kbps: f64) -> Change {
    Change {
        rate_kbps: Some(kbps as u32),
        ..Change::default()
    }
}

/// All of them.
pub(super) const FAULTS: &[Fault] = &[
    fault(
        "camera hangs",
        Side::Machine,
        &["source_lost"],
        How::Camera(Camera::stall),
    ),
    fault(
        "camera is pulled",
        Side::Machine,
        &["source_lost"],
        How::Camera(Camera::unplug),
    ),
    fault(
        "camera in the dark",
        Side::Machine,
        &["camera_slow"],
        How::Camera(|camera| camera.dark(true)),
    ),
    fault(
        "camera sends half pictures",
        Side::Machine,
        &["source_lost", "camera_slow"],
        How::Camera(|camera| camera.short(true)),
    ),
    fault(
        "camera sends rubbish",
        Side::Machine,
        &["source_lost", "camera_slow"],
        How::Camera(|camera| camera.broken(true)),
    ),
    fault(
        "other programs take the processor",
        Side::Machine,
        &["machine.busy"],
        How::Busy(8),
    ),
    fault(
        "pictures too large to be drawn",
        Side::Machine,
        &["machine.graphics"],
        How::TooLarge,
    ),
    fault("no sound comes", Side::Machine, &["silent"], How::Silent),
    fault(
        "sound is turned all the way down",
        Side::Machine,
        &["faded_heard"],
        How::Faded,
    ),
    fault("sound is clipped", Side::Machine, &["clipping"], How::Loud),
    fault("speaking while muted", Side::Machine, &["muted_heard"], How::Mute),
    fault(
        "upload halved",
        Side::Uplink,
        &["line.full"],
        How::Line(Protocol::Rtmp, |bad| rate(1_500.0 - 400.0 * bad)),
    ),
    fault(
        "3 % of packets lost",
        Side::Uplink,
        &["line.lossy"],
        How::Line(Protocol::Srt, |bad| Change {
            loss_percent: Some(3.0 + bad),
            ..Change::default()
        }),
    ),
    fault(
        "queue of two seconds, too slow",
        Side::Uplink,
        &["line.full"],
        How::Line(Protocol::Rtmp, |bad| Change {
            queue_ms: Some(2_000),
            ..rate(1_600.0 - 400.0 * bad)
        }),
    ),
    fault(
        "every packet lost",
        Side::Uplink,
        &["line.silent", "place.unreachable"],
        How::Line(Protocol::Rtmp, |_| Change {
            black_hole: Some(true),
            ..Change::default()
        }),
    ),
    fault(
        "cable pulled",
        Side::Uplink,
        &["line.silent", "place.unreachable"],
        How::Cable,
    ),
    fault(
        "another upload",
        Side::Uplink,
        &["line.busy"],
        How::Foreign(2_500),
    ),
    fault(
        "server reads slowly",
        Side::Server,
        &["server.slow"],
        How::Slow(|bad| 1_200 - (500.0 * bad) as u32),
    ),
    fault("server starved", Side::Server, &["server.slow"], How::Starved),
    fault("server gone", Side::Server, &["place.down"], How::Gone),
    fault(
        "server refuses from the beginning",
        Side::Server,
        &["place.refused"],
        How::WrongKey,
    ),
    fault(
        "server refuses in mid-show",
        Side::Server,
        &["place.refused"],
        How::KeyForgotten,
    ),
];

/// Who is at fault, by what the studio says.
pub(super) fn side(code: &str) -> Side {
    match code {
        "good" | "better" | "idle" => Side::Nobody,
        "place.refused" | "place.beyond" | "place.down" | "server.slow" => Side::Server,
        _ if code.starts_with("line.") || code.starts_with("place") => Side::Uplink,
        _ => Side::Machine,
    }
}
