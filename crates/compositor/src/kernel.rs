//! Kernels, keyed by structure.

use std::collections::HashMap;
use std::fmt::Write;

use media::PixelFormat;
use wgpu::BufferBindingType::{Storage, Uniform};

use crate::Error;
use crate::params::Params;
use crate::shader::{self, Parts};

/// How a kernel gets at a layer's pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fetch {
    /// Pixel by pixel: the layer has the canvas' size and place.
    Direct(PixelFormat),
    /// Bilinear.
    Scaled(PixelFormat),
    /// Bilinear, larger than the source: fewer reads.
    Magnified(PixelFormat),
    /// A prepared image with alpha.
    Image,
}

/// What a kernel starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Base {
    /// What the program holds already.
    Program,
    /// A plain colour.
    Solid,
    /// Its layer 0, opaque.
    Layer(Fetch),
}

/// One layer drawn over what is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    pub(crate) fetch: Fetch,
    pub(crate) keyed: bool,
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
            Self::Direct(f) | Self::Scaled(f) | Self::Magnified(f) => f,
            Self::Image => PixelFormat::Rgba8,
        }
    }

    /// The function that reads a block, and the one that makes its matte.
    fn functions(self) -> (String, String) {
        let name = shader::suffix(self.format()).unwrap_or_default();
        match self {
            Self::Scaled(_) => (format!("scaled_{name}"), format!("scaled_matte_{name}")),
            Self::Magnified(_) => (format!("magnified_{name}"), format!("scaled_matte_{name}")),
            Self::Direct(_) | Self::Image => (format!("block_{name}"), format!("matte_{name}")),
        }
    }
}

impl KernelKey {
    /// The kernel's WGSL.
    pub(crate) fn wgsl(&self) -> String {
        let mut formats = Vec::new();
        let mut need = |fetch: Fetch| {
            if !formats.contains(&fetch.format()) {
                formats.push(fetch.format());
            }
        };
        let (base, first) = match self.base {
            Base::Program => ("program_block(at)".to_owned(), 0),
            Base::Solid => ("solid()".to_owned(), 0),
            Base::Layer(fetch) => {
                need(fetch);
                (format!("convert(0u, {}(0u, at))", fetch.functions().0), 1)
            }
        };
        let mut steps = String::new();
        for (step, l) in self.steps.iter().zip(first..) {
            need(step.fetch);
            steps.push_str(&step.wgsl(l));
        }
        shader::assemble(&Parts { formats, base, steps })
    }
}

impl Step {
    fn wgsl(self, l: usize) -> String {
        if self.fetch == Fetch::Image {
            return format!("block = blend_image(block, {l}u, at);\n");
        }
        let (read, matte) = self.fetch.functions();
        let mut text = format!("let own{l} = {read}({l}u, at);\n");
        // Writing to a String can't fail.
        let _ = if self.keyed {
            writeln!(
                text,
                "block = blend(block, despill({l}u, convert({l}u, own{l})), \
                 both({matte}({l}u, at, own{l}), coverage({l}u, at)));"
            )
        } else {
            writeln!(
                text,
                "block = blend(block, convert({l}u, own{l}), coverage({l}u, at));"
            )
        };
        text
    }
}

/// The compiled kernels, and the layouts they share.
pub(crate) struct Kernels {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pub(crate) bindings: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
    compiled: HashMap<KernelKey, wgpu::ComputePipeline>,
}

impl Kernels {
    pub(crate) fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        let entry = |binding, ty, dynamic, size| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: dynamic,
                min_binding_size: wgpu::BufferSize::new(size),
            },
            count: None,
        };
        let bindings = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("compose"),
            entries: &[
                entry(0, Uniform, true, Params::SIZE as u64),
                entry(1, Storage { read_only: true }, false, 4),
                entry(2, Storage { read_only: false }, false, 4),
            ],
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("compose"),
            bind_group_layouts: &[Some(&bindings)],
            immediate_size: 0,
        });
        Self {
            device: device.clone(),
            queue: queue.clone(),
            bindings,
            layout,
            compiled: HashMap::new(),
        }
    }

    /// The kernel of a structure, once `prepare` has compiled it.
    pub(crate) fn get(&self, key: &KernelKey) -> Option<&wgpu::ComputePipeline> {
        self.compiled.get(key)
    }

    /// Number of kernels compiled so far.
    pub(crate) fn len(&self) -> usize {
        self.compiled.len()
    }

    /// Compiles what isn't yet, and warms it by one dispatch over nothing: software adapters generate machine
    /// code only then.
    pub(crate) fn prepare<'a>(&mut self, keys: impl Iterator<Item = &'a KernelKey>) -> Result<(), Error> {
        for key in keys {
            if !self.compiled.contains_key(key) {
                let pipeline = self.compile(key)?;
                self.warm(&pipeline)?;
                self.compiled.insert(key.clone(), pipeline);
            }
        }
        Ok(())
    }

    fn compile(&self, key: &KernelKey) -> Result<wgpu::ComputePipeline, Error> {
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("compose"),
            source: wgpu::ShaderSource::Wgsl(key.wgsl().into()),
        });
        let pipeline = self
            .device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some("compose"),
                layout: Some(&self.layout),
                module: &module,
                entry_point: Some("compose"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            });
        match pollster::block_on(scope.pop()) {
            Some(error) => Err(Error::Kernel(error.to_string())),
            None => Ok(pipeline),
        }
    }

    fn warm(&self, pipeline: &wgpu::ComputePipeline) -> Result<(), Error> {
        let buffer = |usage| {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("warm"),
                size: Params::STRIDE as u64,
                usage,
                mapped_at_creation: false,
            })
        };
        let params = buffer(wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::STORAGE);
        let program = buffer(wgpu::BufferUsages::STORAGE);
        let bind = bind_group(&self.device, &self.bindings, &params, &program);
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &bind, &[0]);
        pass.dispatch_workgroups(1, 1, 1);
        drop(pass);
        let submission_index = Some(self.queue.submit([encoder.finish()]));
        let timeout = Some(std::time::Duration::from_secs(60));
        let wait = wgpu::PollType::Wait {
            submission_index,
            timeout,
        };
        self.device
            .poll(wait)
            .map(drop)
            .map_err(|e| Error::DeviceLost(e.to_string()))
    }
}

/// The bindings of every kernel: the arena's head as parameters, the arena, the program.
pub(crate) fn bind_group(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    arena: &wgpu::Buffer,
    program: &wgpu::Buffer,
) -> wgpu::BindGroup {
    let params = wgpu::BufferBinding {
        buffer: arena,
        offset: 0,
        size: wgpu::BufferSize::new(Params::SIZE as u64),
    };
    let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("compose"),
        layout,
        entries: &[
            entry(0, wgpu::BindingResource::Buffer(params)),
            entry(1, arena.as_entire_binding()),
            entry(2, program.as_entire_binding()),
        ],
    })
}
