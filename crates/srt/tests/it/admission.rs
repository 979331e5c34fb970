//! Who gets in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use srt::{Accept, Encryption, Error, KeyLength, Listener, Options, Passphrase, Reject, Socket, Target};

use crate::support::{anywhere, call, guarded, lossless, meet, message, numbered, open};

/// Options with `passphrase`.
fn with(passphrase: &str) -> Options {
    Options {
        passphrase: Passphrase::new(passphrase).ok(),
        ..lossless()
    }
}

/// The code with which `listener` refuses `stream_id`.
async fn refused(listener: &Listener, stream_id: &str) -> i32 {
    match call(listener, stream_id, &lossless()).await {
        Err(Error::Rejected(reject)) => reject.code(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_caller_learns_the_code() {
    guarded(async {
        let listener = Listener::bind(anywhere(), 4, &lossless(), |request| match request.stream_id {
            "secret" => Ok(Accept::AsListener),
            "busy" => Err(Reject::CONFLICT),
            "own" => Err(Reject::new(2345).unwrap()),
            "panic" => panic!("a bug in the callback"),
            "" => Err(Reject::BAD_REQUEST),
            _ => Err(Reject::NOT_FOUND),
        })
        .unwrap();
        assert_eq!(refused(&listener, "busy").await, 1409);
        assert_eq!(refused(&listener, "own").await, 2345);
        assert_eq!(refused(&listener, "panic").await, 1500);
        assert_eq!(refused(&listener, "").await, 1400);
        assert_eq!(refused(&listener, "other").await, 1404);
        let (caller, callee) = meet(&listener, "secret", &lossless()).await;
        assert_eq!(callee.stream_id(), "secret");
        assert_eq!(caller.stream_id(), "secret");
    })
    .await;
}

#[tokio::test]
async fn the_callback_sees_the_caller_and_its_whole_stream_id() {
    guarded(async {
        let seen = Arc::new(Mutex::new(None));
        let sees = seen.clone();
        let listener = Listener::bind(anywhere(), 4, &lossless(), move |request| {
            *sees.lock().unwrap() = Some((request.stream_id.to_owned(), request.peer));
            assert!(!format!("{request:?}").contains("xxx"));
            Ok(Accept::AsListener)
        })
        .unwrap();
        let longest = "x".repeat(512);
        let (_caller, callee) = meet(&listener, &longest, &lossless()).await;
        assert_eq!(callee.stream_id(), longest);
        assert_eq!(*seen.lock().unwrap(), Some((longest, callee.peer_addr())));
    })
    .await;
}

#[tokio::test]
async fn a_passphrase_must_be_the_same_on_both_ends() {
    guarded(async {
        let listener = open(&with("the right one"));
        let wrong = call(&listener, "", &with("the wrong one")).await;
        assert!(
            matches!(wrong, Err(Error::Passphrase(Encryption::Wrong))),
            "{wrong:?}"
        );
        let missing = call(&listener, "", &lossless()).await;
        assert!(
            matches!(missing, Err(Error::Passphrase(Encryption::Missing))),
            "{missing:?}"
        );
        let right = Options {
            key_length: KeyLength::Aes256,
            ..with("the right one")
        };
        let (caller, callee) = meet(&listener, "", &right).await;
        for n in 0..100 {
            caller.send(&numbered(n)).await.unwrap();
        }
        for n in 0..100 {
            assert_eq!(message(&callee).await.unwrap(), numbered(n));
        }
        let open = open(&lossless());
        let unasked = call(&open, "", &with("the right one")).await;
        assert!(
            matches!(unasked, Err(Error::Passphrase(Encryption::Missing))),
            "{unasked:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn each_caller_can_have_its_own_passphrase() {
    guarded(async {
        let listener = Listener::bind(anywhere(), 4, &with("the listener's"), |request| {
            Ok(match request.stream_id {
                "a" => Accept::Passphrase(Passphrase::new("passphrase of a").unwrap()),
                "open" => Accept::Unencrypted,
                _ => Accept::AsListener,
            })
        })
        .unwrap();
        let good = [
            ("a", with("passphrase of a")),
            ("b", with("the listener's")),
            ("open", lossless()),
        ];
        for (stream_id, options) in &good {
            let (caller, callee) = meet(&listener, stream_id, options).await;
            caller.send(b"readable").await.unwrap();
            assert_eq!(message(&callee).await.unwrap(), b"readable");
        }
        for (stream_id, options) in [
            ("a", with("the listener's")),
            ("b", lossless()),
            ("open", with("a passphrase")),
        ] {
            let error = call(&listener, stream_id, &options).await.unwrap_err();
            assert_eq!(error.code(), "srt.passphrase", "{stream_id}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_listens_and_no_such_name() {
    guarded(async {
        // A port that is bound, and where nobody speaks SRT.
        let mute = std::net::UdpSocket::bind(anywhere()).unwrap();
        let options = Options {
            connect_timeout: Duration::from_millis(300),
            ..Options::default()
        };
        let target = |host: &str| Target::new(host, mute.local_addr().unwrap().port(), "").unwrap();
        let timeout = Socket::connect(&target("127.0.0.1"), &options).await;
        assert!(matches!(timeout, Err(Error::Timeout)), "{timeout:?}");
        let resolve = Socket::connect(&target("no host"), &Options::default()).await;
        assert!(matches!(resolve, Err(Error::Resolve)), "{resolve:?}");
    })
    .await;
}

#[tokio::test]
async fn a_listener_that_is_dropped_is_forgotten_with_its_callback() {
    guarded(async {
        let asked = Arc::new(AtomicUsize::new(0));
        let asks = asked.clone();
        let listener = Listener::bind(anywhere(), 4, &lossless(), move |_| {
            asks.fetch_add(1, Ordering::Relaxed);
            Ok(Accept::AsListener)
        })
        .unwrap();
        let (caller, callee) = meet(&listener, "", &lossless()).await;
        assert!(asked.load(Ordering::Relaxed) >= 1);
        assert_eq!(Arc::strong_count(&asked), 2);
        drop(listener);
        assert_eq!(Arc::strong_count(&asked), 1);
        caller.send(b"it goes on").await.unwrap();
        assert_eq!(message(&callee).await.unwrap(), b"it goes on");
    })
    .await;
}

#[tokio::test]
async fn an_address_in_use_is_said_to_be() {
    let first = open(&lossless());
    let taken = std::net::UdpSocket::bind(anywhere()).unwrap();
    for address in [first.local_addr(), taken.local_addr().unwrap()] {
        let second = Listener::bind(address, 4, &lossless(), |_| Ok(Accept::AsListener));
        match second.unwrap_err() {
            Error::Io(error) => assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse, "{error}"),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_listener_answers_a_greeting_and_hears_of_nobody() {
    guarded(async {
        let asked = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&asked);
        let listener = Listener::bind(anywhere(), 4, &lossless(), move |_| {
            seen.fetch_add(1, Ordering::SeqCst);
            Ok(Accept::AsListener)
        })
        .unwrap();
        let address = listener.local_addr();
        srt::greet(address, Duration::from_secs(10)).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 0);
    })
    .await;
}
