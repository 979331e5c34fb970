//! As much of HTTP/1.1 as it takes to ask our own server something, on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longest wait for one piece of an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks `GET path` at `addr`; the body's reader, when the answer is 200.
fn open(addr: SocketAddr, path: &str) -> Option<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect_timeout(&addr, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    // HTTP/1.0: the body comes as it is, without chunks.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {addr}\r\n\r\n").ok()?;
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
        line.clear();
    }
    (status.split_whitespace().nth(1) == Some("200")).then_some(reader)
}

/// The whole body of `GET path`, when the answer is 200; at most 1 MiB of it.
pub(crate) fn get(addr: SocketAddr, path: &str) -> Option<String> {
    let mut text = String::new();
    open(addr, path)?.take(1 << 20).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Whether HTTP-FLV at `path` delivers a key frame: a video tag (type 9) whose first byte says key frame and
/// AVC (0x17) and whose second says it is a picture, not a configuration (FLV file format, annex E.4).
pub(crate) fn serves_key_frame(addr: SocketAddr, path: &str) -> bool {
    let Some(mut body) = open(addr, path) else {
        return false;
    };
    let mut header = [0; 13];
    if body.read_exact(&mut header).is_err() || !header.starts_with(b"FLV") {
        return false;
    }
    loop {
        let mut tag = [0; 11];
        if body.read_exact(&mut tag).is_err() {
            return false;
        }
        let length = usize::from(tag[1]) << 16 | usize::from(tag[2]) << 8 | usize::from(tag[3]);
        let mut data = vec![0; length + 4];
        if body.read_exact(&mut data).is_err() {
            return false;
        }
        if tag[0] == 9 && data.starts_with(&[0x17, 1]) {
            return true;
        }
    }
}
