//! What a confined process still can do, and what not. A program of its own, as there is no way back.
//!
//! Run as the tests are, with a harness it does without: the first thread of the process must confine it.

#![allow(clippy::unwrap_used)] // A test that panics has said what it had to say.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::Command;
use std::time::Duration;

use media::{AudioBlock, Timestamp};
use pipeline::encode::{OpusConfig, OpusEncoder};
use server::worker::confine;

fn denied<T>(what: &str, tried: std::io::Result<T>) {
    let kind = tried.err().map(|e| e.kind());
    assert_eq!(kind, Some(ErrorKind::PermissionDenied), "{what}");
}

fn main() {
    if cfg!(not(target_os = "linux")) {
        println!("skipped: workers are confined on Linux alone");
        return;
    }
    // As workers are started: GStreamer's small programs aren't made into code.
    const AS_FUNCTIONS: (&str, &str) = ("ORC_CODE", "backup");
    if std::env::var(AS_FUNCTIONS.0).is_err() {
        let mut again = Command::new(std::env::current_exe().unwrap());
        let ended = again.env(AS_FUNCTIONS.0, AS_FUNCTIONS.1).status().unwrap();
        assert!(ended.success(), "{ended}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let mut open = File::open("/dev/zero").unwrap();
    pipeline::transcode::load(true, true).unwrap();

    confine::begin();
    let confined = confine::close().unwrap();
    println!("confined; Landlock holds: {}", confined.landlock);

    denied("reading a file", File::open("/etc/passwd"));
    denied("reading a folder", std::fs::read_dir("/"));
    let new = dir.path().join("new");
    denied(
        "writing a file",
        OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(&new),
    );
    denied("making a folder", std::fs::create_dir(&new));
    denied("removing a folder", std::fs::remove_dir(dir.path()));
    denied("connecting", TcpStream::connect(at));
    denied("listening", TcpListener::bind("127.0.0.1:0"));
    denied("a datagram", UdpSocket::bind("127.0.0.1:0"));
    denied("a local socket", UnixDatagram::unbound());
    denied(
        "a server on this machine",
        UnixStream::connect("/run/systemd/notify"),
    );
    denied("taking a connection", listener.accept());
    denied("another program", Command::new("/bin/true").status());

    computes(&mut open);
    println!("test a_confined_process_computes_and_opens_nothing ... ok");
    // The folder is left behind otherwise: this process may not remove it any more, and says so.
    let _ = dir.keep();
}

/// Threads, memory, what is open, and an encoder made anew.
fn computes(open: &mut File) {
    let mut bytes = vec![1; 8 << 20];
    open.read_exact(&mut bytes).unwrap();
    let sum = std::thread::Builder::new().spawn(move || bytes.iter().map(|b| u64::from(*b)).sum::<u64>());
    assert_eq!(sum.unwrap().join().unwrap(), 0);
    std::io::stdout().flush().unwrap();
    let encoder = OpusEncoder::new(OpusConfig::new(96)).unwrap();
    encoder
        .submit(&AudioBlock::silence(Timestamp::ZERO, 48_000, 2, 4_800))
        .unwrap();
    let packet = encoder.next_packet(Duration::from_secs(20)).unwrap();
    assert!(packet.is_some_and(|packet| packet.pts == Timestamp::ZERO));
}
