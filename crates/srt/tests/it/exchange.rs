//! Messages both ways.

use std::time::Duration;

use srt::{Error, MAX_PAYLOAD, Options};

use crate::support::{call, guarded, lossless, meet, message, numbered, open, pair};

#[tokio::test]
async fn ten_thousand_messages_arrive_unchanged_and_in_order() {
    const MESSAGES: u32 = 10_000;
    guarded(async {
        let (caller, callee, _listener) = pair(&lossless()).await;
        let sending = async {
            for n in 0..MESSAGES {
                caller.send(&numbered(n)).await.unwrap();
            }
            assert!(caller.close(Duration::from_secs(20)).await);
        };
        let receiving = async {
            for n in 0..MESSAGES {
                assert!(message(&callee).await.unwrap() == numbered(n), "message {n}");
            }
            assert!(matches!(message(&callee).await, Err(Error::Lost)));
        };
        tokio::join!(sending, receiving);
    })
    .await;
}

#[tokio::test]
async fn what_arrived_before_the_end_is_still_received() {
    guarded(async {
        let (caller, callee, _listener) = pair(&lossless()).await;
        for n in 0..100 {
            caller.send(&numbered(n)).await.unwrap();
        }
        while caller.unsent().unwrap().messages > 0 {
            tokio::task::yield_now().await;
        }
        drop(caller);
        while callee.send(b"late").await.is_ok() {
            tokio::task::yield_now().await;
        }
        for n in 0..100 {
            assert_eq!(message(&callee).await.unwrap(), numbered(n));
        }
        assert!(matches!(message(&callee).await, Err(Error::Lost)));
    })
    .await;
}

#[tokio::test]
async fn both_ends_send_and_receive_at_once() {
    guarded(async {
        let (caller, callee, _listener) = pair(&lossless()).await;
        let exchange = async |socket: &srt::Socket| {
            for n in 0..200 {
                socket.send(&numbered(n)).await.unwrap();
            }
            for n in 0..200 {
                assert_eq!(message(socket).await.unwrap(), numbered(n));
            }
        };
        tokio::join!(exchange(&caller), exchange(&callee));
    })
    .await;
}

#[tokio::test]
async fn many_callers_on_one_port_are_told_apart() {
    const CALLERS: u32 = 20;
    guarded(async {
        let options = lossless();
        let listener = open(&options);
        let calling = async {
            let mut callers = Vec::new();
            for n in 0..CALLERS {
                let caller = call(&listener, &format!("stream {n}"), &options).await.unwrap();
                assert_eq!(caller.stream_id(), format!("stream {n}"));
                assert_eq!(caller.peer_addr(), listener.local_addr());
                caller.send(&numbered(n)).await.unwrap();
                callers.push(caller);
            }
            callers
        };
        let answering = async {
            let mut seen = Vec::new();
            for _ in 0..CALLERS {
                let callee = listener.accept().await.unwrap();
                let n: u32 = callee
                    .stream_id()
                    .strip_prefix("stream ")
                    .unwrap()
                    .parse()
                    .unwrap();
                assert_eq!(message(&callee).await.unwrap(), numbered(n));
                assert!(callee.peer_addr().ip().is_loopback());
                seen.push(n);
            }
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..CALLERS));
        };
        tokio::join!(calling, answering);
    })
    .await;
}

#[tokio::test]
async fn a_message_over_the_payload_size_and_a_small_buffer_are_refused() {
    guarded(async {
        let (caller, callee, _listener) = pair(&lossless()).await;
        let over = caller.send(&[0; 1317]).await;
        assert!(matches!(
            over,
            Err(Error::TooLarge {
                len: 1317,
                limit: 1316
            })
        ));
        let mut buf = [0; MAX_PAYLOAD - 1];
        assert_eq!(callee.recv(&mut buf).await.unwrap_err().code(), "srt.too_large");
        assert_eq!(callee.try_recv(&mut buf).unwrap_err().code(), "srt.too_large");
        caller.send(&[]).await.unwrap();
        caller.send(&[7; 1316]).await.unwrap();
        assert_eq!(message(&callee).await.unwrap(), [7; 1316]);
    })
    .await;
}

#[tokio::test]
async fn a_sender_with_larger_messages_is_understood() {
    guarded(async {
        let listener = open(&lossless());
        let options = Options {
            payload: MAX_PAYLOAD,
            ..lossless()
        };
        let (caller, callee) = meet(&listener, "", &options).await;
        caller.send(&[9; MAX_PAYLOAD]).await.unwrap();
        assert_eq!(message(&callee).await.unwrap(), [9; MAX_PAYLOAD]);
    })
    .await;
}

#[tokio::test]
async fn try_recv_takes_only_what_is_due() {
    guarded(async {
        let (caller, callee, _listener) = pair(&lossless()).await;
        let mut buf = [0; MAX_PAYLOAD];
        assert_eq!(callee.try_recv(&mut buf).unwrap(), None);
        caller.send(b"first").await.unwrap();
        caller.send(b"second").await.unwrap();
        assert_eq!(message(&callee).await.unwrap(), b"first");
        loop {
            if let Some(n) = callee.try_recv(&mut buf).unwrap() {
                break assert_eq!(&buf[..n], b"second");
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_wait_that_is_dropped_loses_nothing() {
    guarded(async {
        let listener = open(&lossless());
        let soon = Duration::from_millis(1);
        for _ in 0..5 {
            assert!(tokio::time::timeout(soon, listener.accept()).await.is_err());
        }
        let options = lossless();
        let (caller, callee) = meet(&listener, "", &options).await;
        let mut next = 0;
        for n in 0..500 {
            caller.send(&numbered(n)).await.unwrap();
            if let Ok(received) = tokio::time::timeout(soon, message(&callee)).await {
                assert_eq!(received.unwrap(), numbered(next));
                next += 1;
            }
        }
        for n in next..500 {
            assert_eq!(message(&callee).await.unwrap(), numbered(n));
        }
    })
    .await;
}

#[tokio::test]
async fn ipv6_and_both_families_at_once() {
    guarded(async {
        let options = lossless();
        for (bound, called) in [("[::1]:0", "::1"), ("[::]:0", "::1"), ("[::]:0", "127.0.0.1")] {
            let Ok(listener) = srt::Listener::bind(bound.parse().unwrap(), 4, &options, |_| {
                Ok(srt::Accept::AsListener)
            }) else {
                println!("skipped: this machine has no IPv6");
                return;
            };
            let target = srt::Target::new(called, listener.local_addr().port(), "").unwrap();
            let (caller, callee) = tokio::join!(srt::Socket::connect(&target, &options), listener.accept());
            let (caller, callee) = (caller.unwrap(), callee.unwrap());
            assert_eq!(
                callee.peer_addr().ip(),
                called.parse::<std::net::IpAddr>().unwrap()
            );
            caller.send(b"over six").await.unwrap();
            assert_eq!(message(&callee).await.unwrap(), b"over six");
        }
    })
    .await;
}
