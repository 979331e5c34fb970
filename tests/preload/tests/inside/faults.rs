//! What a program sees of a camera that stalls, is taken, or goes.

use super::*;
use crate::control::Control;

fn control() -> Control {
    let path = std::env::var_os("ANCHOR_CAMERAS_CONTROL").unwrap();
    Control::open(path.as_ref()).unwrap()
}

/// Takes the second camera and lets it run.
fn streaming(flags: i32) -> File {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags)
        .open("/dev/video1")
        .unwrap();
    assert_eq!(request_buffers(by_syscall, &file, 4).unwrap(), 4);
    (0..4).for_each(|index| ask(by_syscall, &file, QBUF, &mut buffer(index)).unwrap());
    ask(by_syscall, &file, STREAMON, &mut { BUF_TYPE_VIDEO_CAPTURE }).unwrap();
    file
}

/// Takes a frame and gives its buffer back; answers its number.
fn take(file: &File) -> io::Result<u32> {
    let mut taken = buffer(0);
    ask(by_syscall, file, DQBUF, &mut taken)?;
    ask(by_syscall, file, QBUF, &mut buffer(taken.index))?;
    Ok(taken.sequence)
}

fn poll(file: &File, timeout: i32) -> (i32, i16) {
    let mut poll = libc::pollfd {
        fd: file.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one pollfd.
    let ready = unsafe { libc::poll(&mut poll, 1, timeout) };
    (ready, poll.revents)
}

fn errno<T: std::fmt::Debug>(result: io::Result<T>) -> Option<i32> {
    result.unwrap_err().raw_os_error()
}

/// What every request says when the camera is gone.
fn is_gone(file: &File) {
    let gone = Some(libc::ENODEV);
    assert_eq!(errno(take(file)), gone);
    assert_eq!(
        errno(ask(by_ioctl, file, QUERYCAP, &mut zeroed::<Capability>())),
        gone
    );
    assert_eq!(
        errno(ask(by_ioctl, file, STREAMOFF, &mut { BUF_TYPE_VIDEO_CAPTURE })),
        gone
    );
    assert_eq!(poll(file, -1), (1, libc::POLLERR | libc::POLLHUP));
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn poll_until_unplugged() {
    let file = streaming(libc::O_NONBLOCK);
    let mut last = None;
    loop {
        match poll(&file, -1) {
            (1, libc::POLLIN) => match take(&file) {
                Ok(number) => assert!(Some(number) > last.replace(number)),
                // A stall or the end of one came between the two.
                Err(error) => assert!(
                    matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::ENODEV)),
                    "{error}"
                ),
            },
            (1, events) if events == libc::POLLERR | libc::POLLHUP => break is_gone(&file),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn block_until_unplugged() {
    let file = streaming(0);
    let mut last = None;
    let end = loop {
        match take(&file) {
            Ok(number) => assert!(Some(number) > last.replace(number)),
            end => break end,
        }
    };
    assert_eq!(errno(end), Some(libc::ENODEV));
    is_gone(&file);
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn replugged() {
    let control = control();
    let old = streaming(libc::O_NONBLOCK);
    control.stall(1);
    assert_eq!(poll(&old, 50), (0, 0));
    control.unplug(1);
    assert_eq!(video_devices(), ["video0"]);
    let missing = io::ErrorKind::NotFound;
    assert_eq!(fs::metadata("/dev/video1").unwrap_err().kind(), missing);
    assert_eq!(camera("/dev/video1").unwrap_err().kind(), missing);
    assert!(fs::read_to_string("/sys/class/video4linux/video1/name").is_err());
    is_gone(&old);
    control.plug(1, 7);
    assert_eq!(video_devices(), ["video0", "video7"]);
    assert_eq!(
        fs::read_to_string("/sys/class/video4linux/video7/name").unwrap(),
        "门口\n"
    );
    assert_eq!(fs::metadata("/dev/video7").unwrap().rdev(), libc::makedev(81, 7));
    assert_eq!(camera("/dev/video1").unwrap_err().kind(), missing);
    is_gone(&old);
    let new = camera("/dev/video7").unwrap();
    assert_eq!(
        errno(request_buffers(by_ioctl, &new, 1).map(drop)),
        Some(libc::EBUSY)
    );
    drop(old);
    assert_eq!(request_buffers(by_ioctl, &new, 1).unwrap(), 1);
    ask(by_ioctl, &new, QBUF, &mut buffer(0)).unwrap();
    ask(by_ioctl, &new, STREAMON, &mut { BUF_TYPE_VIDEO_CAPTURE }).unwrap();
    assert_eq!(poll(&new, -1), (1, libc::POLLIN));
    take(&new).unwrap();
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn taken() {
    let file = camera("/dev/video1").unwrap();
    let mut format = Format {
        kind: BUF_TYPE_VIDEO_CAPTURE,
        ..zeroed()
    };
    ask(by_ioctl, &file, G_FMT, &mut format).unwrap();
    let busy = Some(libc::EBUSY);
    assert_eq!(errno(ask(by_ioctl, &file, S_FMT, &mut format)), busy);
    assert_eq!(errno(request_buffers(by_ioctl, &file, 2)), busy);
    assert_eq!(
        errno(ask(by_ioctl, &file, STREAMON, &mut { BUF_TYPE_VIDEO_CAPTURE })),
        busy
    );
}

#[test]
#[ignore = "needs the library before it: the tests of `programs` run it"]
fn not_taken() {
    take(&streaming(0)).unwrap();
}
