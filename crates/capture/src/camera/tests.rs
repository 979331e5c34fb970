use super::*;

/// A camera that is read by a shell that does this; its standard input is the line, both ways.
fn read_by(script: &'static str) -> Camera {
    let launch: Launch = Arc::new(move || {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    });
    open(launch)
}

fn open(launch: Launch) -> Camera {
    let config = CameraConfig {
        id: "Desk".into(),
        size: Size::new(640, 360),
        rate: FrameRate::whole(30),
        format: None,
    };
    Camera::open(&config, ShowClock::start(), launch)
}

fn refused(camera: &mut Camera) -> (&'static str, String) {
    let error = camera.monitor().wait(Duration::from_secs(20)).unwrap_err();
    assert_eq!(camera.monitor().status(), Status::Lost(error.to_string()));
    assert!(camera.frame_at(Timestamp::from_millis(1_000_000)).is_none());
    (error.code(), error.to_string())
}

#[test]
fn a_process_that_ends_or_cannot_be_started_is_a_refused_camera() {
    let (code, sentence) = refused(&mut read_by("exit 3"));
    assert_eq!(code, "capture.camera.refused");
    assert_eq!(
        sentence,
        "the camera “Desk” could not be opened: the process that read it ended"
    );
    let (code, sentence) = refused(&mut open(Arc::new(|| Command::new("/no/such/program"))));
    assert_eq!(code, "capture.camera.refused");
    assert!(
        sentence.contains("its process could not be started"),
        "{sentence}"
    );
}

#[test]
fn a_process_that_speaks_nonsense_is_given_up() {
    for script in [
        "printf '\\001\\000\\000\\000x' >&0; exec sleep 100",
        "printf '\\377\\377\\377\\377' >&0; exec sleep 100",
        "head -c 300000 /dev/zero >&0 2>/dev/null; exec sleep 100",
    ] {
        let (code, _) = refused(&mut read_by(script));
        assert_eq!(code, "capture.camera.refused", "{script}");
    }
}

#[test]
fn pictures_that_nobody_agreed_on_are_no_pictures() {
    // {"Picture":{"number":1,"slot":0,"ready":1}} and {"Picture":{"number":1,"slot":99,"ready":1}}, then its end.
    let camera = read_by(
        "printf '\\053\\000\\000\\000{\"Picture\":{\"number\":1,\"slot\":0,\"ready\":1}}' >&0; \
         printf '\\054\\000\\000\\000{\"Picture\":{\"number\":1,\"slot\":99,\"ready\":1}}' >&0; exit 0",
    );
    let error = camera.monitor().wait(Duration::from_secs(20)).unwrap_err();
    assert_eq!(error.code(), "capture.camera.refused");
    assert!(camera.monitor().counters().dropped >= 2);
    assert_eq!(camera.counters().received, 0);
}

#[test]
fn a_thread_that_cannot_go_on_says_so() {
    let mut camera = open(Arc::new(|| panic!("no process today")));
    let error = camera.monitor().wait(Duration::from_secs(20)).unwrap_err();
    assert_eq!(error.code(), "capture.camera.refused");
    assert_eq!(camera.monitor().status(), Status::Ended);
    assert!(camera.monitor().lost().is_some() && camera.frame_at(Timestamp::ZERO).is_none());
}
