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
//! | `state` | everything as it is now |

mod director;
mod lines;
mod plan;
mod stage;

pub(crate) use director::{Director, Facts, Parts};
pub(crate) use stage::Stage;

pub use lines::{Door, Handle, door, standard_input};
