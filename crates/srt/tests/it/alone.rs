//! Tests in a process of their own: they count what the whole process has, end it, or hear its log.

use std::io::Write;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use srt::{Options, Passphrase};

use crate::support::{call, guarded, lossless, meet, message, open};

/// Runs the test `name`, which is ignored otherwise, in a process of its own.
fn alone(name: &str) {
    let program = std::env::current_exe().expect("a program");
    let arguments = ["--exact", name, "--ignored", "--nocapture"];
    let ended = Command::new(program).args(arguments).output();
    let ended = ended.expect("a process");
    let said = String::from_utf8_lossy(&ended.stdout) + String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{}: {said}", ended.status);
}

#[test]
fn two_hundred_connections_leave_no_thread_and_no_descriptor() {
    alone("alone::connections_come_and_go");
}

/// How many open descriptors and threads this process has.
fn held() -> (usize, usize) {
    let count = |path| std::fs::read_dir(path).map_or(0, Iterator::count);
    (count("/proc/self/fd"), count("/proc/self/task"))
}

fn exceeds(now: (usize, usize), before: (usize, usize)) -> bool {
    now.0 > before.0 || now.1 > before.1
}

#[tokio::test]
#[ignore = "in a process of its own"]
async fn connections_come_and_go() {
    guarded(async {
        let options = lossless();
        let listener = open(&options);
        let before = held();
        for _ in 0..10 {
            let mut pairs = Vec::new();
            for _ in 0..20 {
                let (caller, callee) = meet(&listener, "", &options).await;
                caller.send(b"hello").await.unwrap();
                pairs.push((caller, callee));
            }
            for (_caller, callee) in &pairs {
                assert_eq!(message(callee).await.unwrap(), b"hello");
            }
            assert!(exceeds(held(), before));
        }
        // libsrt clears up after itself some seconds later, and tells nobody.
        let cleared = async {
            while exceeds(held(), before) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let cleared = tokio::time::timeout(Duration::from_secs(40), cleared).await;
        assert!(cleared.is_ok(), "{:?} at first, {:?} at last", before, held());
    })
    .await;
}

#[test]
fn a_process_that_ends_in_the_middle_ends_well() {
    for _ in 0..5 {
        alone("alone::the_process_ends");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "in a process of its own"]
async fn the_process_ends() {
    let options = Options::default();
    let listener = open(&options);
    let (caller, callee) = meet(&listener, "", &options).await;
    tokio::spawn(async move { listener.accept().await.map(drop) });
    tokio::spawn(async move { message(&callee).await.map(drop) });
    caller.send(b"the last word").await.unwrap();
    std::process::exit(0);
}

#[test]
fn the_log_is_heard_and_has_no_secrets() {
    alone("alone::the_log");
}

/// A place to write to that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
#[ignore = "in a process of its own"]
async fn the_log() {
    guarded(async {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .init();
        let with = |passphrase| Options {
            passphrase: Passphrase::new(passphrase).ok(),
            ..Options::default()
        };
        let listener = open(&with("key of the listener"));
        let refused = call(&listener, "key of the stream", &with("key of the caller")).await;
        assert_eq!(refused.unwrap_err().code(), "srt.passphrase");
        let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(said.contains("libsrt: "), "{said}");
        assert!(!said.contains("key of"), "{said}");
    })
    .await;
}
