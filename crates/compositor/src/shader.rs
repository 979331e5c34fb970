//! The WGSL files, and the assembler that makes a kernel of them.

use media::PixelFormat;

/// The template of every kernel.
const COMPOSE: &str = include_str!("../../../shaders/compose.wgsl");

macro_rules! pieces {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../shaders/shared/", $name, ".wgsl")))),*]
    };
}

/// The pieces that can be imported, by their names.
const SHARED: &[(&str, &str)] = pieces![
    "affine",
    "block",
    "color",
    "grade",
    "i420",
    "image",
    "key",
    "magnified",
    "matte",
    "mode",
    "nv12",
    "params",
    "raw",
    "reduced",
    "yuyv",
];

/// Blocks of a workgroup: across, down. One row of many: a workgroup's words lie side by side, and software
/// adapters pay for each workgroup.
pub(crate) const WORKGROUP: [u32; 2] = [64, 1];

/// What varies in a kernel's text.
#[derive(Default)]
pub(crate) struct Parts {
    /// The pieces that the steps need, each once, those first that others build on.
    pieces: Vec<String>,
    /// The expression of the block below all layers.
    pub(crate) base: String,
    /// One statement or more for each layer.
    pub(crate) steps: String,
}

impl Parts {
    /// Adds a piece that knows no format.
    pub(crate) fn need(&mut self, piece: &str) {
        self.add(format!("#import shared/{piece}.wgsl\n"));
    }

    /// Adds a piece for the frames of one format.
    pub(crate) fn need_for(&mut self, piece: &str, format: PixelFormat) {
        let text = import(&format!("#import shared/{piece}.wgsl\n"));
        let name = suffix(format).unwrap_or_default();
        self.add(text.replace("_FORMAT", &format!("_{name}")));
    }

    fn add(&mut self, piece: String) {
        if !self.pieces.contains(&piece) {
            self.pieces.push(piece);
        }
    }

    /// The text of the kernel, all imports resolved.
    pub(crate) fn assemble(&self) -> String {
        let [x, y] = WORKGROUP;
        import(COMPOSE)
            .replace("$FUNCTIONS", &import(&self.pieces.concat()))
            .replace("$WORKGROUP", &format!("{x}, {y}, 1"))
            .replace("$BASE", &self.base)
            .replace("$STEPS", &self.steps)
    }
}

/// The name that a format's functions end in; `None` for images, which have functions of their own.
pub(crate) const fn suffix(format: PixelFormat) -> Option<&'static str> {
    match format {
        PixelFormat::Nv12 => Some("nv12"),
        PixelFormat::I420 => Some("i420"),
        PixelFormat::Yuyv => Some("yuyv"),
        PixelFormat::Rgba8 => None,
    }
}

/// Replaces each `#import shared/name.wgsl` line with that piece. Pieces import nothing themselves.
fn import(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 8);
    for line in text.lines() {
        let piece = line
            .strip_prefix("#import shared/")
            .and_then(|rest| rest.trim().strip_suffix(".wgsl"))
            .and_then(|path| SHARED.iter().find(|(name, _)| *name == path));
        out.push_str(piece.map_or(line, |(_, piece)| piece));
        out.push('\n');
    }
    out
}
