//! What strangers send to the port of WebRTC: checks (STUN), handshakes (DTLS), media (SRTP), each behind its length as
//! within TCP (RFC 4571, 2).

use std::time::{Duration, Instant};

use rtc::{Candidates, Connection, Identity, Output, Role, Transport};

use crate::target::{Parser, Seen, Target};

/// Where the connection is, and who sends to it.
const HERE: ([u8; 4], u16) = ([192, 0, 2, 1], 5000);
const THERE: ([u8; 4], u16) = ([192, 0, 2, 2], 6000);
/// The connection's caller.
const OFFER: &str = include_str!("../../../corpora/sdp/chromium-whep");

pub(super) const TARGET: Target = Target {
    name: "rtc-packets",
    corpus: "rtc-packets",
    marker: "a packet was read: a whole message of STUN, or a record of DTLS, RTP or RTCP",
    memory: 4 << 20,
    split,
    join: |packets| packets.iter().flat_map(|packet| framed(packet)).collect(),
    opening: |_| 0,
    // Kinds and lengths of STUN's attributes and messages, and of DTLS' records, as far as they are text.
    words: &[
        "\0\x01",
        "\x01\x01",
        "\0\x06\0\x09",
        "\0\x08\0\x14",
        "\0\x20\0\x08",
        "\0\x24\0\x04",
        "\0\x25\0\0",
        "\0\x01\0\0",
        "\x16",
        "\x17",
    ],
    parser,
};

fn split(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        packets.push(rest[..length].to_vec());
        bytes = &rest[length..];
    }
    packets
}

/// A packet behind its length; a message of STUN with the length of its own that is right for it (RFC 8489, 5).
fn framed(packet: &[u8]) -> Vec<u8> {
    let mut packet = packet[..packet.len().min(1_500)].to_vec();
    if packet.first().is_some_and(|first| *first < 4) && packet.len() >= 20 {
        packet.truncate(packet.len() & !3);
        let length = (packet.len() - 20) as u16;
        packet[2..4].copy_from_slice(&length.to_be_bytes());
    }
    let length = packet.len() as u16;
    [&length.to_be_bytes()[..], &packet].concat()
}

fn parser() -> Box<dyn Parser> {
    // Random numbers are to be had.
    let Ok(identity) = Identity::generate() else {
        unreachable!()
    };
    let here = Candidates {
        udp: vec![HERE.into()],
        tcp: Vec::new(),
    };
    let now = Instant::now();
    Box::new(move |input: &[u8]| {
        // The offer is a recorded one that is good.
        let Ok((mut connection, _)) = Connection::answer(OFFER, Role::Send, &identity, &here, now) else {
            unreachable!()
        };
        let mut seen = Seen::default();
        for (number, packet) in split(input).iter().enumerate() {
            let at = now + Duration::from_millis(number as u64);
            let read = connection.receive(at, Transport::Udp, THERE.into(), HERE.into(), packet);
            seen.past |= read;
            seen.refused |= !read;
            settle(&mut connection);
        }
        seen
    })
}

/// Lets it answer, as far as it wants to now.
fn settle(connection: &mut Connection) {
    while let Some(output) = connection.poll() {
        if let Output::Timeout(_) = output {
            return;
        }
    }
}
