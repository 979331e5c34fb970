use super::*;
use crate::show::{AudioSettings, KeyRef, OutputKind, SrtSettings, VideoSettings};

fn output(url: &str) -> Output {
    Output {
        name: "theirs".into(),
        platform: None,
        kind: OutputKind::Whip,
        url: url.into(),
        key: KeyRef::Env("KEY".into()),
        least: 300,
        on: true,
        passed_on: false,
        srt: SrtSettings::default(),
        video: VideoSettings::default(),
        audio: AudioSettings::default(),
    }
}

fn refused(status: u16) -> WhipError {
    let sentence = "no: top-secret".into();
    failed(
        rtc::Error::Refused { status, sentence },
        &Secret::from("top-secret"),
    )
}

#[test]
fn each_refusal_has_its_code_and_says_what_to_do() {
    for (status, code, advice) in [
        (401, "whip.key", "check the stream key"),
        (403, "whip.key", "check the stream key"),
        (404, "whip.not_found", "check the address"),
        (405, "whip.not_found", "check the address"),
        (200, "whip.not_found", "check the address"),
        (409, "whip.busy", "nobody else sends"),
        (429, "whip.too_many", "tried again by itself"),
        (422, "whip.refused", "tried again by itself"),
        (503, "whip.refused", "tried again by itself"),
    ] {
        let error = refused(status);
        let sentence = error.sentence("theirs", "example.test", 443);
        assert_eq!(error.code(), code);
        assert!(
            sentence.contains(advice) && sentence.contains("theirs"),
            "{sentence}"
        );
        assert!(
            sentence.contains("no: ***") && !sentence.contains("top-secret"),
            "{sentence}"
        );
        assert_eq!(error.is_refusal(), status < 500);
    }
}

#[test]
fn a_server_that_can_not_prove_who_it_is_is_told_from_one_that_is_away() {
    let error = failed(
        rtc::Error::Certificate("UnknownIssuer".into()),
        &Secret::default(),
    );
    assert_eq!((error.code(), error.is_refusal()), ("whip.certificate", true));
    assert!(
        error
            .sentence("theirs", "example.test", 443)
            .contains("example.test")
    );
    let away = rtc::Error::Http("Connection refused (os error 111)".into());
    let error = failed(away, &Secret::default());
    assert_eq!((error.code(), error.is_refusal()), ("whip.unreachable", false));
    assert!(
        error
            .sentence("theirs", "example.test", 8889)
            .contains("port 8889")
    );
    let blocked = WhipError::from(rtc::Error::Unconnected);
    assert_eq!((blocked.code(), blocked.is_refusal()), ("whip.blocked", false));
}

#[test]
fn a_route_shows_no_key_and_knows_the_companion() {
    let url = "https://Example.test/whip/endpoint";
    let route = WhipRoute::new(&output(url), Secret::from("top-secret"), Some("example.test")).unwrap();
    assert!(route.stamped && !format!("{route:?}").contains("top-secret"));
    assert_eq!((route.host.as_str(), route.port), ("example.test", 443));
    let other = WhipRoute::new(&output(url), Secret::from("k"), Some("other.test")).unwrap();
    assert!(!other.stamped);
    assert_eq!(other.rate, 2_628_000);
    let odd = WhipRoute::new(&output(url), Secret::from("a\nb"), None);
    assert_eq!(odd.unwrap_err().code(), "whip.key");
    let odd = WhipRoute::new(&output("https://host"), Secret::from("k"), None);
    assert_eq!(odd.unwrap_err().code(), "whip.url");
}
