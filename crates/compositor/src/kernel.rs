//! Structures of kernels, and the text that each stands for.

use std::fmt::Write;

use media::PixelFormat;

use crate::shader::{Parts, suffix};

/// How a kernel gets at a layer's pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fetch {
    /// Pixel by pixel: the layer has the canvas' size and place.
    Direct(PixelFormat),
    /// Bilinear, not turned, no smaller than the source: few reads.
    Magnified(PixelFormat),
    /// Bilinear, not turned, no narrower than half of the source. Planar formats only.
    Reduced(PixelFormat),
    /// Bilinear, of any size, turned to any angle.
    Affine(PixelFormat),
    /// An image with alpha, prepared at its size on the canvas.
    Image,
    /// An image with alpha as it came, of any size, turned to any angle.
    Raw,
}

/// What a kernel starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Base {
    /// What the program holds already.
    Program,
    /// A plain colour.
    Solid,
    /// Its layer 0, opaque.
    Layer(Step),
    /// Two programs, one fading into the other.
    Fade,
    /// What the program holds, its colours converted as layer 0 says.
    Convert,
}

/// One layer drawn over what is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    pub(crate) fetch: Fetch,
    /// Whether a coloured screen is taken out.
    pub(crate) keyed: bool,
    /// Whether its colour is corrected.
    pub(crate) graded: bool,
    /// Whether it has a blend mode.
    pub(crate) mixed: bool,
}

/// The structure of a kernel: everything that its text depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KernelKey {
    pub(crate) base: Base,
    pub(crate) steps: Vec<Step>,
}

impl Fetch {
    const fn format(self) -> PixelFormat {
        match self {
            Self::Direct(f) | Self::Magnified(f) | Self::Reduced(f) | Self::Affine(f) => f,
            Self::Image | Self::Raw => PixelFormat::Rgba8,
        }
    }

    /// The function that reads a block, and the one that makes its matte.
    fn functions(self) -> (String, String) {
        let name = suffix(self.format()).unwrap_or_default();
        let (read, matte) = match self {
            Self::Direct(_) => ("block", "matte"),
            Self::Magnified(_) => ("magnified", "affine_matte"),
            Self::Reduced(_) => ("reduced", "affine_matte"),
            Self::Affine(_) | Self::Image | Self::Raw => ("affine", "affine_matte"),
        };
        (format!("{read}_{name}"), format!("{matte}_{name}"))
    }

    /// Whether its rectangle may be turned.
    pub(crate) const fn turns(self) -> bool {
        matches!(self, Self::Affine(_) | Self::Raw)
    }

    /// Whether it reads an image with alpha.
    pub(crate) const fn is_image(self) -> bool {
        matches!(self, Self::Image | Self::Raw)
    }

    fn need(self, parts: &mut Parts) {
        let format = self.format();
        let extra: &[&str] = match self {
            Self::Image => return parts.need("image"),
            Self::Raw => return parts.need("raw"),
            Self::Direct(_) => &["matte"],
            Self::Magnified(_) => &["affine", "magnified"],
            Self::Reduced(_) => &["affine", "magnified", "reduced"],
            Self::Affine(_) => &["affine"],
        };
        if let Some(name) = suffix(format) {
            parts.need_for(name, format);
            extra.iter().for_each(|piece| parts.need_for(piece, format));
        }
    }
}

impl KernelKey {
    /// A kernel that draws one layer over the program.
    pub(crate) fn over(step: Step) -> Self {
        Self {
            base: Base::Program,
            steps: vec![step],
        }
    }

    /// A kernel of no layers.
    pub(crate) const fn bare(base: Base) -> Self {
        Self {
            base,
            steps: Vec::new(),
        }
    }

    /// The kernels by which any scene is drawn layer by layer.
    pub(crate) fn fixed() -> Vec<Self> {
        use PixelFormat::{I420, Nv12, Yuyv};
        let fetches = [
            Fetch::Direct(Nv12),
            Fetch::Direct(I420),
            Fetch::Direct(Yuyv),
            Fetch::Reduced(Nv12),
            Fetch::Reduced(I420),
            Fetch::Magnified(Yuyv),
            Fetch::Affine(Nv12),
            Fetch::Affine(I420),
            Fetch::Affine(Yuyv),
            Fetch::Image,
            Fetch::Raw,
        ];
        let over = fetches.map(|fetch| Self::over(Step::any(fetch)));
        [Base::Solid, Base::Fade]
            .map(Self::bare)
            .into_iter()
            .chain(over)
            .collect()
    }

    /// The kernel's WGSL.
    pub(crate) fn wgsl(&self) -> String {
        let mut parts = Parts::default();
        parts.need("color");
        parts.need("key");
        let first = match self.base {
            Base::Program => "program_block(at)".into(),
            Base::Solid => "solid()".into(),
            Base::Fade => "faded(at)".into(),
            Base::Convert => "convert(0u, program_block(at))".into(),
            Base::Layer(step) => {
                step.need(&mut parts);
                let color = format!("convert(0u, {}(0u, at))", step.fetch.functions().0);
                if step.graded {
                    format!("grade(0u, {color})")
                } else {
                    color
                }
            }
        };
        parts.base = first;
        for (step, l) in self
            .steps
            .iter()
            .zip(usize::from(matches!(self.base, Base::Layer(_)))..)
        {
            step.need(&mut parts);
            let text = step.wgsl(l);
            parts.steps.push_str(&text);
        }
        parts.assemble()
    }
}

impl Step {
    /// The step of the fixed kernel that stands in for any of its fetch.
    pub(crate) const fn any(fetch: Fetch) -> Self {
        let prepared = matches!(fetch, Fetch::Image);
        Self {
            fetch,
            keyed: !fetch.is_image(),
            graded: !prepared,
            mixed: fetch.turns(),
        }
    }

    fn need(self, parts: &mut Parts) {
        self.fetch.need(parts);
        if self.graded {
            parts.need("grade");
        }
        if self.mixed {
            parts.need("mode");
        }
    }

    fn wgsl(self, l: usize) -> String {
        if self.fetch == Fetch::Image {
            return format!("block = blend_image(block, {l}u, at);\n");
        }
        let (read, matte) = self.fetch.functions();
        let mut text = String::new();
        let mut alpha = match self.fetch.turns() {
            true => format!("coverage_turned({l}u, at)"),
            false => format!("coverage({l}u, at)"),
        };
        // Writing to a String can't fail.
        let _ = if self.fetch == Fetch::Raw {
            alpha = format!("both({alpha}, own{l}.alpha)");
            write!(
                text,
                "let own{l} = drawn({l}u, at);\nvar color{l} = own{l}.block;\n"
            )
        } else {
            write!(
                text,
                "let own{l} = {read}({l}u, at);\nvar color{l} = convert({l}u, own{l});\n"
            )
        };
        if self.keyed {
            alpha = format!("both({alpha}, {matte}({l}u, at, own{l}))");
            let _ = writeln!(text, "color{l} = despill({l}u, color{l});");
        }
        if self.graded {
            let _ = writeln!(text, "color{l} = grade({l}u, color{l});");
        }
        if self.mixed {
            let _ = writeln!(text, "color{l} = mixed({l}u, block, color{l});");
        }
        let _ = writeln!(text, "block = blend(block, color{l}, {alpha});");
        text
    }
}

impl Step {
    /// The step of the fixed kernel that draws the same.
    pub(crate) const fn general(self) -> Self {
        match self.fetch {
            Fetch::Magnified(PixelFormat::Nv12) => Self::any(Fetch::Reduced(PixelFormat::Nv12)),
            Fetch::Magnified(PixelFormat::I420) => Self::any(Fetch::Reduced(PixelFormat::I420)),
            other => Self::any(other),
        }
    }
}
