//! `anchor-studio key set` where the session's bus takes the question and never answers.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

#[test]
fn a_silent_keyring_is_given_up_and_the_key_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let bus = folder.path().join("bus");
    // It accepts, through the backlog, and says nothing.
    let _listener = UnixListener::bind(&bus).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_anchor-studio"))
        .args(["key", "set", "shop"])
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()))
        .env("XDG_CONFIG_HOME", folder.path().join("config"))
        .env("XDG_DATA_HOME", folder.path().join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"live_abc\n").unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{out:?}");
    let said = String::from_utf8(out.stdout).unwrap();
    let sealed = folder.path().join("config/anchor-studio/keys/shop.sealed");
    assert!(said.contains(&sealed.display().to_string()), "{said}");
    assert!(!said.contains("live_abc"));
    let bytes = std::fs::read(&sealed).unwrap();
    assert!(!bytes.windows(8).any(|w| w == b"live_abc"));
    assert!(folder.path().join("data/anchor-studio/seal").exists());
}
