//! The preview: what a page and the studio tell each other over the WebSocket of the loopback.
//!
//! The page's first message is its token. Then it says what it looks at, and which picture it has drawn; each
//! picture comes as one binary message: the length of a [`Header`] in four bytes (little endian), the header as
//! JSON, and one JPEG, the atlas, in which each tile has its place.

use serde::{Deserialize, Serialize};

use crate::state::Meter;

/// Pictures that may be on their way before the page has drawn one of them.
pub const IN_FLIGHT: u64 = 2;
/// Most tiles of a look.
pub const MOST_TILES: usize = 64;
/// Most pictures a second.
pub const MOST_RATE: u32 = 30;

/// What a page tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Message {
    /// Who it is: the token of this run. The first message, and only that.
    Token(String),
    /// What it looks at from now on. Looks are counted from 1 on each connection.
    Look(Look),
    /// It has drawn this picture, and with it those before.
    Drawn(u64),
}

/// What a page looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// All that is visible, at the size shown; nothing is drawn where there is none.
    pub tiles: Vec<Tile>,
    /// Pictures a second, 1 to [`MOST_RATE`].
    #[serde(default = "usual_rate")]
    pub rate: u32,
}

const fn usual_rate() -> u32 {
    15
}

/// One picture within the atlas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Tile {
    /// What it shows.
    #[serde(flatten)]
    pub show: Shown,
    /// Width of the space it is shown in, in pixels of the device.
    pub width: u32,
    /// Height of that space.
    pub height: u32,
}

/// What a tile shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "show", rename_all = "lowercase")]
pub enum Shown {
    /// The program.
    Program,
    /// A scene, whether it is on air or not.
    Scene {
        /// Its name.
        name: String,
    },
    /// A source of pictures.
    Source {
        /// Its name.
        name: String,
    },
}

/// What stands before each atlas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Header {
    /// Number of the picture on this connection, from 1.
    pub n: u64,
    /// Number of the look it answers: `tiles` are in the order of that one.
    pub l: u64,
    /// Number of the program frame it was made at.
    pub tick: u64,
    /// The scene that program frame shows.
    pub on_air: String,
    /// Whether that frame is covered.
    pub covered: bool,
    /// Width of the JPEG.
    pub width: u32,
    /// Height of the JPEG.
    pub height: u32,
    /// Where each tile stands. It fits into the space that was asked for, has the proportions of what it shows, and
    /// is no larger than the space asked for or its own picture.
    pub tiles: Vec<TilePlace>,
    /// The sound at that moment.
    pub levels: Levels,
    /// How long it took.
    pub took: Took,
}

/// A tile's place in the atlas, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TilePlace {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Levels of sound, in dBFS; -120 is silence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Levels {
    /// The program's, behind the limiter.
    pub program: Meter,
    /// How far the limiter turns it down, in dB, 0 or more.
    pub limiter_db: f32,
    /// The sources', behind their faders, in the order of the show.
    pub sounds: Vec<SoundLevel>,
}

/// Level of one source of sound.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SoundLevel {
    /// The source.
    pub name: String,
    /// Highest sample, falling slowly.
    pub peak_db: f32,
    /// Root mean square.
    pub rms_db: f32,
    /// Samples that came in at full scale, since the start.
    pub clipped: u64,
    /// Whether someone speaks into it though it is silenced.
    pub heard: bool,
}

/// How long a picture took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Took {
    /// Making all that is shown smaller.
    pub shrink_ms: f32,
    /// Composing the atlas.
    pub compose_ms: f32,
    /// Encoding it.
    pub encode_ms: f32,
    /// From the tick of the program frame to the hand-over to the socket.
    pub age_ms: f32,
    /// When it was handed over, in milliseconds since 1970 by this machine's clock, which a page can read as
    /// `performance.timeOrigin + performance.now()`.
    pub at_ms: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_understood_as_documented() {
        let read = |text: &str| serde_json::from_str::<Message>(text);
        assert_eq!(
            read(r#"{"token":"ab"}"#).unwrap(),
            Message::Token("ab".to_owned())
        );
        assert_eq!(read(r#"{"drawn":7}"#).unwrap(), Message::Drawn(7));
        let look = r#"{"look":{"tiles":[{"show":"program","width":640,"height":360},
            {"show":"scene","name":"host","width":160,"height":90}],"rate":30}}"#;
        let Message::Look(look) = read(look).unwrap() else {
            panic!("a look");
        };
        let name = "host".to_owned();
        assert_eq!(look.tiles[0].show, Shown::Program);
        assert_eq!(look.tiles[1].show, Shown::Scene { name });
        assert_eq!((look.tiles[1].width, look.rate), (160, 30));
        assert_eq!(
            read(r#"{"look":{"tiles":[]}}"#).unwrap(),
            Message::Look(Look {
                rate: 15,
                ..Look::default()
            })
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            r#"{"drawn":-1}"#,
            r#"{"look":{}}"#,
            r#"{"look":{"tiles":[{"show":"scene","width":1,"height":1}]}}"#,
            r#"{"look":{"tiles":[],"speed":1}}"#,
            r#"{"drawn":1,"token":"ab"}"#,
            "[]",
        ] {
            assert!(serde_json::from_str::<Message>(text).is_err(), "{text}");
        }
    }
}
