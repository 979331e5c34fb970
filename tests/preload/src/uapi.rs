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
/// The frame isn't whole.
pub(crate) const BUF_FLAG_ERROR: u32 = 0x40;
/// A format of compressed pictures.
pub(crate) const FMT_FLAG_COMPRESSED: u32 = 0x1;
/// In a control's id: the next plain control behind it is asked for.
pub(crate) const CTRL_FLAG_NEXT_CTRL: u32 = 0x8000_0000;
/// Likewise the next compound control.
pub(crate) const CTRL_FLAG_NEXT_COMPOUND: u32 = 0x4000_0000;
/// What of an id is no flag.
pub(crate) const CTRL_ID_MASK: u32 = 0x0fff_ffff;
/// A list asks for defaults.
pub(crate) const CTRL_WHICH_DEF_VAL: u32 = 0x0f00_0000;
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

/// `v4l2_control`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct PlainControl {
    pub(crate) id: u32,
    pub(crate) value: i32,
}

/// `v4l2_queryctrl`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct QueryControl {
    pub(crate) id: u32,
    pub(crate) kind: u32,
    pub(crate) name: [u8; 32],
    pub(crate) minimum: i32,
    pub(crate) maximum: i32,
    pub(crate) step: i32,
    pub(crate) default: i32,
    pub(crate) flags: u32,
    pub(crate) reserved: [u32; 2],
}

/// `v4l2_query_ext_ctrl`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct QueryExtendedControl {
    pub(crate) id: u32,
    pub(crate) kind: u32,
    pub(crate) name: [u8; 32],
    pub(crate) minimum: i64,
    pub(crate) maximum: i64,
    pub(crate) step: u64,
    pub(crate) default: i64,
    pub(crate) flags: u32,
    pub(crate) element_size: u32,
    pub(crate) elements: u32,
    pub(crate) dimensions: [u32; 5],
    pub(crate) reserved: [u32; 32],
}

/// `v4l2_querymenu`, its union read as a name.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct QueryMenu {
    pub(crate) id: u32,
    pub(crate) index: u32,
    pub(crate) name: [u8; 32],
    pub(crate) reserved: u32,
}

/// `v4l2_ext_control` with its union read as a number.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct ExtendedControl {
    pub(crate) id: u32,
    pub(crate) size: u32,
    pub(crate) reserved: u32,
    pub(crate) value: i32,
    pub(crate) rest: u32,
}

/// `v4l2_ext_controls`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct ExtendedControls {
    pub(crate) which: u32,
    pub(crate) count: u32,
    pub(crate) error_index: u32,
    pub(crate) request_fd: i32,
    pub(crate) reserved: u32,
    pub(crate) controls: *mut ExtendedControl,
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
pub(crate) const G_CTRL: u32 = request::<PlainControl>(READ | WRITE, 27);
pub(crate) const S_CTRL: u32 = request::<PlainControl>(READ | WRITE, 28);
pub(crate) const QUERYCTRL: u32 = request::<QueryControl>(READ | WRITE, 36);
pub(crate) const QUERYMENU: u32 = request::<QueryMenu>(READ | WRITE, 37);
pub(crate) const G_EXT_CTRLS: u32 = request::<ExtendedControls>(READ | WRITE, 71);
pub(crate) const S_EXT_CTRLS: u32 = request::<ExtendedControls>(READ | WRITE, 72);
pub(crate) const TRY_EXT_CTRLS: u32 = request::<ExtendedControls>(READ | WRITE, 73);
pub(crate) const QUERY_EXT_CTRL: u32 = request::<QueryExtendedControl>(READ | WRITE, 103);
pub(crate) const ENUMINPUT: u32 = request::<Input>(READ | WRITE, 26);
pub(crate) const G_INPUT: u32 = request::<u32>(READ, 38);
pub(crate) const S_INPUT: u32 = request::<u32>(READ | WRITE, 39);
pub(crate) const TRY_FMT: u32 = request::<Format>(READ | WRITE, 64);
pub(crate) const ENUM_FRAMESIZES: u32 = request::<FrameSize>(READ | WRITE, 74);
pub(crate) const ENUM_FRAMEINTERVALS: u32 = request::<FrameInterval>(READ | WRITE, 75);

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
    assert!(size_of::<QueryControl>() == 68 && size_of::<QueryExtendedControl>() == 232);
    assert!(size_of::<QueryMenu>() == 44 && size_of::<ExtendedControl>() == 20);
    assert!(size_of::<ExtendedControls>() == 32);
    assert!(QUERYCAP == 0x8068_5600 && DQBUF == 0xc058_5611 && STREAMON == 0x4004_5612);
};
