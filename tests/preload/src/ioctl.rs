//! The requests of V4L2 on a handle: what each structure says, and what goes back in it.
//!
//! As in the kernel a request works on a copy that is written back when it succeeds. Unknown ones are ENOTTY; once
//! the camera was unplugged, every one is ENODEV.
#![allow(unsafe_code)] // The program's structures are read and written through its pointers.

use std::ffi::c_void;

use crate::device::{Errno, Handle, Mode};
use crate::spec::{Offer, Pixels, Spec};
use crate::uapi::{self, *};

mod controls;

/// Answers one ioctl.
///
/// # Safety
/// `argument` is null or points to the structure that `request` names, as for the kernel's ioctl.
pub(crate) unsafe fn answer(handle: &Handle, request: u32, argument: *mut c_void) -> Result<(), Errno> {
    handle.check()?;
    // SAFETY: of each line below: the request says which structure the caller has put there.
    unsafe {
        match request {
            uapi::QUERYCAP => copied(argument, |c| capability(handle, c)),
            uapi::ENUM_FMT => copied(argument, |d| describe_format(&handle.camera.spec, d)),
            uapi::G_FMT => copied(argument, |f| get_format(handle, f)),
            uapi::TRY_FMT => copied(argument, |f| try_format(handle, f).map(drop)),
            uapi::S_FMT => copied(argument, |f| handle.set_mode(try_format(handle, f)?)),
            uapi::REQBUFS => copied(argument, |r| request_buffers(handle, r)),
            uapi::QUERYBUF => copied(argument, |b| query_buffer(handle, b)),
            uapi::QBUF => copied(argument, |b| queue(handle, b)),
            uapi::DQBUF => copied(argument, |b| dequeue(handle, b)),
            uapi::STREAMON => copied(argument, |kind: &mut u32| {
                is_capture(*kind).and_then(|()| handle.stream_on())
            }),
            uapi::STREAMOFF => copied(argument, |kind: &mut u32| {
                is_capture(*kind).and_then(|()| handle.stream_off())
            }),
            uapi::G_PARM => copied(argument, |p| get_parameters(handle, p)),
            uapi::S_PARM => copied(argument, |p| set_parameters(handle, p)),
            uapi::ENUMINPUT => copied(argument, describe_input),
            uapi::G_INPUT => copied(argument, |input: &mut u32| {
                *input = 0;
                Ok(())
            }),
            uapi::S_INPUT => copied(
                argument,
                |input: &mut u32| if *input == 0 { Ok(()) } else { Err(libc::EINVAL) },
            ),
            uapi::ENUM_FRAMESIZES => copied(argument, |s| list_size(&handle.camera.spec, s)),
            uapi::ENUM_FRAMEINTERVALS => copied(argument, |i| list_interval(&handle.camera.spec, i)),
            _ => controls::answer(handle.camera.record(), request, argument).unwrap_or(Err(libc::ENOTTY)),
        }
    }
}

/// Runs `act` on a copy of the caller's structure and writes it back on success. EFAULT on null.
///
/// # Safety
/// `argument` is null or points to a `T` of plain numbers.
unsafe fn copied<T: Copy>(
    argument: *mut c_void,
    act: impl FnOnce(&mut T) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let place = argument.cast::<T>();
    if place.is_null() {
        return Err(libc::EFAULT);
    }
    // SAFETY: by this function's contract.
    let mut copy = unsafe { place.read_unaligned() };
    act(&mut copy)?;
    // SAFETY: as above.
    unsafe { place.write_unaligned(copy) };
    Ok(())
}

fn is_capture(kind: u32) -> Result<(), Errno> {
    if kind == BUF_TYPE_VIDEO_CAPTURE {
        Ok(())
    } else {
        Err(libc::EINVAL)
    }
}

/// Text cut to fit, NUL behind it.
fn text<const N: usize>(words: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let len = words.floor_char_boundary(N - 1);
    bytes[..len].copy_from_slice(&words.as_bytes()[..len]);
    bytes
}

fn capability(handle: &Handle, capability: &mut Capability) -> Result<(), Errno> {
    let camera = &handle.camera;
    let bus = camera.spec.bus.clone();
    *capability = Capability {
        driver: text("preload-camera"),
        card: text(&camera.spec.name),
        // It stays where it is plugged in, whatever its number becomes.
        bus_info: text(&bus.unwrap_or(format!("platform:preload-{}", camera.index))),
        version: 0x0006_0100,
        capabilities: CAPABILITIES | CAP_DEVICE_CAPS,
        device_caps: CAPABILITIES,
        reserved: [0; 3],
    };
    Ok(())
}

fn describe_format(spec: &Spec, description: &mut FormatDescription) -> Result<(), Errno> {
    is_capture(description.kind)?;
    let formats = spec.formats();
    let pixels = *formats.get(description.index as usize).ok_or(libc::EINVAL)?;
    let (name, flags) = match pixels {
        Pixels::Yuyv => ("YUYV 4:2:2", 0),
        Pixels::Nv12 => ("Y/UV 4:2:0", 0),
        Pixels::Mjpeg => ("Motion-JPEG", FMT_FLAG_COMPRESSED),
    };
    description.flags = flags;
    description.description = text(name);
    description.pixel_format = pixels.fourcc();
    Ok(())
}

fn pixel_format(mode: Mode) -> PixelFormat {
    PixelFormat {
        width: mode.size.0,
        height: mode.size.1,
        pixel_format: mode.pixels.fourcc(),
        field: FIELD_NONE,
        bytes_per_line: mode.pixels.bytes_per_line(mode.size.0),
        size_image: mode.frame_len(),
        colorspace: COLORSPACE_SRGB,
        private: PIX_FMT_PRIV_MAGIC,
        flags: 0,
        ycbcr_encoding: 0,
        quantization: 0,
        transfer: 0,
    }
}

fn get_format(handle: &Handle, format: &mut Format) -> Result<(), Errno> {
    is_capture(format.kind)?;
    format.pix = pixel_format(handle.mode());
    Ok(())
}

/// What the camera can do that is nearest to what is asked for.
fn nearest<'a>(spec: &'a Spec, wanted: &PixelFormat) -> &'a Offer {
    let known = spec
        .offers
        .iter()
        .find(|offer| offer.pixels.fourcc() == wanted.pixel_format);
    let first = &spec.offers[0];
    let away = |offer: &&Offer| offer.size.0.abs_diff(wanted.width) + offer.size.1.abs_diff(wanted.height);
    spec.of(known.unwrap_or(first).pixels)
        .min_by_key(away)
        .unwrap_or(first)
}

/// Turns what was asked for into the nearest that the camera can do, as drivers must.
fn try_format(handle: &Handle, format: &mut Format) -> Result<Mode, Errno> {
    is_capture(format.kind)?;
    let offer = nearest(&handle.camera.spec, &format.pix);
    let interval = handle.mode().interval;
    let mode = Mode {
        pixels: offer.pixels,
        size: offer.size,
        interval: match offer.intervals.contains(&interval) {
            true => interval,
            false => offer.intervals[0],
        },
    };
    format.pix = pixel_format(mode);
    Ok(mode)
}

fn request_buffers(handle: &Handle, request: &mut RequestBuffers) -> Result<(), Errno> {
    is_capture(request.kind)?;
    if request.memory != MEMORY_MMAP {
        return Err(libc::EINVAL);
    }
    request.count = handle.request_buffers(request.count)?;
    request.capabilities = BUF_CAP_SUPPORTS_MMAP;
    request.flags = 0;
    Ok(())
}

fn query_buffer(handle: &Handle, buffer: &mut Buffer) -> Result<(), Errno> {
    is_capture(buffer.kind)?;
    let (offset, length, held) = handle.query_buffer(buffer.index)?;
    buffer.flags = BUF_FLAG_TIMESTAMP_MONOTONIC | BUF_FLAG_MAPPED | if held { BUF_FLAG_QUEUED } else { 0 };
    buffer.field = FIELD_NONE;
    buffer.memory = MEMORY_MMAP;
    buffer.offset = offset;
    buffer.length = length;
    Ok(())
}

fn queue(handle: &Handle, buffer: &mut Buffer) -> Result<(), Errno> {
    is_capture(buffer.kind)?;
    if buffer.memory != MEMORY_MMAP {
        return Err(libc::EINVAL);
    }
    handle.queue(buffer.index)?;
    query_buffer(handle, buffer)
}

fn dequeue(handle: &Handle, buffer: &mut Buffer) -> Result<(), Errno> {
    is_capture(buffer.kind)?;
    if buffer.memory != MEMORY_MMAP {
        return Err(libc::EINVAL);
    }
    let taken = handle.dequeue()?;
    let filled = taken.filled;
    buffer.index = filled.buffer;
    query_buffer(handle, buffer)?;
    if taken.error {
        buffer.flags |= BUF_FLAG_ERROR;
    }
    buffer.bytes_used = taken.bytes;
    buffer.sequence = filled.sequence;
    buffer.timestamp = libc::timeval {
        tv_sec: (filled.time / 1_000_000_000) as libc::time_t,
        tv_usec: (filled.time % 1_000_000_000 / 1000) as libc::suseconds_t,
    };
    Ok(())
}

fn get_parameters(handle: &Handle, parameters: &mut StreamParameters) -> Result<(), Errno> {
    is_capture(parameters.kind)?;
    *parameters = StreamParameters {
        kind: BUF_TYPE_VIDEO_CAPTURE,
        capability: CAP_TIMEPERFRAME,
        capture_mode: 0,
        time_per_frame: handle.mode().interval,
        extended_mode: 0,
        read_buffers: 0,
        rest: [0; 44],
    };
    Ok(())
}

fn set_parameters(handle: &Handle, parameters: &mut StreamParameters) -> Result<(), Errno> {
    is_capture(parameters.kind)?;
    let wanted = parameters.time_per_frame;
    let seconds = |f: Fraction| f64::from(f.numerator) / f64::from(f.denominator);
    let away = |f: &&Fraction| (seconds(**f) - seconds(wanted)).abs();
    let mode = handle.mode();
    let offer = find(&handle.camera.spec, mode.pixels.fourcc(), mode.size)?;
    let intervals = &offer.intervals;
    // Without a rate the driver chooses.
    let nearest = match wanted.numerator == 0 || wanted.denominator == 0 {
        true => None,
        false => intervals.iter().min_by(|a, b| away(a).total_cmp(&away(b))),
    };
    handle.set_interval(*nearest.unwrap_or(&intervals[0]))?;
    get_parameters(handle, parameters)
}

fn describe_input(input: &mut Input) -> Result<(), Errno> {
    if input.index != 0 {
        return Err(libc::EINVAL);
    }
    *input = Input {
        index: 0,
        name: text("Camera"),
        kind: INPUT_TYPE_CAMERA,
        rest: [0; 10],
    };
    Ok(())
}

fn format_of(spec: &Spec, fourcc: u32) -> Result<Pixels, Errno> {
    let formats = spec.formats();
    let found = formats.iter().find(|pixels| pixels.fourcc() == fourcc);
    found.copied().ok_or(libc::EINVAL)
}

fn find(spec: &Spec, fourcc: u32, size: (u32, u32)) -> Result<&Offer, Errno> {
    let mut offers = spec.of(format_of(spec, fourcc)?);
    offers.find(|offer| offer.size == size).ok_or(libc::EINVAL)
}

fn list_size(spec: &Spec, entry: &mut FrameSize) -> Result<(), Errno> {
    let pixels = format_of(spec, entry.pixel_format)?;
    let offer = spec.of(pixels).nth(entry.index as usize).ok_or(libc::EINVAL)?;
    let (width, height) = offer.size;
    *entry = FrameSize {
        kind: DISCRETE,
        width,
        height,
        rest: [0; 6],
        ..*entry
    };
    Ok(())
}

fn list_interval(spec: &Spec, entry: &mut FrameInterval) -> Result<(), Errno> {
    let offer = find(spec, entry.pixel_format, (entry.width, entry.height))?;
    let &interval = offer.intervals.get(entry.index as usize).ok_or(libc::EINVAL)?;
    *entry = FrameInterval {
        kind: DISCRETE,
        interval,
        rest: [0; 6],
        ..*entry
    };
    Ok(())
}

#[cfg(test)]
#[path = "ioctl_tests.rs"]
mod tests;
