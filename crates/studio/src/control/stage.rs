//! The scenes of a running show, and what each command makes of them: no IO, no clock.

use std::sync::Arc;

use api::control::{Command, LayerChange};
use api::scene::{Layer, Scene};
use api::studio::Failure;

use crate::scene::{Flat, flatten};
use crate::show::{MAX_FADE_MS, Problem, layer_problems};

/// Most scenes of a show.
const MAX_SCENES: usize = 1000;

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// No such scene.
    #[error("there is no scene named '{0}'")]
    NoScene(String),
    /// No such layer.
    #[error("scene '{scene}' has no layer named '{layer}'")]
    NoLayer { scene: String, layer: String },
    /// Two layers of that name.
    #[error("scene '{scene}' has several layers named '{layer}'; give them names of their own")]
    ManyLayers { scene: String, layer: String },
    /// It can't be removed while it is shown.
    #[error("scene '{0}' is on air, or another scene shows it: it stays")]
    InUse(String),
    /// A show has so many scenes at most.
    #[error("a show has at most {MAX_SCENES} scenes")]
    TooManyScenes,
    /// A fade that is too long.
    #[error("a fade takes at most {MAX_FADE_MS} ms")]
    LongFade,
    /// What the scenes would be doesn't fit together.
    #[error("{0}")]
    Problem(Problem),
    /// No such sound.
    #[error("there is no source of sound named '{0}'")]
    NoSound(String),
    /// Not a gain.
    #[error("a gain goes from -60 to 20 dB")]
    Gain,
    /// There is no plan.
    #[error("this show has no plan to go through")]
    NoPlan,
    /// The plan is at its end.
    #[error("the plan is at its last step")]
    PlanEnded,
    /// No such source.
    #[error("there is no source named '{0}'")]
    NoSource(String),
    /// A name that is in use.
    #[error("there is a source named '{0}' already; names are unique")]
    SourceTaken(String),
    /// What a source says of itself doesn't fit.
    #[error("{0}")]
    BadSource(String),
    /// Nothing was done yet.
    #[error("there is nothing to take back")]
    NothingToTakeBack,
    /// No such place.
    #[error("there is no place named '{0}'")]
    NoSuchPlace(String),
    /// What a place says of itself doesn't fit.
    #[error("{0}")]
    BadPlace(String),
    /// It is no address of a companion server.
    #[error("a companion server's address looks like https://live.example.com")]
    BadCompanion,
    /// It is being sent to.
    #[error("the show is being sent to '{0}'; end it first")]
    PlaceInUse(String),
    /// There is nowhere to send to.
    #[error("there is no place to send the show to; add one, or turn one on")]
    NoPlace,
    /// It is being sent already.
    #[error("the show is live already")]
    AlreadyLive,
    /// It isn't being sent.
    #[error("the show is not live")]
    NotLive,
    /// It is being started or ended.
    #[error("the show is being started or ended; ask again in a moment")]
    Changing,
    /// A check takes all of the line.
    #[error("the show is on the air: check before it or after it")]
    CheckWhileLive,
    /// The mixer or the tick has no room.
    #[error("too many commands are waiting; ask again in a moment")]
    Busy,
}

impl Refusal {
    /// The code that programs match.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoScene(_) => "control.no_such_scene",
            Self::NoLayer { .. } => "control.no_such_layer",
            Self::ManyLayers { .. } => "control.several_layers",
            Self::InUse(_) => "control.in_use",
            Self::TooManyScenes => "control.too_many_scenes",
            Self::LongFade => "control.long_fade",
            Self::Problem(problem) => problem.code(),
            Self::NoSound(_) => "control.no_such_sound",
            Self::Gain => "control.gain",
            Self::NoPlan => "control.no_plan",
            Self::PlanEnded => "control.plan_ended",
            Self::NoSource(_) => "control.no_such_source",
            Self::SourceTaken(_) => "show.two_names",
            Self::BadSource(_) => "control.bad_source",
            Self::NothingToTakeBack => "control.nothing_to_take_back",
            Self::NoSuchPlace(_) => "control.no_such_place",
            Self::BadPlace(_) => "control.bad_place",
            Self::BadCompanion => "control.bad_companion",
            Self::PlaceInUse(_) => "control.place_in_use",
            Self::NoPlace => "live.no_place",
            Self::AlreadyLive => "live.already",
            Self::NotLive => "live.not",
            Self::Changing => "live.changing",
            Self::CheckWhileLive => "check.live",
            Self::Busy => "control.busy",
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code().to_owned(),
            sentence: refusal.to_string(),
        }
    }
}

/// The scenes, and the one on air.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pictures: Vec<String>,
    scenes: Vec<Scene>,
    flats: Vec<Arc<Flat>>,
    on_air: String,
}

impl Stage {
    /// The scenes of a show that was checked; the first is on air. `pictures` names the sources of pictures.
    ///
    /// # Errors
    /// Scenes that don't fit together.
    pub(crate) fn new(scenes: Vec<Scene>, pictures: Vec<String>) -> Result<Self, Problem> {
        let flats = lay_out(&scenes, &pictures, &[])?;
        Ok(Self {
            on_air: scenes.first().map(|s| s.name.clone()).unwrap_or_default(),
            pictures,
            scenes,
            flats,
        })
    }

    /// All scenes.
    pub(crate) fn scenes(&self) -> &[Scene] {
        &self.scenes
    }

    /// All scenes, laid out, in the same order.
    pub(crate) fn flats(&self) -> &[Arc<Flat>] {
        &self.flats
    }

    /// Name of the scene on air.
    pub(crate) fn on_air(&self) -> &str {
        &self.on_air
    }

    /// Scene `name` is on air from now on.
    ///
    /// # Errors
    /// There is none of that name, or the fade is too long.
    pub(crate) fn show(&mut self, name: &str, fade_ms: u32) -> Result<Arc<Flat>, Refusal> {
        let flat = self.flats.iter().find(|f| f.name == name);
        let flat = flat.ok_or_else(|| Refusal::NoScene(name.to_owned()))?;
        if fade_ms > MAX_FADE_MS {
            return Err(Refusal::LongFade);
        }
        name.clone_into(&mut self.on_air);
        Ok(Arc::clone(flat))
    }

    /// Puts the scene `name` on air at the beginning, if there is one.
    pub(crate) fn start_with(&mut self, name: &str) {
        if let Some(index) = self.flats.iter().position(|f| f.name == name) {
            name.clone_into(&mut self.on_air);
            // The tick begins with the first.
            self.flats.swap(0, index);
        }
    }

    /// Adds a source of pictures; its index.
    pub(crate) fn add_picture(&mut self, name: &str) -> usize {
        let vacant = self.pictures.iter().position(String::is_empty);
        let index = vacant.unwrap_or(self.pictures.len());
        if index == self.pictures.len() {
            self.pictures.push(String::new());
        }
        name.clone_into(&mut self.pictures[index]);
        index
    }

    /// Removes a source of pictures and all layers that show it; the index it had, if it was one.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing has changed.
    pub(crate) fn remove_picture(&mut self, name: &str) -> Result<Option<usize>, Refusal> {
        let Some(index) = self.pictures.iter().position(|p| p == name) else {
            return Ok(None);
        };
        let mut scenes = self.scenes.clone();
        for scene in &mut scenes {
            scene.layers.retain(|l| l.source.as_deref() != Some(name));
        }
        self.restore(scenes)?;
        self.pictures[index].clear();
        Ok(Some(index))
    }

    /// Puts all scenes as they were.
    ///
    /// # Errors
    /// They don't fit the sources there are; then nothing has changed.
    pub(crate) fn restore(&mut self, scenes: Vec<Scene>) -> Result<(), Refusal> {
        self.check(&scenes)?;
        self.flats = lay_out(&scenes, &self.pictures, &self.flats).map_err(Refusal::Problem)?;
        self.scenes = scenes;
        Ok(())
    }

    /// Changes the scenes as `command` says; whether it was a command to do so.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing has changed.
    pub(crate) fn edit(&mut self, command: &Command) -> Result<bool, Refusal> {
        let mut scenes = self.scenes.clone();
        match command {
            Command::PutScene { scene } => put(&mut scenes, scene)?,
            Command::RemoveScene { scene } => self.remove(&mut scenes, scene)?,
            Command::SetLayer { scene, layer, set } => change(&mut scenes, scene, layer, set)?,
            Command::AddLayer { scene, layer, at } => add(&mut scenes, scene, layer, *at)?,
            Command::RemoveLayer { scene, layer } => {
                let (scene, index) = find(&mut scenes, scene, layer)?;
                scene.layers.remove(index);
            }
            Command::MoveLayer { scene, layer, to } => {
                let (scene, index) = find(&mut scenes, scene, layer)?;
                let layer = scene.layers.remove(index);
                let to = (*to).min(scene.layers.len());
                scene.layers.insert(to, layer);
            }
            _ => return Ok(false),
        }
        self.restore(scenes)?;
        Ok(true)
    }

    fn remove(&self, scenes: &mut Vec<Scene>, name: &str) -> Result<(), Refusal> {
        let index = scenes.iter().position(|s| s.name == name);
        let index = index.ok_or_else(|| Refusal::NoScene(name.to_owned()))?;
        let shown = |s: &Scene| s.layers.iter().any(|l| l.scene.as_deref() == Some(name));
        if self.on_air == name || scenes.iter().any(shown) {
            return Err(Refusal::InUse(name.to_owned()));
        }
        scenes.remove(index);
        Ok(())
    }

    /// Refuses what a show file could not say either.
    fn check(&self, scenes: &[Scene]) -> Result<(), Refusal> {
        let picture = |name: &str| self.pictures.iter().any(|p| p == name).then_some(true);
        for scene in scenes {
            for layer in &scene.layers {
                let problems = layer_problems(&scene.name, layer, &picture);
                if let Some(problem) = problems.into_iter().next() {
                    return Err(Refusal::Problem(problem));
                }
            }
        }
        Ok(())
    }
}

/// Lays all scenes out; those that stay as they are keep their place in memory.
fn lay_out(scenes: &[Scene], pictures: &[String], before: &[Arc<Flat>]) -> Result<Vec<Arc<Flat>>, Problem> {
    let source = |name: &str| pictures.iter().position(|p| p == name);
    let lay = |scene: &Scene| {
        let flat = flatten(scenes, &scene.name, &source)?;
        let kept = before.iter().find(|old| ***old == flat);
        Ok(kept.cloned().unwrap_or_else(|| Arc::new(flat)))
    };
    scenes.iter().map(lay).collect()
}

fn put(scenes: &mut Vec<Scene>, scene: &Scene) -> Result<(), Refusal> {
    let full = scenes.len() >= MAX_SCENES;
    match scenes.iter_mut().find(|s| s.name == scene.name) {
        Some(old) => old.clone_from(scene),
        None if full => return Err(Refusal::TooManyScenes),
        None => scenes.push(scene.clone()),
    }
    Ok(())
}

fn change(scenes: &mut [Scene], scene: &str, layer: &str, set: &LayerChange) -> Result<(), Refusal> {
    let (scene, index) = find(scenes, scene, layer)?;
    set.apply(&mut scene.layers[index]);
    Ok(())
}

fn add(scenes: &mut [Scene], name: &str, layer: &Layer, at: Option<usize>) -> Result<(), Refusal> {
    let scene = named(scenes, name)?;
    let at = at.unwrap_or(usize::MAX).min(scene.layers.len());
    scene.layers.insert(at, layer.clone());
    Ok(())
}

fn named<'a>(scenes: &'a mut [Scene], name: &str) -> Result<&'a mut Scene, Refusal> {
    let found = scenes.iter_mut().find(|s| s.name == name);
    found.ok_or_else(|| Refusal::NoScene(name.to_owned()))
}

/// A scene and the place of its layer `layer`, which is the only one of that name.
fn find<'a>(scenes: &'a mut [Scene], name: &str, layer: &str) -> Result<(&'a mut Scene, usize), Refusal> {
    let scene = named(scenes, name)?;
    let mut places = scene
        .layers
        .iter()
        .enumerate()
        .filter(|(_, l)| l.title() == layer);
    let (scene_name, layer_name) = (name.to_owned(), layer.to_owned());
    match (places.next().map(|(i, _)| i), places.next()) {
        (Some(index), None) => Ok((scene, index)),
        (Some(_), Some(_)) => Err(Refusal::ManyLayers {
            scene: scene_name,
            layer: layer_name,
        }),
        (None, _) => Err(Refusal::NoLayer {
            scene: scene_name,
            layer: layer_name,
        }),
    }
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
