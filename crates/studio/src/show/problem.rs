//! What can be wrong with a show file, in sentences.

/// One thing that doesn't fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Two things of one kind share a name.
    #[error("there are two {what}s named '{name}'; names are unique")]
    TwoNames {
        /// `source`, `scene` or `output`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A layer names a source that isn't there.
    #[error("scene '{scene}' shows '{source_name}', but no source has that name")]
    NoSuchSource {
        /// The scene.
        scene: String,
        /// The name it uses.
        source_name: String,
    },
    /// A layer names a source without pictures.
    #[error("scene '{scene}' shows '{source_name}', which has sound only")]
    NoPicture {
        /// The scene.
        scene: String,
        /// The name it uses.
        source_name: String,
    },
    /// A layer names a scene that isn't there.
    #[error("scene '{scene}' shows the scene '{shown}', but no scene has that name")]
    NoSuchScene {
        /// The scene.
        scene: String,
        /// The name it uses.
        shown: String,
    },
    /// A layer names neither a source nor a scene, or both.
    #[error(
        "a layer of scene '{0}' shows either a source or a scene: write source = \"NAME\" or scene = \"NAME\""
    )]
    ShowsNothing(String),
    /// A scene shows itself, directly or through others.
    #[error("scene '{0}' contains itself; take it out of one of the scenes it shows")]
    InItself(String),
    /// A layer that shows a scene has more than a place.
    #[error(
        "scene '{scene}' shows the scene '{shown}' with '{parameter}'; a scene within a scene has only a rect: set \
         '{parameter}' on its own layers"
    )]
    OnlyPlaced {
        /// The scene.
        scene: String,
        /// The scene within it.
        shown: String,
        /// What it can't have.
        parameter: &'static str,
    },
    /// A scene within a scene holds a rotated layer.
    #[error(
        "scene '{scene}' shows the scene '{shown}', one of whose layers is rotated; show its source directly"
    )]
    RotatedWithin {
        /// The scene.
        scene: String,
        /// The scene within it.
        shown: String,
    },
    /// More layers than can be drawn.
    #[error("scene '{scene}' has more than {limit} layers, those of the scenes within it included")]
    TooManyLayers {
        /// The scene.
        scene: String,
        /// Most layers of a scene.
        limit: usize,
    },
    /// The fallback of a source isn't there, has no pictures, or is the source itself.
    #[error("source '{name}' falls back to '{fallback}', which is no other source of pictures")]
    BadFallback {
        /// The source.
        name: String,
        /// What it names.
        fallback: String,
    },
    /// A step of the plan names a scene that isn't there.
    #[error("the plan shows the scene '{0}', but no scene has that name")]
    NoSuchStep(String),
    /// There is nothing to show.
    #[error("a show needs at least one scene")]
    NoScene,
    /// A file isn't there.
    #[error("source '{name}' needs the file {path}, which is not there")]
    MissingFile {
        /// The source.
        name: String,
        /// The file.
        path: String,
    },
    /// A number is out of its range.
    #[error("{what} is {value}; it goes from {range}")]
    OutOfRange {
        /// What is meant.
        what: String,
        /// What stands there.
        value: String,
        /// What may stand there.
        range: &'static str,
    },
    /// The address holds what looks like a key.
    #[error(
        "the url of output '{0}' holds more than server and app; the key is no part of it: store it with \
         `anchor-studio key set NAME` and write key = {{ keyring = \"NAME\" }}"
    )]
    KeyInUrl(String),
    /// What should name a key is one.
    #[error(
        "the key of output '{0}' is named by what looks like a stream key itself; store it with \
         `anchor-studio key set NAME` and write key = {{ keyring = \"NAME\" }}"
    )]
    KeyAsName(String),
    /// No platform is called so.
    #[error(
        "output '{name}' goes to '{platform}', which is no platform that is known: `anchor-studio platforms` lists them"
    )]
    NoSuchPlatform {
        /// The output.
        name: String,
        /// The platform it names.
        platform: String,
    },
    /// The companion server passes shows on by RTMP alone.
    #[error(
        "output '{0}' can't get the show from the companion server: that passes it on to addresses with rtmp:// or rtmps:// only"
    )]
    NotPassable(String),
    /// The platform has no address that all sellers share.
    #[error(
        "output '{0}' has no url: its platform gives each seller an address together with the stream key"
    )]
    NoUrl(String),
    /// The address can't be used.
    #[error(
        "the url of output '{0}' must look like rtmp://host/app, rtmps://host/app, srt://host:port or https://host/path"
    )]
    BadUrl(String),
}

impl Problem {
    /// The code the UI matches.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TwoNames { .. } => "show.two_names",
            Self::NoSuchSource { .. } => "show.no_such_source",
            Self::NoPicture { .. } => "show.no_picture",
            Self::NoSuchScene { .. } => "show.no_such_scene",
            Self::ShowsNothing(_) => "show.shows_nothing",
            Self::InItself(_) => "show.scene_in_itself",
            Self::OnlyPlaced { .. } => "show.only_placed",
            Self::RotatedWithin { .. } => "show.rotated_within",
            Self::TooManyLayers { .. } => "show.too_many_layers",
            Self::BadFallback { .. } => "show.bad_fallback",
            Self::NoSuchStep(_) => "show.no_such_step",
            Self::NoScene => "show.no_scene",
            Self::MissingFile { .. } => "show.missing_file",
            Self::OutOfRange { .. } => "show.out_of_range",
            Self::KeyInUrl(_) => "show.key_in_url",
            Self::KeyAsName(_) => "show.key_as_name",
            Self::NoSuchPlatform { .. } => "show.no_such_platform",
            Self::NotPassable(_) => "show.not_passable",
            Self::NoUrl(_) => "show.no_url",
            Self::BadUrl(_) => "show.bad_url",
        }
    }
}
