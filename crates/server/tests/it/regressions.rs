//! Faults that were published about other servers, tried on this one. What is named is the report.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use bytes::BytesMut;
use rtmp::chunk::{self, Message, kind};

use crate::support::{TestServer, http};

/// Growth of the process that a few requests may cause: buffers and threads that stay.
const ROOM: u64 = 24 << 20;

/// A connection behind the handshake (RTMP 1.0, 5.2), and nothing said yet.
fn greeted(server: &TestServer) -> TcpStream {
    let mut stream = http::connect(server.rtmp);
    stream.write_all(&[3]).unwrap();
    stream.write_all(&[0; 1536]).unwrap();
    let mut answer = [0; 1 + 1536 + 1536];
    stream.read_exact(&mut answer).unwrap();
    stream.write_all(&answer[1..1537]).unwrap();
    stream
}

/// Sends `bytes` as far as they are taken, and waits for the end of the connection.
fn is_closed_after(mut stream: TcpStream, bytes: &[u8]) {
    // The server may close before it has read all.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.len() < 16 * 1024);
}

fn message(kind: u8, payload: &[u8]) -> Message {
    Message {
        kind,
        timestamp: 0,
        stream: 0,
        payload: payload.to_vec().into(),
    }
}

fn written(message: &Message, id: u8) -> BytesMut {
    let mut out = BytesMut::new();
    chunk::write(message, id, chunk::DEFAULT_CHUNK_SIZE, &mut out);
    out
}

fn resident(server: &TestServer) -> u64 {
    server.server_stats().resident_bytes.unwrap()
}

#[test]
fn a_chunk_size_of_two_gigabytes_takes_no_memory() {
    // nginx-rtmp-module#1042.
    let server = TestServer::start();
    let before = resident(&server);
    for size in [0x7fff_ffff_u32, 0xffff_ffff, 0] {
        let said = written(&message(kind::SET_CHUNK_SIZE, &size.to_be_bytes()), 2);
        is_closed_after(greeted(&server), &said);
    }
    assert!(resident(&server) < before + ROOM);
    drop(server.publish());
}

#[test]
fn messages_of_16_megabytes_begun_on_every_chunk_stream_take_no_memory() {
    let server = TestServer::start();
    let before = resident(&server);
    let held: Vec<_> = (0..8)
        .map(|_| {
            let mut stream = greeted(&server);
            for id in 3..64 {
                // A first chunk of type 0 (5.3.1.2.1), its message 16 MiB long less a byte.
                let header = [&[id][..], &[0; 3], &[0xff; 3], &[kind::VIDEO], &[0; 4]].concat();
                if stream.write_all(&[&header[..], &[0; 128]].concat()).is_err() {
                    break;
                }
            }
            stream
        })
        .collect();
    assert!(resident(&server) < before + ROOM);
    drop(server.publish());
    drop(held);
}

#[test]
fn messages_nobody_expects_end_no_more_than_their_connection() {
    // OvenMediaEngine#1631, #1639; MediaMTX#1504: what comes before the connect command, and kinds that are rare.
    let server = TestServer::start();
    let before_connect = [
        message(kind::VIDEO, &[0x17, 1, 0, 0, 0]),
        message(kind::AGGREGATE, &[9; 40]),
        message(kind::USER_CONTROL, &[0xff]),
        message(kind::WINDOW_ACK_SIZE, &[]),
        message(kind::DATA_AMF3, &[0]),
        message(kind::COMMAND_AMF3, &[]),
        message(kind::COMMAND, &[2, 0, 4, b'p', b'l', b'a', b'y']),
        message(0xff, &[0; 300]),
        // Shared objects, in both forms.
        message(16, &[0; 12]),
        message(19, &[0; 12]),
    ];
    for one in &before_connect {
        is_closed_after(greeted(&server), &written(one, 3));
    }
    drop(server.publish());
    assert_eq!(server.text("/healthz"), "ok");
}

#[test]
fn asking_for_what_is_not_there_leaves_nothing_behind() {
    // SRS#636 and #858 (descriptors), MediaMTX#2784 (memory), Node-Media-Server#689 (paths).
    let server = TestServer::start();
    let descriptors = || {
        let folder = format!("/proc/{}/fd", server.pid());
        fs::read_dir(folder).unwrap().count()
    };
    let ask = |n: usize| {
        for path in [
            format!("/live/nobody{n}.flv"),
            format!("/live/nobody{n}/index.m3u8"),
            format!("/live/nobody{n}/video.m3u8?_HLS_msn=9&_HLS_part=1"),
            "/live/%2e%2e%2f%2e%2e%2fetc%2fpasswd.flv".to_owned(),
            "/live/../../etc/passwd/index.m3u8".to_owned(),
            "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd".to_owned(),
        ] {
            let (status, body) = server.get(&path).whole();
            assert!([400, 404].contains(&status), "{path}: {status}");
            assert!(!String::from_utf8_lossy(&body).contains("root:"), "{path}");
        }
    };
    (0..20).for_each(ask);
    let (before, opened) = (resident(&server), descriptors());
    (20..220).for_each(ask);
    // A leak would be of 1200.
    assert!(descriptors() <= opened + 100, "{opened} before");
    assert!(resident(&server) < before + ROOM / 4);
    assert_eq!(server.admin_text("/api/streams"), "[]");
}
