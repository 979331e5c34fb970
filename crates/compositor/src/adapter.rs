//! The graphics device: which one is taken, and how it is opened.

use std::sync::{Arc, OnceLock};

use crate::Error;
use crate::shader::WORKGROUP;

/// The graphics device in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// The adapter's own name.
    pub name: String,
    /// The interface it is reached through: `vulkan`, `metal`, `dx12` or `gl`.
    pub backend: String,
    /// The driver's name and version, where it says them.
    pub driver: String,
    /// Whether the picture is made by the processor.
    pub software: bool,
}

/// An opened device.
pub(crate) struct Opened {
    pub(crate) adapter: Adapter,
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    /// Whether kernels may read and write mapped memory: no copies, where memory is shared anyway.
    pub(crate) mapped_kernels: bool,
    /// Set once the device is lost or has failed: why.
    pub(crate) lost: Arc<OnceLock<String>>,
}

/// Opens the most capable device: a processor's own ("software") device only where there is no other.
/// `shared_memory` is false to copy in and out even where kernels can use mapped memory.
pub(crate) fn open(shared_memory: bool) -> Result<Opened, Error> {
    // OpenGL only where there is nothing else: looking for it takes longer than all the rest.
    let adapter = [wgpu::Backends::PRIMARY, wgpu::Backends::SECONDARY]
        .into_iter()
        .find_map(choose)
        .ok_or(Error::NoAdapter)?;
    let info = adapter.get_info();
    let mapped = wgpu::Features::MAPPABLE_PRIMARY_BUFFERS;
    let shared_memory = shared_memory
        && matches!(
            info.device_type,
            wgpu::DeviceType::Cpu | wgpu::DeviceType::IntegratedGpu
        );
    let mapped_kernels = shared_memory && adapter.features().contains(mapped);
    let refused = |reason: String| Error::Adapter {
        name: info.name.clone(),
        reason,
    };
    let limits = adapter.limits();
    let [across, down] = WORKGROUP;
    if limits.max_compute_invocations_per_workgroup < across * down
        || limits.max_storage_buffers_per_shader_stage < 2
    {
        return Err(refused("it can't run compute kernels".into()));
    }
    let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
        label: Some("compositor"),
        required_features: if mapped_kernels {
            mapped
        } else {
            wgpu::Features::empty()
        },
        required_limits: limits,
        ..Default::default()
    }))
    .map_err(|e| refused(e.to_string()))?;
    Ok(Opened {
        lost: watch(&device),
        adapter: describe(&info),
        device,
        queue,
        mapped_kernels,
    })
}

fn choose(backends: wgpu::Backends) -> Option<wgpu::Adapter> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let request = |force_fallback_adapter| {
        pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            force_fallback_adapter,
            compatible_surface: None,
            apply_limit_buckets: false,
        }))
        .ok()
    };
    request(false).or_else(|| request(true))
}

fn describe(info: &wgpu::AdapterInfo) -> Adapter {
    Adapter {
        name: info.name.clone(),
        backend: info.backend.to_str().to_owned(),
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        software: info.device_type == wgpu::DeviceType::Cpu,
    }
}

/// Notes the first loss or failure of the device.
fn watch(device: &wgpu::Device) -> Arc<OnceLock<String>> {
    let lost = Arc::new(OnceLock::new());
    let of_device = lost.clone();
    device.set_device_lost_callback(move |reason, message| {
        // The first reason is the true one; later ones follow from it.
        let _ = of_device.set(format!("{reason:?}: {message}"));
    });
    let of_error = lost.clone();
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        let _ = of_error.set(error.to_string());
    }));
    lost
}
