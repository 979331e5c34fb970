//! Session descriptions of callers by WHIP and WHEP, answers of servers, and fragments of trickle ICE.

use std::time::Instant;

use rtc::signal::Fragment;
use rtc::{Candidates, Connection, Error, Identity, Role};

use crate::target::{Parser, Seen, Target};

/// Where the connection that answers is found.
const HERE: ([u8; 4], u16) = ([192, 0, 2, 1], 5000);

pub(super) const TARGET: Target = Target {
    name: "sdp",
    corpus: "sdp",
    marker: "it was read, as an offer or as an answer",
    memory: 4 << 20,
    split: |bytes| {
        let lines = bytes.split_inclusive(|&byte| byte == b'\n');
        lines.map(<[u8]>::to_vec).collect()
    },
    join,
    // The session and the first medium: without those there is nothing to answer.
    opening: |lines| lines.len() * 2 / 3,
    words: &[
        "a=rtpmap:96 H264/90000",
        "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f",
        "a=candidate:1 1 udp 2130706431 192.0.2.7 9 typ host",
        "a=candidate:1 1 tcp 1 ::1 9 typ host tcptype passive",
        "a=mid:",
        "a=group:BUNDLE ",
        "a=ssrc-group:FID ",
        "a=ssrc:",
        "a=extmap:",
        "a=rid:",
        "a=simulcast:",
        "a=rtcp-fb:96 nack pli",
        "a=setup:actpass",
        "a=fingerprint:sha-256 ",
        "a=ice-ufrag:",
        "a=ice-pwd:",
        "a=sendonly",
        "a=inactive",
        " ",
        ":",
        ";",
        "=",
        "4294967295",
        "-1",
    ],
    parser,
};

const DIRECTIONS: [&str; 4] = ["a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"];

/// Lines that are lines, and media with a name and a direction each: the reader takes a description whole or not at all, but
/// passes over attributes that it doesn't know. What is no line of a description becomes one of those.
fn join(lines: &[Vec<u8>]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&lines.concat()).into_owned();
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    for line in text.split('\n') {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        if is_media(&line) {
            parts.push(vec![line]);
        } else if let (Some(part), false) = (parts.last_mut(), line.is_empty()) {
            let line = if is_line(&line, part) {
                line
            } else {
                format!("a=x:{line}")
            };
            part.push(line);
        }
    }
    for (number, part) in parts.iter_mut().enumerate().skip(1) {
        only_one(part, &DIRECTIONS, "a=sendrecv");
        only_one(part, &["a=mid:"], &format!("a=mid:{number}"));
        only_mapped(part);
    }
    parts
        .concat()
        .iter()
        .flat_map(|line| [line.as_bytes(), b"\r\n"].concat())
        .collect()
}

/// Whether `line` may stand behind the others of its part.
fn is_line(line: &str, before: &[String]) -> bool {
    let opens = !before
        .iter()
        .any(|line| line.starts_with("a=") || line.starts_with("m="));
    match line.as_bytes() {
        [b'a', b'=', rest @ ..] => !rest.is_empty(),
        [b'v' | b'o' | b's' | b't', b'=', ..] => opens,
        [b'c', b'=', ..] => {
            line.starts_with("c=IN IP4 ") && before.last().is_some_and(|line| line.starts_with("m="))
        }
        _ => false,
    }
}

/// Leaves those payload types of a medium that are mapped to a codec; one, where none is.
fn only_mapped(part: &mut Vec<String>) {
    let number = |line: &String| {
        line.strip_prefix("a=rtpmap:")?
            .split_once(' ')?
            .0
            .parse::<u8>()
            .ok()
    };
    if part.iter().all(|line| number(line).is_none()) {
        part.push("a=rtpmap:96 H264/90000".to_owned());
    }
    let mapped: Vec<String> = part
        .iter()
        .filter_map(number)
        .map(|number| number.to_string())
        .collect();
    let words = part[0]
        .split(' ')
        .take(3)
        .chain(mapped.iter().map(String::as_str));
    part[0] = words.collect::<Vec<_>>().join(" ");
}

/// Leaves the first line of `part` that begins as one of `these`; adds `else_this` where there is none.
fn only_one(part: &mut Vec<String>, these: &[&str], else_this: &str) {
    let mut found = false;
    part.retain(|line| {
        let is = these.iter().any(|this| line.starts_with(this));
        !is || !std::mem::replace(&mut found, true)
    });
    if !found {
        part.push(else_this.to_owned());
    }
}

/// `m=audio 9 UDP/TLS/RTP/SAVPF 96 97` (RFC 8866, 5.14).
fn is_media(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    let (Some((&kind, rest)), true) = (words.split_first(), words.len() > 3) else {
        return false;
    };
    let numbers = |words: &[&str]| words.iter().all(|word| word.parse::<u8>().is_ok());
    let protocols = ["UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF"];
    ["m=audio", "m=video"].contains(&kind)
        && rest[0].parse::<u16>().is_ok()
        && protocols.contains(&rest[1])
        && numbers(&rest[2..])
}

fn parser() -> Box<dyn Parser> {
    // Random numbers are to be had.
    let Ok(identity) = Identity::generate() else {
        unreachable!()
    };
    let here = Candidates {
        udp: vec![HERE.into()],
        tcp: vec![HERE.into()],
    };
    let now = Instant::now();
    Box::new(move |input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        let fragment = Fragment::parse(&text);
        let answered = [Role::Send, Role::Receive].map(|role| {
            let answered = Connection::answer(&text, role, &identity, &here, now);
            answered.map(|(mut connection, answer)| {
                let candidates = fragment.candidates.iter();
                candidates.for_each(|candidate| connection.add_candidate(candidate));
                assert!(
                    answer.starts_with("v=0\r\n") && !answer.contains("\n\n"),
                    "{answer:?}"
                );
            })
        });
        let offered = Connection::offer(Role::Receive, &identity, &here, now);
        let accepted = offered.and_then(|mut offered| offered.connection.accept(&text));
        let read = |said: &Result<(), Error>| !matches!(said, Err(Error::Unreadable(_)));
        Seen {
            past: answered.iter().any(read) || read(&accepted),
            refused: answered.iter().all(Result::is_err) && accepted.is_err(),
        }
    })
}
