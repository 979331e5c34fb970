//! The program itself, around programs that end in every way.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // A test that panics has said what it had to say.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

const GUARDIAN: &str = env!("CARGO_BIN_EXE_anchor-guardian");

/// What a shell's `script` leaves behind under the guardian; `$folder` is its own, the words it was given are its words.
fn guarded(script: &str) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(GUARDIAN)
        .args(["/bin/sh", "-c"])
        .arg(format!(
            "folder={}\necho \"$*\" >>$folder/said\n{script}",
            folder.path().display()
        ))
        .arg("one")
        .output()
        .unwrap();
    let said = fs::read_to_string(folder.path().join("said")).unwrap();
    (output, said)
}

#[test]
fn one_that_ends_by_its_own_word_is_not_started_again() {
    for code in [0, 1, 7] {
        let (output, said) = guarded(&format!("exit {code}"));
        assert_eq!((output.status.code(), said.as_str()), (Some(code), "--alone\n"));
    }
}

#[test]
fn one_that_crashes_is_started_again_and_told_so() {
    for crash in ["kill -9 $$", "kill -SEGV $$", "exit 101"] {
        let (output, said) = guarded(&format!(
            "[ -e $folder/again ] && exit 3\n: >$folder/again\n{crash}"
        ));
        assert_eq!(output.status.code(), Some(3), "{crash}");
        assert_eq!(said, "--alone\n--alone --revived\n", "{crash}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("started again"));
    }
}

#[test]
fn one_that_does_nothing_else_is_given_up() {
    let (output, said) = guarded("kill -9 $$");
    assert_eq!((output.status.code(), said.lines().count()), (Some(101), 4));
}

#[test]
fn what_it_is_asked_it_asks() {
    // The shell's parent is the guardian; the shell answers once it has been asked itself.
    let (output, _) = guarded("trap 'exit 5' TERM\nkill -TERM $PPID\nwhile :; do sleep 0.01; done");
    assert_eq!(output.status.code(), Some(5));
    let (output, said) = guarded("trap 'kill -9 $$' TERM\nkill -HUP $PPID\nwhile :; do sleep 0.01; done");
    assert_eq!(
        (output.status.code(), said.lines().count()),
        (Some(101), 1),
        "it was to end"
    );
    let (output, _) = guarded("kill -TERM $$\nexit 9");
    assert_eq!((output.status.code(), output.status.signal()), (Some(0), None));
}

#[test]
fn what_cant_be_run_is_said() {
    let output = Command::new(GUARDIAN).arg("/nowhere/studio").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/studio can't be run"));
    assert_eq!(Command::new(GUARDIAN).output().unwrap().status.code(), Some(2));
}
