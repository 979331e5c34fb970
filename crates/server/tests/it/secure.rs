//! RTMP within TLS: publishers and players of a server with a certificate of its own.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use api::server::StreamState;

use crate::support::certificate::Certificate;
use crate::support::media::{PLAIN, Viewer, watchable};
use crate::support::{TestServer, anchor_server};

/// ffmpeg, which brings its own TLS, plays half a second from `from`.
fn ffmpeg_plays(from: SocketAddr) -> bool {
    Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-rtmp_live", "live", "-i"])
        .arg(format!("rtmps://localhost:{}/live/show", from.port()))
        .args(["-t", "0.5", "-f", "null", "-"])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

/// ffmpeg publishes four seconds of pictures to `to`.
fn ffmpeg_publishes(to: SocketAddr, key: &str) -> bool {
    Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-re"])
        .args(PLAIN.args)
        .args(["-t", "4", "-pix_fmt", "yuv420p", "-preset", "ultrafast"])
        .args(["-c:v", "libx264", "-c:a", "aac", "-f", "flv"])
        .arg(format!("rtmps://localhost:{}/live/{key}", to.port()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

#[test]
fn a_stranger_publishes_and_plays_within_tls() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(dir.path(), &["localhost"]);
    let mut server = TestServer::start_with(&certificate.config(), "info");
    let rtmps = server.rtmps.unwrap();
    let key = server.key.clone();
    let publisher = std::thread::Builder::new()
        .spawn(move || ffmpeg_publishes(rtmps, &key))
        .unwrap();
    server.wait_log("publishing");
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    assert_eq!(viewer.media(30).len(), 30);
    assert!(ffmpeg_plays(rtmps));
    assert_eq!(
        (server.stats().state, server.stats().rtmp.total),
        (StreamState::Live, 1)
    );
    assert!(publisher.join().unwrap());
}

#[test]
fn who_speaks_no_tls_at_the_secure_door_is_let_go_and_others_are_served() {
    use std::io::{Read as _, Write as _};
    let dir = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(dir.path(), &["localhost"]);
    let server = TestServer::start_with(&certificate.config(), "info");
    let mut stream = std::net::TcpStream::connect(server.rtmps.unwrap()).unwrap();
    stream.write_all(&[3; 2000]).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    let tags = PLAIN.pictures(1);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    sender.send_all(&tags);
    assert_eq!(viewer.all(&tags).len(), watchable(&tags).len());
}

#[test]
fn a_certificate_that_is_none_is_said_before_the_server_starts() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(dir.path(), &["localhost"]);
    let check = |config: &str| {
        let file = dir.path().join("anchor.toml");
        std::fs::write(&file, config).unwrap();
        let any = "127.0.0.1:0";
        let out = anchor_server(&[
            "check",
            "--config",
            file.to_str().unwrap(),
            "--data",
            dir.path().to_str().unwrap(),
            "--http",
            any,
            "--rtmp",
            any,
            "--admin",
            any,
        ]);
        (out.status.success(), String::from_utf8(out.stderr).unwrap())
    };
    let config = certificate.config();
    assert_eq!(check(&config), (true, String::new()));
    let (done, said) = check(&config.replace("key.pem", "chain.pem"));
    assert!(!done && said.contains("chain.pem"), "{said}");
    let other = tempfile::tempdir().unwrap();
    let strange = Certificate::write(other.path(), &["localhost"]).config();
    let mixed = strange.replace(
        &format!("{}/key.pem", other.path().display()),
        &format!("{}/key.pem", dir.path().display()),
    );
    let (done, said) = check(&mixed);
    assert!(
        !done && said.contains("key.pem"),
        "a key of another certificate: {said}"
    );
}
