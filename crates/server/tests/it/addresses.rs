//! Strangers who come from addresses of their own, which loopback has none of: a network namespace has.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::process::Command;

use socket2::{Domain, Socket, Type};

use crate::hls::{ask_by, next, published};
use crate::support::media::PLAIN;
use crate::support::{PATIENCE, TestServer, http};

/// Where the server is, and where strangers come from; of the last three, the first two share a subnet of 64 bits.
const SERVER: [&str; 2] = ["10.77.0.1", "fd77::1"];
const FOUR: [&str; 2] = ["10.77.0.2", "10.77.0.3"];
const SIX: [&str; 3] = ["fd77:0:0:1::2", "fd77:0:0:1::3", "fd77:0:0:2::2"];

const CONNECTIONS: &str = "[limits]\nhttp_per_address = 2\nrtmp_per_address = 2\n";
const REQUESTS: &str = "[limits]\nhls_waiters_per_address = 1\n";

#[test]
fn limits_of_an_address_are_its_own() {
    let apart = || {
        let mut command = Command::new("unshare");
        command.arg("-Urn");
        command
    };
    let given = apart().arg("true").status();
    if !given.is_ok_and(|status| status.success()) {
        println!("skipped: no network namespace is given here");
        return;
    }
    let test = "addresses::strangers_from_addresses_of_their_own";
    let ran = apart()
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

#[test]
#[ignore = "changes the machine's addresses: the test before it runs it in a network namespace"]
fn strangers_from_addresses_of_their_own() {
    ip("link set lo up");
    for address in SERVER.iter().chain(&FOUR).chain(&SIX) {
        let bits = if address.contains(':') { 128 } else { 32 };
        // A machine takes a second to be sure that an address is nobody else's, unless it is told so.
        let nodad = if bits == 128 { " nodad" } else { "" };
        ip(&format!("addr add {address}/{bits} dev lo{nodad}"));
    }
    // One listener for both families, as a server in the open has.
    let server = TestServer::start_at("[::]:0", CONNECTIONS, "info");
    viewers(&server);
    publishers(&server);
    requests_that_wait(TestServer::start_at("[::]:0", REQUESTS, "server=debug"));
}

fn ip(arguments: &str) {
    let done = Command::new("ip").args(arguments.split(' ')).status().unwrap();
    assert!(done.success(), "ip {arguments}");
}

/// A connection from `address` to the server's `port`.
fn from(address: &str, port: u16) -> TcpStream {
    let address: IpAddr = address.parse().unwrap();
    let server: IpAddr = SERVER[usize::from(address.is_ipv6())].parse().unwrap();
    let socket = Socket::new(Domain::for_address((address, 0).into()), Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((address, 0)).into()).unwrap();
    socket.connect(&SocketAddr::from((server, port)).into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The connection, when what is sent on it is answered with something that begins as `answer` does.
fn answered(mut stream: TcpStream, sent: &[u8], answer: &[u8]) -> Option<TcpStream> {
    // Who is refused may be told by an end or by a reset.
    stream.write_all(sent).ok()?;
    let mut begun = vec![0; answer.len()];
    stream.read_exact(&mut begun).ok()?;
    assert_eq!(begun, answer);
    Some(stream)
}

/// Two connections from each address, or subnet, and no third.
fn judge(come: impl Fn(&str) -> Option<TcpStream>) {
    let [a, b] = FOUR;
    let held: Vec<_> = [a, a, b, b].map(&come).into_iter().flatten().collect();
    assert_eq!(held.len(), 4);
    assert!(come(a).is_none() && come(b).is_none());
    let [a, beside_a, other] = SIX;
    let more: Vec<_> = [a, beside_a, other, other]
        .map(&come)
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(more.len(), 4);
    assert!(come(a).is_none() && come(beside_a).is_none() && come(other).is_none());
}

fn viewers(server: &TestServer) {
    let request = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n";
    judge(|address| answered(from(address, server.http.port()), request, b"HTTP/1.1 200"));
}

fn publishers(server: &TestServer) {
    // Version and time of the handshake (RTMP 1.0, 5.2); the server's begins with its own version.
    let mut begun = [0; 1537];
    begun[0] = 3;
    judge(|address| answered(from(address, server.rtmp.port()), &begun, &[3]));
}

fn requests_that_wait(mut server: TestServer) {
    let sender = published(&server, &PLAIN.pictures(3));
    let (msn, _) = next(&server.text("/live/show/video.m3u8"));
    let path = format!("/live/show/video.m3u8?_HLS_msn={msn}");
    let port = server.http.port();
    let mut waiting = Vec::new();
    for address in FOUR {
        waiting.push(ask_by(from(address, port), path.clone()));
        server.wait_log("a request waits");
        let crowded = http::request_on(from(address, port), "GET", &path, b"");
        assert_eq!(crowded.status, 429, "{address}");
    }
    sender.finish();
    for waiting in waiting {
        assert_eq!(waiting.join().unwrap().status, 200);
    }
}
