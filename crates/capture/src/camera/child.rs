//! The child process of a camera: waits for it, opens it, and hands its pictures over.
//!
//! A device that stalls holds whoever reads it for ever; a driver or decoder that goes wild takes its process
//! with it. Both happen here, where the parent can end it.

mod decode;
mod deliver;
mod find;
mod nokhwa;

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use media::driver::{Backend, DeviceFormat, DeviceRequest, Driver, DriverError};
use media::{ColorInfo, FrameRate, Size};

use super::CameraInfo;
use super::memory::Slots;
use super::mode::{Choice, Mode, choose, plausible, possible};
use super::platform::{self, Prepared};
use super::wire::{self, Failure, Inbox, Order, Request, Said};
use decode::Desk;

/// The whole life of a camera's child process.
pub(in crate::camera) fn serve(backend: &dyn Backend) -> ExitCode {
    match Child::begin() {
        Ok((child, request)) => {
            child.run(&request, backend);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: this command is the studio's own, for its cameras: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The way to the parent.
struct Line(Mutex<UnixStream>);

impl Line {
    /// Tells the parent; when it is gone this process ends too.
    fn say(&self, said: &Said) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if wire::write(&mut *stream, said).is_err() {
            std::process::exit(0);
        }
    }
}

struct Child {
    line: Arc<Line>,
    slots: Arc<Slots>,
    desk: Arc<Desk>,
}

impl Child {
    /// Takes over what the parent gave: the socket as standard input, the memory as standard output.
    fn begin() -> io::Result<(Self, Request)> {
        let slots = Slots::open(io::stdout())?;
        // Whatever a library prints goes where words belong, not over the pictures.
        rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
        let stdin: BorrowedFd<'_> = rustix::stdio::stdin();
        let mut stream = UnixStream::from(stdin.as_fd().try_clone_to_owned()?);
        let mut inbox = Inbox::default();
        let request = match next(&mut stream, &mut inbox)? {
            Order::Open(request) => request,
            Order::Visible(_) => return Err(io::ErrorKind::InvalidData.into()),
        };
        let desk = Arc::new(Desk::new(request.visible));
        let (orders, obeyed) = (stream.try_clone()?, desk.clone());
        std::thread::Builder::new()
            .name("orders".into())
            .spawn(move || obey(orders, inbox, &obeyed))?;
        let child = Self {
            line: Arc::new(Line(Mutex::new(stream))),
            slots: Arc::new(slots),
            desk,
        };
        Ok((child, request))
    }

    fn run(&self, request: &Request, backend: &dyn Backend) {
        let failure = match self.camera(request, backend) {
            Ok(never) => match never {},
            Err(failure) => failure,
        };
        self.line.say(&Said::Failed(failure));
    }

    /// Finds the camera, opens it and delivers to its end.
    fn camera(&self, request: &Request, backend: &dyn Backend) -> Result<std::convert::Infallible, Failure> {
        let info = find::wait(request, &self.line);
        let choice = chosen(request, &info)?;
        self.line.say(&Said::Found {
            info: (&info).into(),
            choice: (&choice).into(),
        });
        let asked = DeviceRequest {
            path: info.path,
            format: choice.mode.format,
            size: choice.mode.size,
            rate: choice.rate,
        };
        let prepared = platform::prepare(&asked)?;
        let (name, driver) = opened(&asked, prepared, backend)?;
        // Closing a device may fail in ways that end the process; the system does it at our end.
        let mut driver = std::mem::ManuallyDrop::new(driver);
        let color = match asked.format {
            DeviceFormat::Mjpeg => ColorInfo::JPEG,
            _ => prepared.map_or(ColorInfo::BT601, |p| p.color),
        };
        self.line.say(&Said::Opened {
            driver: name.into(),
            color: color.into(),
        });
        Err(deliver::all(self, &asked, &mut **driver, backend))
    }
}

/// What the camera is to deliver: the best it offers, or just what is asked for where it doesn't say.
fn chosen(request: &Request, info: &CameraInfo) -> Result<Choice, Failure> {
    let size = Size::new(request.width, request.height);
    let rate = FrameRate::new(request.rate.0, request.rate.1);
    let rate = rate.filter(|r| plausible(*r) && possible(size));
    let rate = rate.ok_or_else(|| Failure::Format("no camera can".into()))?;
    let format = request.format.map(DeviceFormat::from);
    let modes = platform::modes(&info.path);
    if let Some(choice) = choose(&modes, size, rate, format) {
        return Ok(choice);
    }
    if !modes.is_empty() {
        return Err(Failure::Format("it offers no such format".into()));
    }
    Ok(Choice {
        mode: Mode {
            format: format.unwrap_or(DeviceFormat::Yuyv),
            size,
            rates: vec![rate],
        },
        rate,
        why: "as asked for, because it does not say what it offers".into(),
    })
}

/// nokhwa where it can, the backend where it can't or doesn't.
fn opened(
    asked: &DeviceRequest,
    prepared: Option<Prepared>,
    backend: &dyn Backend,
) -> Result<(&'static str, Box<dyn Driver>), DriverError> {
    if let Some(prepared) = prepared.filter(|_| nokhwa::can(asked)) {
        match nokhwa::Nokhwa::open(asked, prepared) {
            Ok(driver) => return Ok(("nokhwa", Box::new(driver))),
            Err(DriverError::Format(reason)) => tracing::info!(reason, "nokhwa can't"),
            Err(error) => return Err(error),
        }
    }
    Ok(("backend", backend.open(asked)?))
}

/// Reads the next order.
fn next(stream: &mut UnixStream, inbox: &mut Inbox) -> io::Result<Order> {
    let mut bytes = [0; 4096];
    loop {
        if let Some(order) = inbox.next()? {
            return Ok(order);
        }
        match stream.read(&mut bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => inbox.add(&bytes[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Does what the parent says, and ends this process with it, whatever the other threads are stuck in.
fn obey(mut stream: UnixStream, mut inbox: Inbox, desk: &Desk) {
    while let Ok(order) = next(&mut stream, &mut inbox) {
        match order {
            Order::Visible(visible) => desk.set_visible(visible),
            Order::Open(_) => break,
        }
    }
    std::process::exit(0);
}
