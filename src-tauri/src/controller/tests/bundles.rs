use api::support::{Bundle, BundlePart, Part};

use super::*;

/// A bundle that says this.
pub(super) fn told(text: &str) -> Bundle {
    Bundle {
        parts: vec![BundlePart {
            part: Part::Report,
            text: text.into(),
        }],
    }
}

async fn made(desk: &Desk, of: Option<&str>) -> Bundled {
    let of = of.map(str::to_owned);
    desk.requests
        .ask(|answer| Request::MakeBundle(of, answer))
        .await
        .unwrap()
}

async fn saved(desk: &Desk) -> Result<String, Failure> {
    let saved = desk.requests.ask(Request::SaveBundle).await.unwrap()?;
    Ok(std::fs::read_to_string(Path::new(&saved.folder).join(saved.name)).unwrap())
}

#[tokio::test]
async fn what_was_made_is_saved_and_nothing_before() {
    let desk = Desk::new();
    desk.page().await.running().await;
    assert_eq!(saved(&desk).await.unwrap_err().code, "bundle.none");
    assert_eq!(made(&desk, Some("old")).await.unwrap(), told("of the show"));
    let asked = desk.plays.played.asked.lock().unwrap().clone();
    assert_eq!(
        asked,
        [Command::Bundle {
            of: Some("old".into())
        }]
    );
    assert_eq!(saved(&desk).await.unwrap(), "of the show");
    assert_eq!(saved(&desk).await.unwrap(), "of the show", "a second file");
    let all = std::fs::read_dir(&desk.glass.downloads).unwrap();
    assert_eq!(all.count(), 2);
}

#[tokio::test]
async fn it_is_made_without_a_show_too_and_says_why_there_is_none() {
    let desk = Desk::with_show("broken", false);
    let (_, reason) = desk.page().await.offered().await;
    let expected = told(&format!("no show: {:?} None", Some(reason.code)));
    assert_eq!(made(&desk, None).await.unwrap(), expected);
    assert!(saved(&desk).await.unwrap().starts_with("no show"));
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_said() {
    let desk = Desk::new();
    desk.page().await.running().await;
    made(&desk, None).await.unwrap();
    std::fs::write(&desk.glass.downloads, "no folder").unwrap();
    let refused = saved(&desk).await.unwrap_err();
    assert_eq!(refused.code, "bundle.unwritable");
    assert!(
        refused.sentence.contains("can't be saved"),
        "{}",
        refused.sentence
    );
}
