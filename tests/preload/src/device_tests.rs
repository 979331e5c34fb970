use super::*;
use crate::spec;

fn camera(text: &str) -> Arc<Camera> {
    Arc::new(Camera::new(0, spec::parse(text).unwrap().remove(0)).unwrap())
}

fn handle(camera: &Arc<Camera>, id: u64, flags: i32) -> Handle {
    Handle::new(camera.clone(), id, clock::timer(flags).unwrap())
}

#[test]
fn a_blocking_reader_gets_frames_in_their_order_with_their_picture() {
    let camera = camera("size=64x32,fps=500");
    let handle = handle(&camera, 1, 0);
    assert_eq!(handle.request_buffers(3), Ok(3));
    (0..3).for_each(|index| handle.queue(index).unwrap());
    let before = clock::now();
    handle.stream_on().unwrap();
    let mut last = before;
    for _ in 0..20 {
        let filled = handle.dequeue().unwrap();
        assert!(filled.time > last && filled.time <= clock::now());
        last = filled.time;
        let (offset, length, held) = handle.query_buffer(filled.buffer).unwrap();
        assert!(!held);
        let mut frame = vec![0; length as usize];
        handle
            .memory(offset, length.into())
            .unwrap()
            .read_exact_at(&mut frame, offset)
            .unwrap();
        assert_eq!(
            frame,
            camera
                .picture
                .frame(Pixels::Yuyv, (64, 32), filled.sequence)
                .unwrap()
        );
        handle.queue(filled.buffer).unwrap();
    }
    handle.stream_off().unwrap();
    assert_eq!(handle.dequeue(), Err(libc::EINVAL));
}

#[test]
fn a_reader_that_must_not_wait_is_told_so() {
    let handle = handle(&camera("size=64x32,fps=1/10000"), 1, libc::O_NONBLOCK);
    assert_eq!(handle.request_buffers(1), Ok(1));
    handle.queue(0).unwrap();
    handle.stream_on().unwrap();
    assert_eq!(handle.dequeue(), Err(libc::EAGAIN));
}

#[test]
fn buffers_belong_to_whoever_asked_first() {
    let camera = camera("size=64x32");
    let (first, second) = (handle(&camera, 1, 0), handle(&camera, 2, 0));
    assert_eq!(second.stream_on(), Err(libc::EINVAL));
    assert_eq!(first.request_buffers(2), Ok(2));
    let mode = first.mode();
    assert_eq!(second.request_buffers(2), Err(libc::EBUSY));
    assert_eq!(second.request_buffers(0), Err(libc::EBUSY));
    assert_eq!(second.stream_on(), Err(libc::EBUSY));
    assert_eq!(second.stream_off(), Err(libc::EBUSY));
    assert_eq!(second.set_mode(mode), Err(libc::EBUSY));
    first.stream_on().unwrap();
    assert_eq!(first.request_buffers(2), Err(libc::EBUSY));
    assert_eq!(first.set_interval(mode.interval), Err(libc::EBUSY));
    drop(first);
    assert_eq!(second.request_buffers(40), Ok(MAX_BUFFERS));
}

#[test]
fn only_what_lies_in_the_buffers_can_be_mapped() {
    let handle = handle(&camera("size=64x32"), 1, 0);
    assert_eq!(handle.memory(0, 1).unwrap_err(), libc::EINVAL);
    handle.request_buffers(2).unwrap();
    let (offset, length, _) = handle.query_buffer(1).unwrap();
    assert_eq!((offset % PAGE, length), (0, 64 * 32 * 2));
    assert!(handle.memory(offset, length.into()).is_ok());
    assert_eq!(handle.memory(offset, PAGE + 1).unwrap_err(), libc::EINVAL);
    assert_eq!(handle.memory(u64::MAX, 2).unwrap_err(), libc::EINVAL);
    assert_eq!(handle.query_buffer(2), Err(libc::EINVAL));
}
