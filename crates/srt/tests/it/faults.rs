//! Peers that go, or don't read.

use std::time::Duration;

use srt::{Error, Options, Socket};

use crate::support::{guarded, message, numbered, pair};

/// Buffers of 178 packets each.
fn small() -> Options {
    Options {
        send_buffer: 256 << 10,
        receive_buffer: 256 << 10,
        ..Options::default()
    }
}

/// Packets of 1472 bytes that such a buffer holds.
const PACKETS: usize = (256 << 10) / 1472;

#[tokio::test]
async fn a_peer_that_is_dropped_ends_every_call() {
    guarded(async {
        let (caller, callee, _listener) = pair(&Options::default()).await;
        let mut buf = [0; srt::MAX_PAYLOAD];
        let (ended, ()) = tokio::join!(caller.recv(&mut buf), async { drop(callee) });
        assert!(matches!(ended, Err(Error::Lost)));
        assert!(matches!(caller.send(b"anybody there").await, Err(Error::Lost)));
        assert!(matches!(caller.try_recv(&mut buf), Err(Error::Lost)));
        assert!(matches!(caller.stats(), Err(Error::Lost)));
    })
    .await;
}

#[tokio::test]
async fn who_waits_for_a_peer_that_never_reads_holds_no_more_than_the_buffer() {
    guarded(async {
        let options = Options {
            drop_late: false,
            ..small()
        };
        let (caller, callee, _listener) = pair(&options).await;
        let mut filling = Box::pin(async {
            loop {
                caller.send(&[1; 1316]).await?;
                assert!(caller.unsent()?.messages <= PACKETS);
            }
        });
        let full = async {
            while caller.unsent().unwrap().messages < PACKETS {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = full => {}
            ended = &mut filling => panic!("{ended:?}"),
        }
        // It waits until the peer is gone.
        drop(callee);
        let ended: Result<(), Error> = filling.as_mut().await;
        drop(filling);
        assert!(matches!(ended, Err(Error::Lost)));
        assert!(!caller.close(Duration::MAX).await);
    })
    .await;
}

/// Sends message number `n`.
async fn send(socket: &Socket, n: u32) -> Result<(), Error> {
    socket.send(&numbered(n)).await?;
    assert!(socket.unsent()?.messages <= PACKETS);
    Ok(())
}

#[tokio::test]
async fn late_messages_are_given_up_for_a_peer_that_does_not_read_and_counted() {
    const MESSAGES: u32 = 500;
    guarded(async {
        let (caller, callee, _listener) = pair(&small()).await;
        for n in 0..MESSAGES {
            send(&caller, n).await.unwrap();
        }
        let stats = caller.stats().unwrap();
        assert!(stats.packets_send_dropped > 0);
        // What neither buffer holds was given up.
        let bytes = |numbers: std::ops::Range<u32>| numbers.map(|n| numbered(n).len() as u64).sum::<u64>();
        let held = PACKETS as u32 + 1;
        assert!(stats.bytes_send_dropped >= bytes(held..MESSAGES - held));
        // What arrived before its buffer was full is still there.
        for n in 0..100 {
            assert_eq!(message(&callee).await.unwrap(), numbered(n));
        }
    })
    .await;
}
