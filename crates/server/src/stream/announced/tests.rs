//! Announcing, beginning and ending.

use futures_util::FutureExt as _;

use super::*;
use crate::config;
use crate::stream::Who;

const HOUR: Duration = Duration::from_secs(3600);

fn later(utc: Utc, time: Duration) -> Utc {
    Utc(utc.as_micros() + time.as_micros() as i64)
}

fn who(now: Instant) -> Who {
    Who {
        agent: "test".into(),
        address: "127.0.0.1:1".into(),
        reconnects: false,
        key_frames: false,
        since: now,
    }
}

#[test]
fn a_show_is_announced_begins_is_interrupted_and_ends() {
    let (hub, now, utc) = (Hub::new(config::Stream::default()), Instant::now(), Utc(1 << 50));
    let name = Name::new("show").unwrap();
    assert_eq!(hub.get(&name).map(|stream| stream.shown()), None);

    let begins = later(utc, HOUR);
    hub.announce(&name, Some(begins), now, utc).unwrap();
    let shown = || hub.get(&name).unwrap().shown();
    let told = shown();
    assert_eq!((told.state, told.begins), (StreamState::Announced, Some(begins)));
    assert!(!told.watchable && hub.get(&name).is_some_and(|stream| !stream.has_begun()));

    let publisher = hub.claim(&name, who(now), now).unwrap();
    let told = shown();
    assert_eq!(
        (told.state, told.begins, told.watchable),
        (StreamState::Live, None, true)
    );
    let refused = hub.announce(&name, None, now, utc).unwrap_err();
    assert_eq!(refused.code, Code::RequestInvalid);

    drop(publisher);
    assert_eq!(shown().state, StreamState::Interrupted);
    assert!(hub.announce(&name, None, now, utc).is_err(), "it may go on");

    assert!(hub.end(&name, now));
    assert_eq!(shown().state, StreamState::Ended);
    assert!(!hub.end(&name, now), "it ended before");
    hub.announce(&name, None, now, utc).unwrap();
    assert_eq!(shown().state, StreamState::Announced);
    assert!(hub.end(&name, now), "taken back");
    assert!(hub.get(&name).is_none());
}

#[test]
fn who_is_on_the_air_when_the_show_is_ended_is_sent_away_and_interrupts_nothing() {
    let (hub, now) = (Hub::new(config::Stream::default()), Instant::now());
    let name = Name::new("show").unwrap();
    let mut publisher = hub.claim(&name, who(now), now).unwrap();
    assert!(hub.end(&name, now));
    assert!(publisher.replaced().now_or_never().is_some(), "it is sent away");
    drop(publisher);
    assert_eq!(hub.get(&name).unwrap().shown().state, StreamState::Ended);
    let _next = hub.claim(&name, who(now), now).unwrap();
    assert_eq!(hub.get(&name).unwrap().shown().state, StreamState::Live);
}

#[test]
fn what_was_announced_and_never_began_is_forgotten_half_a_day_later() {
    let (hub, now, utc) = (Hub::new(config::Stream::default()), Instant::now(), Utc(1 << 50));
    let (soon, then) = (Name::new("soon").unwrap(), Name::new("then").unwrap());
    hub.announce(&soon, None, now, utc).unwrap();
    hub.announce(&then, Some(later(utc, 24 * HOUR)), now, utc)
        .unwrap();
    let names = |after: Duration| {
        hub.expire(now + after, later(utc, after));
        let announced = hub.announced().into_iter();
        announced.map(|(name, _)| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(12 * HOUR - Duration::from_secs(1)), ["soon", "then"]);
    assert_eq!(names(12 * HOUR), ["then"]);
    assert_eq!(names(36 * HOUR - Duration::from_secs(1)), ["then"]);
    assert!(names(36 * HOUR).is_empty());
}

#[test]
fn nothing_is_announced_years_ahead() {
    let (hub, now, utc) = (Hub::new(config::Stream::default()), Instant::now(), Utc(1 << 50));
    let name = Name::new("show").unwrap();
    assert!(
        hub.announce(&name, Some(later(utc, MOST_AHEAD)), now, utc)
            .is_ok()
    );
    let too_far = later(utc, MOST_AHEAD + Duration::from_secs(1));
    assert_eq!(
        hub.announce(&name, Some(too_far), now, utc).unwrap_err().code,
        Code::RequestInvalid
    );
    assert!(
        hub.announce(&name, Some(Utc(i64::MIN)), now, utc).is_ok(),
        "it is late"
    );
}
