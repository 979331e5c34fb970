//! What is measured: cameras, scenes and settings, the same for our studio and for its peers.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use api::scene::{Color, Correction, Crop, Key, Layer, Rect, Scene};
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
pub fn layer(source: &str) -> Layer {
    Layer {
        source: Some(source.to_owned()),
        ..Layer::default()
    }
}

/// A rectangle by its left, upper edge, width and height.
pub const fn rect(x: i32, y: i32, width: u32, height: u32) -> Option<Rect> {
    Some(Rect { x, y, width, height })
}

/// The bundled show's host before a green screen.
fn keyed_host() -> Layer {
    Layer {
        key: Some(Key {
            similarity: 0.2,
            smoothness: 0.08,
            spill: 0.3,
            ..Key::default()
        }),
        color: Some(Correction {
            exposure: 0.1,
            contrast: 0.05,
            temperature: 0.05,
            saturation: 1.1,
            ..Correction::default()
        }),
        ..layer("host")
    }
}

fn card() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo/card.png")
}

impl Stage {
    /// The demo show with two raw cameras: the host, keyed and colour-corrected, before the table; the product
    /// once more in a picture of its own; the card. `numbered`: the table's camera numbers its pictures.
    pub fn demo(size: Size, numbered: bool) -> Self {
        let camera = |name, numbered: bool| Camera {
            name,
            sees: Loop {
                name,
                size,
                numbered: numbered.then_some(CAMERA_ROW),
            },
        };
        // Laid out for 1280 columns.
        let part = |n: u32| n * size.width / 1280;
        let at = |x, y, w, h| rect(part(x) as i32, part(y) as i32, part(w), part(h));
        let close_up = Layer {
            name: Some("close-up".into()),
            rect: at(976, 40, 272, 152),
            crop: Some(Crop {
                left: part(320),
                right: part(320),
                top: part(144),
                bottom: part(216),
            }),
            ..layer("table")
        };
        let card_layer = Layer {
            rect: at(36, 488, 420, 200),
            ..layer("card")
        };
        Self {
            size,
            cameras: vec![camera("table", numbered), camera("host", false)],
            images: vec![("card", card())],
            colors: Vec::new(),
            scenes: vec![Scene {
                name: "host before the table".into(),
                layers: vec![layer("table"), keyed_host(), close_up, card_layer],
            }],
            preset: "veryfast",
            kbps: 2500,
        }
    }

    /// One raw camera of 1920x1080, keyed over a plain wall.
    pub fn full_hd() -> Self {
        let size = Size::new(1920, 1080);
        let sees = Loop {
            name: "host",
            size,
            numbered: None,
        };
        let wall = Layer {
            key: keyed_host().key,
            ..layer("host")
        };
        Self {
            size,
            cameras: vec![Camera { name: "host", sees }],
            images: Vec::new(),
            colors: vec![("wall".into(), Color([0x30, 0x48, 0x60]))],
            scenes: vec![Scene {
                name: "host before a wall".into(),
                layers: vec![layer("wall"), wall],
            }],
            preset: "superfast",
            kbps: 4500,
        }
    }

    /// What is measured, in a line.
    pub fn describe(&self) -> String {
        let Size { width, height } = self.size;
        format!(
            "{width}x{height} at {RATE} frames a second, {} raw camera(s), x264 {} {} kbit/s",
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
            let Size { width, height } = sees.size;
            parts += &format!(
                "[[source]]\nname = \"{name}\"\ntype = \"camera\"\ndevice = \"{name}\"\nsize = \"{width}x{height}\"\nrate = 30\n"
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
    /// As [`Loop::yuyv`].
    pub fn spec(&self) -> io::Result<String> {
        let spec = |Camera { name, sees }: &Camera| {
            let Size { width, height } = sees.size;
            let file = sees.yuyv()?;
            Ok(format!(
                "name={name},size={width}x{height},fps=30,file={}",
                file.display()
            ))
        };
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
mod tests {
    use super::*;

    #[test]
    fn the_scene_is_written_and_fits_the_canvas() {
        let stage = Stage::demo(Size::new(640, 360), true);
        let folder = tempfile::tempdir().unwrap();
        let file = stage.show(true).unwrap().write(folder.path()).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        let read: toml::Table = toml::from_str(&text).unwrap();
        let layers = read["scene"][0]["layer"].as_array().unwrap();
        assert_eq!(layers.len(), 4, "{text}");
        assert_eq!(layers[2]["rect"]["width"].as_integer(), Some(136));
        for rect in stage.scenes[0].layers.iter().filter_map(|layer| layer.rect) {
            assert!(rect.x as u32 + rect.width <= 640 && rect.y as u32 + rect.height <= 360);
        }
        // Clear of both rows of numbers, where the camera has its own.
        let wide = Stage::demo(Size::new(1280, 720), true);
        let above = |layer: &Layer| layer.rect.is_some_and(|rect| rect.y < 40 && rect.x < 640);
        assert!(!wide.scenes[0].layers.iter().any(above));
    }
}
