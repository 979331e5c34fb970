//! Offers of those who publish and watch by WebRTC.

use std::time::Instant;

use rtc::{Candidates, Connection, Error, Identity, Role};

use crate::target::{Parser, Seen, Target};

pub(super) const TARGET: Target = Target {
    name: "sdp",
    corpus: "sdp",
    marker: "a session description was read",
    memory: 4 << 20,
    split: |bytes| {
        let lines = bytes.split_inclusive(|&byte| byte == b'\n');
        lines.map(<[u8]>::to_vec).collect()
    },
    join: |lines| lines.concat(),
    // Version, origin, name and time.
    opening: |_| 4,
    words: &[
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        "a=mid:0\r\n",
        "a=recvonly\r\n",
        "a=sendonly\r\n",
        "a=inactive\r\n",
        "a=rtpmap:96 H264/90000\r\n",
        "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\n",
        "a=rtcp-fb:96 nack pli\r\n",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
        "a=group:BUNDLE 0 1\r\n",
        "a=setup:actpass\r\n",
        "a=ssrc-group:FID 1 2\r\n",
        "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n",
        "a=simulcast:send h;l\r\n",
        "4294967295",
        "-1",
    ],
    parser,
};

fn parser() -> Box<dyn Parser> {
    let identity = match Identity::generate() {
        Ok(identity) => identity,
        // The system has no random numbers.
        Err(error) => unreachable!("{error}"),
    };
    let candidates = Candidates {
        udp: vec![([127, 0, 0, 1], 8189).into()],
        tcp: vec![([127, 0, 0, 1], 8189).into()],
    };
    let now = Instant::now();
    Box::new(move |input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        let mut seen = Seen::default();
        for role in [Role::Send, Role::Receive] {
            match Connection::answer(&text, role, &identity, &candidates, now) {
                Ok((mut connection, answer)) => {
                    assert!(answer.contains("m="), "an answer has what was asked for");
                    seen.past = true;
                    connection.timeout(now);
                    while let Some(rtc::Output::Event(_) | rtc::Output::Transmit { .. }) = connection.poll() {
                    }
                }
                Err(Error::NothingInCommon) => seen.past = true,
                Err(_) => seen.refused = true,
            }
        }
        seen
    })
}
