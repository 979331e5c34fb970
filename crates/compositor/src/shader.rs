//! The WGSL files, and the assembler that makes a kernel of them.

use media::PixelFormat;

/// The template of every kernel.
const COMPOSE: &str = include_str!("../../../shaders/compose.wgsl");

/// The pieces that can be imported, by the path in `#import`.
const SHARED: &[(&str, &str)] = &[
    (
        "shared/magnified.wgsl",
        include_str!("../../../shaders/shared/magnified.wgsl"),
    ),
    (
        "shared/params.wgsl",
        include_str!("../../../shaders/shared/params.wgsl"),
    ),
    (
        "shared/block.wgsl",
        include_str!("../../../shaders/shared/block.wgsl"),
    ),
    (
        "shared/color.wgsl",
        include_str!("../../../shaders/shared/color.wgsl"),
    ),
    (
        "shared/key.wgsl",
        include_str!("../../../shaders/shared/key.wgsl"),
    ),
    (
        "shared/image.wgsl",
        include_str!("../../../shaders/shared/image.wgsl"),
    ),
    (
        "shared/nv12.wgsl",
        include_str!("../../../shaders/shared/nv12.wgsl"),
    ),
    (
        "shared/i420.wgsl",
        include_str!("../../../shaders/shared/i420.wgsl"),
    ),
    (
        "shared/yuyv.wgsl",
        include_str!("../../../shaders/shared/yuyv.wgsl"),
    ),
    (
        "shared/matte.wgsl",
        include_str!("../../../shaders/shared/matte.wgsl"),
    ),
    (
        "shared/scaled.wgsl",
        include_str!("../../../shaders/shared/scaled.wgsl"),
    ),
];

/// Blocks of a workgroup: across, down. One row of many: a workgroup's words lie side by side, and software
/// adapters pay for each workgroup.
pub(crate) const WORKGROUP: [u32; 2] = [64, 1];

/// What varies in a kernel's text.
pub(crate) struct Parts {
    /// The formats whose functions are needed.
    pub(crate) formats: Vec<PixelFormat>,
    /// The expression of the block below all layers.
    pub(crate) base: String,
    /// One statement or more for each layer.
    pub(crate) steps: String,
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

/// The text of a kernel, all imports resolved.
pub(crate) fn assemble(parts: &Parts) -> String {
    let formats: String = parts
        .formats
        .iter()
        .filter_map(|f| suffix(*f))
        .map(|f| {
            let pieces = [f, "matte", "scaled", "magnified"];
            let imports = pieces.map(|p| format!("#import shared/{p}.wgsl\n"));
            import(&imports.concat()).replace("_FORMAT", &format!("_{f}"))
        })
        .collect();
    let [x, y] = WORKGROUP;
    import(COMPOSE)
        .replace("$READERS", &formats)
        .replace("$WORKGROUP", &format!("{x}, {y}, 1"))
        .replace("$BASE", &parts.base)
        .replace("$STEPS", &parts.steps)
}

/// Replaces each `#import path` line with that piece. Pieces import nothing themselves.
fn import(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 8);
    for line in text.lines() {
        let piece = line
            .strip_prefix("#import ")
            .and_then(|path| SHARED.iter().find(|(name, _)| *name == path.trim()));
        out.push_str(piece.map_or(line, |(_, piece)| piece));
        out.push('\n');
    }
    out
}
