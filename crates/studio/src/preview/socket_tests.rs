//! Pages over a pipe in memory, in virtual time.

use super::*;
use crate::preview::gate::Wish;
use media::{FrameRate, Timestamp};
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const TOKEN: &str = "0123456789abcdef";
const LOOK: &str = r#"{"look":{"tiles":[{"show":"program","width":64,"height":36}],"rate":30}}"#;

type Page = Socket<DuplexStream>;

#[derive(Clone)]
struct Door {
    gate: Arc<Gate>,
    rules: Arc<Rules>,
    end: CancellationToken,
}

impl Door {
    fn new() -> Self {
        Self {
            gate: Arc::default(),
            rules: Arc::new(Rules::new(
                TOKEN.to_owned(),
                &["http://localhost:5173".to_owned()],
            )),
            end: CancellationToken::new(),
        }
    }

    fn pipe(&self) -> (DuplexStream, JoinHandle<()>) {
        let (near, far) = tokio::io::duplex(1 << 20);
        let door = self.clone();
        let served = tokio::spawn(async move { connection(far, &door.gate, &door.rules, &door.end).await });
        (near, served)
    }

    async fn knock(&self, origin: Option<&str>) -> Result<Page, tungstenite::Error> {
        let mut request = "ws://127.0.0.1/".into_client_request()?;
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert(header::ORIGIN, origin.parse().unwrap());
        }
        Ok(client_async(request, self.pipe().0).await?.0)
    }

    /// A page that has said who it is and what it looks at.
    async fn page(&self) -> Page {
        let mut page = self.knock(Some(ORIGINS[0])).await.unwrap();
        say(&mut page, &format!(r#"{{"token":"{TOKEN}"}}"#)).await;
        say(&mut page, LOOK).await;
        while self.wish() != Wish::Picture {
            tokio::task::yield_now().await;
        }
        page
    }

    fn wish(&self) -> Wish {
        self.gate.wish(Wish::End)
    }

    /// Sends picture after picture, as long as the page takes them.
    fn paint(&self, ticks: std::ops::Range<u64>) -> usize {
        let paint = |n: &u64| {
            let tick: Timestamp = FrameRate::whole(30).tick(*n);
            let order = self.gate.order(tick, "a", false);
            let painted = order.is_some();
            if let Some(order) = order {
                let (n, way) = self.gate.number(&order).unwrap();
                way.send(bytes::Bytes::from(n.to_string()));
            }
            painted
        };
        ticks.filter(paint).count()
    }
}

async fn say(page: &mut Page, text: &str) {
    page.send(Frame::text(text)).await.unwrap();
}

/// Why the page was sent away.
async fn farewell_of(page: &mut Page) -> String {
    loop {
        match page.next().await {
            Some(Ok(Frame::Close(Some(frame)))) => return frame.reason.to_string(),
            Some(Ok(Frame::Binary(_))) => {}
            other => panic!("a close with its reason, not {other:?}"),
        }
    }
}

async fn picture(page: &mut Page) -> String {
    match page.next().await {
        Some(Ok(Frame::Binary(bytes))) => String::from_utf8(bytes.to_vec()).unwrap(),
        other => panic!("a picture, not {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn only_pages_of_known_origins_come_in() {
    let door = Door::new();
    for origin in [ORIGINS[0], ORIGINS[1], "http://localhost:5173"] {
        assert!(door.knock(Some(origin)).await.is_ok(), "{origin}");
    }
    for origin in [
        None,
        Some("http://evil.example"),
        Some("null"),
        Some("tauri://localhost.evil"),
    ] {
        match door.knock(origin).await {
            Err(tungstenite::Error::Http(answer)) => assert_eq!(answer.status(), StatusCode::FORBIDDEN),
            other => panic!("{origin:?}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_know_the_token_is_sent_away() {
    let door = Door::new();
    for first in [
        r#"{"token":"0123456789abcdee"}"#,
        r#"{"token":""}"#,
        r#"{"token":"0123456789abcdef0"}"#,
        LOOK,
        "nonsense",
    ] {
        let mut page = door.knock(Some(ORIGINS[0])).await.unwrap();
        say(&mut page, first).await;
        assert_eq!(
            farewell_of(&mut page).await,
            Refusal::Token.to_string(),
            "{first}"
        );
    }
    assert_eq!(door.wish(), Wish::Nothing);
}

#[tokio::test(start_paused = true)]
async fn silence_is_ended_after_five_seconds() {
    let door = Door::new();
    let began = Instant::now();
    let mut page = door.knock(Some(ORIGINS[0])).await.unwrap();
    assert_eq!(farewell_of(&mut page).await, Refusal::Silent.to_string());
    assert_eq!(began.elapsed().as_secs(), 5);
    // One that doesn't even shake hands.
    let began = Instant::now();
    let (near, served) = door.pipe();
    served.await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 5);
    drop(near);
}

#[tokio::test(start_paused = true)]
async fn what_makes_no_sense_ends_the_session_with_a_reason() {
    let door = Door::new();
    let long = format!(r#"{{"look":{{"tiles":[],"rate":{}1}}}}"#, " ".repeat(MESSAGE));
    for (text, reason) in [
        ("{", "not understood"),
        (r#"{"drawn":1}"#, "never sent"),
        (r#"{"token":"0123456789abcdef"}"#, "once"),
        (long.as_str(), "not understood"),
    ] {
        let mut page = door.page().await;
        say(&mut page, text).await;
        let said = farewell_of(&mut page).await;
        assert!(said.contains(reason), "{said}");
        assert_eq!(door.wish(), Wish::Nothing);
    }
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_messages_is_ended() {
    let door = Door::new();
    let mut page = door.page().await;
    for _ in 0..=MESSAGES {
        if page.send(Frame::text(LOOK)).await.is_err() {
            break;
        }
    }
    assert_eq!(farewell_of(&mut page).await, Refusal::Flood.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_second_page_takes_the_place_of_the_first() {
    let door = Door::new();
    let mut first = door.page().await;
    assert_eq!(door.paint(1..2), 1);
    let mut second = door.page().await;
    assert_eq!(farewell_of(&mut first).await, Refusal::Replaced.to_string());
    // Its pictures are counted anew, and nothing of the first page's counts.
    assert_eq!(door.paint(10..20), 2);
    assert_eq!(
        (picture(&mut second).await, picture(&mut second).await),
        ("1".into(), "2".into())
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_than_two_pictures_are_on_their_way() {
    let door = Door::new();
    let mut page = door.page().await;
    assert_eq!(door.paint(0..30), 2);
    assert_eq!(
        (picture(&mut page).await, picture(&mut page).await),
        ("1".into(), "2".into())
    );
    say(&mut page, r#"{"drawn":1}"#).await;
    while door.paint(30..31) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(door.paint(31..60), 0);
    assert_eq!(picture(&mut page).await, "3");
    say(&mut page, r#"{"drawn":3}"#).await;
    assert_eq!(picture_or_more(&door, &mut page).await, "4");
}

async fn picture_or_more(door: &Door, page: &mut Page) -> String {
    let mut tick = 60;
    while door.paint(tick..tick + 1) == 0 {
        tick += 1;
        tokio::task::yield_now().await;
    }
    picture(page).await
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_show_is_said() {
    let door = Door::new();
    let mut page = door.page().await;
    door.end.cancel();
    assert_eq!(farewell_of(&mut page).await, Refusal::Closing.to_string());
    door.gate.close();
    assert_eq!(door.wish(), Wish::End);
}
