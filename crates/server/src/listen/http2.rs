//! HTTP/2 connections within limits (RFC 9113, 10.5).

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::task::TaskTracker;

use super::http::{Asker, HEAD_BYTES, WRITE_BYTES, until_end};
use super::{Http, Stall};

/// Requests of one connection at a time: a player has two or three renditions, with a playlist and some parts each.
const REQUESTS: u32 = 64;
/// Bytes that a client may send before the server takes them: offers and reports are small.
const WINDOW: u32 = 64 * 1024;
/// How often a connection on which nothing comes is asked whether anybody is there.
const PING: Duration = Duration::from_secs(20);

/// Requests run where the server's connections do.
#[derive(Clone)]
struct Tasks(TaskTracker);

impl<F> Executor<F> for Tasks
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}

/// Serves the connection `stream` from `address` until either end closes it, or `http.stop`.
///
/// Resets in quick succession end it, as do too many header fields or frames that continue them: hyper's own limits
/// (CVE-2023-44487, RUSTSEC-2024-0332).
pub(super) async fn converse<S>(stream: S, address: SocketAddr, http: Http)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let io = TokioIo::new(Stall::new(stream, http.stall_timeout));
    let answers = http.answers(Some(http.header_timeout));
    let asker = Asker::new(http.router, address, &answers);
    let service = service_fn(move |request| asker.clone().answer(request));
    let connection = pin!(
        http2::Builder::new(Tasks(http.tasks))
            .timer(TokioTimer::new())
            .max_concurrent_streams(REQUESTS)
            .max_header_list_size(HEAD_BYTES as u32)
            .max_send_buf_size(WRITE_BYTES)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(4 * WINDOW)
            .keep_alive_interval(PING)
            .keep_alive_timeout(http.stall_timeout)
            .serve_connection(io, service)
    );
    until_end(
        connection,
        |c| c.graceful_shutdown(),
        address,
        &answers,
        &http.stop,
    )
    .await;
}
