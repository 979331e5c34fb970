//! What can go wrong, each with a code for programs and a sentence for people.

use media::Size;

use crate::MAX_LAYERS;

/// Why a compositor can't be made, a scene can't be drawn, or a frame wasn't.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No Vulkan, Metal, Direct3D 12 or OpenGL device, not even a software one.
    #[error(
        "this machine offers no graphics device, not even a software one; on Debian and Ubuntu install the package \
         mesa-vulkan-drivers"
    )]
    NoAdapter,
    /// The adapter refused to open, or can't do compute.
    #[error("the graphics device {name} can't be used: {reason}")]
    Adapter {
        /// The adapter's name.
        name: String,
        /// The driver's words.
        reason: String,
    },
    /// The canvas is empty, odd or too large.
    #[error("a canvas of {}x{} can't be made: both must be even, from 16 to 8192", .0.width, .0.height)]
    CanvasSize(Size),
    /// A scene of too many layers.
    #[error("this scene has {0} layers; at most {MAX_LAYERS} can be drawn")]
    TooManyLayers(usize),
    /// Layer 0 leaves a part of the canvas uncovered.
    #[error("the lowest layer must cover the whole picture, be opaque and have no green screen taken out")]
    BackgroundNotCovering,
    /// A layer names a source that the scene doesn't have.
    #[error("layer {layer} shows source {source_index}, which the scene doesn't have")]
    NoSuchSource {
        /// Index of the layer.
        layer: usize,
        /// The source it names.
        source_index: usize,
    },
    /// A source of no size, of odd size in a subsampled format, or too large.
    #[error("source {0} has a size that can't be drawn")]
    SourceSize(usize),
    /// A rectangle of no size, or a crop that leaves nothing or leaves the source.
    #[error("layer {0} has an empty rectangle, or a crop outside its source")]
    EmptyLayer(usize),
    /// A number out of its range, or not a number.
    #[error("layer {layer}: {parameter} is out of its range")]
    OutOfRange {
        /// Index of the layer.
        layer: usize,
        /// The parameter's name.
        parameter: &'static str,
    },
    /// An image with a chroma key: images bring their own alpha.
    #[error(
        "layer {0} takes a green screen out of an image; give the image a transparent background instead"
    )]
    KeyedImage(usize),
    /// A fade between scenes whose lists of sources differ.
    #[error("these two scenes can't fade into one another: their sources aren't the same")]
    FadeSources,
    /// The sources of a scene need more memory than the device binds at once.
    #[error("this scene's sources need {needed} bytes a frame; this device takes {limit}")]
    TooLarge {
        /// Bytes of all sources.
        needed: u64,
        /// The adapter's limit.
        limit: u64,
    },
    /// A kernel was refused by the shader compiler.
    #[error("the graphics device refused a kernel: {0}")]
    Kernel(String),
    /// A software device without Mesa's cache on disk: compiling would hold up the frames.
    #[error(
        "Mesa's shader cache doesn't work (is the home folder writable, and MESA_SHADER_CACHE_DISABLE not set?), so \
         new scenes are drawn the slower way"
    )]
    NoKernelCache,
    /// `render` before a scene was set.
    #[error("no scene has been set")]
    NoScene,
    /// All frames of the ring are still being drawn, or finished ones aren't being taken.
    #[error("the program picture is late: all frames are still in flight")]
    Busy,
    /// The device is gone (driver reset, unplugged, out of memory, or hangs); make a new compositor.
    #[error("the graphics device was lost: {0}")]
    DeviceLost(String),
}

impl Error {
    /// A stable code for logs, statistics and the window.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAdapter => "compositor.no_adapter",
            Self::Adapter { .. } => "compositor.adapter",
            Self::CanvasSize(_) => "compositor.canvas_size",
            Self::TooManyLayers(_) => "compositor.too_many_layers",
            Self::BackgroundNotCovering => "compositor.background_not_covering",
            Self::NoSuchSource { .. } => "compositor.no_such_source",
            Self::SourceSize(_) => "compositor.source_size",
            Self::EmptyLayer(_) => "compositor.empty_layer",
            Self::OutOfRange { .. } => "compositor.out_of_range",
            Self::KeyedImage(_) => "compositor.keyed_image",
            Self::FadeSources => "compositor.fade_sources",
            Self::TooLarge { .. } => "compositor.too_large",
            Self::Kernel(_) => "compositor.kernel",
            Self::NoKernelCache => "compositor.no_kernel_cache",
            Self::NoScene => "compositor.no_scene",
            Self::Busy => "compositor.busy",
            Self::DeviceLost(_) => "compositor.device_lost",
        }
    }
}
