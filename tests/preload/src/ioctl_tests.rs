use std::sync::Arc;

use super::*;
use crate::control::Control;
use crate::{clock, device::Camera, spec};

fn handle(text: &str) -> Handle {
    let control = Arc::new(Control::private().unwrap());
    let camera = Camera::new(3, spec::parse(text).unwrap().remove(0), control).unwrap();
    Handle::new(Arc::new(camera), 1, clock::timer(0).unwrap())
}

fn ask<T>(handle: &Handle, request: u32, value: &mut T) -> Result<(), Errno> {
    // SAFETY: each test passes the structure of its request.
    unsafe { answer(handle, request, std::ptr::from_mut(value).cast()) }
}

fn zeroed<T: Copy>() -> T {
    // SAFETY: the structures of `uapi` are numbers and arrays of numbers.
    unsafe { std::mem::zeroed() }
}

#[test]
fn a_camera_says_what_it_is() {
    let mut capability = zeroed::<Capability>();
    ask(
        &handle("name=口口口口口口口口口口口口"),
        QUERYCAP,
        &mut capability,
    )
    .unwrap();
    assert_eq!(&capability.card, b"\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\xe5\x8f\xa3\0\0");
    assert!(capability.bus_info.starts_with(b"platform:preload-3\0"));
    assert_eq!(capability.capabilities, capability.device_caps | CAP_DEVICE_CAPS);
}

#[test]
fn lists_end_with_einval() {
    let handle = handle("size=1280x720+640x360,fps=30+30000/1001,format=NV12+YUYV");
    let formats = (0..).map_while(|index| {
        let mut entry = FormatDescription {
            index,
            kind: BUF_TYPE_VIDEO_CAPTURE,
            ..zeroed()
        };
        ask(&handle, ENUM_FMT, &mut entry)
            .ok()
            .map(|()| entry.pixel_format)
    });
    assert_eq!(
        formats.collect::<Vec<_>>(),
        [Pixels::Nv12.fourcc(), Pixels::Yuyv.fourcc()]
    );
    let pixel_format = Pixels::Yuyv.fourcc();
    let mut size = FrameSize {
        index: 1,
        pixel_format,
        ..zeroed()
    };
    ask(&handle, ENUM_FRAMESIZES, &mut size).unwrap();
    assert_eq!((size.kind, size.width, size.height), (DISCRETE, 640, 360));
    size.index = 2;
    assert_eq!(ask(&handle, ENUM_FRAMESIZES, &mut size), Err(libc::EINVAL));
    let mut interval = FrameInterval {
        index: 1,
        pixel_format,
        width: 640,
        height: 360,
        ..zeroed()
    };
    ask(&handle, ENUM_FRAMEINTERVALS, &mut interval).unwrap();
    assert_eq!(
        interval.interval,
        Fraction {
            numerator: 1001,
            denominator: 30000
        }
    );
    interval.width = 641;
    assert_eq!(
        ask(&handle, ENUM_FRAMEINTERVALS, &mut interval),
        Err(libc::EINVAL)
    );
}

#[test]
fn what_is_set_is_the_nearest_and_stays() {
    let handle = handle("size=1280x720+640x360,fps=30+15,format=NV12+YUYV");
    let mut format = Format {
        kind: BUF_TYPE_VIDEO_CAPTURE,
        ..zeroed()
    };
    (format.pix.width, format.pix.height, format.pix.pixel_format) = (650, 300, Pixels::Yuyv.fourcc());
    ask(&handle, TRY_FMT, &mut format).unwrap();
    assert_eq!(
        (format.pix.width, format.pix.bytes_per_line, format.pix.size_image),
        (640, 1280, 460_800)
    );
    assert_eq!(handle.mode().size, (1280, 720));
    ask(&handle, S_FMT, &mut format).unwrap();
    let mut got = Format {
        kind: BUF_TYPE_VIDEO_CAPTURE,
        ..zeroed()
    };
    ask(&handle, G_FMT, &mut got).unwrap();
    assert_eq!(
        (got.pix.width, got.pix.pixel_format),
        (640, Pixels::Yuyv.fourcc())
    );

    let mut parameters = StreamParameters {
        kind: BUF_TYPE_VIDEO_CAPTURE,
        ..zeroed()
    };
    parameters.time_per_frame = Fraction {
        numerator: 100,
        denominator: 1400,
    };
    ask(&handle, S_PARM, &mut parameters).unwrap();
    assert_eq!(
        parameters.time_per_frame,
        Fraction {
            numerator: 1,
            denominator: 15
        }
    );
    parameters.time_per_frame = Fraction {
        numerator: 0,
        denominator: 0,
    };
    ask(&handle, S_PARM, &mut parameters).unwrap();
    assert_eq!(
        handle.mode().interval,
        Fraction {
            numerator: 1,
            denominator: 30
        }
    );
}

#[test]
fn a_frame_goes_through_a_buffer() {
    let handle = handle("size=64x32,fps=500");
    let mut request = RequestBuffers {
        count: 2,
        kind: BUF_TYPE_VIDEO_CAPTURE,
        memory: MEMORY_MMAP,
        ..zeroed()
    };
    ask(&handle, REQBUFS, &mut request).unwrap();
    assert_eq!((request.count, request.capabilities), (2, BUF_CAP_SUPPORTS_MMAP));
    let mut buffer = Buffer {
        index: 1,
        kind: BUF_TYPE_VIDEO_CAPTURE,
        memory: MEMORY_MMAP,
        ..zeroed()
    };
    ask(&handle, QBUF, &mut buffer).unwrap();
    assert_eq!(
        buffer.flags,
        BUF_FLAG_TIMESTAMP_MONOTONIC | BUF_FLAG_MAPPED | BUF_FLAG_QUEUED
    );
    ask(&handle, STREAMON, &mut { BUF_TYPE_VIDEO_CAPTURE }).unwrap();
    buffer.index = 7;
    let before = clock::now();
    ask(&handle, DQBUF, &mut buffer).unwrap();
    assert_eq!(
        (buffer.index, buffer.bytes_used, buffer.field),
        (1, 64 * 32 * 2, FIELD_NONE)
    );
    let time = buffer.timestamp.tv_sec as u64 * 1_000_000 + buffer.timestamp.tv_usec as u64;
    assert!(time > before / 1000 - 1000 && time <= clock::now() / 1000);
    ask(&handle, STREAMOFF, &mut { BUF_TYPE_VIDEO_CAPTURE }).unwrap();
}

#[test]
fn what_isnt_served_says_so() {
    let handle = handle("size=64x32");
    let mut words = [0u32; 64];
    let export = 3 << 30 | 64 << 16 | u32::from(b'V') << 8 | 16;
    assert_eq!(ask(&handle, export, &mut words), Err(libc::ENOTTY));
    assert_eq!(ask(&handle, 0x5401, &mut words), Err(libc::ENOTTY));
    handle.camera.control.unplug(3);
    assert_eq!(ask(&handle, export, &mut words), Err(libc::ENODEV));
    handle.camera.control.plug(3, 0);
    let handle = self::handle("size=64x32");
    // SAFETY: null is allowed.
    let null = unsafe { answer(&handle, QUERYCAP, std::ptr::null_mut()) };
    assert_eq!(null, Err(libc::EFAULT));
    let mut request = RequestBuffers {
        count: 2,
        kind: BUF_TYPE_VIDEO_CAPTURE,
        memory: 2,
        ..zeroed()
    };
    assert_eq!(ask(&handle, REQBUFS, &mut request), Err(libc::EINVAL));
    assert_eq!(ask(&handle, STREAMON, &mut 9u32), Err(libc::EINVAL));
}

#[test]
fn each_format_has_its_own_sizes_and_rates() {
    let handle =
        handle("mode=YUYV:1280x720@10,mode=YUYV:640x360@30,mode=MJPEG:1280x720@30+30000/1001,bus=usb-0:3");
    let mut capability = zeroed::<Capability>();
    ask(&handle, QUERYCAP, &mut capability).unwrap();
    assert!(capability.bus_info.starts_with(b"usb-0:3\0"));
    let mut size = FrameSize {
        index: 1,
        pixel_format: Pixels::Mjpeg.fourcc(),
        ..zeroed()
    };
    assert_eq!(ask(&handle, ENUM_FRAMESIZES, &mut size), Err(libc::EINVAL));
    let mut format = Format {
        kind: BUF_TYPE_VIDEO_CAPTURE,
        ..zeroed()
    };
    (format.pix.width, format.pix.height, format.pix.pixel_format) = (640, 360, Pixels::Mjpeg.fourcc());
    ask(&handle, S_FMT, &mut format).unwrap();
    assert_eq!((format.pix.width, format.pix.bytes_per_line), (1280, 0));
    let interval = handle.mode().interval;
    assert_eq!((interval.numerator, interval.denominator), (1, 30));
    let mut parameters = StreamParameters {
        kind: BUF_TYPE_VIDEO_CAPTURE,
        time_per_frame: Fraction {
            numerator: 1001,
            denominator: 30_000,
        },
        ..zeroed()
    };
    ask(&handle, S_PARM, &mut parameters).unwrap();
    assert_eq!(parameters.time_per_frame.denominator, 30_000);
    let mut description = FormatDescription {
        index: 1,
        kind: BUF_TYPE_VIDEO_CAPTURE,
        ..zeroed()
    };
    ask(&handle, ENUM_FMT, &mut description).unwrap();
    assert_eq!(description.flags, FMT_FLAG_COMPRESSED);
}

#[test]
fn controls_are_listed_and_set() {
    let handle = handle("size=64x32");
    let mut query = zeroed::<QueryControl>();
    let mut names = Vec::new();
    loop {
        query.id |= CTRL_FLAG_NEXT_CTRL;
        if ask(&handle, QUERYCTRL, &mut query).is_err() {
            break;
        }
        names.push(query.name[0]);
    }
    assert_eq!(names, b"BCSWGWAEFF");
    let mut brightness = PlainControl {
        id: 0x0098_0900,
        value: 40,
    };
    ask(&handle, S_CTRL, &mut brightness).unwrap();
    let mut one = ExtendedControl {
        id: 0x0098_0900,
        ..zeroed()
    };
    let mut list = ExtendedControls {
        count: 1,
        controls: &raw mut one,
        ..zeroed()
    };
    ask(&handle, G_EXT_CTRLS, &mut list).unwrap();
    assert_eq!(one.value, 40);
    one.value = -5;
    list.controls = &raw mut one;
    ask(&handle, S_EXT_CTRLS, &mut list).unwrap();
    ask(&handle, G_CTRL, &mut brightness).unwrap();
    assert_eq!(brightness.value, -5);
    let mut menu = QueryMenu {
        id: 0x009a_0901,
        index: 1,
        ..zeroed()
    };
    ask(&handle, QUERYMENU, &mut menu).unwrap();
    assert!(menu.name.starts_with(b"Manual"));
    menu.index = 2;
    assert_eq!(ask(&handle, QUERYMENU, &mut menu), Err(libc::EINVAL));
    brightness.id = 1;
    assert_eq!(ask(&handle, G_CTRL, &mut brightness), Err(libc::EINVAL));
    list.controls = std::ptr::null_mut();
    assert_eq!(ask(&handle, S_EXT_CTRLS, &mut list), Err(libc::EFAULT));
}
