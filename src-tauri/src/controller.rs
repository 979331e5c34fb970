//! One task owns all state of the window: which show, what the page is told, when the window closes.
//!
//! It waits on requests of the page and the window, on the show, and on answers under way; it never waits for one
//! of them alone, so a slow command holds up nothing.

mod asked;
mod bundles;
mod requests;

use std::sync::Arc;
use std::time::Duration;

use api::control::{Command, Event, Outcome};
use api::studio::Failure;
use api::window::{Back, Choice, Phase, Start, Told};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;

use crate::keeper::{Course, Found, Keeper, Which};
use crate::shows::{Bundled, Open, Opening, Studio};
use crate::window::Window;

use asked::StateAsked;
pub(crate) use requests::{Page, Request, Requests, requests};

/// Time between two states that nothing else asked for.
const BEAT: Duration = Duration::from_secs(1);
/// To be asked to end once more so soon is to be asked once.
const AGAIN: Duration = Duration::from_secs(1);

/// Holds the place that shows are kept in.
pub(crate) type Hold = Box<dyn FnMut() -> Result<Keeper, Failure> + Send>;

/// Everything the window is at.
pub(crate) struct Controller<S, W> {
    studio: Arc<S>,
    window: W,
    hold: Hold,
    keeper: Result<Keeper, Failure>,
    requests: mpsc::Receiver<Request>,
    page: Option<Page>,
    phase: Phase,
    show: Option<Running>,
    /// What is under way, and comes back here.
    work: FuturesUnordered<BoxFuture<'static, Finished>>,
    state: StateAsked,
    /// The window was to be closed: what happens hangs on the next state.
    closing: bool,
    /// When the studio was asked to end while a show was being opened.
    ending: Option<Instant>,
    /// How the show was before a crash, while it is being opened again.
    back: Option<Course>,
    /// The support bundle that was made last.
    bundle: Option<String>,
    /// It is on its way back on the air: that it isn't there yet is not how it is to be.
    resuming: bool,
}

/// A show that runs.
struct Running {
    show: Box<dyn Open>,
    events: broadcast::Receiver<Event>,
}

/// What a show tells unasked.
enum News {
    Event(Event),
    /// There were more events than could be taken: the next state has it all.
    Missed,
    Over,
}

/// What comes back from under way.
enum Finished {
    Opened(Result<Box<dyn Open>, Failure>),
    Answered,
    /// A support bundle, for whoever asked.
    Bundled(Bundled, oneshot::Sender<Bundled>),
    /// A show that a crash has cut short is on the air again, or isn't.
    Resumed(Outcome),
    State(Box<Outcome>),
}

impl<S: Studio, W: Window> Controller<S, W> {
    /// A controller that has done nothing but ask `hold` for its place. Without one there is no show, but the
    /// reason is shown, and `hold` is asked again at each choice.
    pub(crate) fn new(studio: S, window: W, mut hold: Hold, requests: mpsc::Receiver<Request>) -> Self {
        Self {
            studio: Arc::new(studio),
            window,
            keeper: hold(),
            hold,
            requests,
            page: None,
            phase: Phase::Opening {},
            show: None,
            work: FuturesUnordered::new(),
            state: StateAsked::default(),
            closing: false,
            ending: None,
            back: None,
            bundle: None,
            resuming: false,
        }
    }

    /// Opens what this start begins with, and goes on until the window is closed.
    pub(crate) async fn run(mut self) {
        match &mut self.keeper {
            Ok(keeper) => {
                let found = keeper.look();
                self.take(found);
            }
            Err(failure) => {
                let failure = failure.clone();
                self.enter(Phase::Failed { failure });
            }
        }
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let goes_on = tokio::select! {
                request = self.requests.recv() => self.request(request),
                Some(finished) = self.work.next() => self.finished(finished),
                news = news(&mut self.show) => self.news(news).await,
                _ = beat.tick() => self.want_state(),
            };
            if !goes_on {
                break;
            }
        }
        self.end_show().await;
        self.window.close();
    }

    /// Whether it goes on.
    fn request(&mut self, request: Option<Request>) -> bool {
        match request {
            Some(Request::Start(answer)) => self.start(answer),
            Some(Request::Watch(page)) => self.watch(page),
            Some(Request::Ask(command, answer)) => self.ask(command, answer),
            Some(Request::Choose(choice, answer)) => {
                let outcome = self
                    .choose(choice)
                    .map_or_else(Outcome::Failed, |()| Outcome::Done(Default::default()));
                // Who asked may be gone: a page that is being reloaded.
                let _ = answer.send(outcome);
            }
            Some(Request::StoreKey { name, key, answer }) => {
                let stored = self.studio.store_key(name, key);
                self.work.push(Box::pin(async {
                    let _ = answer.send(stored.await);
                    Finished::Answered
                }));
            }
            Some(Request::MakeBundle(of, answer)) => self.make_bundle(of, answer),
            Some(Request::SaveBundle(answer)) => self.save_bundle(answer),
            Some(Request::Close { end_show: false }) => self.closing = false,
            Some(Request::CloseWindow) => return self.close_window(),
            Some(Request::Focus) => self.window.focus(),
            Some(Request::Close { end_show: true } | Request::End) | None => return self.end(),
        }
        true
    }

    fn start(&self, answer: oneshot::Sender<Start>) {
        let preview = self.show.as_ref().and_then(|running| running.show.preview());
        let version = env!("CARGO_PKG_VERSION").into();
        let _ = answer.send(Start { version, preview });
    }

    fn watch(&mut self, page: Page) {
        self.page = Some(page);
        self.tell(Told::Phase {
            phase: self.phase.clone(),
        });
        self.want_state();
    }

    fn ask(&mut self, command: Command, answer: oneshot::Sender<Outcome>) {
        let Some(running) = &self.show else {
            let _ = answer.send(Outcome::Failed(failure("window.no_show", "No show is open.")));
            return;
        };
        let asked = running.show.ask(command);
        self.work.push(Box::pin(async {
            let _ = answer.send(asked.await);
            Finished::Answered
        }));
    }

    fn choose(&mut self, choice: Choice) -> Result<(), Failure> {
        if !matches!(self.phase, Phase::Offer { .. } | Phase::Failed { .. }) {
            return Err(failure("window.not_asked", "A show is open already."));
        }
        if self.keeper.is_err() {
            // Who held the place may have ended meanwhile.
            self.keeper = (self.hold)();
        }
        self.back = None;
        let keeper = self.keeper.as_mut().map_err(|failure| failure.clone())?;
        let found = match choice {
            Choice::Again => keeper.again(),
            Choice::Fresh | Choice::Demo => {
                keeper.set_aside()?;
                Found::Open(if choice == Choice::Demo {
                    Which::Demo
                } else {
                    Which::Attached
                })
            }
        };
        self.take(found);
        Ok(())
    }

    fn take(&mut self, found: Found) {
        match found {
            Found::Offer { show, reason } => self.enter(Phase::Offer { show, reason }),
            Found::Open(which) => self.open(which),
            Found::Back(show, course) => {
                tracing::warn!(course.live, course.covered, "the studio is back after a crash");
                self.back = Some(course);
                self.open(Which::Show(show));
            }
        }
    }

    fn open(&mut self, which: Which) {
        let Ok(keeper) = &mut self.keeper else { return };
        keeper.begun(self.back.unwrap_or_default());
        let opened = self.studio.open(Opening {
            which,
            keep: keeper.file().into(),
        });
        self.work.push(Box::pin(async { Finished::Opened(opened.await) }));
        self.enter(Phase::Opening {});
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase.clone();
        self.tell(Told::Phase { phase });
    }

    fn tell(&mut self, told: Told) {
        let is_phase = matches!(told, Told::Phase { .. });
        let Some(page) = &self.page else { return };
        if !page(told) {
            self.page = None;
        } else if is_phase && let Phase::Running { back, .. } = &mut self.phase {
            // That the studio came back is news once, not each time that a page is loaded.
            *back = None;
        }
    }

    /// Whether it goes on.
    fn finished(&mut self, finished: Finished) -> bool {
        match finished {
            Finished::Opened(Ok(show)) => self.opened(show),
            Finished::Opened(Err(failure)) => {
                // Whatever is opened next is another show, or the seller's choice.
                self.back = None;
                tracing::warn!(code = failure.code, "{}", failure.sentence);
                self.not_running();
                self.enter(Phase::Failed { failure });
                self.ending.is_none()
            }
            Finished::Answered => self.want_state(),
            Finished::Bundled(bundled, answer) => self.bundled(bundled, answer),
            Finished::Resumed(outcome) => self.resumed(outcome),
            Finished::State(outcome) => self.state_came(*outcome),
        }
    }

    fn opened(&mut self, show: Box<dyn Open>) -> bool {
        let preview = show.preview();
        self.show = Some(Running {
            events: show.events(),
            show,
        });
        let course = self.back.take();
        let back = course.map(|course| Back {
            live: course.live,
            failure: None,
        });
        self.enter(Phase::Running { preview, back });
        if let Some(course) = course {
            self.resume(course);
        }
        self.want_state();
        self.ending.is_none()
    }

    /// Lets a show that a crash has cut short be as it was: first covered, then, and only then, on the air.
    fn resume(&mut self, Course { live, covered }: Course) {
        let Some(running) = &self.show else { return };
        let cover = covered.then(|| running.show.ask(Command::SetCover { on: true }));
        let start = live.then(|| running.show.ask(Command::StartLive {}));
        self.resuming = true;
        self.work.push(Box::pin(async move {
            if let Some(cover) = cover
                && let failed @ Outcome::Failed(_) = cover.await
            {
                return Finished::Resumed(failed);
            }
            match start {
                Some(start) => Finished::Resumed(start.await),
                None => Finished::Resumed(Outcome::Done(Default::default())),
            }
        }));
    }

    /// Whether it goes on.
    fn resumed(&mut self, outcome: Outcome) -> bool {
        self.resuming = false;
        if let (Outcome::Failed(failure), Some(running)) = (outcome, &self.show) {
            tracing::warn!(code = failure.code, "not on the air again: {}", failure.sentence);
            let back = Back {
                live: false,
                failure: Some(failure),
            };
            let preview = running.show.preview();
            self.enter(Phase::Running {
                preview,
                back: Some(back),
            });
        }
        self.want_state()
    }

    /// Asks for a state, unless that is under way.
    fn want_state(&mut self) -> bool {
        if let Some(running) = &self.show
            && self.state.want()
        {
            let asked = running.show.ask(Command::State {});
            self.work
                .push(Box::pin(async { Finished::State(Box::new(asked.await)) }));
        }
        true
    }

    fn state_came(&mut self, outcome: Outcome) -> bool {
        let again = self.state.came();
        let state = match outcome {
            Outcome::Done(done) => done.state,
            Outcome::Failed(_) => None,
        };
        let live = state.as_ref().is_some_and(|state| state.live.is_some());
        if let Some(state) = state {
            if let Ok(keeper) = &mut self.keeper
                && !self.resuming
            {
                let covered = state.covered;
                keeper.goes(Course { live, covered });
            }
            self.tell(Told::State { state });
        }
        match again {
            true => self.want_state(),
            false if self.closing => self.closing(live),
            false => true,
        }
    }

    /// The window's own button. Whether a show is live says the next state, asked now.
    fn close_window(&mut self) -> bool {
        // Asked again before there was an answer: the show doesn't answer any more.
        if self.show.is_none() || self.closing {
            return self.end();
        }
        self.closing = true;
        self.want_state()
    }

    /// The window was to be closed, and the show is `live` or not. Whether it goes on.
    fn closing(&mut self, live: bool) -> bool {
        self.closing = false;
        if !live {
            return false;
        }
        self.window.focus();
        self.tell(Told::Closing {});
        // Without a page nobody can answer.
        self.page.is_some()
    }

    /// Ends the show, or does once it has been opened. Whether it goes on.
    fn end(&mut self) -> bool {
        // Asked again after a while, it doesn't wait for an opening that hangs. Whoever ends a session asks each process,
        // and one of them passes it on.
        let asked = *self.ending.get_or_insert_with(Instant::now);
        matches!(self.phase, Phase::Opening {}) && asked.elapsed() < AGAIN
    }

    /// Whether it goes on.
    async fn news(&mut self, news: News) -> bool {
        match news {
            News::Event(event) => self.tell(Told::Event { event }),
            News::Missed => {}
            News::Over => {
                self.end_show().await;
                let failure = failure(
                    "show.over",
                    "The show has ended by itself. What you made is kept.",
                );
                tracing::error!(code = failure.code, "{}", failure.sentence);
                self.enter(Phase::Failed { failure });
            }
        }
        self.want_state()
    }

    async fn end_show(&mut self) {
        if let Some(running) = self.show.take() {
            running.show.finish().await;
            self.not_running();
        }
    }

    fn not_running(&mut self) {
        self.resuming = false;
        self.state = StateAsked::default();
        if let Ok(keeper) = &mut self.keeper {
            keeper.ended();
        }
    }
}

/// What the show tells next; nothing without a show.
async fn news(show: &mut Option<Running>) -> News {
    let Some(Running { show, events }) = show else {
        return std::future::pending().await;
    };
    tokio::select! {
        event = events.recv() => match event {
            Ok(event) => News::Event(event),
            Err(RecvError::Lagged(_)) => News::Missed,
            Err(RecvError::Closed) => News::Over,
        },
        () = show.over() => News::Over,
    }
}

fn failure(code: &str, sentence: &str) -> Failure {
    Failure {
        code: code.into(),
        sentence: sentence.into(),
    }
}

#[cfg(test)]
mod tests;
