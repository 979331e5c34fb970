//! Carries commands out: between whoever asks, the stage, the tick and the mixer.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use api::control::{Command, Done, Event, Outcome};
use api::state::{PictureState, State};
use api::studio::{CameraStats, Failure};
use capture::camera::Monitor;
use capture::clock::ShowClock;
use tokio::sync::{mpsc, oneshot};

use super::lines::{Asked, Door};
use super::plan::Running;
use super::stage::{Refusal, Stage};
use crate::mix::Desk;
use crate::scene::Flat;
use crate::tick::{Board, News, Order};

/// What a director works with.
pub(crate) struct Parts {
    pub(crate) clock: ShowClock,
    pub(crate) stage: Stage,
    pub(crate) plan: crate::show::Plan,
    pub(crate) door: Door,
    pub(crate) orders: SyncSender<Order>,
    pub(crate) news: mpsc::Receiver<News>,
    pub(crate) board: Arc<Board>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) pictures: Vec<Facts>,
    pub(crate) adapter: String,
}

/// What is known of a source of pictures beside its pictures.
pub(crate) struct Facts {
    pub(crate) name: String,
    /// The camera behind it, if it is one.
    pub(crate) camera: Option<Monitor>,
}

/// The one who has the say over a running show.
pub(crate) struct Director {
    parts: Parts,
    plan: Running,
}

impl Director {
    pub(crate) fn new(mut parts: Parts) -> Self {
        let plan = Running::new(std::mem::take(&mut parts.plan), parts.clock.now());
        Self { parts, plan }
    }

    /// Carries out what is asked, planned or reported next. Cancelling loses nothing.
    pub(crate) async fn next(&mut self) {
        let wait = self
            .plan
            .due()
            .map(|due| due.saturating_since(self.parts.clock.now()));
        tokio::select! {
            asked = self.parts.door.next() => self.carry_out(asked),
            Some(news) = self.parts.news.recv() => self.report(news),
            () = pause(wait) => self.go_on(),
        }
    }

    /// What the camera behind source `name` was through, if it is one.
    pub(crate) fn camera_stats(&self, name: &str) -> Option<CameraStats> {
        let facts = self.parts.pictures.iter().find(|f| f.name == name)?;
        let counters = facts.camera.as_ref()?.counters();
        Some(CameraStats {
            lost: counters.lost,
            short: counters.short,
            broken: counters.broken,
            resized: counters.resized,
            dropped: counters.dropped,
        })
    }

    fn carry_out(&mut self, asked: Asked) {
        let Asked { command, answer } = asked;
        let done = |result: Result<Done, Refusal>| match result {
            Ok(done) => Outcome::Done(done),
            Err(refusal) => Outcome::Failed(refusal.into()),
        };
        let outcome = match &command {
            Command::ShowScene { scene, fade_ms } => match self.parts.stage.show(scene, *fade_ms) {
                Ok(flat) => {
                    // Whoever shows a scene by hand has taken over.
                    self.plan.stop();
                    return self.show(flat, *fade_ms, Some(answer));
                }
                Err(refusal) => Outcome::Failed(refusal.into()),
            },
            Command::RestartGraphics {} => return self.order(|answer| Order::Restart { answer }, answer),
            Command::State {} => done(Ok(Done {
                state: Some(Box::new(self.state())),
                ..Done::default()
            })),
            Command::SetSound {
                source,
                gain_db,
                mute,
            } => done(self.set_sound(source, *gain_db, *mute)),
            Command::StartPlan {} => done(match self.plan.start(self.parts.clock.now()) {
                true => Ok(Done::default()),
                false => Err(Refusal::NoPlan),
            }),
            Command::StopPlan {} => {
                self.plan.stop();
                done(Ok(Done::default()))
            }
            Command::NextStep {} => return self.next_step(answer),
            edit => match self.parts.stage.edit(edit) {
                Ok(_) => {
                    let scenes = self.parts.stage.flats().to_vec();
                    return self.order(|answer| Order::Scenes { scenes, answer }, answer);
                }
                Err(refusal) => Outcome::Failed(refusal.into()),
            },
        };
        let _ = answer.send(outcome);
    }

    fn set_sound(&self, source: &str, gain_db: Option<f32>, mute: Option<bool>) -> Result<Done, Refusal> {
        let fader = self.parts.desk.fader(source);
        let fader = fader.ok_or_else(|| Refusal::NoSound(source.to_owned()))?;
        if gain_db.is_some_and(|db| !(-60.0..=20.0).contains(&db)) {
            return Err(Refusal::Gain);
        }
        fader.set(gain_db, mute);
        Ok(Done::default())
    }

    fn next_step(&mut self, answer: oneshot::Sender<Outcome>) {
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
        let step = self.plan.advance(self.parts.clock.now())?;
        let shown = self.parts.stage.show(&step.scene, step.fade_ms);
        if let Err(refusal) = &shown {
            // Its scene was removed since; the plan goes on.
            tracing::warn!(code = refusal.code(), %refusal, "a step of the plan is left out");
        }
        Some((shown.ok()?, step.fade_ms))
    }

    fn show(&self, scene: Arc<Flat>, fade_ms: u32, asked: Option<oneshot::Sender<Outcome>>) {
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
    fn order(
        &self,
        make: impl FnOnce(oneshot::Sender<Result<u64, compositor::Error>>) -> Order,
        asked: oneshot::Sender<Outcome>,
    ) {
        let (answer, answered) = oneshot::channel();
        if self.parts.orders.try_send(make(answer)).is_err() {
            let _ = asked.send(Outcome::Failed(Failure {
                code: "control.busy".into(),
                sentence: "too many commands are waiting; ask again in a moment".into(),
            }));
            return;
        }
        tokio::spawn(async move {
            let outcome = match answered.await {
                Ok(Ok(tick)) => Outcome::Done(Done {
                    tick: Some(tick),
                    state: None,
                }),
                Ok(Err(error)) => Outcome::Failed(Failure {
                    code: error.code().into(),
                    sentence: error.to_string(),
                }),
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
                let failure = Failure {
                    code: error.code().into(),
                    sentence: error.to_string(),
                };
                Event::GraphicsLost { failure }
            }
            News::GraphicsBack { adapter, tick } => {
                tracing::info!(adapter, "graphics are back");
                self.parts.adapter.clone_from(&adapter);
                Event::GraphicsBack { adapter, tick }
            }
        };
        self.parts.door.tell(event);
    }

    fn state(&self) -> State {
        let Parts {
            stage, desk, board, ..
        } = &self.parts;
        let picture = |(index, facts): (usize, &Facts)| {
            let (live, visible) = board.read(index);
            PictureState {
                name: facts.name.clone(),
                live,
                visible,
                reason: facts.camera.as_ref().and_then(Monitor::lost),
                format: facts.camera.as_ref().and_then(Monitor::choice).map(|c| c.why),
            }
        };
        State {
            on_air: stage.on_air().to_owned(),
            scenes: stage.scenes().to_vec(),
            plan: self.plan.state(),
            pictures: self.parts.pictures.iter().enumerate().map(picture).collect(),
            sounds: desk.faders.iter().map(|f| f.state()).collect(),
            program: desk.program.get(),
            limiter_db: desk.limiter_db(),
            adapter: self.parts.adapter.clone(),
        }
    }
}

/// Waits so long; for ever when there is nothing to wait for.
async fn pause(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
