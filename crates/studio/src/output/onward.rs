//! Places the companion server passes the show on to: sent there once, it goes to all of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::Fault;
use api::server::{Onward as Wish, OnwardPlace, PassedOn};
use api::studio::Failure;
use reqwest::{RequestBuilder, StatusCode};
use rtmp::Secret;
use tokio::time::{MissedTickBehavior, interval};
use uplink::Distance;
use uplink::health::Why;

use super::companion::{self, Asking};
use super::passed::Passed;
use crate::show::{Companion, Output};

/// How often the companion server is asked how they stand.
const EVERY: Duration = Duration::from_secs(1);
/// The longest an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a show can't be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnwardError {
    /// It isn't sent to the companion server.
    #[error(
        "it is to get the show from the companion server, but the show isn't sent there; switch on the companion server's \
         place, or send to this one directly"
    )]
    NotSent,
    /// A key would be readable on its way.
    #[error(
        "its stream key would go to the companion server readable for others; give that one's address with https://, or send \
         to this place directly"
    )]
    Unsafe,
}

impl OnwardError {
    /// The code the UI matches.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotSent => "onward.not_sent",
            Self::Unsafe => "onward.unsafe",
        }
    }
}

/// Whether the key of a place at `place` may be told to the companion server at `companion`: not with less care than the place
/// itself takes, unless it stays on this computer.
pub(crate) fn is_safe(companion: &reqwest::Url, place: &str) -> bool {
    let here = companion::host(companion).is_some_and(|host| Distance::of(host) == Distance::Here);
    here || companion.scheme() == "https" || !place.starts_with("rtmps:")
}

/// Of `outputs` the one at the companion server, from which those get the show that it is passed on to.
pub(crate) fn through<'a>(outputs: &'a [Output], companion: Option<&Companion>) -> Option<&'a Output> {
    let companion = companion::address(companion)?;
    let host = companion::host(&companion);
    let mut direct = outputs.iter().filter(|output| output.on && !output.passed_on);
    direct.find(|output| companion::is_at(output, host))
}

/// The places of a show that the companion server passes it on to.
pub(crate) struct Onward {
    companion: Asking,
    wish: Vec<OnwardPlace>,
    places: Vec<Arc<Passed>>,
}

impl Onward {
    /// Passed on by `companion`, which gets `kbps` kbit/s itself: to `outputs`, each with its key and its place among all by
    /// importance.
    pub(crate) fn new(companion: Asking, kbps: u32, outputs: Vec<(Output, Secret, usize)>) -> Self {
        let now = Instant::now();
        let (wish, places) = outputs
            .into_iter()
            .map(|(output, key, rank)| {
                let wish = OnwardPlace {
                    to: output.url,
                    key: key.expose().to_owned(),
                };
                (wish, Arc::new(Passed::new(&output.name, rank, kbps, now)))
            })
            .unzip();
        Self {
            companion,
            wish,
            places,
        }
    }

    pub(crate) fn places(&self) -> &[Arc<Passed>] {
        &self.places
    }

    /// Has them passed on, and looks how they stand, for as long as it is polled.
    pub(crate) async fn run(&self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asked = false;
        loop {
            ticks.tick().await;
            let request = match asked {
                true => self.companion.get("onward"),
                false => self.wish(&self.wish),
            };
            let answer = answer(request).await;
            // One that was started anew knows nothing of it.
            asked = answer
                .as_ref()
                .is_ok_and(|passed| passed.places.len() == self.places.len());
            self.hears(answer, Instant::now());
        }
    }

    fn hears(&self, answer: Result<PassedOn, (Failure, Why)>, now: Instant) {
        match answer {
            Ok(passed) => {
                for (place, told) in self.places.iter().zip(&passed.places) {
                    place.hears(told, now);
                }
            }
            Err((failure, why)) => {
                for place in &self.places {
                    place.lacks(failure.clone(), why, now);
                }
            }
        }
    }

    /// Nothing is passed on any more. One that can't be told ends it by itself.
    pub(crate) async fn end(&self) {
        if let Err((failure, _)) = answer(self.wish(&[])).await {
            tracing::warn!(code = failure.code, "{}", failure.sentence);
        }
    }

    fn wish(&self, places: &[OnwardPlace]) -> RequestBuilder {
        let places = places.to_vec();
        self.companion.put("onward").json(&Wish { places })
    }
}

/// To how many places the companion server passes a show on; none where it doesn't say.
pub(crate) async fn most(companion: &Asking) -> Option<u32> {
    answer(companion.get("onward"))
        .await
        .ok()
        .map(|passed| passed.most)
}

async fn answer(request: RequestBuilder) -> Result<PassedOn, (Failure, Why)> {
    let failure = |code: &str, sentence: String| Failure {
        code: code.to_owned(),
        sentence,
    };
    let away = || {
        let sentence = "the companion server doesn't answer; is it running? It is asked again every second";
        (failure("onward.away", sentence.into()), Why::Unanswered)
    };
    let answer = request.timeout(PATIENCE).send().await.map_err(|_| away())?;
    match answer.status() {
        status if status.is_success() => answer.json().await.map_err(|_| away()),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            let sentence = "the companion server can't pass shows on; it is too old";
            Err((failure("onward.cannot", sentence.into()), Why::Refused))
        }
        _ => {
            let fault: Fault = answer.json().await.map_err(|_| away())?;
            let sentence = format!("the companion server doesn't pass the show on: {}", fault.message);
            Err((failure("onward.cannot", sentence), Why::Refused))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_goes_safely_goes_no_less_safely_to_the_companion() {
        let safe = |companion: &str, place: &str| {
            let companion = reqwest::Url::parse(companion).unwrap();
            is_safe(&companion, place)
        };
        assert!(safe("https://shop.example", "rtmps://live.example/app"));
        assert!(!safe("http://shop.example", "rtmps://live.example/app"));
        assert!(!safe("http://192.168.1.9:8080", "rtmps://live.example/app"));
        assert!(safe("http://shop.example", "rtmp://live.example/app"));
        assert!(safe("http://127.0.0.1:8080", "rtmps://live.example/app"));
    }
}
