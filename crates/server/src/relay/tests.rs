use std::fs;

use super::*;
use crate::config::{Overrides, parse_and_merge};

fn parsed(text: &str) -> Result<Config, ConfigError> {
    parse_and_merge(text, &Overrides::default())
}

#[test]
fn relays_are_configured_without_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    fs::write(&file, "live_hidden\n").unwrap();
    let text = format!(
        "[[pull]]\nstream = \"a\"\nfrom = \"rtmp://origin:19350/live?token=x\"\nname = \"shop\"\n\
         [[push]]\nstream = \"a\"\nto = \"rtmps://platform.test/app\"\nkey = {{ file = {file:?} }}\n"
    );
    let relays = Relay::all(&parsed(&text).unwrap()).unwrap();
    let said: Vec<_> = relays.iter().map(|r| r.stats(Instant::now())).collect();
    assert_eq!(
        said[0].server, "rtmp://origin:19350",
        "without what may be a token"
    );
    assert_eq!(said[1].server, "rtmps://platform.test:443");
    assert_eq!(relays[1].target.key.expose(), "live_hidden");
    assert!(!format!("{relays:?}").contains("hidden"));
}

#[test]
fn what_is_wrong_with_a_relay_is_said() {
    let wrong = |text: &str| parsed(text).unwrap_err().to_string();
    let said = wrong("[[pull]]\nstream = \"a\"\nfrom = \"http://x/live\"\nname = \"b\"");
    assert!(said.contains("stream a") && said.contains("rtmp://"), "{said}");
    let said = wrong("[[pull]]\nstream = \"a b\"\nfrom = \"rtmp://x/live\"\nname = \"b\"");
    assert!(said.contains("letters"), "{said}");
    let said = wrong("[[push]]\nstream = \"a\"\nto = \"rtmp://x/live\"\nkey = \"live_123\"");
    assert!(said.contains("line 4"), "{said}");
    let said = wrong("[listen]\nrtmps = \"127.0.0.1:1936\"");
    assert!(said.contains("certificate"), "{said}");
}

#[test]
fn a_key_that_is_not_there_is_a_fault_that_names_its_place() {
    let text = "[[push]]\nstream = \"a\"\nto = \"rtmp://x/live\"\nkey = { file = \"/nowhere/key\" }";
    let fault = Relay::all(&parsed(text).unwrap()).unwrap_err();
    assert_eq!(fault.code, Code::RelayKey);
    assert!(fault.message.contains("/nowhere/key"), "{fault}");
}

#[test]
fn relays_of_one_stream_and_of_another_keep_a_different_pace() {
    let of = |name| seed(&Name::new(name).unwrap());
    assert_ne!(of("a"), of("b"));
    assert_eq!(of("a"), of("a"));
}
