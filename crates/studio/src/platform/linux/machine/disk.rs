//! The disk on which a folder lies.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Bytes that can still be written, by this user.
pub(super) fn free(folder: &Path) -> Option<u64> {
    let folder = CString::new(folder.as_os_str().as_bytes()).ok()?;
    // SAFETY: an all-zero statvfs is a valid value of that plain C struct.
    let mut disk: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: `folder` is a live string that ends in zero, `disk` a live statvfs that the call fills.
    let failed = unsafe { libc::statvfs(folder.as_ptr(), &raw mut disk) } != 0;
    (!failed).then(|| disk.f_bavail.saturating_mul(disk.f_frsize))
}
