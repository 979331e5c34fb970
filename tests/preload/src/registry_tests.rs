use super::*;

fn camera(index: usize, text: &str) -> Arc<Camera> {
    let control = Arc::new(Control::private().unwrap());
    Arc::new(Camera::new(index, spec::parse(text).unwrap().remove(0), control).unwrap())
}

#[test]
fn device_paths() {
    assert_eq!(device_number(b"/dev/video0"), Some(0));
    assert_eq!(device_number(b"/dev/video12"), Some(12));
    for path in [
        &b"/dev/video"[..],
        b"/dev/video0/",
        b"/dev/videox",
        b"/dev/null",
        b"",
        b"video0",
        b"/dev/video\xff",
    ] {
        assert_eq!(device_number(path), None);
    }
}

#[test]
fn a_handle_lives_as_long_as_one_of_its_descriptors() {
    let camera = camera(0, "size=64x32");
    let fd = open(camera.clone(), libc::O_CLOEXEC).unwrap();
    let copy = clock::timer(0).unwrap().into_raw_fd();
    duplicated(fd, copy);
    handle(copy).unwrap().request_buffers(1).unwrap();
    forget(fd);
    assert!(handle(fd).is_none());
    let other = open(camera.clone(), 0).unwrap();
    assert_eq!(handle(other).unwrap().request_buffers(1), Err(libc::EBUSY));
    forget(copy);
    assert_eq!(handle(other).unwrap().request_buffers(1), Ok(1));
    forget(other);
    assert_eq!(Arc::strong_count(&camera), 1);
    assert_eq!(camera.record().opens.load(Ordering::SeqCst), 2);
}

#[test]
fn other_descriptors_are_not_ours() {
    for fd in [-1, 0, 1, MAX_FD as RawFd, RawFd::MAX] {
        assert!(handle(fd).is_none());
        forget(fd);
        duplicated(fd, 5);
    }
}

#[test]
fn files_of_sys_name_the_camera() {
    let cameras = [camera(2, "name=门口,size=64x32,serial=A1")];
    let text = |path: &str| sys_file(&cameras, path.as_bytes());
    assert_eq!(text("/sys/class/video4linux/video2/name").unwrap(), "门口\n");
    assert!(
        text("/sys/dev/char/81:2/uevent")
            .unwrap()
            .contains("DEVNAME=video2\n")
    );
    assert_eq!(text("/sys/class/video4linux/video1/name"), None);
    assert_eq!(text("/sys/class/video4linux/video2/dev"), None);
    assert_eq!(text("/sys/devices"), None);
    let serial = "/sys/class/video4linux/video2/device/../serial";
    assert_eq!(text(serial).unwrap(), "A1\n");
    cameras[0].control.unplug(2);
    assert_eq!(text(serial), None);
    cameras[0].control.plug(2, 9);
    assert_eq!(text("/sys/class/video4linux/video9/name").unwrap(), "门口\n");
}
