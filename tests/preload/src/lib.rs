//! A library to preload that serves V4L2 cameras to programs that open /dev/video*.
//!
//! `LD_PRELOAD=libpreload_camera.so ANCHOR_CAMERAS='name=Desk,size=1280x720,fps=30' program`: the program finds
//! /dev/video0 in /dev, its name in /sys/class/video4linux, and a camera behind it that paces frames by the clock. What
//! `ANCHOR_CAMERAS` says is in [`spec`]; real cameras are hidden while it is set, and without it everything is passed on.
//!
//! With `ANCHOR_CAMERAS_CONTROL=/path` the cameras of all processes that name the same file can be unplugged, stalled and
//! so on while they are in use: [`control`].
//!
//! What the program holds as the device is a timerfd set to the moment the next frame is ready, so poll, select and
//! epoll are the kernel's own; buffers lie in a memfd, so a mapping is real too and outlives the device as it does with
//! a driver. Layers: [`spec`], [`stream`], [`picture`], [`jpeg`] and [`fault`] decide and are tested in virtual time; [`device`]
//! answers the ioctls; `exports` are the functions of libc that stand before the real ones ([`real`]). The last are left
//! out of this crate's own test binary, which must keep its `open`.

#[cfg(not(target_os = "linux"))]
compile_error!("V4L2 is Linux");

mod clock;
#[allow(dead_code)] // what only the harness uses
mod control;
#[cfg(test)]
mod control_tests;
mod controls;
mod device;
#[cfg(not(test))]
mod exports;
mod fault;
mod ioctl;
mod jpeg;
mod picture;
#[cfg(not(test))]
mod real;
#[cfg_attr(test, allow(dead_code))] // what only the exports use
mod registry;
mod spec;
mod stream;
mod uapi;
mod watch;
