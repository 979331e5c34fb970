//! Cameras that are stalled, unplugged and taken while another process uses them.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use super::{CAMERAS, command, inside, is_installed, passes, said};
use crate::control::{Control, Record};

const PATIENCE: Duration = Duration::from_secs(20);
/// How often a record of another process is looked at.
const STEP: Duration = Duration::from_millis(1);

struct File {
    folder: tempfile::TempDir,
    control: Control,
}

impl File {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::open(&folder.path().join("control")).unwrap();
        Self { folder, control }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("control")
    }

    fn inside(&self, test: &str) -> Command {
        inside(CAMERAS, Some(&self.path()), &format!("faults::{test}"))
    }

    fn start(&self, test: &str) -> Child {
        let mut test = self.inside(test);
        test.stdout(Stdio::null()).spawn().unwrap()
    }

    fn passes(&self, test: &str) {
        passes(self.inside(test));
    }
}

/// Waits until so many frames have been taken.
fn delivered(record: &Record, count: u64) {
    let start = Instant::now();
    while record.delivered.load(SeqCst) < count {
        assert!(start.elapsed() < PATIENCE, "{record:?}");
        std::thread::sleep(STEP);
    }
}

/// Stalls the second camera (200 frames a second) many times, then unplugs it; the program must notice no more than
/// that.
fn stalls(test: &str) {
    let file = File::new();
    let record = file.control.record(1);
    let mut program = file.start(test);
    let mut count = 0;
    for round in 0..20 {
        delivered(record, count + 3 + round % 3);
        file.control.stall(1);
        // One may have been on its way out.
        let before = record.delivered.load(SeqCst);
        std::thread::sleep(Duration::from_millis(25)); // five frames' time
        count = record.delivered.load(SeqCst);
        assert!(count <= before + 1, "{before} {count}");
        file.control.resume(1);
    }
    delivered(record, count + 3);
    file.control.unplug(1);
    assert!(program.wait().unwrap().success());
    assert_eq!(record.opens.load(SeqCst), 1);
}

#[test]
fn a_stall_is_silence_to_who_polls() {
    stalls("poll_until_unplugged");
}

#[test]
fn a_stall_is_silence_to_who_blocks() {
    stalls("block_until_unplugged");
}

#[test]
fn an_unplugged_camera_is_gone_and_comes_back_under_another_number() {
    File::new().passes("replugged");
}

#[test]
fn a_camera_that_another_process_streams_is_busy_until_that_is_gone() {
    let file = File::new();
    let mut program = file.start("poll_until_unplugged");
    delivered(file.control.record(1), 1);
    file.passes("taken");
    file.control.unplug(1);
    assert!(program.wait().unwrap().success());
    file.control.plug(1, 1);
    file.passes("not_taken");
    file.control.record(1).busy.store(1, SeqCst);
    file.passes("taken");
}

#[test]
fn a_camera_is_given_back_by_a_process_that_is_killed() {
    let file = File::new();
    let mut program = file.start("poll_until_unplugged");
    let record = file.control.record(1);
    delivered(record, 1);
    assert!(file.control.is_anothers(1));
    // `timeout` hands this signal on, but not SIGKILL.
    let id = i32::try_from(program.id()).unwrap();
    // SAFETY: our own child.
    #[allow(unsafe_code)]
    unsafe {
        libc::kill(id, libc::SIGTERM);
    }
    program.wait().unwrap();
    let start = Instant::now();
    while file.control.is_anothers(1) {
        assert!(start.elapsed() < PATIENCE);
        std::thread::sleep(STEP);
    }
    file.passes("not_taken");
}

#[test]
fn controls_set_by_one_program_are_seen_by_the_next() {
    if !is_installed("v4l2-ctl") {
        return;
    }
    let file = File::new();
    let ask = |args: &[&str]| {
        let path = file.path();
        let args = [&["-d", "/dev/video0"], args].concat();
        said(&command(CAMERAS, Some(&path), "v4l2-ctl", &args).output().unwrap())
    };
    let list = ask(&["-L"]);
    for words in [
        "brightness 0x00980900 (int)",
        "contrast",
        "saturation",
        "gain",
        "white_balance_automatic",
        "3: Aperture Priority Mode",
        "exposure_time_absolute",
        "focus_automatic_continuous",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    ask(&["-c", "brightness=20,auto_exposure=1"]);
    let got = ask(&["-C", "brightness,auto_exposure"]);
    assert!(
        got.contains("brightness: 20") && got.contains("auto_exposure: 1"),
        "{got}"
    );
}

#[test]
fn gstreamer_decodes_the_pictures_of_a_camera() {
    if !is_installed("gst-launch-1.0") {
        return;
    }
    let cameras = "name=Jpeg,mode=YUYV:640x360@10,mode=MJPEG:640x360@60000/1001+30000/1001";
    let pipeline = "v4l2src device=/dev/video0 num-buffers=20 \
                    ! image/jpeg,width=640,height=360,framerate=60000/1001 \
                    ! jpegdec ! videoconvert ! video/x-raw,format=GRAY8 ! fdsink fd=2";
    let args: Vec<_> = ["-q"].into_iter().chain(pipeline.split_whitespace()).collect();
    let output = command(cameras, None, "gst-launch-1.0", &args).output().unwrap();
    assert!(output.status.success());
    let numbers: Vec<_> = output.stderr.chunks_exact(640 * 360).map(number).collect();
    assert_eq!(numbers.len(), 20, "{} bytes", output.stderr.len());
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

/// The number in the middle of the fields that spell it.
fn number(picture: &[u8]) -> u32 {
    (0..32).fold(0, |number, bit| {
        number << 1 | u32::from(picture[8 * 640 + bit * 20 + 10] > 128)
    })
}
