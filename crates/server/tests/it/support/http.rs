//! As much of HTTP/1.1 as it takes to look at answers closely.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use super::PATIENCE;

/// An answer whose head was read.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    from: BufReader<TcpStream>,
    body: Body,
}

enum Body {
    Length(usize),
    Chunked,
    Done,
}

pub(crate) fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends a request on a connection of its own and reads the answer's head.
pub(crate) fn request(to: SocketAddr, method: &str, path: &str, body: &[u8]) -> Answer {
    request_on(connect(to), method, path, body)
}

pub(crate) fn request_on(stream: TcpStream, method: &str, path: &str, body: &[u8]) -> Answer {
    request_with(stream, method, path, "", body)
}

/// As [`request_on`], with further header lines, each with its end.
pub(crate) fn request_with(
    mut stream: TcpStream,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Answer {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{headers}Content-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut from = BufReader::new(stream);
    let first = line(&mut from);
    let status = first.split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = std::iter::from_fn(|| {
        let line = line(&mut from);
        let (name, value) = line.split_once(": ")?;
        Some((name.to_lowercase(), value.to_owned()))
    })
    .collect();
    let length = find(&headers, "content-length").map(|l| l.parse().unwrap());
    let body = match length {
        _ if method == "HEAD" || status == 204 => Body::Done,
        Some(length) => Body::Length(length),
        None => Body::Chunked,
    };
    Answer {
        status,
        headers,
        from,
        body,
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        find(&self.headers, name).unwrap_or("")
    }

    /// The next piece of the body; none at its end. A body that is cut off panics.
    pub(crate) fn piece(&mut self) -> Option<Vec<u8>> {
        let length = match self.body {
            Body::Done => return None,
            Body::Length(length) => {
                self.body = Body::Done;
                length
            }
            Body::Chunked => {
                let size = line(&mut self.from);
                usize::from_str_radix(&size, 16).unwrap_or_else(|_| panic!("the body is cut off: {size:?}"))
            }
        };
        let mut piece = vec![0; length];
        self.from.read_exact(&mut piece).unwrap();
        if matches!(self.body, Body::Chunked) {
            assert_eq!(line(&mut self.from), "");
            if length == 0 {
                self.body = Body::Done;
                return None;
            }
        }
        Some(piece)
    }

    /// Status and whole body.
    pub(crate) fn whole(mut self) -> (u16, Vec<u8>) {
        let mut body = Vec::new();
        while let Some(piece) = self.piece() {
            body.extend(piece);
        }
        (self.status, body)
    }
}
