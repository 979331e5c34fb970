//! From a kernel's text to one that the device has run.

use std::time::{Duration, Instant};

use wgpu::BufferBindingType::{Storage, Uniform};

use crate::Error;
use crate::kernel::KernelKey;
use crate::params::Params;

/// A warm-up that takes longer than this means that the device hangs.
const HANGS: Duration = Duration::from_secs(60);

/// A device's compiler, and the layouts that all its kernels share.
#[derive(Clone, Debug)]
pub(crate) struct Compiler {
    device: wgpu::Device,
    queue: wgpu::Queue,
    bindings: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
}

impl Compiler {
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
        }
    }

    /// Compiles a kernel and warms it by one dispatch over nothing: software adapters generate machine code only
    /// then, on the thread that serves the device's queue.
    ///
    /// # Errors
    /// [`Error::Kernel`], [`Error::DeviceLost`].
    pub(crate) fn make(&self, key: &KernelKey) -> Result<wgpu::ComputePipeline, Error> {
        let pipeline = self.compile(key)?;
        self.warm(&pipeline)?;
        Ok(pipeline)
    }

    /// How long a kernel's first dispatch takes.
    ///
    /// # Errors
    /// [`Error::Kernel`], [`Error::DeviceLost`].
    pub(crate) fn time_to_warm(&self, key: &KernelKey) -> Result<Duration, Error> {
        let pipeline = self.compile(key)?;
        let began = Instant::now();
        self.warm(&pipeline)?;
        Ok(began.elapsed())
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
        let bind = self.bind(&params, &program);
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &bind, &[0]);
        pass.dispatch_workgroups(1, 1, 1);
        drop(pass);
        let wait = wgpu::PollType::Wait {
            submission_index: Some(self.queue.submit([encoder.finish()])),
            timeout: Some(HANGS),
        };
        self.device
            .poll(wait)
            .map(drop)
            .map_err(|e| Error::DeviceLost(e.to_string()))
    }

    /// The bindings of every kernel: the arena's head as parameters, the arena, the program.
    pub(crate) fn bind(&self, arena: &wgpu::Buffer, program: &wgpu::Buffer) -> wgpu::BindGroup {
        let params = wgpu::BufferBinding {
            buffer: arena,
            offset: 0,
            size: wgpu::BufferSize::new(Params::SIZE as u64),
        };
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("compose"),
            layout: &self.bindings,
            entries: &[
                entry(0, wgpu::BindingResource::Buffer(params)),
                entry(1, arena.as_entire_binding()),
                entry(2, program.as_entire_binding()),
            ],
        })
    }
}
