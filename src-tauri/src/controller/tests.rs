mod back;
mod bundles;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use api::control::Done;
use api::state::{LiveState, State};
use api::window::Kept;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::*;
use crate::options::Options;

const SHOW: &str = "name = \"Evening\"\n[[source]]\nname = \"bars\"\ntype = \"pattern\"\n[[scene]]\nname = \"a\"\n\
                    [[scene.layer]]\nsource = \"bars\"\n";

/// A show that says yes to everything, and what became of it.
struct Played {
    asked: Mutex<Vec<Command>>,
    live: AtomicBool,
    finished: AtomicBool,
    /// Commands that it refuses.
    refuses: Mutex<Vec<Command>>,
    over: Notify,
    events: broadcast::Sender<Event>,
}

impl Played {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            asked: Mutex::default(),
            live: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            refuses: Mutex::default(),
            over: Notify::new(),
            events: broadcast::channel(4).0,
        })
    }

    fn state(&self) -> State {
        let live = self
            .live
            .load(Ordering::SeqCst)
            .then_some(LiveState { seconds: 7.0 });
        State {
            live,
            ..State::default()
        }
    }
}

impl Open for Arc<Played> {
    fn ask(&self, command: Command) -> BoxFuture<'static, Outcome> {
        let played = Arc::clone(self);
        Box::pin(async move {
            let state = (command == Command::State {}).then(|| Box::new(played.state()));
            let refused = played.refuses.lock().unwrap().contains(&command);
            let asked = command.clone();
            if state.is_none() {
                played.asked.lock().unwrap().push(command);
            }
            if refused {
                return Outcome::Failed(failure("control.busy", "Not now."));
            }
            let bundle =
                matches!(asked, Command::Bundle { .. }).then(|| Box::new(bundles::told("of the show")));
            Outcome::Done(Done {
                state,
                bundle,
                ..Done::default()
            })
        })
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    fn preview(&self) -> Option<api::window::PreviewAddress> {
        Some(api::window::PreviewAddress {
            port: 9,
            token: "token".into(),
        })
    }

    fn over(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(self.over.notified())
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, ()> {
        self.finished.store(true, Ordering::SeqCst);
        Box::pin(async {})
    }
}

/// Opens one show again and again, or refuses.
#[derive(Clone)]
struct Plays {
    played: Arc<Played>,
    opened: Arc<Mutex<Vec<String>>>,
    refused: Arc<AtomicBool>,
    /// Opening waits for a permit.
    gate: Option<Arc<Notify>>,
}

impl Plays {
    /// Lets one opening go on that waits, or the next.
    fn permit(&self) {
        self.gate.iter().for_each(|gate| gate.notify_one());
    }
}

impl Studio for Plays {
    fn open(&self, opening: Opening) -> BoxFuture<'static, Result<Box<dyn Open>, Failure>> {
        let name = match opening.which {
            Which::Show(show) => show.name,
            which => format!("{which:?}"),
        };
        self.opened.lock().unwrap().push(name);
        let plays = self.clone();
        Box::pin(async move {
            if let Some(gate) = plays.gate {
                gate.notified().await;
            }
            match plays.refused.load(Ordering::SeqCst) {
                true => Err(failure("graphics.none", "No graphics.")),
                false => Ok(Box::new(plays.played) as Box<dyn Open>),
            }
        })
    }

    fn bundle(
        &self,
        of: Option<String>,
        _: Option<PathBuf>,
        why: Option<String>,
    ) -> BoxFuture<'static, Bundled> {
        Box::pin(async move { Ok(bundles::told(&format!("no show: {why:?} {of:?}"))) })
    }

    fn store_key(&self, _: String, _: String) -> BoxFuture<'static, Result<Kept, Failure>> {
        Box::pin(async { Ok(Kept::File) })
    }
}

#[derive(Clone, Default)]
struct Glass {
    focused: Arc<AtomicUsize>,
    closed: Arc<AtomicBool>,
    /// Where files for the seller go.
    downloads: PathBuf,
}

impl Window for Glass {
    fn focus(&self) {
        self.focused.fetch_add(1, Ordering::SeqCst);
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec![self.downloads.clone()]
    }
}

/// A page that has heard of something.
struct Listening(mpsc::Receiver<Told>);

impl Listening {
    async fn phase(&mut self) -> Phase {
        loop {
            if let Told::Phase { phase } = self.0.recv().await.unwrap() {
                return phase;
            }
        }
    }

    /// The next phase other than that a show is being opened.
    async fn settled(&mut self) -> Phase {
        loop {
            match self.phase().await {
                Phase::Opening {} => {}
                phase => return phase,
            }
        }
    }

    async fn running(&mut self) {
        let phase = self.settled().await;
        assert!(
            matches!(phase, Phase::Running { preview: Some(_), .. }),
            "{phase:?}"
        );
    }

    async fn offered(&mut self) -> (String, Failure) {
        match self.settled().await {
            Phase::Offer { show, reason } => (show, reason),
            phase => panic!("{phase:?}"),
        }
    }

    async fn until(&mut self, wanted: impl Fn(&Told) -> bool) -> Told {
        loop {
            let told = self.0.recv().await.unwrap();
            if wanted(&told) {
                return told;
            }
        }
    }
}

fn hold(folder: &Path, revived: bool) -> Hold {
    let folder = folder.to_owned();
    let options = Options {
        revived,
        ..Options::default()
    };
    Box::new(move || Keeper::open(&folder, &options))
}

/// A window whose controller runs.
struct Desk {
    requests: Requests,
    plays: Plays,
    glass: Glass,
    controller: JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::begin(tempfile::tempdir().unwrap(), None)
    }

    fn begin(folder: tempfile::TempDir, gate: Option<Arc<Notify>>) -> Self {
        Self::begin_with(folder, gate, Played::new(), false)
    }

    fn begin_with(
        folder: tempfile::TempDir,
        gate: Option<Arc<Notify>>,
        played: Arc<Played>,
        revived: bool,
    ) -> Self {
        let plays = Plays {
            played,
            opened: Arc::default(),
            refused: Arc::default(),
            gate,
        };
        let (requests, requested) = requests();
        let glass = Glass {
            downloads: folder.path().join("downloads"),
            ..Glass::default()
        };
        let controller = Controller::new(
            plays.clone(),
            glass.clone(),
            hold(folder.path(), revived),
            requested,
        );
        let controller = tokio::spawn(controller.run());
        Self {
            requests,
            plays,
            glass,
            controller,
            folder,
        }
    }

    /// A start in a folder where `text` is the show there was, which was cut short if `crashed`.
    fn with_show(text: &str, crashed: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("show.toml"), text).unwrap();
        if crashed {
            Keeper::open(folder.path(), &Options::default())
                .unwrap()
                .begun(Course::default());
        }
        Self::begin(folder, None)
    }

    async fn page(&self) -> Listening {
        let (teller, told) = mpsc::channel(1024);
        let page = Box::new(move |told| teller.try_send(told).is_ok());
        self.requests.send(Request::Watch(page)).await;
        Listening(told)
    }

    async fn ask(&self, command: Command) -> Outcome {
        self.requests
            .ask(|answer| Request::Ask(command, answer))
            .await
            .unwrap()
    }

    async fn choose(&self, choice: Choice) -> Outcome {
        self.requests
            .ask(|answer| Request::Choose(choice, answer))
            .await
            .unwrap()
    }

    fn opened(&self) -> Vec<String> {
        self.plays.opened.lock().unwrap().clone()
    }

    /// Waits until the window is closed; whether its show was ended before, and the folder.
    async fn closed(self) -> (bool, tempfile::TempDir) {
        self.controller.await.unwrap();
        assert!(self.glass.closed.load(Ordering::SeqCst));
        (self.plays.played.finished.load(Ordering::SeqCst), self.folder)
    }
}

fn code(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Failed(failure) => &failure.code,
    }
}

fn kept(folder: &tempfile::TempDir) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".kept-"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_first_start_opens_what_is_attached() {
    let desk = Desk::new();
    let mut page = desk.page().await;
    page.running().await;
    assert_eq!(desk.opened(), ["Attached"]);
    let start = desk.requests.ask(Request::Start).await.unwrap();
    assert_eq!(start.preview.map(|preview| preview.port), Some(9));
}

#[tokio::test(start_paused = true)]
async fn a_show_that_was_cut_short_is_offered_and_taken_up_again() {
    let desk = Desk::with_show(SHOW, true);
    let mut page = desk.page().await;
    let (show, reason) = page.offered().await;
    assert_eq!((show.as_str(), reason.code.as_str()), ("Evening", "show.crashed"));
    assert_eq!(code(&desk.ask(Command::StartLive {}).await), "window.no_show");
    assert_eq!(code(&desk.choose(Choice::Again).await), "done");
    page.running().await;
    assert_eq!(desk.opened(), ["Evening"]);
    assert_eq!(code(&desk.choose(Choice::Fresh).await), "window.not_asked");
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_is_closed_unanswered_is_made_again() {
    let desk = Desk::with_show(SHOW, true);
    desk.page().await.offered().await;
    desk.requests.send(Request::CloseWindow).await;
    let (finished, folder) = desk.closed().await;
    assert!(!finished);
    let desk = Desk::begin(folder, None);
    assert_eq!(desk.page().await.offered().await.1.code, "show.crashed");
}

#[tokio::test(start_paused = true)]
async fn a_broken_show_offers_ways_on_and_is_kept() {
    let desk = Desk::with_show("nonsense", false);
    let mut page = desk.page().await;
    let (show, reason) = page.offered().await;
    assert_eq!(
        (show.as_str(), reason.code.as_str()),
        ("show.toml", "show.syntax")
    );
    assert_eq!(code(&desk.choose(Choice::Again).await), "done");
    assert_eq!(page.offered().await.1.code, "show.syntax");
    assert_eq!(code(&desk.choose(Choice::Demo).await), "done");
    page.running().await;
    assert_eq!(desk.opened(), ["Demo"]);
    let kept = kept(&desk.folder);
    assert_eq!(std::fs::read_to_string(&kept[0]).unwrap(), "nonsense");
}

#[tokio::test(start_paused = true)]
async fn a_show_that_cannot_be_opened_says_why_and_may_be_tried_again() {
    let desk = Desk::with_show(SHOW, false);
    desk.plays.refused.store(true, Ordering::SeqCst);
    let mut page = desk.page().await;
    let phase = page.settled().await;
    assert!(
        matches!(&phase, Phase::Failed { failure } if failure.code == "graphics.none"),
        "{phase:?}"
    );
    desk.plays.refused.store(false, Ordering::SeqCst);
    desk.choose(Choice::Again).await;
    page.running().await;
    assert_eq!(desk.opened(), ["Evening", "Evening"]);
    assert!(kept(&desk.folder).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_live_show_is_not_closed_without_being_asked() {
    let desk = Desk::new();
    let mut page = desk.page().await;
    page.running().await;
    desk.plays.played.live.store(true, Ordering::SeqCst);
    desk.requests.send(Request::CloseWindow).await;
    page.until(|told| *told == Told::Closing {}).await;
    desk.requests.send(Request::Close { end_show: false }).await;
    assert_eq!(code(&desk.ask(Command::TakeBack {}).await), "done");
    desk.requests.send(Request::CloseWindow).await;
    page.until(|told| *told == Told::Closing {}).await;
    desk.requests.send(Request::Close { end_show: true }).await;
    assert!(desk.closed().await.0);
}

#[tokio::test(start_paused = true)]
async fn a_show_that_is_not_live_closes_and_is_not_offered_at_the_next_start() {
    let desk = Desk::with_show(SHOW, false);
    desk.page().await.running().await;
    desk.requests.send(Request::CloseWindow).await;
    let (finished, folder) = desk.closed().await;
    assert!(finished);
    Desk::begin(folder, None).page().await.running().await;
}

#[tokio::test(start_paused = true)]
async fn a_live_show_without_a_page_can_still_be_closed() {
    let desk = Desk::new();
    let mut page = desk.page().await;
    page.running().await;
    desk.plays.played.live.store(true, Ordering::SeqCst);
    drop(page);
    desk.requests.send(Request::CloseWindow).await;
    assert!(desk.closed().await.0);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_loaded_again_learns_how_things_are() {
    let desk = Desk::new();
    let mut page = desk.page().await;
    page.running().await;
    page.until(|told| matches!(told, Told::State { .. })).await;
    let mut second = desk.page().await;
    second.running().await;
    second.until(|told| matches!(told, Told::State { .. })).await;
    page.0.close();
    while page.0.recv().await.is_some() {}
    second.until(|told| matches!(told, Told::State { .. })).await;
}

#[tokio::test(start_paused = true)]
async fn a_state_follows_each_event_and_each_command() {
    let desk = Desk::new();
    let mut page = desk.page().await;
    page.running().await;
    page.until(|told| matches!(told, Told::State { .. })).await;
    let before = tokio::time::Instant::now();
    desk.plays.played.events.send(Event::Live {}).unwrap();
    page.until(|told| {
        *told
            == Told::Event {
                event: Event::Live {},
            }
    })
    .await;
    page.until(|told| matches!(told, Told::State { .. })).await;
    desk.ask(Command::NextStep {}).await;
    page.until(|told| matches!(told, Told::State { .. })).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    page.until(|told| matches!(told, Told::State { .. })).await;
    assert!(before.elapsed() <= BEAT);
}

#[tokio::test(start_paused = true)]
async fn commands_are_carried_out_in_the_order_they_are_asked() {
    let desk = Desk::new();
    desk.page().await.running().await;
    let commands = [
        Command::StartLive {},
        Command::NextStep {},
        Command::TakeBack {},
        Command::EndLive {},
    ];
    let mut answers = Vec::new();
    for command in commands.clone() {
        let (answer, answered) = oneshot::channel();
        desk.requests.send(Request::Ask(command, answer)).await;
        answers.push(answered);
    }
    for answer in answers {
        assert_eq!(code(&answer.await.unwrap()), "done");
    }
    assert_eq!(*desk.plays.played.asked.lock().unwrap(), commands);
}

#[tokio::test(start_paused = true)]
async fn a_show_that_ends_by_itself_may_be_taken_up_again() {
    let desk = Desk::with_show(SHOW, false);
    let mut page = desk.page().await;
    page.running().await;
    desk.plays.played.over.notify_one();
    let phase = page.settled().await;
    assert!(
        matches!(&phase, Phase::Failed { failure } if failure.code == "show.over"),
        "{phase:?}"
    );
    desk.choose(Choice::Again).await;
    page.running().await;
    assert_eq!(desk.opened(), ["Evening", "Evening"]);
}

#[tokio::test(start_paused = true)]
async fn a_show_that_is_being_opened_is_ended_as_soon_as_it_can_be() {
    let gate = Arc::new(Notify::new());
    let desk = Desk::begin(tempfile::tempdir().unwrap(), Some(Arc::clone(&gate)));
    let mut page = desk.page().await;
    assert_eq!(page.phase().await, Phase::Opening {});
    desk.requests.send(Request::End).await;
    gate.notify_one();
    assert!(desk.closed().await.0);
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_hangs_is_left_when_asked_again_after_a_while() {
    let desk = Desk::begin(tempfile::tempdir().unwrap(), Some(Arc::default()));
    for _ in 0..2 {
        // At once is the same request, passed on by another process.
        desk.requests.send(Request::End).await;
        desk.requests.send(Request::End).await;
        assert!(!desk.controller.is_finished());
        tokio::time::sleep(AGAIN).await;
    }
    assert!(!desk.closed().await.0);
}

#[tokio::test(start_paused = true)]
async fn a_second_start_brings_the_window_forward() {
    let desk = Desk::new();
    desk.requests.send(Request::Focus).await;
    desk.page().await.running().await;
    assert_eq!(desk.glass.focused.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_studio_of_the_same_folder_says_so() {
    let first = Desk::new();
    let (requests, requested) = requests();
    let place = hold(first.folder.path(), false);
    let controller = Controller::new(first.plays.clone(), Glass::default(), place, requested);
    let second = Desk {
        requests,
        plays: first.plays.clone(),
        glass: Glass::default(),
        controller: tokio::spawn(controller.run()),
        folder: tempfile::tempdir().unwrap(),
    };
    let phase = second.page().await.settled().await;
    assert!(
        matches!(&phase, Phase::Failed { failure } if failure.code == "keep.taken"),
        "{phase:?}"
    );
    assert_eq!(code(&second.choose(Choice::Demo).await), "keep.taken");

    first.requests.send(Request::End).await;
    first.controller.await.unwrap();
    second.choose(Choice::Again).await;
    second.page().await.running().await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_key_is_stored_without_a_show() {
    let desk = Desk::with_show("nonsense", false);
    let (name, key) = ("shop".to_owned(), "secret".to_owned());
    let kept = desk
        .requests
        .ask(|answer| Request::StoreKey { name, key, answer })
        .await;
    assert_eq!(kept, Some(Ok(Kept::File)));
}
