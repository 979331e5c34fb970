//! What the tests share.

use std::net::SocketAddr;
use std::time::Duration;

use srt::{Accept, Error, Listener, MAX_PAYLOAD, Options, Socket, Target};

/// How long a test may take at most; a guard, nothing waits for it.
const GUARD: Duration = Duration::from_secs(60);

/// Runs `test` to its end, or fails when it hangs.
pub(crate) async fn guarded<T>(test: impl Future<Output = T>) -> T {
    tokio::time::timeout(GUARD, test).await.expect("the test hangs")
}

/// Any port of this machine.
pub(crate) fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

/// A listener that lets everybody in.
pub(crate) fn open(options: &Options) -> Listener {
    Listener::bind(anywhere(), 64, options, |_| Ok(Accept::AsListener)).expect("a port")
}

/// Calls `listener` and says `stream_id`.
pub(crate) async fn call(listener: &Listener, stream_id: &str, options: &Options) -> Result<Socket, Error> {
    let address = listener.local_addr();
    let target = Target::new(address.ip().to_string(), address.port(), stream_id)?;
    Socket::connect(&target, options).await
}

/// One more connection to `listener`: the caller's end and the listener's.
pub(crate) async fn meet(listener: &Listener, stream_id: &str, options: &Options) -> (Socket, Socket) {
    let both = tokio::try_join!(call(listener, stream_id, options), listener.accept());
    both.expect("a connection")
}

/// A connection's two ends: the caller's and the listener's.
pub(crate) async fn pair(options: &Options) -> (Socket, Socket, Listener) {
    let listener = open(options);
    let (caller, callee) = meet(&listener, "", options).await;
    (caller, callee, listener)
}

/// The next message.
pub(crate) async fn message(socket: &Socket) -> Result<Vec<u8>, Error> {
    let mut buf = [0; MAX_PAYLOAD];
    let n = socket.recv(&mut buf).await?;
    Ok(buf[..n].to_vec())
}

/// Message number `n` of 4 to 1316 bytes: its number, and what follows from it.
pub(crate) fn numbered(n: u32) -> Vec<u8> {
    let mut message = n.to_be_bytes().to_vec();
    message.resize(4 + (n as usize * 7) % 1313, n as u8);
    message
}

/// Nothing is given up, so everything must arrive: there is room for all that a test sends.
pub(crate) fn lossless() -> Options {
    Options {
        drop_late: false,
        receive_buffer: 32 << 20,
        ..Options::default()
    }
}
