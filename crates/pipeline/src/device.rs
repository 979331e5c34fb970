//! Devices that GStreamer reads, and decoding of what devices send: for a camera's child process.

mod jpeg;
mod video;

use media::Size;
use media::driver::{Backend, BadPicture, Decoder, DeviceRequest, Driver, DriverError};

use crate::Error;

pub use jpeg::{JpegDecoder, inspect};
pub use video::VideoDevice;

/// GStreamer as the one that reads devices and decodes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Devices;

impl Backend for Devices {
    fn open(&self, request: &DeviceRequest) -> Result<Box<dyn Driver>, DriverError> {
        Ok(Box::new(VideoDevice::open(request)?))
    }

    fn inspect(&self, data: &[u8], size: Size) -> Result<usize, BadPicture> {
        inspect(data, size)
    }

    fn decoder(&self, size: Size) -> Result<Box<dyn Decoder>, DriverError> {
        let refused = |e: Error| DriverError::Refused(e.to_string());
        Ok(Box::new(JpegDecoder::new(size).map_err(refused)?))
    }
}
