use super::*;
use crate::spec;

fn camera(text: &str) -> Arc<Camera> {
    let control = Arc::new(Control::private().unwrap());
    Arc::new(Camera::new(0, spec::parse(text).unwrap().remove(0), control).unwrap())
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
        let taken = handle.dequeue().unwrap();
        assert_eq!((taken.bytes, taken.error), (64 * 32 * 2, false));
        let filled = taken.filled;
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
                .frame(Pixels::Yuyv, (64, 32), filled.sequence, 0)
                .unwrap()
        );
        handle.queue(filled.buffer).unwrap();
    }
    assert_eq!(camera.record().delivered.load(SeqCst), 20);
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

fn streaming(camera: &Arc<Camera>, flags: i32) -> Handle {
    let handle = handle(camera, 1, flags);
    handle.request_buffers(3).unwrap();
    (0..3).for_each(|index| handle.queue(index).unwrap());
    handle.stream_on().unwrap();
    handle
}

/// Whether poll would say so at once.
fn is_ready(handle: &Handle) -> bool {
    clock::is_ready(&handle.timer)
}

#[test]
fn a_camera_that_stalls_has_nothing_and_afterwards_nothing_old() {
    let camera = camera("size=64x32,fps=500");
    let handle = streaming(&camera, libc::O_NONBLOCK);
    clock::wait(&handle.timer).unwrap();
    camera.control.stall(0);
    handle.refresh();
    assert!(!is_ready(&handle));
    assert_eq!((handle.dequeue(), handle.poll_events(1)), (Err(libc::EAGAIN), 0));
    handle.queue(1).unwrap_err();
    std::thread::sleep(std::time::Duration::from_millis(20)); // the stall's length
    assert!(!is_ready(&handle));
    let before = clock::now();
    camera.control.resume(0);
    handle.refresh();
    clock::wait(&handle.timer).unwrap();
    let first = std::iter::repeat_with(|| handle.dequeue()).find_map(|taken| {
        let filled = taken.ok()?.filled;
        handle.queue(filled.buffer).unwrap();
        // What had been taken before the stall still comes.
        (filled.time >= before).then_some(filled)
    });
    assert!(first.unwrap().sequence >= 10, "{first:?}");
}

#[test]
fn an_unplugged_camera_is_gone_for_who_has_it_open() {
    let camera = camera("size=64x32,fps=1/10000");
    let (held, blocked) = (handle(&camera, 2, 0), streaming(&camera, 0));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| blocked.dequeue());
        camera.control.unplug(0);
        blocked.refresh();
        assert_eq!(waiting.join().unwrap(), Err(libc::ENODEV));
    });
    assert_eq!(blocked.poll_events(1), libc::POLLERR | libc::POLLHUP);
    assert_eq!(camera.number(), None);
    camera.control.plug(0, 4);
    assert_eq!((camera.number(), held.check()), (Some(4), Err(libc::ENODEV)));
    held.refresh();
    assert!(is_ready(&held));
    drop(blocked);
    let new = streaming(&camera, 0);
    assert_eq!(new.check(), Ok(()));
}

#[test]
fn a_camera_that_another_program_has_cant_be_set() {
    let camera = camera("size=64x32");
    let first = handle(&camera, 1, 0);
    let mode = first.mode();
    camera.record().busy.store(1, SeqCst);
    assert_eq!(first.set_mode(mode), Err(libc::EBUSY));
    assert_eq!(first.set_interval(mode.interval), Err(libc::EBUSY));
    assert_eq!(first.request_buffers(1), Err(libc::EBUSY));
    assert_eq!(first.stream_on(), Err(libc::EBUSY));
    camera.record().busy.store(0, SeqCst);
    assert_eq!((first.set_mode(mode), first.request_buffers(1)), (Ok(()), Ok(1)));
}

#[test]
fn the_second_process_is_told_that_the_camera_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let control = Arc::new(Control::open(&folder.path().join("control")).unwrap());
        let spec = spec::parse("size=64x32").unwrap().remove(0);
        handle(&Arc::new(Camera::new(0, spec, control).unwrap()), 1, 0)
    };
    let (first, second) = (open(), open());
    assert_eq!(first.request_buffers(1), Ok(1));
    assert_eq!(second.request_buffers(1), Err(libc::EBUSY));
    assert_eq!(second.set_mode(second.mode()), Err(libc::EBUSY));
    assert_eq!(second.request_buffers(0), Ok(0));
    assert_eq!(first.request_buffers(2), Ok(2));
    first.request_buffers(0).unwrap();
    assert_eq!(second.request_buffers(1), Ok(1));
    drop(second);
    assert_eq!(first.request_buffers(1), Ok(1));
}

#[test]
fn faults_show_in_what_a_program_takes() {
    let camera = camera("size=64x32,fps=500");
    let handle = streaming(&camera, 0);
    let take = || {
        let taken = handle.dequeue().unwrap();
        handle.queue(taken.filled.buffer).unwrap();
        taken
    };
    camera.record().short.store(1, SeqCst);
    for taken in [take(), take()] {
        let error = taken.filled.sequence.is_multiple_of(2);
        assert_eq!((taken.bytes, taken.error), (64 * 32 - 1, error));
    }
    camera.record().short.store(0, SeqCst);
    camera.record().broken.store(1, SeqCst);
    let taken = take();
    assert!(taken.bytes <= 64 * 32 * 2 / 3 && !taken.error, "{taken:?}");
}
