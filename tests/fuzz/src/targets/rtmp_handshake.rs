//! The handshake of RTMP, at our server and at our client.

use std::time::Instant;

use rtmp::{Limits, Target as Address, client, server};

use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target, concat, first};

/// Bytes of C1, C2, S1 and S2.
const PACKET: usize = 1536;

pub(super) const TARGET: Target = Target {
    name: "rtmp-handshake",
    corpus: "rtmp-handshake",
    marker: "the peer's version and first packet were taken and answered",
    memory: 1 << 20,
    split,
    join: concat,
    // The version.
    opening: first,
    words: &[],
    parser,
};

fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (version, rest) = bytes.split_at(1.min(bytes.len()));
    let packets = rest[..rest.len().min(2 * PACKET)].chunks(PACKET);
    std::iter::once(version)
        .chain(packets)
        .map(<[u8]>::to_vec)
        .collect()
}

fn parser() -> Box<dyn Parser> {
    let made = Address::new("rtmp://example.test/live", "made-up-key");
    // The address is right, as the recordings show.
    let Ok(address) = made else { unreachable!() };
    Box::new(move |input: &[u8]| {
        let (now, input) = (Instant::now(), &input[..input.len().min(1 + 2 * PACKET)]);
        let mut server = server::Session::new(Limits::default(), now);
        let refused = pieces(input).any(|piece| server.receive(now, piece).is_err());
        let answered = std::iter::from_fn(|| server.poll_transmit())
            .map(|out| out.len())
            .sum::<usize>();
        let mut client = client::Session::publish(address.clone(), Limits::default(), now);
        let refuses = pieces(input).any(|piece| client.receive(now, piece).is_err());
        assert_eq!(refused, refuses, "both halves of a handshake are read alike");
        Seen {
            past: answered > 2 * PACKET,
            refused,
        }
    })
}
