//! Viewers who speak HTTP/2 within TLS: curl, which brings its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use container::flv::{Tag, TagKind};

use crate::hls::published;
use crate::support::TestServer;
use crate::support::certificate::Certificate;
use crate::support::media::PLAIN;

/// A server with a listener for viewers within TLS, and its certificate's folder.
fn start() -> (TestServer, Certificate, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(dir.path(), &["localhost"]);
    let config = certificate.config().replace("rtmps = ", "https = ");
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
