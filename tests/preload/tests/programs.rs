//! Programs with the library before them: this test itself (its ignored half), v4l2-ctl, GStreamer's v4l2src.

#![allow(clippy::unwrap_used)] // all of it is tests

#[path = "../src/uapi.rs"]
#[allow(dead_code)] // not all of it is needed here
mod uapi;

#[path = "../src/control.rs"]
#[allow(dead_code)] // likewise
mod control;
#[path = "programs/faults.rs"]
mod faults;
mod inside;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const CAMERAS: &str =
    "name=Desk,size=640x360+320x180,fps=50+25,format=YUYV+NV12;name=门口,size=64x32,fps=200";

/// The library, built into the folder this test was built into: cargo builds a cdylib for no test by itself.
fn library() -> PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    // `cargo xtask test` has built the whole workspace.
    if std::env::var_os("ANCHOR_BUILT").is_some() {
        return folder.join("libpreload_camera.so");
    }
    let profile = match folder.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        name => name,
    };
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--package",
            env!("CARGO_PKG_NAME"),
            "--lib",
            "--profile",
            profile,
        ])
        .env("CARGO_TARGET_DIR", folder.parent().unwrap())
        .status()
        .unwrap();
    assert!(status.success());
    folder.join("libpreload_camera.so")
}

/// A program with cameras, and perhaps their control file; a minute at most.
fn command(cameras: &str, control: Option<&Path>, program: &str, args: &[&str]) -> Command {
    // The library goes before the program itself only: `timeout` hands its environment on unread.
    let mut command = Command::new("timeout");
    command.args(["60", "env"]);
    command.arg(format!("LD_PRELOAD={}", library().display()));
    command.arg(format!("ANCHOR_CAMERAS={cameras}"));
    if let Some(control) = control {
        command.arg(format!("ANCHOR_CAMERAS_CONTROL={}", control.display()));
    }
    command.arg(program).args(args);
    command
}

/// Runs a program with cameras.
fn run(cameras: &str, program: &str, args: &[&str]) -> Output {
    command(cameras, None, program, args).output().unwrap()
}

/// What a program that must succeed says.
fn said(output: &Output) -> String {
    let text = [&output.stdout[..], b"\n", &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{}: {text}", output.status);
    text
}

/// One test of the module `inside`, which is ignored without the library.
fn inside(cameras: &str, control: Option<&Path>, test: &str) -> Command {
    let this = std::env::current_exe().unwrap();
    let test = format!("inside::{test}");
    let args = ["--ignored", "--exact", "--nocapture", &test];
    command(cameras, control, this.to_str().unwrap(), &args)
}

/// Runs one of these; it must pass.
fn passes(mut test: Command) {
    let text = said(&test.output().unwrap());
    assert!(text.contains("1 passed"), "{text}");
}

fn run_inside(cameras: &str, test: &str) {
    passes(inside(cameras, None, test));
}

fn is_installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {program} is not installed");
    }
    found
}

#[test]
fn cameras_are_found_among_the_devices() {
    run_inside(CAMERAS, "devices");
}

#[test]
fn an_empty_list_hides_the_machines_own_cameras() {
    run_inside("", "no_devices");
}

#[test]
fn frames_arrive_by_every_way_to_ioctl() {
    run_inside(CAMERAS, "frames_by_ioctl");
    run_inside(CAMERAS, "frames_by_syscall");
}

#[test]
fn a_second_user_is_told_that_the_camera_is_busy() {
    run_inside(CAMERAS, "busy");
}

#[test]
fn v4l2_ctl_lists_what_a_camera_can_do() {
    if !is_installed("v4l2-ctl") {
        return;
    }
    let text = said(&run(CAMERAS, "v4l2-ctl", &["--list-devices"]));
    assert!(
        text.contains("Desk (platform:preload-0):\n\t/dev/video0") && text.contains("门口"),
        "{text}"
    );
    let text = said(&run(
        CAMERAS,
        "v4l2-ctl",
        &["-d", "/dev/video0", "--list-formats-ext"],
    ));
    for line in [
        "'YUYV'",
        "'NV12'",
        "640x360",
        "320x180",
        "50.000 fps",
        "25.000 fps",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn v4l2_ctl_takes_frames() {
    if !is_installed("v4l2-ctl") {
        return;
    }
    // -w goes through libv4l2, which calls the kernel by number.
    for way in [&[][..], &["-w"]] {
        let args = [
            way,
            &[
                "-d",
                "/dev/video0",
                "--stream-mmap",
                "--stream-count=10",
                "--stream-to=-",
            ],
        ]
        .concat();
        let output = run(CAMERAS, "v4l2-ctl", &args);
        said(&output);
        assert_eq!(output.stdout.len(), 10 * 640 * 360 * 2);
    }
}

#[test]
fn gstreamer_takes_frames() {
    if !is_installed("gst-launch-1.0") {
        return;
    }
    let pipeline = "v4l2src device=/dev/video0 num-buffers=10 ! video/x-raw,format=NV12,width=320,height=180,framerate=25/1 \
                    ! fdsink fd=2";
    let args: Vec<_> = ["-q"].into_iter().chain(pipeline.split_whitespace()).collect();
    let output = run(CAMERAS, "gst-launch-1.0", &args);
    assert!(output.status.success());
    assert_eq!(output.stderr.len(), 10 * 320 * 180 * 3 / 2);
}
