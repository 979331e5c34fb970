//! What is told of a connection.

use std::time::Duration;

use srt::{Bandwidth, Error, Options, Unsent};

use crate::support::{guarded, lossless, meet, message, numbered, open, pair};

#[tokio::test]
async fn both_ends_count_what_was_sent() {
    const MESSAGES: u32 = 300;
    guarded(async {
        let (caller, callee, _listener) = pair(&lossless()).await;
        for n in 0..MESSAGES {
            caller.send(&numbered(n)).await.unwrap();
        }
        for n in 0..MESSAGES {
            assert_eq!(message(&callee).await.unwrap(), numbered(n));
        }
        while caller.unsent().unwrap() != Unsent::default() {
            tokio::task::yield_now().await;
        }
        let (sent, received) = (caller.stats().unwrap(), callee.stats().unwrap());
        assert!(sent.packets_sent >= u64::from(MESSAGES) && received.packets_received >= u64::from(MESSAGES));
        assert!(sent.send_rate > 0 && received.receive_rate > 0);
        assert!(sent.rtt > Duration::ZERO && sent.flow_window > 0);
        assert_eq!((sent.packets_received, received.packets_sent), (0, 0));
        assert_eq!(
            (sent.packets_send_dropped, received.packets_receive_dropped),
            (0, 0)
        );
        assert_eq!(
            (sent.in_flight, sent.send_buffer, received.receive_buffer),
            (0, 0, 0)
        );
        assert_eq!(caller.stats().unwrap().packets_sent, sent.packets_sent);
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_told() {
    guarded(async {
        let (caller, callee, _listener) = pair(&lossless()).await;
        for n in 0..100 {
            caller.send(&numbered(n)).await.unwrap();
        }
        // Nothing is due yet, and whatever isn't acknowledged is still in the send buffer.
        let (unsent, waiting) = (caller.unsent().unwrap(), caller.stats().unwrap());
        assert!(unsent.messages <= 100 && unsent.bytes <= 100 * 1316);
        assert!(waiting.in_flight <= 100 && waiting.send_buffer_time <= Duration::from_secs(1));
        while callee.stats().unwrap().receive_buffer == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_larger_latency_counts() {
    guarded(async {
        let listener = open(&lossless());
        let slow = Options {
            latency: Duration::from_millis(250),
            ..lossless()
        };
        let (caller, callee) = meet(&listener, "", &slow).await;
        for stats in [caller.stats().unwrap(), callee.stats().unwrap()] {
            assert_eq!(stats.send_latency, slow.latency);
            assert_eq!(stats.receive_latency, slow.latency);
        }
    })
    .await;
}

#[tokio::test]
async fn the_bandwidth_can_be_changed_while_it_runs() {
    guarded(async {
        let (caller, _callee, _listener) = pair(&lossless()).await;
        let input = |rate| Bandwidth::Input { rate, overhead: 25 };
        for (bandwidth, expected) in [
            (Bandwidth::Limit(1_000_000), 8_000_000),
            (input(Some(1_000_000)), 10_000_000),
            (Bandwidth::Unlimited, 1_000_000_000),
        ] {
            caller.set_bandwidth(bandwidth).unwrap();
            assert_eq!(caller.stats().unwrap().max_bandwidth, expected);
        }
        caller.set_bandwidth(input(None)).unwrap();
        let refused = caller.set_bandwidth(Bandwidth::Limit(0));
        assert!(matches!(refused, Err(Error::Option(_))));
    })
    .await;
}
