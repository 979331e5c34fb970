//! Commands to a running show: what they mean ([`stage`]), what goes on by itself ([`plan`]), and the lines they
//! come and go by ([`lines`]). The types are in [`api::control`].
//!
//! | command | what it does |
//! | --- | --- |
//! | `scene.show` | brings a scene on air, with `fade_ms` |
//! | `scene.put`, `scene.remove` | adds, replaces, removes a scene |
//! | `layer.set`, `layer.add`, `layer.remove`, `layer.move` | changes a scene, on air or not |
//! | `sound.set` | gain and mute of a source |
//! | `plan.start`, `plan.stop`, `plan.next` | the scenes a show goes through by itself |
//! | `graphics.restart` | opens the graphics device anew |
//! | `live.start`, `live.end` | sends the show to all places that are on, or no longer |
//! | `cover.set` | cover picture and silence |
//! | `back` | takes the last action back |
//! | `source.add`, `source.remove`, `devices` | cameras, microphones and other sources |
//! | `place.put`, `place.remove` | the places it goes to |
//! | `companion.set` | where the companion server is |
//! | `check.start`, `check.stop` | the check before the show |
//! | `history` | how the show that is sent was so far, or the last one |
//! | `histories` | the earlier shows whose histories are kept |
//! | `bundle` | a support bundle, of this show or with the history of an earlier one |
//! | `state` | everything as it is now |

mod bundling;
mod cameras;
mod checking;
mod computer;
mod director;
mod health;
mod history;
mod lines;
mod live;
mod look;
mod plan;
mod quiet;
mod saving;
mod stage;
mod wards;
mod watching;
mod wire;
mod works;
mod writing;

pub(crate) use director::{Director, Facts, Parts};
pub(crate) use stage::Stage;

pub use lines::{Door, Handle, door, standard_input};
