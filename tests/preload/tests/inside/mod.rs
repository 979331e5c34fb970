//! What a program sees with the library before it. Ignored by itself: the tests of `programs` run each with the library.
#![allow(unsafe_code)] // ioctl, mmap and poll as programs call them.

use std::ffi::c_void;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};

use crate::uapi::*;

mod faults;

/// A way to call ioctl.
type Call = fn(&File, u32, *mut c_void) -> io::Result<()>;

fn result(value: i64) -> io::Result<()> {
    if value == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

fn by_ioctl(file: &File, request: u32, argument: *mut c_void) -> io::Result<()> {
    // SAFETY: each test passes the structure of its request.
    result(unsafe { libc::ioctl(file.as_raw_fd(), request.into(), argument) }.into())
}

fn by_syscall(file: &File, request: u32, argument: *mut c_void) -> io::Result<()> {
    // SAFETY: as above.
    result(unsafe { libc::syscall(libc::SYS_ioctl, file.as_raw_fd(), request, argument) })
}

fn ask<T>(call: Call, file: &File, request: u32, value: &mut T) -> io::Result<()> {
    call(file, request, std::ptr::from_mut(value).cast())
}

fn camera(path: &str) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)
}

fn zeroed<T: Copy>() -> T {
    // SAFETY: the structures of `uapi` are numbers and arrays of numbers.
    unsafe { std::mem::zeroed() }
}

fn video_devices() -> Vec<String> {
    let names = fs::read_dir("/dev")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("video")).collect();
    names.sort();
    names
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn devices() {
    assert_eq!(video_devices(), ["video0", "video1"]);
    assert_eq!(
        fs::read_to_string("/sys/class/video4linux/video1/name").unwrap(),
        "门口\n"
    );
    let metadata = fs::metadata("/dev/video1").unwrap();
    assert!(metadata.file_type().is_char_device());
    assert_eq!(metadata.rdev(), libc::makedev(81, 1));
    assert_eq!(
        camera("/dev/video1").unwrap().metadata().unwrap().rdev(),
        metadata.rdev()
    );
    assert_eq!(camera("/dev/video2").unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(
        fs::metadata("/dev/video2").unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
    let null = camera("/dev/null").unwrap();
    assert_eq!(
        ask(by_ioctl, &null, QUERYCAP, &mut zeroed::<Capability>())
            .unwrap_err()
            .raw_os_error(),
        Some(libc::ENOTTY)
    );
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn no_devices() {
    assert_eq!(video_devices(), [""; 0]);
    assert!(camera("/dev/video0").is_err());
    assert!(fs::read_dir("/sys").unwrap().count() > 0);
}

fn request_buffers(call: Call, file: &File, count: u32) -> io::Result<u32> {
    let mut request = RequestBuffers {
        count,
        kind: BUF_TYPE_VIDEO_CAPTURE,
        memory: MEMORY_MMAP,
        ..zeroed()
    };
    ask(call, file, REQBUFS, &mut request).map(|()| request.count)
}

fn buffer(index: u32) -> Buffer {
    Buffer {
        index,
        kind: BUF_TYPE_VIDEO_CAPTURE,
        memory: MEMORY_MMAP,
        ..zeroed()
    }
}

/// Maps a buffer; the mapping lasts as long as the process.
fn map(call: Call, file: &File, index: u32) -> &'static [u8] {
    let mut wanted = buffer(index);
    ask(call, file, QUERYBUF, &mut wanted).unwrap();
    let (len, offset) = (wanted.length as usize, wanted.offset as libc::off_t);
    let (protection, fd) = (libc::PROT_READ | libc::PROT_WRITE, file.as_raw_fd());
    // SAFETY: a new mapping of what the device says it has.
    let place = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            len,
            protection,
            libc::MAP_SHARED,
            fd,
            offset,
        )
    };
    assert_ne!(place, libc::MAP_FAILED);
    // SAFETY: `len` bytes were mapped and are never unmapped.
    unsafe { std::slice::from_raw_parts(place.cast(), len) }
}

fn wait(file: &File) {
    let mut poll = libc::pollfd {
        fd: file.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one pollfd.
    assert_eq!(unsafe { libc::poll(&mut poll, 1, -1) }, 1);
}

/// Takes 20 frames of the second camera (64x32 YUYV, 200 a second): each is the picture its sequence number spells.
fn frames(call: Call) {
    let file = camera("/dev/video1").unwrap();
    assert_eq!(request_buffers(call, &file, 4).unwrap(), 4);
    let memory: Vec<_> = (0..4).map(|index| map(call, &file, index)).collect();
    (0..4).for_each(|index| ask(call, &file, QBUF, &mut buffer(index)).unwrap());
    ask(call, &file, STREAMON, &mut { BUF_TYPE_VIDEO_CAPTURE }).unwrap();
    let mut first = None;
    for _ in 0..20 {
        wait(&file);
        let mut taken = buffer(0);
        ask(call, &file, DQBUF, &mut taken).unwrap();
        let time = taken.timestamp.tv_sec * 1_000_000 + taken.timestamp.tv_usec;
        let start = *first.get_or_insert(time - i64::from(taken.sequence) * 5000);
        let exact = start + i64::from(taken.sequence) * 5000;
        assert!((time - exact).abs() <= 1, "{time} {exact}");
        let picture = memory[taken.index as usize];
        let spelt = (0..32).fold(0, |number, bit| number << 1 | u32::from(picture[bit * 4] > 128));
        assert_eq!((spelt, taken.bytes_used), (taken.sequence, 64 * 32 * 2));
        ask(call, &file, QBUF, &mut buffer(taken.index)).unwrap();
    }
    ask(call, &file, STREAMOFF, &mut { BUF_TYPE_VIDEO_CAPTURE }).unwrap();
    assert_eq!(request_buffers(call, &file, 0).unwrap(), 0);
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn frames_by_ioctl() {
    frames(by_ioctl);
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn frames_by_syscall() {
    frames(by_syscall);
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn busy() {
    let (first, second) = (camera("/dev/video0").unwrap(), camera("/dev/video0").unwrap());
    request_buffers(by_ioctl, &first, 2).unwrap();
    let errno = |result: io::Result<()>| result.unwrap_err().raw_os_error();
    assert_eq!(
        errno(request_buffers(by_ioctl, &second, 2).map(drop)),
        Some(libc::EBUSY)
    );
    assert_eq!(
        errno(ask(by_ioctl, &second, STREAMON, &mut { BUF_TYPE_VIDEO_CAPTURE })),
        Some(libc::EBUSY)
    );
    assert_eq!(
        request_buffers(by_ioctl, &camera("/dev/video1").unwrap(), 2).unwrap(),
        2
    );
    drop(first);
    assert_eq!(request_buffers(by_ioctl, &second, 2).unwrap(), 2);
}
