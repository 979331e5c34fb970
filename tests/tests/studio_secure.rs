//! A show within TLS: to a server whose certificate is trusted, and to one whose certificate isn't.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use system_tests::PATIENCE;
use system_tests::certificate::Certificate;
use system_tests::player::{Player, breaks, owned_up};
use system_tests::server::Server;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;
use tempfile::TempDir;

/// A server within TLS, a show that goes there, and the authority to be trusted.
async fn secure(name: &str) -> (Server, Show, Certificate, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(folder.path(), &[name]);
    let server = Server::start_with(&certificate.config(), &[]).await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let (_, key) = address.rsplit_once('/').unwrap();
    let port = server.rtmps.unwrap().port();
    let show = Show::new(BARS_AND_TONE)
        .companion(&server.url(""))
        .output("mine", &format!("rtmps://localhost:{port}/live/{key}"));
    (server, show, certificate, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_goes_within_tls_with_its_clock() {
    let (server, show, certificate, _folder) = secure("localhost").await;
    let trusting = |command: &mut tokio::process::Command| {
        command.env("SSL_CERT_FILE", &certificate.authority);
    };
    let studio = Studio::start_in(&show, trusting).unwrap();
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 90)
        .await
        .unwrap();
    let (report, said) = studio.stop().await.unwrap();
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!((mine.connections, &mine.error), (1, &None), "{said}");
    assert!(
        breaks(&seen.pictures) <= owned_up(&report),
        "{:?}",
        seen.numbers()
    );
    assert!(
        seen.pictures.iter().all(|p| p.clock.is_some() == p.key),
        "the clock is told"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_who_cannot_prove_its_name() {
    // Trusted, but another's.
    let (server, show, certificate, _folder) = secure("elsewhere.test").await;
    let trusting = |command: &mut tokio::process::Command| {
        command.env("SSL_CERT_FILE", &certificate.authority);
    };
    let mut studio = Studio::start_in(&show, trusting).unwrap();
    studio
        .wait_for("output=\"mine\" code=\"rtmp.certificate\"", 1, PATIENCE)
        .await
        .unwrap();
    let (report, said) = studio.stop().await.unwrap();
    let error = studio::output(&report, "mine").unwrap().error.clone().unwrap();
    assert!(
        error.sentence.contains("it is for another name"),
        "{}",
        error.sentence
    );
    assert!(said.contains("nothing was sent"), "{said}");
    assert!(
        server.stream("spring").await.unwrap().is_none(),
        "the server saw no publish"
    );
}
