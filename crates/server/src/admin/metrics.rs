//! `GET /metrics`: statistics in Prometheus' text format, version 0.0.4.

use std::fmt::Write as _;
use std::iter;
use std::sync::Arc;
use std::time::Instant;

use api::StreamStats;
use api::server::{
    ClockState, ReaderStats, RelayDirection, RelayState, RelayStats, ServerStats, StreamState,
};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::App;

/// All metrics.
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let now = Instant::now();
    let streams: Vec<_> = app.hub.list().iter().map(|stream| stream.stats(now)).collect();
    let text = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    let relays = app.relays(now);
    ([text], render(&app.stats(), &streams) + &relayed(&relays)).into_response()
}

/// A family of metrics with one value for each stream.
struct Family {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    value: fn(&StreamStats) -> f64,
}

const fn counter(name: &'static str, help: &'static str, value: fn(&StreamStats) -> f64) -> Family {
    let kind = "counter";
    Family {
        name,
        kind,
        help,
        value,
    }
}

const fn gauge(name: &'static str, help: &'static str, value: fn(&StreamStats) -> f64) -> Family {
    let kind = "gauge";
    Family {
        name,
        kind,
        help,
        value,
    }
}

const FAMILIES: &[Family] = &[
    gauge("anchor_stream_live", "1 while a publisher is connected.", |s| {
        f64::from(u8::from(s.state == StreamState::Live))
    }),
    gauge(
        "anchor_stream_slate",
        "1 while viewers get the slate, as nothing comes of the publisher.",
        |s| f64::from(u8::from(s.slate)),
    ),
    counter("anchor_stream_sessions_total", "Publisher sessions.", |s| {
        s.sessions as f64
    }),
    counter(
        "anchor_stream_received_bytes_total",
        "Bytes of media received.",
        |s| s.received_bytes as f64,
    ),
    gauge("anchor_stream_received_bits_per_second", "Media received.", |s| {
        s.received_kbps * 1e3
    }),
    counter(
        "anchor_stream_refused_tags_total",
        "Tags that were not passed on.",
        |s| s.refused_tags as f64,
    ),
    counter(
        "anchor_stream_timestamp_jumps_total",
        "Jumps in timestamps mended.",
        |s| s.timestamp_jumps as f64,
    ),
    gauge("anchor_stream_frames_per_second", "Pictures received.", |s| {
        s.video.as_ref().map_or(0.0, |v| v.fps)
    }),
    counter("anchor_hls_requests_total", "HLS requests answered.", |s| {
        s.hls.requests as f64
    }),
    gauge("anchor_hls_waiting", "HLS requests waiting.", |s| {
        s.hls.waiting as f64
    }),
    counter(
        "anchor_hls_sent_bytes_total",
        "Bytes handed to HLS readers.",
        |s| s.hls.sent_bytes as f64,
    ),
    gauge(
        "anchor_clock_stamped",
        "1 while the publisher's stamps are used.",
        |s| {
            let stamped = [ClockState::Synchronised, ClockState::Unsynchronised];
            f64::from(u8::from(stamped.contains(&s.clock.state)))
        },
    ),
    counter("anchor_clock_refused_stamps_total", "Implausible stamps.", |s| {
        s.clock.refused_stamps as f64
    }),
    counter(
        "anchor_viewer_first_frames_total",
        "Pages that showed a picture.",
        |s| s.beats.first_frames as f64,
    ),
    counter(
        "anchor_viewer_stalls_total",
        "Reports of a picture standing still.",
        |s| s.beats.stalls as f64,
    ),
];

/// A form in which streams are read over a connection that is held.
struct Form {
    prefix: &'static str,
    noun: &'static str,
    /// The noun as people say it.
    what: &'static str,
    of: fn(&StreamStats) -> &ReaderStats,
}

const FORMS: &[Form] = &[
    Form {
        prefix: "flv",
        noun: "readers",
        what: "HTTP-FLV connections",
        of: |s| &s.flv,
    },
    Form {
        prefix: "rtmp",
        noun: "players",
        what: "RTMP players",
        of: |s| &s.rtmp,
    },
    Form {
        prefix: "srt",
        noun: "players",
        what: "SRT players",
        of: |s| &s.srt,
    },
    Form {
        prefix: "webrtc",
        noun: "viewers",
        what: "viewers by WebRTC",
        of: |s| &s.webrtc,
    },
    Form {
        prefix: "push",
        noun: "connections",
        what: "connections to other servers",
        of: |s| &s.push,
    },
];

fn render(server: &ServerStats, streams: &[StreamStats]) -> String {
    let mut out = String::new();
    let process = [
        (
            "process_cpu_seconds_total",
            "counter",
            "Processor time used.",
            server.cpu_seconds,
        ),
        (
            "process_resident_memory_bytes",
            "gauge",
            "Resident memory.",
            server.resident_bytes.map(|b| b as f64),
        ),
        (
            "anchor_http_connections",
            "gauge",
            "Connections of viewers.",
            Some(server.http_connections as f64),
        ),
        (
            "anchor_rtmp_connections",
            "gauge",
            "Connections of publishers.",
            Some(server.rtmp_connections as f64),
        ),
        (
            "anchor_refused_connections_total",
            "counter",
            "Connections refused at a limit.",
            Some(server.refused_connections as f64),
        ),
        (
            "anchor_wrong_keys_total",
            "counter",
            "Attempts with a wrong key.",
            Some(server.wrong_keys as f64),
        ),
    ];
    for (name, kind, help, value) in process {
        if let Some(value) = value {
            family(&mut out, name, kind, help, iter::once((String::new(), value)));
        }
    }
    for Family {
        name,
        kind,
        help,
        value,
    } in FAMILIES
    {
        family(
            &mut out,
            name,
            kind,
            help,
            streams.iter().map(|s| (of_stream(s), value(s))),
        );
    }
    for form in FORMS {
        readers(&mut out, form, streams);
    }
    out
}

/// The readers of each stream in one form.
fn readers(out: &mut String, form: &Form, streams: &[StreamStats]) {
    type Value = fn(&ReaderStats) -> f64;
    let Form {
        prefix,
        noun,
        what,
        of,
    } = form;
    let families: [(String, &str, String, Value); 5] = [
        (noun.to_string(), "gauge", format!("{what}."), |r| r.now as f64),
        (
            format!("{noun}_total"),
            "counter",
            format!("{what} so far."),
            |r| r.total as f64,
        ),
        (
            "sent_bytes_total".into(),
            "counter",
            format!("Bytes handed to {what}."),
            |r| r.sent_bytes as f64,
        ),
        (
            "skips_total".into(),
            "counter",
            format!("Times one of the {what} was too slow."),
            |r| r.skips as f64,
        ),
        (
            "skipped_tags_total".into(),
            "counter",
            format!("Tags that slow {what} missed."),
            |r| r.skipped_tags as f64,
        ),
    ];
    for (name, kind, help, value) in families {
        let name = format!("anchor_{prefix}_{name}");
        let samples = streams.iter().map(|s| (of_stream(s), value(of(s))));
        family(out, &name, kind, &help, samples);
    }
}

fn relayed(relays: &[RelayStats]) -> String {
    type Value = fn(&RelayStats) -> f64;
    let families: [(&str, &str, &str, Value); 3] = [
        ("anchor_relay_running", "gauge", "1 while media pass.", |r| {
            f64::from(u8::from(r.state == RelayState::Running))
        }),
        (
            "anchor_relay_connections_total",
            "counter",
            "Connections granted.",
            |r| r.connections as f64,
        ),
        (
            "anchor_relay_bytes_total",
            "counter",
            "Bytes of media passed on.",
            |r| r.bytes as f64,
        ),
    ];
    let mut out = String::new();
    for (name, kind, help, value) in families.into_iter().filter(|_| !relays.is_empty()) {
        family(
            &mut out,
            name,
            kind,
            help,
            relays.iter().map(|r| (of_relay(r), value(r))),
        );
    }
    out
}

/// A family of metrics: its head, and a line for each of its samples with their labels.
fn family(
    out: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    samples: impl Iterator<Item = (String, f64)>,
) {
    // Writing to a String can't fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in samples {
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

/// Names have no character that would need escaping.
fn of_stream(stream: &StreamStats) -> String {
    format!("{{stream=\"{}\"}}", stream.name)
}

/// A host has none either.
fn of_relay(relay: &RelayStats) -> String {
    let direction = match relay.direction {
        RelayDirection::Pull => "pull",
        RelayDirection::Push => "push",
    };
    let (stream, server) = (&relay.stream, &relay.server);
    format!("{{stream=\"{stream}\",direction=\"{direction}\",server=\"{server}\"}}")
}
