//! What is written of a show is what is read of it.

use std::fs;

use api::health::{Logged, Strength};

use super::super::Chronicle;
use super::*;

const WANTED: u32 = 2_628;

fn second(target_kbps: u32, skipped: u32) -> Stretch {
    Stretch {
        target_kbps,
        sent_kbps: target_kbps as f32,
        rtt_ms: Some(40),
        skipped,
        strength: if target_kbps == WANTED {
            Strength::Strong
        } else {
            Strength::Weak
        },
        ..Stretch::default()
    }
}

fn effort(second: u32) -> Effort {
    Effort {
        cpu: Some(40 + second as u8),
        draw: 30,
        late: u32::from(second == 26),
        ..Effort::default()
    }
}

/// The lines of a show of 25 good seconds, three weak ones and five good ones to two places.
fn lines() -> Vec<String> {
    let places = ["first", "second"].map(|name| (name.to_owned(), WANTED));
    let (mut chronicle, head) = Chronicle::begin("Tea", "2026-11-22T14:10:36.123Z", places.into());
    let mut lines = vec![head];
    let log = || LogEntry {
        at: 25.5,
        until: 26.0,
        place: "second".into(),
        what: Logged::Lowered {
            from_kbps: WANTED,
            to_kbps: 900,
        },
    };
    for n in 0..33_u32 {
        let weak = (25..28).contains(&n);
        let now = vec![
            second(WANTED, 0),
            if weak { second(900, 2) } else { second(WANTED, 0) },
        ];
        let happened = if n == 26 { vec![log()] } else { Vec::new() };
        lines.extend(chronicle.second((now, effort(n)), happened));
    }
    lines.extend(chronicle.end(Vec::new()));
    lines
}

#[test]
fn a_show_is_read_as_it_was_from_few_lines() {
    let folder = tempfile::tempdir().unwrap();
    let lines = lines();
    // Head, 10 + 10 + 5 s, three weak ones, what happened, 5 s, end.
    assert_eq!(lines.len(), 10, "{lines:#?}");
    fs::write(folder.path().join("20261122T141036.jsonl"), lines.join("\n")).unwrap();
    let [past] = &list(folder.path())[..] else {
        panic!()
    };
    assert_eq!(
        (past.show.as_str(), past.began.as_str()),
        ("Tea", "2026-11-22T14:10:36.123Z")
    );
    let history = read(folder.path(), &past.id, false).unwrap();
    let place = &history.places[1];
    assert_eq!((place.name.as_str(), place.wanted_kbps), ("second", WANTED));
    let expected: Vec<_> = (0..33)
        .map(|n| if (25..28).contains(&n) { 900 } else { WANTED })
        .collect();
    assert_eq!(place.target_kbps, expected);
    assert_eq!(place.skipped.iter().sum::<u32>(), 6);
    assert_eq!((place.rtt_ms[0], place.lost[0]), (Some(40), None));
    assert_eq!((history.log.len(), history.log[0].at), (1, 25.5));
    let machine = history.machine.unwrap();
    assert_eq!(
        (machine.cpu.len(), machine.cpu[0], machine.cpu[32]),
        (33, Some(49), Some(72))
    );
    assert_eq!((machine.late[26], machine.late.iter().sum::<u32>()), (1, 1));
    assert_eq!((machine.cpu_own[0], machine.draw[0]), (None, 30));
}

#[test]
fn what_a_crash_has_left_is_read_and_what_is_no_history_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let whole = lines().join("\n");
    write("cut.jsonl", &whole[..whole.len() - 80]);
    let read = |id: &str| read(folder.path(), id, true);
    assert!(read("cut").unwrap().places[0].sent_kbps.len() >= 25);
    write("other.jsonl", &whole.replace("\"history\":1", "\"history\":2"));
    write("noise.jsonl", "\u{0}\u{1}nothing");
    let ages = "{\"t\":1,\"n\":4000000000,\"p\":[[1,1,null,1,null,null,1,\"weak\"]]}";
    let head = whole.lines().next().unwrap();
    write("long.jsonl", &format!("{head}\n{ages}\n{ages}"));
    for id in ["other", "noise"] {
        assert_eq!(read(id).unwrap_err().code(), "history.unreadable", "{id}");
    }
    let long = read("long").unwrap();
    assert_eq!(long.machine, None, "an earlier version wrote nothing of it");
    assert_eq!(
        long.places[0].skipped.iter().sum::<u32>(),
        1,
        "the first one is as long as a show can be"
    );
    assert!(long.step * long.places[0].skipped.len() as f64 <= 2.0 * f64::from(LONGEST));
    for id in ["gone", "../cut", "cut.jsonl", "", "/etc/passwd"] {
        assert_eq!(read(id).unwrap_err().code(), "history.unknown", "{id}");
    }
    assert_eq!(list(folder.path()).len(), 4, "the damaged ones can be seen");
    assert!(list(Path::new("/nowhere")).is_empty());
}
