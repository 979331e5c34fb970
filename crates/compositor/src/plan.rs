//! From a scene to dispatches: what is fused, what is drawn over its own rectangle, what lies where.

use media::{ColorInfo, Size};

use crate::arena::Region;
use crate::color::{Conversion, program_code};
use crate::image::ImagePlace;
use crate::kernel::{Base, Fetch, KernelKey, Step};
use crate::params::{FUSED, LayerParams, Params};
use crate::place::{Placed, Shown};
use crate::{Background, Error, Layer, Scene};

/// Dispatches whose parameters the arena's head grows by: scenes that differ by a layer lie alike.
const HEAD_STEP: usize = 16;

/// A scene, or two that fade into one another, made ready to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Dispatches of as few kernels as the structure allows.
    pub(crate) fused: Vec<Pass>,
    /// The same picture by the fixed kernels, a layer each.
    pub(crate) layered: Vec<Pass>,
    /// The scenes' layers.
    pub(crate) layers: Vec<Placed>,
    /// The sources, and the place of those that are read as they are.
    pub(crate) regions: Vec<Region>,
    /// Bytes of the arena.
    pub(crate) arena_len: usize,
    /// For each layer, whether it is the first that shows its source.
    first_readers: Vec<bool>,
    /// Y', Cb, Cr of each scene's background.
    solid: [[f32; 3]; 2],
    /// From the program's colours to those it is delivered in, where these are others.
    conversion: Option<Conversion>,
    canvas: Canvas,
}

/// The program's measures.
#[derive(Clone, Copy, Debug)]
struct Canvas {
    size: Size,
    /// Words a row.
    words: u32,
    /// Blocks across and down.
    blocks: [u32; 2],
}

/// One dispatch.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) kernel: KernelKey,
    /// Indices of its layers.
    pub(crate) layers: Vec<usize>,
    /// First block column and row, and those behind the last.
    pub(crate) area: [u32; 4],
    /// Which of the two program pictures it draws.
    pub(crate) target: usize,
}

impl Plan {
    /// Plans `scene` on a canvas of `size`, or says what doesn't fit.
    pub(crate) fn new(scene: &Scene, size: Size) -> Result<Self, Error> {
        Self::of(&[scene], size)
    }

    /// Plans a fade from one scene to another of the same sources.
    pub(crate) fn fade(from: &Scene, to: &Scene, size: Size) -> Result<Self, Error> {
        if from.sources != to.sources {
            return Err(Error::FadeSources);
        }
        let mut plan = Self::of(&[from, to], size)?;
        let fade = plan.whole(KernelKey::bare(Base::Fade), 0);
        plan.fused.push(fade.clone());
        plan.layered.push(fade);
        Ok(plan)
    }

    /// The same picture, delivered in the matrix and range of `color`.
    pub(crate) fn delivered_in(mut self, color: ColorInfo) -> Self {
        if (color.matrix, color.range) != (ColorInfo::BT709.matrix, ColorInfo::BT709.range) {
            self.conversion = Some(Conversion::between(ColorInfo::BT709, color));
            let pass = self.whole(KernelKey::bare(Base::Convert), 0);
            self.fused.push(pass.clone());
            self.layered.push(pass);
        }
        self
    }

    fn of(scenes: &[&Scene], size: Size) -> Result<Self, Error> {
        scenes.iter().try_for_each(|scene| scene.check())?;
        let mut plan = Self::empty(scenes, size);
        for (target, scene) in scenes.iter().enumerate() {
            plan.add_scene(scene, target)?;
        }
        Ok(plan)
    }

    fn empty(scenes: &[&Scene], size: Size) -> Self {
        let words = size.width.div_ceil(4);
        let sources = scenes.first().map_or(&[][..], |s| &s.sources);
        let mut used = vec![false; sources.len()];
        let layers = scenes.iter().flat_map(|s| &s.layers);
        let first = |layer: &Layer| !std::mem::replace(&mut used[layer.source], true);
        let first_readers: Vec<_> = layers.map(first).collect();
        // Each layer, each background, the fade, the conversion.
        let passes = (first_readers.len() + 4).next_multiple_of(HEAD_STEP);
        let mut arena_len = Params::STRIDE * passes;
        let regions = sources.iter().zip(used).map(|(s, used)| {
            let region = Region::new(s.format, s.size, arena_len);
            if used {
                arena_len = region.end;
            }
            region
        });
        let regions = regions.collect();
        let solid = |index: usize| match scenes.get(index).map(|s| s.background) {
            Some(Background::Color(rgb)) => program_code(rgb),
            Some(Background::Layer) | None => program_code([0, 0, 0]),
        };
        Self {
            fused: Vec::new(),
            layered: Vec::new(),
            layers: Vec::with_capacity(first_readers.len()),
            regions,
            arena_len,
            first_readers,
            solid: [solid(0), solid(1)],
            conversion: None,
            canvas: Canvas {
                size,
                words,
                blocks: [words, size.height / 2],
            },
        }
    }

    fn add_scene(&mut self, scene: &Scene, target: usize) -> Result<(), Error> {
        let begin = self.fused.len();
        if scene.background != Background::Layer {
            self.add_solid(target);
        }
        for layer in &scene.layers {
            let base = self.fused.len() == begin;
            let source = scene.sources[layer.source];
            let mut placed = Placed::new(layer, source, self.canvas.size, base);
            if base && (!placed.covers(self.canvas.blocks) || layer.opacity < 1.0 || layer.key.is_some()) {
                return Err(Error::BackgroundNotCovering);
            }
            let area = placed.area(self.canvas.blocks);
            if placed.step.fetch == Fetch::Image {
                let image = ImagePlace::new(placed.rect, area, self.arena_len);
                self.arena_len = image.end().next_multiple_of(64);
                placed.image = Some(image);
            }
            let index = self.layers.len();
            if area[0] < area[2] && area[1] < area[3] {
                self.add_layer(index, &placed, area, target);
            }
            self.layers.push(placed);
        }
        Ok(())
    }

    fn whole(&self, kernel: KernelKey, target: usize) -> Pass {
        let [columns, rows] = self.canvas.blocks;
        Pass {
            kernel,
            layers: Vec::new(),
            area: [0, 0, columns, rows],
            target,
        }
    }

    fn add_solid(&mut self, target: usize) {
        let pass = self.whole(KernelKey::bare(Base::Solid), target);
        self.fused.push(pass.clone());
        self.layered.push(pass);
    }

    /// Adds a layer to the dispatches: fused where it covers the canvas and follows such, else with its own.
    fn add_layer(&mut self, index: usize, placed: &Placed, area: [u32; 4], target: usize) {
        let step = placed.step;
        if placed.base && step.fetch.is_image() {
            self.add_solid(target);
        }
        let whole = self.whole(KernelKey::over(step), target);
        let own = Pass {
            layers: vec![index],
            area,
            ..whole.clone()
        };
        self.layered.push(Pass {
            kernel: KernelKey::over(step.general()),
            ..own.clone()
        });
        let begins = self.fused.last().is_none_or(|p| p.target != target);
        if begins {
            let kernel = KernelKey::bare(Base::Layer(step));
            return self.fused.push(Pass { kernel, ..own });
        }
        let covers = placed.covers(self.canvas.blocks);
        match self.fused.last_mut() {
            Some(last) if covers && last.area == whole.area && last.layers.len() < FUSED => {
                last.kernel.steps.push(step);
                last.layers.push(index);
            }
            _ => self.fused.push(own),
        }
    }

    /// Whether layer `index` is the first that shows its source.
    pub(crate) fn reads_first(&self, index: usize) -> bool {
        self.first_readers[index]
    }

    /// Whether all sources and images lie where they do in `other`.
    pub(crate) fn same_places(&self, other: &Self) -> bool {
        self.regions == other.regions
            && self.layers.len() == other.layers.len()
            && self
                .layers
                .iter()
                .zip(&other.layers)
                .all(|(a, b)| a.image == b.image)
    }

    /// Words of one program picture.
    const fn picture_words(&self) -> u32 {
        self.canvas.words * (self.canvas.size.height / 2 * 3)
    }

    /// The parameters of `pass`; `shown` says for each layer what there is of it, `mix` how far a fade has come.
    /// `None` when the pass has nothing to draw.
    pub(crate) fn params(&self, pass: &Pass, shown: &[Shown], mix: f32) -> Option<Params> {
        let seen = |l: &usize| {
            let placed = &self.layers[*l];
            placed.base || (shown[*l] != Shown::Nothing && placed.layer.opacity > 0.0)
        };
        if pass.kernel.base == Base::Program && !pass.layers.iter().any(seen) {
            return None;
        }
        let (words, picture) = (self.canvas.words, self.picture_words());
        let first = picture * pass.target as u32;
        let [y, cb, cr] = self.solid[pass.target];
        let mut params = Params {
            area: pass.area,
            program: [words, first + words * self.canvas.size.height, first, picture],
            solid: [y, cb, cr, mix],
            ..Params::default()
        };
        for (slot, index) in params.layers.iter_mut().zip(&pass.layers) {
            let placed = &self.layers[*index];
            *slot = placed.params(&self.regions[placed.layer.source], shown[*index]);
        }
        if let (Base::Convert, Some(conversion)) = (pass.kernel.base, &self.conversion) {
            params.layers[0] = LayerParams::of(conversion);
        }
        Some(params)
    }
}

impl Pass {
    /// The kernel of a pass of the fused plan, with images that aren't prepared drawn as they came.
    pub(crate) fn fused_kernel_for(&self, shown: &[Shown]) -> KernelKey {
        let mut key = self.kernel.clone();
        let first = usize::from(matches!(key.base, Base::Layer(_)));
        for (step, layer) in key.steps.iter_mut().zip(self.layers.iter().skip(first)) {
            if shown[*layer] == Shown::Raw {
                *step = Step::any(Fetch::Raw);
            }
        }
        key
    }

    /// The kernel of a pass of the layered plan whose image is prepared or isn't.
    pub(crate) fn kernel_for(&self, shown: &[Shown]) -> KernelKey {
        let raw = self.layers.iter().any(|l| shown[*l] == Shown::Raw);
        match raw {
            true => KernelKey::over(Step::any(Fetch::Raw)),
            false => self.kernel.clone(),
        }
    }
}
