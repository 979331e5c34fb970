//! The part of `linux/videodev2.h` that a capture device answers, as it lies in memory on 64-bit Linux.
//!
//! Names are the header's without their prefixes; every size is asserted below.

use libc::timeval;

/// Single-planar video capture: the only buffer type served.
pub(crate) const BUF_TYPE_VIDEO_CAPTURE: u32 = 1;
/// Buffers in the device's memory, mapped by the program: the only memory served.
pub(crate) const MEMORY_MMAP: u32 = 1;
/// Progressive pictures.
pub(crate) const FIELD_NONE: u32 = 1;
/// sRGB primaries and curve; matrix and range by default BT.601, limited, as most webcams say.
pub(crate) const COLORSPACE_SRGB: u32 = 8;
/// Says that the fields of a pixel format behind `private` hold.
pub(crate) const PIX_FMT_PRIV_MAGIC: u32 = 0xfeed_cafe;
/// VIDEO_CAPTURE, STREAMING and EXT_PIX_FORMAT.
pub(crate) const CAPABILITIES: u32 = 0x1 | 0x0400_0000 | 0x0020_0000;
/// Says that `device_caps` of a capability holds.
pub(crate) const CAP_DEVICE_CAPS: u32 = 0x8000_0000;
/// The frame interval can be set.
pub(crate) const CAP_TIMEPERFRAME: u32 = 0x1000;
/// REQBUFS takes mapped buffers.
pub(crate) const BUF_CAP_SUPPORTS_MMAP: u32 = 1;
/// A listed size or interval stands for itself alone.
pub(crate) const DISCRETE: u32 = 1;
/// A camera, among the types of an input.
pub(crate) const INPUT_TYPE_CAMERA: u32 = 2;
/// The buffer is mapped.
pub(crate) const BUF_FLAG_MAPPED: u32 = 0x1;
/// The buffer waits to be filled.
pub(crate) const BUF_FLAG_QUEUED: u32 = 0x2;
/// Time stamps are of CLOCK_MONOTONIC.
pub(crate) const BUF_FLAG_TIMESTAMP_MONOTONIC: u32 = 0x2000;

/// `v4l2_capability`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Capability {
    pub(crate) driver: [u8; 16],
    pub(crate) card: [u8; 32],
    pub(crate) bus_info: [u8; 32],
    pub(crate) version: u32,
    pub(crate) capabilities: u32,
    pub(crate) device_caps: u32,
    pub(crate) reserved: [u32; 3],
}

/// `v4l2_fmtdesc`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct FormatDescription {
    pub(crate) index: u32,
    pub(crate) kind: u32,
    pub(crate) flags: u32,
    pub(crate) description: [u8; 32],
    pub(crate) pixel_format: u32,
    pub(crate) mbus_code: u32,
    pub(crate) reserved: [u32; 3],
}

/// `v4l2_pix_format`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct PixelFormat {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixel_format: u32,
    pub(crate) field: u32,
    pub(crate) bytes_per_line: u32,
    pub(crate) size_image: u32,
    pub(crate) colorspace: u32,
    pub(crate) private: u32,
    pub(crate) flags: u32,
    pub(crate) ycbcr_encoding: u32,
    pub(crate) quantization: u32,
    pub(crate) transfer: u32,
}

/// `v4l2_format` of a video capture.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub(crate) struct Format {
    pub(crate) kind: u32,
    pub(crate) padding: u32,
    pub(crate) pix: PixelFormat,
    pub(crate) rest: [u8; 152],
}

/// `v4l2_requestbuffers`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct RequestBuffers {
    pub(crate) count: u32,
    pub(crate) kind: u32,
    pub(crate) memory: u32,
    pub(crate) capabilities: u32,
    pub(crate) flags: u32,
}

/// `v4l2_buffer` with its union read as an offset.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Buffer {
    pub(crate) index: u32,
    pub(crate) kind: u32,
    pub(crate) bytes_used: u32,
    pub(crate) flags: u32,
    pub(crate) field: u32,
    pub(crate) timestamp: timeval,
    pub(crate) timecode: [u32; 4],
    pub(crate) sequence: u32,
    pub(crate) memory: u32,
    pub(crate) offset: u64,
    pub(crate) length: u32,
    pub(crate) reserved: u32,
    pub(crate) request_fd: i32,
}

/// `v4l2_fract`: seconds a frame, here.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub(crate) numerator: u32,
    pub(crate) denominator: u32,
}

/// `v4l2_streamparm` of a capture.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct StreamParameters {
    pub(crate) kind: u32,
    pub(crate) capability: u32,
    pub(crate) capture_mode: u32,
    pub(crate) time_per_frame: Fraction,
    pub(crate) extended_mode: u32,
    pub(crate) read_buffers: u32,
    pub(crate) rest: [u32; 44],
}

/// `v4l2_frmsizeenum`, discrete.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct FrameSize {
    pub(crate) index: u32,
    pub(crate) pixel_format: u32,
    pub(crate) kind: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rest: [u32; 6],
}

/// `v4l2_frmivalenum`, discrete.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct FrameInterval {
    pub(crate) index: u32,
    pub(crate) pixel_format: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) kind: u32,
    pub(crate) interval: Fraction,
    pub(crate) rest: [u32; 6],
}

/// `v4l2_input`.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub(crate) struct Input {
    pub(crate) index: u32,
    pub(crate) name: [u8; 32],
    pub(crate) kind: u32,
    pub(crate) rest: [u32; 10],
}

const READ: u32 = 2;
const WRITE: u32 = 1;

/// A request number as `_IOC` of `asm-generic/ioctl.h` makes it, for the type 'V'.
const fn request<T>(direction: u32, number: u32) -> u32 {
    direction << 30 | (size_of::<T>() as u32) << 16 | (b'V' as u32) << 8 | number
}

pub(crate) const QUERYCAP: u32 = request::<Capability>(READ, 0);
pub(crate) const ENUM_FMT: u32 = request::<FormatDescription>(READ | WRITE, 2);
pub(crate) const G_FMT: u32 = request::<Format>(READ | WRITE, 4);
pub(crate) const S_FMT: u32 = request::<Format>(READ | WRITE, 5);
pub(crate) const REQBUFS: u32 = request::<RequestBuffers>(READ | WRITE, 8);
pub(crate) const QUERYBUF: u32 = request::<Buffer>(READ | WRITE, 9);
pub(crate) const QBUF: u32 = request::<Buffer>(READ | WRITE, 15);
pub(crate) const DQBUF: u32 = request::<Buffer>(READ | WRITE, 17);
pub(crate) const STREAMON: u32 = request::<u32>(WRITE, 18);
pub(crate) const STREAMOFF: u32 = request::<u32>(WRITE, 19);
pub(crate) const G_PARM: u32 = request::<StreamParameters>(READ | WRITE, 21);
pub(crate) const S_PARM: u32 = request::<StreamParameters>(READ | WRITE, 22);
pub(crate) const ENUMINPUT: u32 = request::<Input>(READ | WRITE, 26);
pub(crate) const G_INPUT: u32 = request::<u32>(READ, 38);
pub(crate) const S_INPUT: u32 = request::<u32>(READ | WRITE, 39);
pub(crate) const TRY_FMT: u32 = request::<Format>(READ | WRITE, 64);
pub(crate) const ENUM_FRAMESIZES: u32 = request::<FrameSize>(READ | WRITE, 74);
pub(crate) const ENUM_FRAMEINTERVALS: u32 = request::<FrameInterval>(READ | WRITE, 75);

/// The numbers (without size and direction) of requests about controls: G, S and QUERY, plain and extended.
pub(crate) const CONTROLS: [u32; 8] = [27, 28, 36, 37, 71, 72, 73, 103];

const _: () = {
    assert!(size_of::<Capability>() == 104);
    assert!(size_of::<FormatDescription>() == 64);
    assert!(size_of::<Format>() == 208);
    assert!(size_of::<RequestBuffers>() == 20);
    assert!(size_of::<Buffer>() == 88);
    assert!(size_of::<StreamParameters>() == 204);
    assert!(size_of::<FrameSize>() == 44);
    assert!(size_of::<FrameInterval>() == 52);
    assert!(size_of::<Input>() == 80);
    assert!(QUERYCAP == 0x8068_5600 && DQBUF == 0xc058_5611 && STREAMON == 0x4004_5612);
};
