//! Changes of links, addresses and routes, as the kernel tells them (rtnetlink(7)).

use std::io;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;

/// What is told of: links, and addresses and routes of both families.
const GROUPS: u32 = (libc::RTMGRP_LINK
    | libc::RTMGRP_IPV4_IFADDR
    | libc::RTMGRP_IPV4_ROUTE
    | libc::RTMGRP_IPV6_IFADDR
    | libc::RTMGRP_IPV6_ROUTE) as u32;

pub(in crate::platform) async fn watch_links(changed: &watch::Sender<()>) -> io::Result<()> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    // Without a protocol it is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    // SAFETY: an `OwnedFd` is an open descriptor, and it stays with the `AsyncFd` until both are dropped.
    let socket =
        unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE) }.map_err(io::Error::from)?;
    // What has changed doesn't matter, only that something has.
    let mut message = [0; 8192];
    loop {
        let mut ready = socket.readable().await?;
        let heard = ready.try_io(|socket| Ok(recv(socket, &mut message[..], RecvFlags::empty())?));
        match heard {
            Ok(Ok(_)) => changed.send_replace(()),
            // There was more than it keeps.
            Ok(Err(error)) if error.raw_os_error() == Some(libc::ENOBUFS) => changed.send_replace(()),
            Ok(Err(error)) => return Err(error),
            Err(_nothing_there) => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_kernel_lets_everyone_listen() {
        let (changed, _) = watch::channel(());
        let heard = tokio::time::timeout(std::time::Duration::ZERO, watch_links(&changed)).await;
        assert!(heard.is_err(), "it waits: {heard:?}");
    }
}
