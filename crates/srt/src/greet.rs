//! Whether somebody who speaks SRT is there, without a word of who asks.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

/// Packets may be lost: so often is asked.
const TRIES: u32 = 4;
/// Bytes of a packet's header, and of a handshake behind it.
const HEADER: usize = 16;
const HANDSHAKE: usize = 48;
/// The socket's number on our side; no connection comes of it.
const SOCKET: u32 = 0x2a17_0001;

/// Asks the listener at `address` for a cookie (the induction phase, draft-sharabayko-srt-01, 4.3.1.1), for `patience` in all:
/// no stream id is sent, and no connection begins.
///
/// # Errors
/// [`io::ErrorKind::ConnectionRefused`] where no program listens, [`io::ErrorKind::TimedOut`] where nothing answers,
/// [`io::ErrorKind::InvalidData`] where something else does.
pub async fn greet(address: SocketAddr, patience: Duration) -> io::Result<()> {
    let any = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(address).await?;
    let mut answer = [0; 2048];
    for _ in 0..TRIES {
        socket.send(&induction()).await?;
        if let Ok(read) = timeout(patience / TRIES, socket.recv(&mut answer)).await {
            return match is_induction(&answer[..read?]) {
                true => Ok(()),
                false => Err(io::ErrorKind::InvalidData.into()),
            };
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

/// A caller's first packet.
fn induction() -> [u8; HEADER + HANDSHAKE] {
    let mut packet = [0; HEADER + HANDSHAKE];
    let mut put = |at: usize, value: u32| packet[at..at + 4].copy_from_slice(&value.to_be_bytes());
    // A control packet of type 0: a handshake.
    put(0, 0x8000_0000);
    // Version 4, no encryption; type of the socket: a datagram's.
    put(HEADER, 4);
    put(HEADER + 4, 2);
    put(HEADER + 8, 1);
    // Largest packet and window.
    put(HEADER + 12, 1500);
    put(HEADER + 16, 8192);
    // Induction.
    put(HEADER + 20, 1);
    put(HEADER + 24, SOCKET);
    packet
}

/// Whether a listener has answered with a handshake of version 5, and its mark (4.3.1.1).
fn is_induction(packet: &[u8]) -> bool {
    let word = |at: usize| {
        packet
            .get(at..at + 4)
            .map(|bytes| [bytes[0], bytes[1], bytes[2], bytes[3]])
    };
    word(0) == Some([0x80, 0, 0, 0])
        && word(HEADER) == Some([0, 0, 0, 5])
        && word(HEADER + 4).is_some_and(|word| word[2..] == [0x4a, 0x17])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn others_are_told_apart() {
        let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = other.local_addr().unwrap();
        let answered = tokio::spawn(async move {
            let mut asked = [0; 100];
            let (n, from) = other.recv_from(&mut asked).await.unwrap();
            other.send_to(&asked[..n], from).await.unwrap();
            other
        });
        let echo = greet(address, Duration::from_secs(10)).await.unwrap_err();
        assert_eq!(echo.kind(), io::ErrorKind::InvalidData, "version 4 is no answer");
        let silent = answered.await.unwrap();
        let waited = greet(address, Duration::from_millis(40)).await.unwrap_err();
        assert_eq!(waited.kind(), io::ErrorKind::TimedOut);
        drop(silent);
        let refused = greet(address, Duration::from_secs(10)).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn short_packets_are_none() {
        let answer = [&[0x80, 0, 0, 0][..], &[0; 12], &[0, 0, 0, 5, 0, 0, 0x4a, 0x17]].concat();
        assert!(is_induction(&answer));
        (0..answer.len()).for_each(|n| assert!(!is_induction(&answer[..n])));
    }
}
