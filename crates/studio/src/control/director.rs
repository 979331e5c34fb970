//! Carries commands out: between whoever asks, the stage, the tick, the mixer and the way out.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use api::control::{Command, Done, Event, Outcome};
use api::studio::{CameraStats, Failure};
use capture::camera::Monitor;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use uplink::machine::Reading;

use super::checking::Checking;
use super::computer::Computer;
use super::health::Watch;
use super::history::{Action, Before, History};
use super::lines::{Asked, Door};
use super::live::Sending;
use super::plan::Running;
use super::saving::Saving;
use super::stage::{Refusal, Stage};
use super::wards::Wards;
use super::works::Finished;
use crate::air::{Air, Ground, Sent};
use crate::mix::Patch;
use crate::past::{Chronicle, Scribe};
use crate::platform::{Machine, Uploads};
use crate::preview::Rein;
use crate::scene::Flat;
use crate::show::Show;
use crate::tick::{self, FrameCounts, Lamp, News, Order};

/// What a director works with.
pub(crate) struct Parts {
    /// The show as it was opened; kept as it becomes.
    pub(crate) show: Show,
    pub(crate) ground: Ground,
    pub(crate) stage: Stage,
    pub(crate) door: Door,
    pub(crate) orders: SyncSender<Order>,
    pub(crate) news: mpsc::Receiver<News>,
    pub(crate) patch: Patch,
    /// By the index of their source of pictures; `None` where one was removed.
    pub(crate) pictures: Vec<Option<Facts>>,
    /// Sources of sound that could not be opened, and why.
    pub(crate) silent: Vec<(String, String)>,
    pub(crate) adapter: String,
    pub(crate) frames: Arc<FrameCounts>,
    /// The show that is being sent from the beginning.
    pub(crate) air: Option<Air>,
    /// Where the show is kept as it changes.
    pub(crate) keep: Option<PathBuf>,
    /// Where histories of shows are kept.
    pub(crate) past: Option<PathBuf>,
    /// What holds the preview back, where there is one.
    pub(crate) rein: Rein,
}

/// What is known of a source of pictures beside its pictures.
pub(crate) struct Facts {
    pub(crate) name: String,
    /// The camera behind it, if it is one.
    pub(crate) camera: Option<Monitor>,
    pub(crate) lamp: Arc<Lamp>,
}

pub(super) type Asker = oneshot::Sender<Outcome>;

/// The one who has the say over a running show.
pub(crate) struct Director {
    pub(super) parts: Parts,
    pub(super) plan: Running,
    pub(super) history: History,
    pub(super) sending: Sending,
    pub(super) saving: Saving,
    pub(super) watch: Watch,
    pub(super) wards: Wards,
    pub(super) computer: Computer,
    /// What is written of the show that is sent.
    pub(super) writing: Option<(Chronicle, Scribe)>,
    /// With which the name of the last show's history begins.
    pub(super) written: Option<String>,
    /// What takes its time.
    pub(super) works: JoinSet<Finished>,
    /// Readings of this computer: one at most.
    pub(super) readings: JoinSet<(Machine, Reading)>,
    pub(super) checking: Checking,
    /// Whether the tick is to draw filters, until it has been told.
    pub(super) filters: Option<bool>,
    /// Names of sources that are being opened.
    pub(super) opening: Vec<String>,
    pub(super) covered: bool,
    pub(super) graphics_lost: bool,
}

impl Director {
    /// Within a runtime.
    pub(crate) fn new(mut parts: Parts) -> Self {
        let plan = Running::new(std::mem::take(&mut parts.show.plan), parts.ground.clock.now());
        let mut director = Self {
            plan,
            history: History::default(),
            sending: Sending::new(parts.air.take()),
            saving: Saving::new(parts.keep.take()),
            watch: Watch::default(),
            wards: Wards::default(),
            computer: Computer::new(Machine::new(), Uploads::new()),
            writing: None,
            written: None,
            works: JoinSet::new(),
            readings: JoinSet::new(),
            checking: Checking::default(),
            filters: None,
            opening: Vec::new(),
            covered: false,
            graphics_lost: false,
            parts,
        };
        director.look_for_keys();
        director.watch_places();
        director
    }

    /// Carries out what is asked, planned or reported next. Cancelling loses nothing.
    pub(crate) async fn next(&mut self) {
        let now = self.parts.ground.clock.now();
        let plan = self.plan.due().map(|due| due.saturating_since(now));
        let save = self.saving.due();
        tokio::select! {
            asked = self.parts.door.next() => self.carry_out(asked),
            Some(news) = self.parts.news.recv() => self.report(news),
            Some(finished) = self.works.join_next() => match finished {
                Ok(finished) => self.finished(finished),
                // It has panicked, which was printed; whoever asked is told by the answer that is gone.
                Err(_) => self.sending.calm(),
            },
            Some(read) = self.readings.join_next() => self.computer.was_read(read.ok()),
            Some(checked) = self.checking.next() => self.checked(checked),
            () = pause(plan) => self.go_on(),
            () = until(save) => self.save(),
        }
    }

    /// What the camera behind source `name` was through, if it is one.
    pub(crate) fn camera_stats(&self, name: &str) -> Option<CameraStats> {
        let facts = self.parts.pictures.iter().flatten().find(|f| f.name == name)?;
        let counters = facts.camera.as_ref()?.counters();
        Some(CameraStats {
            lost: counters.lost,
            short: counters.short,
            broken: counters.broken,
            resized: counters.resized,
            dropped: counters.dropped,
        })
    }

    /// The end: the show is no longer sent, and its last change is in its file. What became of it.
    pub(crate) async fn close(&mut self) -> Sent {
        while self.sending.is_changing() {
            match self.works.join_next().await {
                Some(Ok(finished)) => self.finished(finished),
                _ => self.sending.calm(),
            }
        }
        self.end_history();
        let air = self.sending.take();
        let sent = match air {
            Some(air) => air.end().await,
            None => std::mem::take(&mut self.sending.sent),
        };
        self.save_at_last();
        sent
    }

    fn carry_out(&mut self, asked: Asked) {
        let Asked { command, answer } = asked;
        let result = match command {
            Command::ShowScene { scene, fade_ms } => return self.show_scene(&scene, fade_ms, answer),
            Command::RestartGraphics {} => return self.order(|answer| Order::Restart { answer }, answer),
            Command::NextStep {} => return self.next_step(answer),
            Command::TakeBack {} => return self.take_back(answer),
            Command::SetCover { on } => return self.cover(on, answer),
            Command::StartLive {} => return self.start_live(answer),
            Command::EndLive {} => return self.end_live(answer),
            Command::AddSource { source } => return self.add_source(*source, answer),
            Command::RemoveSource { source } => return self.remove_source(&source, answer),
            Command::ListDevices {} => return self.list_devices(answer),
            Command::PutPlace { place } => self.put_place(place),
            Command::RemovePlace { place } => self.remove_place(&place),
            Command::MovePlace { place, to } => self.move_place(&place, to),
            Command::PassOn { places, on } => self.pass_on(&places, on),
            Command::StartCheck {} => self.start_check(),
            Command::StopCheck {} => {
                self.checking.stop();
                Ok(Done::default())
            }
            Command::SetCompanion { url } => self.set_companion(url),
            Command::SetLineMode { mode } => Ok(self.set_line_mode(mode)),
            Command::SetResume { on } => {
                self.parts.show.resume = on;
                self.saving.touch();
                Ok(Done::default())
            }
            Command::History { whole, of } => return self.history(whole, of, answer),
            Command::Histories {} => return self.histories(answer),
            Command::Bundle { of } => return self.bundle(of, answer),
            Command::State {} => Ok(Done {
                state: Some(Box::new(self.state())),
                ..Done::default()
            }),
            Command::SetSound {
                source,
                gain_db,
                mute,
            } => self.set_sound(&source, gain_db, mute),
            Command::StartPlan {} => match self.plan.start(self.parts.ground.clock.now()) {
                true => Ok(Done::default()),
                false => Err(Refusal::NoPlan),
            },
            Command::StopPlan {} => {
                self.plan.stop();
                Ok(Done::default())
            }
            edit => return self.edit(&edit, answer),
        };
        let _ = answer.send(outcome(result));
    }

    fn show_scene(&mut self, scene: &str, fade_ms: u32, answer: Asker) {
        let before = self.before();
        match self.parts.stage.show(scene, fade_ms) {
            Ok(flat) => {
                // Whoever shows a scene by hand has taken over.
                self.plan.stop();
                if before.on_air != scene {
                    self.note(Action::Scenes, before);
                }
                self.show(flat, fade_ms, Some(answer));
            }
            Err(refusal) => drop(answer.send(Outcome::Failed(refusal.into()))),
        }
    }

    fn edit(&mut self, edit: &Command, answer: Asker) {
        let before = self.before();
        match self.parts.stage.edit(edit) {
            Ok(_) => {
                self.note(Action::Scenes, before);
                let scenes = self.parts.stage.flats().to_vec();
                self.order(|answer| Order::Scenes { scenes, answer }, answer);
            }
            Err(refusal) => drop(answer.send(Outcome::Failed(refusal.into()))),
        }
    }

    fn set_sound(&mut self, source: &str, gain_db: Option<f32>, mute: Option<bool>) -> Result<Done, Refusal> {
        let fader = self.parts.patch.desk().fader(source);
        let fader = fader.ok_or_else(|| Refusal::NoSound(source.to_owned()))?;
        if gain_db.is_some_and(|db| !(-60.0..=20.0).contains(&db)) {
            return Err(Refusal::Gain);
        }
        self.note(Action::Fader(source.to_owned()), self.before());
        fader.set(gain_db, mute);
        Ok(Done::default())
    }

    /// How the show is, for Take back.
    fn before(&self) -> Before {
        let faders = self.parts.patch.desk().faders();
        let place = |fader: &Arc<crate::mix::Fader>| {
            let state = fader.state();
            (state.name, state.gain_db, state.mute)
        };
        Before {
            on_air: self.parts.stage.on_air().to_owned(),
            scenes: self.parts.stage.scenes().to_vec(),
            faders: faders.iter().map(place).collect(),
        }
    }

    fn note(&mut self, action: Action, before: Before) {
        self.history.note(action, before, self.parts.ground.clock.now());
        self.saving.touch();
    }

    fn take_back(&mut self, answer: Asker) {
        let refused = |answer: Asker, refusal: Refusal| drop(answer.send(Outcome::Failed(refusal.into())));
        let Some(before) = self.history.take() else {
            return refused(answer, Refusal::NothingToTakeBack);
        };
        for (name, gain_db, mute) in before.faders {
            if let Some(fader) = self.parts.patch.desk().fader(&name) {
                fader.set(Some(gain_db), Some(mute));
            }
        }
        self.plan.stop();
        self.saving.touch();
        let stage = &mut self.parts.stage;
        let edited = stage.scenes() != before.scenes;
        if edited && let Err(refusal) = stage.restore(before.scenes) {
            return refused(answer, refusal);
        }
        let on_air = stage.on_air() != before.on_air;
        let scenes = stage.flats().to_vec();
        let shown = stage.show(&before.on_air, 0);
        match (edited, on_air, shown) {
            (false, false, _) => drop(answer.send(Outcome::Done(Done::default()))),
            (_, _, Err(refusal)) => refused(answer, refusal),
            (true, false, Ok(_)) => self.order(|answer| Order::Scenes { scenes, answer }, answer),
            (false, true, Ok(flat)) => self.show(flat, 0, Some(answer)),
            (true, true, Ok(flat)) => {
                // The tick takes both at once.
                let (unheard, _) = oneshot::channel();
                self.order(|answer| Order::Scenes { scenes, answer }, unheard);
                self.show(flat, 0, Some(answer));
            }
        }
    }

    fn cover(&mut self, on: bool, answer: Asker) {
        self.covered = on;
        self.parts.patch.desk().hush(on);
        tracing::info!(on, "cover");
        let door = self.parts.door.teller();
        let (told, answered) = oneshot::channel();
        self.order(|answer| Order::Cover { on, answer }, told);
        tokio::spawn(async move {
            let Ok(outcome) = answered.await else { return };
            if let Outcome::Done(Done { tick: Some(tick), .. }) = &outcome {
                door.tell(Event::Cover { on, tick: *tick });
            }
            let _ = answer.send(outcome);
        });
    }

    fn next_step(&mut self, answer: Asker) {
        let refusal = match self.plan.state().steps {
            0 => Refusal::NoPlan,
            _ => Refusal::PlanEnded,
        };
        match self.step() {
            Some((flat, fade_ms)) => self.show(flat, fade_ms, Some(answer)),
            None => drop(answer.send(Outcome::Failed(refusal.into()))),
        }
    }

    /// The plan's time has come.
    fn go_on(&mut self) {
        if let Some((flat, fade_ms)) = self.step() {
            self.show(flat, fade_ms, None);
        }
    }

    fn step(&mut self) -> Option<(Arc<Flat>, u32)> {
        let step = self.plan.advance(self.parts.ground.clock.now())?;
        let shown = self.parts.stage.show(&step.scene, step.fade_ms);
        if let Err(refusal) = &shown {
            // Its scene was removed since; the plan goes on.
            tracing::warn!(code = refusal.code(), %refusal, "a step of the plan is left out");
        }
        Some((shown.ok()?, step.fade_ms))
    }

    fn show(&self, scene: Arc<Flat>, fade_ms: u32, asked: Option<Asker>) {
        let fade = Duration::from_millis(fade_ms.into());
        let order = |answer| Order::Show { scene, fade, answer };
        match asked {
            Some(asked) => self.order(|answer| order(Some(answer)), asked),
            None => {
                if self.parts.orders.try_send(order(None)).is_err() {
                    tracing::warn!("the tick takes no orders: a step of the plan is left out");
                }
            }
        }
    }

    /// Orders what `make` makes, and passes the tick's answer on when it comes.
    pub(super) fn order(&self, make: impl FnOnce(tick::Answer) -> Order, asked: Asker) {
        let (answer, answered) = oneshot::channel();
        if self.parts.orders.try_send(make(answer)).is_err() {
            let _ = asked.send(Outcome::Failed(Refusal::Busy.into()));
            return;
        }
        tokio::spawn(async move {
            let outcome = match answered.await {
                Ok(Ok(tick)) => Outcome::Done(Done {
                    tick: Some(tick),
                    ..Done::default()
                }),
                Ok(Err(error)) => Outcome::Failed(failure(error.code(), error)),
                Err(_) => return,
            };
            let _ = asked.send(outcome);
        });
    }

    fn report(&mut self, news: News) {
        let event = match news {
            News::OnAir { scene, tick } => {
                tracing::info!(scene, "on air");
                Event::OnAir { scene, tick }
            }
            News::Lost { source, tick, reason } => {
                tracing::info!(
                    source,
                    reason,
                    "a source was lost; what stands in for it is shown"
                );
                Event::SourceLost { source, tick, reason }
            }
            News::Back { source, tick } => {
                tracing::info!(source, "a source is back");
                Event::SourceBack { source, tick }
            }
            News::GraphicsLost(error) | News::GraphicsRefused(error) => {
                tracing::warn!(%error, code = error.code(), "the last picture stands while graphics are opened anew");
                self.graphics_lost = true;
                let failure = failure(error.code(), error);
                Event::GraphicsLost { failure }
            }
            News::GraphicsBack { adapter, tick } => {
                tracing::info!(adapter, "graphics are back");
                self.graphics_lost = false;
                self.parts.adapter.clone_from(&adapter);
                Event::GraphicsBack { adapter, tick }
            }
        };
        self.parts.door.tell(event);
    }
}

/// The outcome of a command.
pub(super) fn outcome(result: Result<Done, Refusal>) -> Outcome {
    match result {
        Ok(done) => Outcome::Done(done),
        Err(refusal) => Outcome::Failed(refusal.into()),
    }
}

pub(super) fn failure(code: &str, sentence: impl ToString) -> Failure {
    Failure {
        code: code.into(),
        sentence: sentence.to_string(),
    }
}

/// Waits so long; for ever when there is nothing to wait for.
async fn pause(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

async fn until(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
