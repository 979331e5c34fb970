//! A studio that was started again after a crash.

use super::*;

/// A studio that was started again at once after a show that was live and covered, and is to be live again.
/// The page has heard that it is being opened, which waits for a permit.
async fn revived(refuses: &[Command]) -> (Desk, Listening) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("show.toml"), format!("resume = true\n{SHOW}")).unwrap();
    let course = Course {
        live: true,
        covered: true,
    };
    Keeper::open(folder.path(), &Options::default())
        .unwrap()
        .begun(course);
    let played = Played::new();
    played.refuses.lock().unwrap().extend_from_slice(refuses);
    let desk = Desk::begin_with(folder, Some(Arc::default()), played, true);
    let mut page = desk.page().await;
    assert_eq!(page.phase().await, Phase::Opening {});
    (desk, page)
}

async fn back(page: &mut Listening) -> Back {
    match page.settled().await {
        Phase::Running { back: Some(back), .. } => back,
        phase => panic!("{phase:?}"),
    }
}

const COVER: Command = Command::SetCover { on: true };
const LIVE: Command = Command::StartLive {};

#[tokio::test(start_paused = true)]
async fn a_studio_that_is_back_after_a_crash_covers_its_show_and_goes_live_again() {
    let (desk, mut page) = revived(&[]).await;
    desk.plays.permit();
    let expected = Back {
        live: true,
        failure: None,
    };
    assert_eq!(back(&mut page).await, expected);
    page.until(|told| matches!(told, Told::State { .. })).await;
    assert_eq!(*desk.plays.played.asked.lock().unwrap(), [COVER, LIVE]);
    let phase = desk.page().await.settled().await;
    assert!(
        matches!(phase, Phase::Running { back: None, .. }),
        "it is news once"
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_covered_again_is_not_sent_and_why_is_said() {
    for (refused, asked) in [(COVER, &[COVER][..]), (LIVE, &[COVER, LIVE])] {
        let (desk, mut page) = revived(&[refused]).await;
        desk.plays.permit();
        back(&mut page).await;
        let said = back(&mut page).await;
        assert_eq!(
            (said.live, said.failure.unwrap().code.as_str()),
            (false, "control.busy")
        );
        assert_eq!(*desk.plays.played.asked.lock().unwrap(), asked);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_opened_after_a_return_that_failed_is_not_sent_by_itself() {
    let (desk, mut page) = revived(&[]).await;
    desk.plays.refused.store(true, Ordering::SeqCst);
    desk.plays.permit();
    assert!(matches!(page.settled().await, Phase::Failed { .. }));
    desk.plays.refused.store(false, Ordering::SeqCst);
    assert_eq!(code(&desk.choose(Choice::Demo).await), "done");
    desk.plays.permit();
    page.running().await;
    page.until(|told| matches!(told, Told::State { .. })).await;
    assert_eq!(*desk.plays.played.asked.lock().unwrap(), []);
}
