//! Commands to a running studio, its answers, and what it tells unasked: one JSON object a line.
//!
//! A request is a command with an `id` of the asker's choice: `{"id": 7, "do": "scene.show", "scene": "host"}`.
//! Its answer bears the same id, and `done` or `failed`: `{"id": 7, "done": {"tick": 5120}}`. What is told
//! unasked bears `event`.

use serde::{Deserialize, Deserializer, Serialize};

use crate::health::{History, PastShow, Warning};
use crate::place::{LineMode, Place};
use crate::scene::{Blend, Correction, Crop, Key, Layer, Rect, Scene};
use crate::source::{Devices, Source};
use crate::state::{Health, State};
use crate::studio::Failure;
use crate::support::Bundle;

/// What can be asked of a running studio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "do", deny_unknown_fields)]
pub enum Command {
    /// Brings a scene on air.
    #[serde(rename = "scene.show")]
    ShowScene {
        /// The scene.
        scene: String,
        /// Milliseconds of fading from the scene before, 0 (a cut) to 10 000.
        #[serde(default)]
        fade_ms: u32,
    },
    /// Adds a scene, or puts another in the place of the one of its name.
    #[serde(rename = "scene.put")]
    PutScene {
        /// The scene.
        scene: Scene,
    },
    /// Removes a scene that is not on air and that no other scene shows.
    #[serde(rename = "scene.remove")]
    RemoveScene {
        /// The scene.
        scene: String,
    },
    /// Changes some of a layer's parameters; what isn't named stays.
    #[serde(rename = "layer.set")]
    SetLayer {
        /// The scene.
        scene: String,
        /// The layer's name.
        layer: String,
        /// What changes.
        set: LayerChange,
    },
    /// Adds a layer to a scene.
    #[serde(rename = "layer.add")]
    AddLayer {
        /// The scene.
        scene: String,
        /// The layer.
        layer: Box<Layer>,
        /// Its place, 0 the lowest; on top when absent.
        at: Option<usize>,
    },
    /// Removes a layer from a scene.
    #[serde(rename = "layer.remove")]
    RemoveLayer {
        /// The scene.
        scene: String,
        /// The layer's name.
        layer: String,
    },
    /// Moves a layer up or down.
    #[serde(rename = "layer.move")]
    MoveLayer {
        /// The scene.
        scene: String,
        /// The layer's name.
        layer: String,
        /// Its new place, 0 the lowest.
        to: usize,
    },
    /// Moves a fader; what isn't named stays.
    #[serde(rename = "sound.set")]
    SetSound {
        /// The source.
        source: String,
        /// Gain in dB, -60 to 20.
        gain_db: Option<f32>,
        /// Whether it is silenced.
        mute: Option<bool>,
    },
    /// Lets the show go through the steps of its plan by itself, from the step on air.
    #[serde(rename = "plan.start")]
    StartPlan {},
    /// Stays where the show is.
    #[serde(rename = "plan.stop")]
    StopPlan {},
    /// Goes to the plan's next step at once.
    #[serde(rename = "plan.next")]
    NextStep {},
    /// Opens the graphics device anew, as after a driver's reset; the last picture stands meanwhile.
    #[serde(rename = "graphics.restart")]
    RestartGraphics {},
    /// Starts sending to all places that are on.
    #[serde(rename = "live.start")]
    StartLive {},
    /// Stops sending; sources and scenes go on.
    #[serde(rename = "live.end")]
    EndLive {},
    /// Shows viewers the cover picture and silence from the next program frame on, or no longer.
    #[serde(rename = "cover.set")]
    SetCover {
        /// Whether viewers are kept out.
        on: bool,
    },
    /// Takes the last action back: the scene on air, the scenes and the faders are as before it.
    #[serde(rename = "back")]
    TakeBack {},
    /// Adds a source.
    #[serde(rename = "source.add")]
    AddSource {
        /// The source.
        source: Box<Source>,
    },
    /// Removes a source, and the layers that show it.
    #[serde(rename = "source.remove")]
    RemoveSource {
        /// The source.
        source: String,
    },
    /// Asks which cameras and microphones there are: answered with [`Devices`].
    #[serde(rename = "devices")]
    ListDevices {},
    /// Adds a place, or puts another in the place of the one of its name. Not while sending to it.
    #[serde(rename = "place.put")]
    PutPlace {
        /// The place.
        place: Place,
    },
    /// Removes a place. Not while sending to it.
    #[serde(rename = "place.remove")]
    RemovePlace {
        /// The place.
        place: String,
    },
    /// Makes a place more or less important: the first one gets all it may of a line that several share. Not while the show
    /// is sent.
    #[serde(rename = "place.move")]
    MovePlace {
        /// The place.
        place: String,
        /// Its new rank, 0 the most important.
        to: usize,
    },
    /// Says that places get the show from the companion server, which is sent it once, or that they are sent to from here. Not
    /// while the show is sent.
    #[serde(rename = "places.pass_on")]
    PassOn {
        /// The places.
        places: Vec<String>,
        /// Whether they get it from there.
        on: bool,
    },
    /// Says what is kept where a line carries less than is wanted; from now on, also of a show that is sent.
    #[serde(rename = "line.mode")]
    SetLineMode {
        /// What.
        mode: LineMode,
    },
    /// Says whether a show that was live when the studio crashed goes on the air again by itself.
    #[serde(rename = "resume.set")]
    SetResume {
        /// Whether it does.
        on: bool,
    },
    /// Begins a check before the show: how it goes says the state. Not while the show is sent.
    #[serde(rename = "check.start")]
    StartCheck {},
    /// Ends the check that is under way; what was found so far stays.
    #[serde(rename = "check.stop")]
    StopCheck {},
    /// Says where the companion server is: it tells what has arrived, and measures the upload. From the next show on.
    #[serde(rename = "companion.set")]
    SetCompanion {
        /// Its address, as in `https://live.example.com`; none where there is no such server.
        url: Option<String>,
    },
    /// Asks how the show that is sent was so far, or the last one that was: answered with a [`History`].
    #[serde(rename = "history")]
    History {
        /// The whole of it; else the last five minutes, second by second.
        #[serde(default)]
        whole: bool,
        /// Of an earlier show, by its [id](crate::health::PastShow::id).
        #[serde(default)]
        of: Option<String>,
    },
    /// Asks which earlier shows' histories are kept: answered with [`PastShow`]s, the newest first.
    #[serde(rename = "histories")]
    Histories {},
    /// Asks for a support bundle: answered with a [`Bundle`].
    #[serde(rename = "bundle")]
    Bundle {
        /// With the history of an earlier show, by its [id](crate::health::PastShow::id); else of this one, or the last.
        #[serde(default)]
        of: Option<String>,
    },
    /// Asks how things are: answered with a [`State`].
    #[serde(rename = "state")]
    State {},
}

/// A change of some of a layer's parameters. `null` takes a rectangle, crop, key or correction away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields, default)]
pub struct LayerChange {
    /// Whether it is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible: Option<bool>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "bindings", specta(type = Option<Rect>))]
    pub rect: Option<Option<Rect>>,
    /// What is cut off.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "bindings", specta(type = Option<Crop>))]
    pub crop: Option<Option<Crop>>,
    /// Degrees clockwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<f32>,
    /// Whether left and right are exchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror: Option<bool>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f32>,
    /// How it meets what lies below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blend: Option<Blend>,
    /// Chroma key.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "bindings", specta(type = Option<Key>))]
    pub key: Option<Option<Key>>,
    /// Colour correction.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "bindings", specta(type = Option<Correction>))]
    pub color: Option<Option<Correction>>,
}

impl LayerChange {
    /// Makes the change to `layer`.
    pub fn apply(&self, layer: &mut Layer) {
        fn put<T: Clone>(to: &mut T, from: Option<&T>) {
            if let Some(from) = from {
                to.clone_from(from);
            }
        }
        put(&mut layer.visible, self.visible.as_ref());
        put(&mut layer.rect, self.rect.as_ref());
        put(&mut layer.crop, self.crop.as_ref());
        put(&mut layer.rotation, self.rotation.as_ref());
        put(&mut layer.mirror, self.mirror.as_ref());
        put(&mut layer.opacity, self.opacity.as_ref());
        put(&mut layer.blend, self.blend.as_ref());
        put(&mut layer.key, self.key.as_ref());
        put(&mut layer.color, self.color.as_ref());
    }
}

/// `null` is a value here: it takes away.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// The answer to one command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's id; absent when it had none, or when the line could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Done(Done),
    /// It was refused, and nothing has changed.
    Failed(Failure),
}

/// What a command that was done answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Done {
    /// Number of the first program frame that shows the change; absent where nothing on air changes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tick: Option<u64>,
    /// How things are, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<Box<State>>,
    /// The cameras and microphones there are, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub devices: Option<Devices>,
    /// How the show was, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub history: Option<Box<History>>,
    /// The earlier shows whose histories are kept, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub histories: Option<Vec<PastShow>>,
    /// A support bundle, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bundle: Option<Box<Bundle>>,
}

/// What a studio tells unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "event")]
pub enum Event {
    /// A scene is on air.
    #[serde(rename = "on_air")]
    OnAir {
        /// The scene.
        scene: String,
        /// The first program frame that shows it.
        tick: u64,
    },
    /// A source of pictures was lost: its fallback shows.
    #[serde(rename = "source.lost")]
    SourceLost {
        /// The source.
        source: String,
        /// The first program frame without it.
        tick: u64,
        /// Why, as far as that is known.
        reason: String,
    },
    /// A source of pictures delivers again.
    #[serde(rename = "source.back")]
    SourceBack {
        /// The source.
        source: String,
        /// The first program frame with it.
        tick: u64,
    },
    /// The show is being sent to all places that are on.
    #[serde(rename = "live")]
    Live {},
    /// The show is no longer sent.
    #[serde(rename = "ended")]
    Ended {},
    /// The cover picture is shown, or no longer.
    #[serde(rename = "cover")]
    Cover {
        /// Whether it is.
        on: bool,
        /// The first program frame of which that is true.
        tick: u64,
    },
    /// Something else is the worst that is the matter now.
    #[serde(rename = "health")]
    Health {
        /// What.
        health: Health,
    },
    /// Something is the matter with a place, and it is time to say so.
    #[serde(rename = "warning")]
    Warning {
        /// What.
        warning: Warning,
    },
    /// What was warned of is better again.
    #[serde(rename = "better")]
    Better {
        /// The place.
        place: String,
        /// What the warning was of, as in [`Diagnosis::cause`](crate::health::Diagnosis::cause).
        cause: String,
    },
    /// The graphics device was lost; the last picture stands until it is made anew.
    #[serde(rename = "graphics.lost")]
    GraphicsLost {
        /// Why.
        #[serde(flatten)]
        failure: Failure,
    },
    /// The graphics device composes again.
    #[serde(rename = "graphics.back")]
    GraphicsBack {
        /// The adapter.
        adapter: String,
        /// The first program frame composed by it.
        tick: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_read_as_documented() {
        let read = |text: &str| serde_json::from_str::<Command>(text);
        let cut = read(r#"{"do":"scene.show","scene":"host"}"#).unwrap();
        let scene = "host".to_owned();
        assert_eq!(cut, Command::ShowScene { scene, fade_ms: 0 });
        assert_eq!(read(r#"{"do":"plan.next"}"#).unwrap(), Command::NextStep {});
        let unknown = read(r#"{"do":"scene.show","scene":"host","fade":1}"#).unwrap_err();
        assert!(unknown.to_string().contains("unknown field `fade`"), "{unknown}");
        let unknown = read(r#"{"do":"scene.hide"}"#).unwrap_err();
        assert!(
            unknown.to_string().contains("unknown variant `scene.hide`"),
            "{unknown}"
        );
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_null_takes_away() {
        let mut layer = Layer {
            key: Some(Key::default()),
            rect: Some(Rect {
                x: 0,
                y: 0,
                width: 2,
                height: 2,
            }),
            ..Layer::default()
        };
        let change: LayerChange = serde_json::from_str(r#"{"key":null,"opacity":0.5}"#).unwrap();
        change.apply(&mut layer);
        assert!(layer.key.is_none() && layer.rect.is_some());
        assert_eq!(layer.opacity, 0.5);
    }

    #[test]
    fn an_answer_bears_its_id_and_done_or_failed() {
        let done = Outcome::Done(Done {
            tick: Some(7),
            ..Done::default()
        });
        let reply = Reply {
            id: Some(3),
            outcome: done,
        };
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(text, r#"{"id":3,"done":{"tick":7}}"#);
        assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
    }
}
