//! Cover, Take back, sources that come and go, and the show that is sent, ended and sent again.

use api::place::PlaceStatus;
use serde_json::json;

use super::*;

/// Luma of the cover picture's corners.
const COVER: std::ops::RangeInclusive<u32> = 35..=60;

#[tokio::test(flavor = "multi_thread")]
async fn the_cover_hides_every_picture_until_it_is_taken_away() {
    let mut on_air = OnAir::start(PARTS).await;
    on_air
        .ask(r#"{"do":"scene.show","scene":"light"}"#)
        .await
        .unwrap();
    let from = on_air
        .ask(r#"{"do":"cover.set","on":true}"#)
        .await
        .unwrap()
        .unwrap();
    on_air.watch(from).await;
    assert!(on_air.state().await.covered);
    let until = on_air
        .ask(r#"{"do":"cover.set","on":false}"#)
        .await
        .unwrap()
        .unwrap();
    on_air.watch(until).await;
    assert!(until > from);
    for number in from..until {
        let picture = on_air.picture(number);
        assert!(
            COVER.contains(&upper(picture)) && COVER.contains(&lower(picture)),
            "{number}: {picture:?}"
        );
    }
    assert!(upper(on_air.picture(until)) > 200);
    assert!(!on_air.state().await.covered);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_last_is_taken_back() {
    let mut on_air = OnAir::start(PARTS).await;
    let nothing = on_air.ask(r#"{"do":"back"}"#).await.unwrap_err();
    assert_eq!(nothing.to_string(), "there is nothing to take back");
    let light = on_air
        .ask(r#"{"do":"scene.show","scene":"light"}"#)
        .await
        .unwrap()
        .unwrap();
    on_air
        .ask(r#"{"do":"sound.set","source":"tone","mute":true}"#)
        .await
        .unwrap();
    assert!(on_air.state().await.sounds[0].mute);
    on_air.ask(r#"{"do":"back"}"#).await.unwrap();
    let state = on_air.state().await;
    assert!(!state.sounds[0].mute && state.on_air == "light" && state.can_take_back);
    on_air.watch(light).await;
    let dark = on_air.ask(r#"{"do":"back"}"#).await.unwrap().unwrap();
    on_air.watch(dark).await;
    assert!(upper(on_air.picture(dark - 1)) > 200 && upper(on_air.picture(dark)) < 40);
    // A scene that was edited is as it was, too.
    let edited = r#"{"do":"layer.set","scene":"dark","layer":"black","set":{"visible":false}}"#;
    on_air.ask(edited).await.unwrap();
    assert!(!on_air.state().await.scenes[0].layers[0].visible);
    on_air.ask(r#"{"do":"back"}"#).await.unwrap();
    let state = on_air.state().await;
    assert!(state.scenes[0].layers[0].visible && !state.can_take_back);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_comes_and_goes_while_the_show_is_live() {
    let mut on_air = OnAir::start(PARTS).await;
    let grey = r##"{"do":"source.add","source":{"name":"grey","type":"color","color":"#808080"}}"##;
    on_air.ask(grey).await.unwrap();
    let again = on_air.ask(grey).await.unwrap_err();
    assert_eq!(
        again.to_string(),
        "there is a source named 'grey' already; names are unique"
    );
    on_air
        .ask(r#"{"do":"source.add","source":{"name":"hum","type":"tone","hz":50}}"#)
        .await
        .unwrap();
    on_air
        .ask(r#"{"do":"scene.put","scene":{"name":"new","layer":[{"source":"grey"}]}}"#)
        .await
        .unwrap();
    let shown = on_air
        .ask(r#"{"do":"scene.show","scene":"new"}"#)
        .await
        .unwrap()
        .unwrap();
    on_air.watch(shown).await;
    assert!((115..=140).contains(&upper(on_air.picture(shown))));
    let state = on_air.state().await;
    assert_eq!((state.pictures.len(), state.sounds.len()), (3, 2));
    let gone = on_air
        .ask(r#"{"do":"source.remove","source":"grey"}"#)
        .await
        .unwrap()
        .unwrap();
    on_air
        .ask(r#"{"do":"source.remove","source":"hum"}"#)
        .await
        .unwrap();
    on_air.watch(gone).await;
    assert!(upper(on_air.picture(gone - 1)) > 110 && upper(on_air.picture(gone)) < 40);
    let state = on_air.state().await;
    assert_eq!((state.pictures.len(), state.sounds.len()), (2, 1));
    assert!(
        state
            .scenes
            .iter()
            .find(|s| s.name == "new")
            .unwrap()
            .layers
            .is_empty()
    );
    let (report, _) = on_air.studio.stop().await.unwrap();
    assert!(
        report.sources.iter().any(|s| s.name == "grey") && report.sources.iter().any(|s| s.name == "hum")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_is_ended_and_sent_again_from_its_own_beginning() {
    let mut on_air = OnAir::start(PARTS).await;
    let refused = refusal(&mut on_air, r#"{"do":"live.start"}"#).await;
    assert_eq!(refused, "the show is live already");
    on_air.ask(r#"{"do":"live.end"}"#).await.unwrap();
    let state = on_air.state().await;
    assert!(state.live.is_none() && state.places[0].status == PlaceStatus::Off);
    let refused = refusal(&mut on_air, r#"{"do":"live.end"}"#).await;
    assert_eq!(refused, "the show is not live");
    on_air.ask(r#"{"do":"live.start"}"#).await.unwrap();
    let mut viewer = Viewer::wait(on_air.server.http, "mugs", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.numbers().len() > 30)
        .await
        .unwrap();
    // One second after its new beginning a show is not minutes old.
    let state = on_air.state().await;
    assert!(state.live.unwrap().seconds < 30.0);
    assert_eq!(state.places[0].status, PlaceStatus::Live);
    assert!(state.places[0].sent > 0 && !state.places[0].key_missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_added_and_removed_and_say_what_is_the_matter() {
    let mut on_air = OnAir::start(PARTS).await;
    let put = |url: &str, key: &str| {
        json!({"do": "place.put", "place": {"name": "second", "url": url, "key": key}}).to_string()
    };
    let bad = refusal(&mut on_air, &put("ftp://127.0.0.1/live", "shop")).await;
    assert!(bad.contains("must look like rtmp://host/app"), "{bad}");
    let keyless = refusal(&mut on_air, &put("rtmp://127.0.0.1:1/live", "")).await;
    assert_eq!(keyless, "a new place needs its stream key");
    on_air
        .ask(&put("rtmp://127.0.0.1:1/live", "no-such-key"))
        .await
        .unwrap();
    on_air.ask(r#"{"do":"live.end"}"#).await.unwrap();
    let refused = refusal(&mut on_air, r#"{"do":"live.start"}"#).await;
    assert!(
        refused.contains("there is no stream key 'no-such-key'"),
        "{refused}"
    );
    on_air
        .ask(r#"{"do":"place.remove","place":"second"}"#)
        .await
        .unwrap();
    let by_srt = |more: &str| {
        let place = r#""name":"third","url":"srt://127.0.0.1:9","key":"third","on":false"#;
        format!(r#"{{"do":"place.put","place":{{{place}{more}}}}}"#)
    };
    on_air
        .ask(&by_srt(r#","passphrase":"third-pass""#))
        .await
        .unwrap();
    // What isn't said stays.
    on_air.ask(&by_srt("")).await.unwrap();
    let state = on_air.state().await;
    let third = state.places.iter().find(|place| place.name == "third").unwrap();
    let said = (third.url.as_str(), third.passphrase.as_deref());
    assert_eq!(said, ("srt://127.0.0.1:9", Some("third-pass")));
    let bad = refusal(&mut on_air, &put("srt://127.0.0.1:9?passphrase=hidden", "k")).await;
    assert!(
        bad.contains("the key is no part of it") && !bad.contains("hidden"),
        "{bad}"
    );
    // A platform gives the address, and what it takes is held against the show.
    let twitch = r#"{"do":"place.put","place":{"name":"fourth","url":"","platform":"twitch","key":"k","bitrate":9000,"on":false}}"#;
    on_air.ask(twitch).await.unwrap();
    let state = on_air.state().await;
    let fourth = state.places.iter().find(|place| place.name == "fourth").unwrap();
    assert_eq!(fourth.url, "rtmps://live.twitch.tv/app");
    let advice: Vec<_> = fourth.advice.iter().map(ToString::to_string).collect();
    assert_eq!(
        advice,
        ["it takes pictures of at most 6000 kbit/s, these have 9000"]
    );
    on_air.ask(r#"{"do":"live.start"}"#).await.unwrap();
    let busy = refusal(&mut on_air, r#"{"do":"place.remove","place":"mine"}"#).await;
    assert_eq!(busy, "the show is being sent to 'mine'; end it first");
}

/// The sentence with which `text` is refused.
async fn refusal(on_air: &mut OnAir, text: &str) -> String {
    on_air.ask(text).await.unwrap_err().to_string()
}
