//! Scenes as people write them: in show files (TOML) and in commands (JSON).
//!
//! Lengths are canvas pixels, angles degrees clockwise, colours sRGB written `"#rrggbb"`. Everything but what a
//! layer shows has a default that changes nothing.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A picture made of layers, the lowest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// Name of the scene; unique.
    pub name: String,
    /// Its layers, the lowest first.
    #[serde(rename = "layer", default)]
    pub layers: Vec<Layer>,
}

/// One source, or another scene, within a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields, default)]
pub struct Layer {
    /// What commands call it; the name of what it shows when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The source it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The scene it shows, instead of a source: its layers, scaled from the canvas to `rect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene: Option<String>,
    /// Whether it is drawn.
    pub visible: bool,
    /// Where it stands on the canvas; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rect: Option<Rect>,
    /// What is cut off the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// Degrees clockwise round the rectangle's centre, -360 to 360.
    pub rotation: f32,
    /// Whether left and right are exchanged.
    pub mirror: bool,
    /// 0 (not there) to 1.
    pub opacity: f32,
    /// How it meets what lies below.
    pub blend: Blend,
    /// Chroma key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Colour correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<Correction>,
}

impl Default for Layer {
    fn default() -> Self {
        Self {
            name: None,
            source: None,
            scene: None,
            visible: true,
            rect: None,
            crop: None,
            rotation: 0.0,
            mirror: false,
            opacity: 1.0,
            blend: Blend::Normal,
            key: None,
            color: None,
        }
    }
}

impl Layer {
    /// What commands call it: its name, or the name of what it shows.
    pub fn title(&self) -> &str {
        let names = [&self.name, &self.source, &self.scene];
        names.into_iter().flatten().next().map_or("", String::as_str)
    }
}

/// A rectangle on the canvas, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Rect {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// What is cut off a source's edges, in its own pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields, default)]
pub struct Crop {
    /// Columns cut off at the left.
    pub left: u32,
    /// Rows cut off at the top.
    pub top: u32,
    /// Columns cut off at the right.
    pub right: u32,
    /// Rows cut off at the bottom.
    pub bottom: u32,
}

/// How a layer meets what lies below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Blend {
    /// Covers it.
    #[default]
    Normal,
    /// Sum: light over light.
    Add,
    /// Takes away.
    Subtract,
    /// Product: darkens.
    Multiply,
    /// Product of the negatives: lightens.
    Screen,
    /// The darker of both.
    Darken,
    /// The lighter of both.
    Lighten,
}

/// Chroma key of a layer. Distances are parts of the whole range of chroma.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields, default)]
pub struct Key {
    /// The colour that becomes transparent.
    pub color: Color,
    /// Distance in chroma up to which a pixel is transparent, 0 to 1.
    pub similarity: f32,
    /// Width of the soft edge beyond it, 0 to 1.
    pub smoothness: f32,
    /// How much of the key colour's tinge is taken off what stays, 0 to 1.
    pub spill: f32,
}

impl Default for Key {
    /// A lit green screen.
    fn default() -> Self {
        Self {
            color: Color([0, 177, 64]),
            similarity: 0.2,
            smoothness: 0.1,
            spill: 0.5,
        }
    }
}

/// Colour correction of a layer; the default changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields, default)]
pub struct Correction {
    /// Stops of light, -4 to 4.
    pub exposure: f32,
    /// -1 (flat) to 1.
    pub contrast: f32,
    /// White balance from -1 (blue) to 1 (amber).
    pub temperature: f32,
    /// White balance from -1 (green) to 1 (magenta).
    pub tint: f32,
    /// 0 (grey) to 4; 1 changes nothing.
    pub saturation: f32,
}

impl Default for Correction {
    fn default() -> Self {
        Self {
            exposure: 0.0,
            contrast: 0.0,
            temperature: 0.0,
            tint: 0.0,
            saturation: 1.0,
        }
    }
}

/// A colour: red, green, blue, 0 to 255 each, written `"#rrggbb"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Color(#[cfg_attr(feature = "bindings", specta(type = String))] pub [u8; 3]);

impl FromStr for Color {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let refused = "a color is written \"#rrggbb\", as in \"#00ff00\"";
        let hex = s
            .strip_prefix('#')
            .filter(|h| h.len() == 6 && h.is_ascii())
            .ok_or(refused)?;
        let part = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).map_err(|_| refused);
        Ok(Self([part(0)?, part(2)?, part(4)?]))
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let [r, g, b] = self.0;
        s.collect_str(&format_args!("#{r:02x}{g:02x}{b:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_comes_back_as_it_was_written() {
        let text = r##"{"name":"a","layer":[{"source":"host","key":{"color":"#00ff00"},"blend":"screen"},{"scene":"b"}]}"##;
        let scene: Scene = serde_json::from_str(text).unwrap();
        assert_eq!(scene.layers[0].key.map(|k| k.color), Some(Color([0, 255, 0])));
        assert_eq!((scene.layers[0].title(), scene.layers[1].title()), ("host", "b"));
        let again: Scene = serde_json::from_str(&serde_json::to_string(&scene).unwrap()).unwrap();
        assert_eq!(again, scene);
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        let said = serde_json::from_str::<Layer>(r#"{"source":"a","colour":1}"#).unwrap_err();
        assert!(said.to_string().contains("unknown field `colour`"), "{said}");
        assert!(serde_json::from_str::<Layer>(r#"{"source":"a","key":{"color":"green"}}"#).is_err());
    }
}
