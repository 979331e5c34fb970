//! Cameras through GStreamer's V4L2 source: rates like 29.97, and JPEG pictures with their length.
//!
//! The source stamps with the driver's time on the system's monotonic clock, which it is given with a base time of
//! zero, so its times are that clock's own.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;
use media::Plane;
use media::driver::{DeviceFormat, DevicePicture, DeviceRequest, Driver, DriverError};

use crate::chain::{Flow, Output, exit_pad};
use crate::element;

/// Pictures between the source's thread and the reader; then the source waits.
const AHEAD: usize = 2;

/// A camera that streams.
pub struct VideoDevice {
    pipeline: gst::Pipeline,
    exit: gst::Pad,
    hatch: Arc<Hatch>,
    current: Option<Lent>,
}

struct Lent {
    data: gst::MappedBuffer<gst::buffer::Readable>,
    planes: Option<[Plane; 3]>,
    taken: Option<i64>,
    arrival: i64,
    damaged: bool,
}

/// Where the source's thread hands pictures over.
#[derive(Default)]
struct Hatch {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    arrived: VecDeque<(Output, i64)>,
    failure: Option<DriverError>,
    closed: bool,
}

impl VideoDevice {
    /// Opens the camera and lets it stream.
    ///
    /// # Errors
    /// What the source said; a part of it is said by the first [`next`](Driver::next) only.
    pub fn open(request: &DeviceRequest) -> Result<Self, DriverError> {
        let source = element::make("v4l2src").map_err(|e| DriverError::Refused(e.to_string()))?;
        source.set_property("device", &request.path);
        source.set_property_from_str("io-mode", "mmap");
        let pipeline = gst::Pipeline::new();
        let refused = |e: gst::glib::BoolError| DriverError::Refused(e.message.to_string());
        pipeline.add(&source).map_err(refused)?;
        pipeline.use_clock(Some(&gst::SystemClock::obtain()));
        pipeline.set_start_time(gst::ClockTime::NONE);
        pipeline.set_base_time(gst::ClockTime::ZERO);
        let hatch = Arc::new(Hatch::default());
        watch(&pipeline, &hatch);
        let through = Arc::clone(&hatch);
        let exit = exit_pad(&caps(request)?, move |output| through.put(output)).map_err(refused)?;
        exit.set_active(true).map_err(refused)?;
        let pad = source
            .static_pad("src")
            .ok_or_else(|| DriverError::Refused("no output".into()))?;
        pad.link(&exit).map_err(|e| DriverError::Refused(e.to_string()))?;
        let device = Self {
            pipeline,
            exit,
            hatch,
            current: None,
        };
        match device.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(device),
            Err(e) => Err(device
                .hatch
                .lock()
                .failure
                .clone()
                .unwrap_or(DriverError::Refused(e.to_string()))),
        }
    }
}

impl Driver for VideoDevice {
    fn next(&mut self) -> Result<DevicePicture<'_>, DriverError> {
        // The buffer goes back to the source before it needs it.
        self.current = None;
        let (output, arrival) = self.hatch.take()?;
        let lent =
            lent(output, arrival).ok_or_else(|| DriverError::Refused("a picture can't be read".into()))?;
        let lent = self.current.insert(lent);
        Ok(DevicePicture {
            data: &lent.data,
            planes: lent.planes,
            taken: lent.taken,
            arrival: lent.arrival,
            damaged: lent.damaged,
        })
    }
}

impl Drop for VideoDevice {
    fn drop(&mut self) {
        self.current = None;
        self.hatch.close();
        let _ = self.pipeline.set_state(gst::State::Null);
        if let Some(bus) = self.pipeline.bus() {
            bus.unset_sync_handler();
        }
        let _ = self.exit.set_active(false);
    }
}

impl Hatch {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From the source's thread: waits while the reader is behind.
    fn put(&self, output: Output) -> Flow {
        let arrival = now();
        let full = |inner: &mut Inner| inner.arrived.len() >= AHEAD && !inner.closed;
        let waited = self.changed.wait_while(self.lock(), full);
        let mut inner = waited.unwrap_or_else(PoisonError::into_inner);
        if inner.closed {
            return Flow::Break(());
        }
        inner.arrived.push_back((output, arrival));
        self.changed.notify_all();
        Flow::Continue(())
    }

    fn take(&self) -> Result<(Output, i64), DriverError> {
        let empty = |inner: &mut Inner| inner.arrived.is_empty() && inner.failure.is_none();
        let waited = self.changed.wait_while(self.lock(), empty);
        let mut inner = waited.unwrap_or_else(PoisonError::into_inner);
        let next = inner.arrived.pop_front();
        self.changed.notify_all();
        let ended = || DriverError::Refused("it gives no more pictures".into());
        next.ok_or_else(|| inner.failure.clone().unwrap_or_else(ended))
    }

    fn fail(&self, error: DriverError) {
        self.lock().failure.get_or_insert(error);
        self.changed.notify_all();
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

/// The system's monotonic clock, as the source stamps by it.
fn now() -> i64 {
    let nanos = gst::SystemClock::obtain().time().nseconds();
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// Keeps the first error the source tells, and lets the rest go.
fn watch(pipeline: &gst::Pipeline, hatch: &Arc<Hatch>) {
    let hatch = Arc::clone(hatch);
    if let Some(bus) = pipeline.bus() {
        bus.set_sync_handler(move |_, message| {
            match message.view() {
                gst::MessageView::Error(e) => hatch.fail(problem(e)),
                gst::MessageView::Eos(_) => {
                    hatch.fail(DriverError::Refused("it gives no more pictures".into()));
                }
                _ => {}
            }
            gst::BusSyncReply::Drop
        });
    }
}

fn problem(message: &gst::message::Error) -> DriverError {
    let (error, debug) = (message.error(), message.debug().unwrap_or_default());
    // EBUSY has a word of its own only where the format is set.
    if error.matches(gst::ResourceError::Busy) || debug.contains("resource busy") {
        DriverError::Busy
    } else if error.matches(gst::ResourceError::Settings) || error.matches(gst::StreamError::Format) {
        DriverError::Format(error.message().to_owned())
    } else {
        DriverError::Refused(error.message().to_owned())
    }
}

fn caps(request: &DeviceRequest) -> Result<gst::Caps, DriverError> {
    let number = |n: u32| i32::try_from(n).map_err(|_| DriverError::Format("numbers this large".into()));
    let raw = |format: &str| gst::Caps::builder("video/x-raw").field("format", format);
    let kind = match request.format {
        DeviceFormat::Yuyv => raw("YUY2"),
        DeviceFormat::Nv12 => raw("NV12"),
        DeviceFormat::Mjpeg => gst::Caps::builder("image/jpeg"),
    };
    let rate = gst::Fraction::new(number(request.rate.num())?, number(request.rate.den())?);
    Ok(kind
        .field("width", number(request.size.width)?)
        .field("height", number(request.size.height)?)
        .field("framerate", rate)
        .build())
}

/// What arrived, mapped to be read, with its planes where it is a raw picture.
fn lent(output: Output, arrival: i64) -> Option<Lent> {
    let planes = planes(&output);
    let taken = output.buffer.pts().and_then(|t| i64::try_from(t.nseconds()).ok());
    let damaged = output.buffer.flags().contains(gst::BufferFlags::CORRUPTED);
    Some(Lent {
        planes,
        taken,
        arrival,
        damaged,
        data: output.buffer.into_mapped_buffer_readable().ok()?,
    })
}

fn planes(output: &Output) -> Option<[Plane; 3]> {
    let meta = output.buffer.meta::<gst_video::VideoMeta>()?;
    let mut planes = [Plane::default(); 3];
    for (plane, (offset, stride)) in planes.iter_mut().zip(meta.offset().iter().zip(meta.stride())) {
        *plane = Plane {
            offset: *offset,
            stride: usize::try_from(*stride).ok()?,
        };
    }
    Some(planes)
}
