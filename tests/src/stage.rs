//! What is measured: cameras, scenes and settings, the same for our studio and for its peers.

pub mod cuts;
mod demo;
mod layers;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use api::scene::{Color, Layer, Rect, Scene};
use media::{FrameRate, Size};
use tokio::process::Command;

use crate::loops::Loop;
use crate::preload;
use crate::studio::Show;

/// The row at which a camera's own numbers stand: below those of the program.
pub const CAMERA_ROW: usize = 24;
/// The pace of all that is measured.
pub const RATE: FrameRate = FrameRate::whole(30);

/// A camera of user space.
#[derive(Clone, Debug)]
pub struct Camera {
    /// What layers call it.
    pub name: &'static str,
    /// What it sees.
    pub sees: Loop,
}

/// A show to measure.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Size of the program.
    pub size: Size,
    /// Cameras, in the order of their devices.
    pub cameras: Vec<Camera>,
    /// Still pictures by name.
    pub images: Vec<(&'static str, PathBuf)>,
    /// Plain colours by name.
    pub colors: Vec<(String, Color)>,
    /// The scenes; the first is on air at the start.
    pub scenes: Vec<Scene>,
    /// x264's preset.
    pub preset: &'static str,
    /// Bit rate of the pictures.
    pub kbps: u32,
}

/// A layer that fills the picture.
fn layer(source: &str) -> Layer {
    Layer {
        source: Some(source.to_owned()),
        ..Layer::default()
    }
}

/// A rectangle by its left, upper edge, width and height.
const fn rect(x: i32, y: i32, width: u32, height: u32) -> Option<Rect> {
    Some(Rect { x, y, width, height })
}

impl Stage {
    /// What is measured, in a line.
    pub fn describe(&self) -> String {
        let Size { width, height } = self.size;
        format!(
            "{width}x{height} at {RATE} frames a second, {} camera(s), x264 {} {} kbit/s",
            self.cameras.len(),
            self.preset,
            self.kbps
        )
    }

    /// The show file for our studio, without outputs; `counted`: every program frame bears its number.
    ///
    /// # Errors
    /// A scene that TOML can't say.
    pub fn show(&self, counted: bool) -> io::Result<Show> {
        let mut parts = String::from("[[source]]\nname = \"voice\"\ntype = \"tone\"\nhz = 440\n");
        for Camera { name, sees } in &self.cameras {
            let (Size { width, height }, rate) = (sees.size, sees.rate);
            parts += &format!(
                "[[source]]\nname = \"{name}\"\ntype = \"camera\"\ndevice = \"{name}\"\n\
                 size = \"{width}x{height}\"\nrate = \"{}/{}\"\n",
                rate.num(),
                rate.den()
            );
        }
        for (name, path) in &self.images {
            parts += &format!("[[source]]\nname = \"{name}\"\ntype = \"image\"\npath = {path:?}\n");
        }
        for (name, Color([r, g, b])) in &self.colors {
            parts += &format!(
                "[[source]]\nname = \"{name}\"\ntype = \"color\"\ncolor = \"#{r:02x}{g:02x}{b:02x}\"\n"
            );
        }
        let scenes = BTreeMap::from([("scene", &self.scenes)]);
        parts += &toml::to_string(&scenes).map_err(io::Error::other)?;
        Ok(Show::on(self.size, counted, &parts))
    }

    /// An output's picture settings in a show file.
    pub fn video(&self) -> String {
        format!("{{ bitrate = {}, preset = \"{}\" }}", self.kbps, self.preset)
    }

    /// The cameras as the preload library is told of them; unpacks what they see.
    ///
    /// # Errors
    /// As [`Loop::spec`].
    pub fn spec(&self) -> io::Result<String> {
        let spec = |camera: &Camera| camera.sees.spec(camera.name);
        let specs: io::Result<Vec<_>> = self.cameras.iter().map(spec).collect();
        Ok(specs?.join(";"))
    }

    /// Lets `command` see the cameras.
    ///
    /// # Errors
    /// As [`Stage::spec`] and [`preload::cameras`].
    pub fn cameras(&self, command: &mut Command) -> io::Result<()> {
        preload::cameras(command, &self.spec()?)
    }
}

#[cfg(test)]
#[path = "stage/tests.rs"]
mod tests;
