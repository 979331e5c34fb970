//! TUN devices of Linux: IP packets that the kernel routes there are read from a file, what is written comes in.
//!
//! Source: Documentation/networking/tuntap.rst of Linux.

#![allow(
    unsafe_code,
    reason = "the request that names a TUN device is an ioctl of its own"
)]

use std::fs::File;
use std::io;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// `struct ifreq` (netdevice(7)): the name, then a union of 24 bytes of which the flags are the first two.
#[repr(C)]
struct Request {
    name: [u8; libc::IFNAMSIZ],
    flags: libc::c_short,
    rest: [u8; 22],
}

/// Makes the device `name`, at most 15 bytes, in this process' network namespace. It is gone when the file is closed;
/// reading and writing never wait.
pub(crate) fn open(name: &str) -> io::Result<File> {
    let file = File::options().read(true).write(true).open("/dev/net/tun")?;
    let mut request = Request {
        name: [0; libc::IFNAMSIZ],
        flags: (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short,
        rest: [0; 22],
    };
    let bytes = name.as_bytes();
    let place = request
        .name
        .get_mut(..bytes.len())
        .filter(|_| bytes.len() < libc::IFNAMSIZ);
    place.ok_or(io::ErrorKind::InvalidInput)?.copy_from_slice(bytes);
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
    // SAFETY: TUNSETIFF reads and writes a struct ifreq, which `request` is laid out as and as large as; it lives
    // until the call returns, and the descriptor is open.
    let set = unsafe { libc::ioctl(descriptor, libc::TUNSETIFF as _, &raw mut request) };
    if set < 0 {
        return Err(io::Error::last_os_error());
    }
    fcntl_setfl(&file, fcntl_getfl(&file)? | OFlags::NONBLOCK)?;
    Ok(file)
}
