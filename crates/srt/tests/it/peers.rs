//! libsrt's own tool at the other end.

use std::net::UdpSocket;
use std::process::Stdio;
use std::time::Duration;

use srt::{Accept, Error, Listener, Options, Passphrase, Reject, Socket, StreamId, Target};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};

use crate::support::{anywhere, guarded, lossless, message};

/// The tool's options: what we encrypt with, and nothing is given up however slow this machine is.
const OPTIONS: &str = "passphrase=a passphrase&tlpktdrop=false";
/// A message that the stream doesn't have.
const PROBE: [u8; 1316] = [0; 1316];
/// Messages of seven packets of MPEG-TS each.
const MESSAGES: usize = 500;

/// The tool between two addresses; none where it isn't installed.
fn transmit(from: &str, to: &str) -> Option<Child> {
    let mut tool = Command::new("srt-live-transmit");
    tool.args(["-q", "-a:no", "-chunk:1316", from, to])
        .kill_on_drop(true);
    let spawned = tool.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    if spawned.is_err() {
        println!("skipped: srt-live-transmit (package srt-tools) isn't installed");
    }
    spawned.ok()
}

/// Bytes that differ from message to message.
fn stream() -> Vec<u8> {
    (0..MESSAGES * 1316).map(|n| (n / 188 + n) as u8).collect()
}

fn encrypted() -> Options {
    Options {
        passphrase: Passphrase::new("a passphrase").ok(),
        ..lossless()
    }
}

/// Gives the tool probes until this is dropped.
async fn probe(stdin: &mut ChildStdin) {
    while stdin.write_all(&PROBE).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn the_tool_publishes_to_the_listener() {
    guarded(async {
        let listener = Listener::bind(anywhere(), 4, &encrypted(), |request| {
            let id = StreamId::parse(request.stream_id).map_err(|error| error.reject())?;
            let known = id.resource == "live" && id.mode == Some(srt::stream_id::Mode::Publish);
            known.then_some(Accept::AsListener).ok_or(Reject::NOT_FOUND)
        })
        .unwrap();
        let to = format!(
            "srt://{}?streamid=#!::r=live,m=publish&{OPTIONS}",
            listener.local_addr()
        );
        let Some(mut tool) = transmit("file://con", &to) else {
            return;
        };
        let callee = listener.accept().await.unwrap();
        assert_eq!(callee.stream_id(), "#!::r=live,m=publish");
        let mut stdin = tool.stdin.take().unwrap();
        // It throws away what it reads before it knows itself connected.
        tokio::select! {
            () = probe(&mut stdin) => {}
            first = message(&callee) => assert_eq!(first.unwrap(), PROBE),
        }
        // And it passes on the end of what it has read only when there is more.
        let feeding = async {
            stdin.write_all(&stream()).await.unwrap();
            probe(&mut stdin).await;
        };
        let reading = async {
            let mut received = Vec::new();
            while received.len() < MESSAGES * 1316 {
                let part = message(&callee).await.unwrap();
                if part != PROBE {
                    received.extend(part);
                }
            }
            received
        };
        tokio::select! {
            () = feeding => {}
            received = reading => assert!(received == stream()),
        }
        // Killed, it says nothing any more.
        tool.kill().await.unwrap();
        let ended = loop {
            match message(&callee).await {
                Ok(part) => assert_eq!(part, PROBE),
                Err(error) => break error,
            }
        };
        assert!(matches!(ended, Error::Lost));
    })
    .await;
}

#[tokio::test]
async fn the_caller_publishes_to_the_tool() {
    guarded(async {
        let port = UdpSocket::bind(anywhere()).unwrap().local_addr().unwrap().port();
        let from = format!("srt://127.0.0.1:{port}?mode=listener&{OPTIONS}");
        let Some(mut tool) = transmit(&from, "file://con") else {
            return;
        };
        let options = Options {
            connect_timeout: Duration::from_secs(30),
            ..encrypted()
        };
        let target = Target::new("127.0.0.1", port, "live").unwrap();
        let caller = Socket::connect(&target, &options).await.unwrap();
        let mut stdout = tool.stdout.take().unwrap();
        let sending = async {
            for part in stream().chunks(1316) {
                caller.send(part).await.unwrap();
            }
            assert!(caller.close(Duration::MAX).await);
        };
        // The tool ends with the connection, and says the last part only then.
        let mut received = Vec::new();
        let (read, ()) = tokio::join!(stdout.read_to_end(&mut received), sending);
        read.unwrap();
        assert!(received == stream());
    })
    .await;
}
