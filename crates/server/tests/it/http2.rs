//! Viewers who speak HTTP/2 within TLS: curl, which brings its own, and a client that takes nothing.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Request;
use container::flv::{Tag, TagKind};
use h2::client::{Builder, Connection, SendRequest};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::hls::published;
use crate::support::TestServer;
use crate::support::certificate::Certificate;
use crate::support::media::PLAIN;

/// A server with a listener for viewers within TLS, and its certificate's folder.
fn start() -> (TestServer, Certificate, tempfile::TempDir) {
    start_with("")
}

fn start_with(limits: &str) -> (TestServer, Certificate, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(dir.path(), &["localhost"]);
    let config = format!("{limits}{}", certificate.config().replace("rtmps = ", "https = "));
    let server = TestServer::start_with(&config, "server=debug");
    (server, certificate, dir)
}

/// curl asks for paths of the secure listener, all on one connection where it can.
fn curl(server: &TestServer, authority: &Path, args: &[&str], paths: &[&str]) -> Child {
    let port = server.https.unwrap().port();
    let mut command = Command::new("curl");
    command
        .args(["-sS", "--parallel", "--cacert"])
        .arg(authority)
        .args(args);
    for path in paths {
        command
            .arg(format!("https://localhost:{port}{path}"))
            .args(["-o", "/dev/null"]);
    }
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// What curl prints with `--write-out`.
fn told(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn rfc_9113_3_2_the_version_is_agreed_on_within_tls() {
    let (server, certificate, _dir) = start();
    let _sender = published(&server, &PLAIN.pictures(3));
    for (args, version) in [(["--http2"], "2"), (["--http1.1"], "1.1")] {
        let write = ["-w", "%{http_version} %{http_code}\n"];
        let args = [&args[..], &write[..]].concat();
        let paths = [
            "/live/show/index.m3u8",
            "/live/show/video.m3u8",
            "/live/show/index.mpd",
        ];
        let lines = told(curl(&server, &certificate.authority, &args, &paths));
        assert_eq!(lines, format!("{version} 200\n").repeat(3));
    }
}

#[test]
fn requests_that_wait_hold_up_no_others_on_their_connection() {
    let (mut server, certificate, _dir) = start();
    let tags = PLAIN.pictures(4);
    let picture = |t: &Tag| t.kind == TagKind::Video && t.timestamp < 2_500;
    let before = tags.iter().rposition(picture).unwrap() + 1;
    let mut sender = published(&server, &tags[..before]);
    let list = server.text("/live/show/video.m3u8");
    let (_, hint) = list.split_once("PRELOAD-HINT:TYPE=PART,URI=\"").unwrap();
    let hinted = format!("/live/show/{}", hint.split('"').next().unwrap());
    let mut paths = vec![hinted.as_str()];
    paths.extend(["/live/show/video.m3u8"; 8]);
    let write = [
        "--http2",
        "-w",
        "%{num_connects} %{http_code} %{filename_effective}\n",
    ];
    let asking = curl(&server, &certificate.authority, &write, &paths);
    server.wait_log("a request waits");
    sender.send_all(&tags[before..]);
    let lines = told(asking);
    let connections: u32 = lines.lines().map(|line| line[..1].parse::<u32>().unwrap()).sum();
    assert_eq!(connections, 1, "{lines}");
    assert_eq!(lines.matches(" 200 ").count(), 9, "{lines}");
}

#[test]
fn a_server_that_stops_lets_go_of_connections_that_ask_for_nothing() {
    let (server, certificate, _dir) = start();
    let _sender = published(&server, &PLAIN.pictures(2));
    let lines = told(curl(
        &server,
        &certificate.authority,
        &["--http2", "-w", "%{http_version}"],
        &["/healthz"],
    ));
    assert_eq!(lines, "2");
    let (status, _, _) = server.stop();
    assert!(status.success());
}

/// A client that grants the answers of its requests no room.
async fn grants_nothing(
    server: &TestServer,
    certificate: &Certificate,
) -> (SendRequest<Bytes>, Connection<TlsStream<TcpStream>>) {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(&certificate.authority).unwrap())
        .unwrap();
    let mut config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tcp = TcpStream::connect(server.https.unwrap()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await
        .unwrap();
    Builder::new()
        .initial_window_size(0)
        .handshake(stream)
        .await
        .unwrap()
}

#[tokio::test]
async fn rfc_9113_6_9_who_grants_no_room_holds_nothing_for_long() {
    for (setting, path) in [
        ("answer_timeout_ms", "/live/show/index.m3u8"),
        ("stall_timeout_ms", "/live/show.flv"),
    ] {
        let (mut server, certificate, _dir) = start_with(&format!("[limits]\n{setting} = 200\n"));
        let _sender = published(&server, &PLAIN.pictures(3));
        let (mut send, connection) = grants_nothing(&server, &certificate).await;
        let driven = tokio::spawn(connection);
        let url = format!("https://localhost{path}");
        let request = Request::builder().uri(url).body(()).unwrap();
        let (answer, _) = send.send_request(request, true).unwrap();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 200);
        server.wait_log("an answer was not taken in time");
        assert!(driven.await.unwrap().is_err(), "closed with the request in hand");
    }
}

#[tokio::test]
async fn rfc_9113_9_1_a_connection_that_is_not_used_is_let_go() {
    let (server, certificate, _dir) = start_with("[limits]\nheader_timeout_ms = 2000\n");
    let (_send, connection) = grants_nothing(&server, &certificate).await;
    let ended = connection.await;
    // The server may be gone before the client's last word is written.
    assert!(ended.as_ref().err().is_none_or(h2::Error::is_io), "{ended:?}");
}
