//! Connections of HTTP within limits, and HTTP/1.1.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::answers::{Answers, Over, Patience};
use super::tls::H2;
use super::{Certificate, Gate, Pass, Peer, Stall, http2};

/// The largest head of a request, and the most header fields.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
const HEAD_FIELDS: usize = 64;
/// Bytes of an answer held between a stream and its connection.
pub(super) const WRITE_BYTES: usize = 64 * 1024;
/// Unsent bytes the kernel holds for one connection: what a slow reader has not taken stays in the stream's
/// ring, where it can be passed over. (Without it the kernel holds up to 4 MB, a minute of a small stream.)
const UNSENT_BYTES: u32 = 128 * 1024;
/// Pause after the system refused a connection, out of descriptors as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a listener for viewers or for the operator needs.
#[derive(Clone)]
pub struct Http {
    /// The routes.
    pub router: Router,
    /// Who is let in.
    pub gate: Gate,
    /// Time a request's head may take, and an unused connection may stay.
    pub header_timeout: Duration,
    /// Time after which a reader who takes nothing is closed.
    pub stall_timeout: Duration,
    /// Time after which an answer has to be taken in whole.
    pub answer_timeout: Duration,
    /// Cancelled to stop: no more connections, no more requests on those there are.
    pub stop: CancellationToken,
    /// Where connections run.
    pub tasks: TaskTracker,
}

impl Http {
    /// The answers of one more connection, which may be unused for so long; for ever without one.
    pub(super) fn answers(&self, unused: Option<Duration>) -> Answers {
        Answers::new(Patience {
            answer: self.answer_timeout,
            stall: self.stall_timeout,
            unused,
        })
    }
}

/// Serves connections of `listener` until `http.stop`.
pub async fn serve(listener: TcpListener, http: Http) {
    take_in(listener, http, |stream, address, http| {
        converse(stream, address, http)
    })
    .await;
}

/// The same within TLS, by HTTP/2 where the client can; the handshake may take as long as a request's head.
pub async fn serve_secure(listener: TcpListener, http: Http, certificate: Arc<Certificate>) {
    take_in(listener, http, |stream, address, http| {
        let acceptor = TlsAcceptor::from(certificate.web_config());
        async move {
            match timeout(http.header_timeout, acceptor.accept(stream)).await {
                Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(H2) => {
                    http2::converse(stream, address, http).await;
                }
                Ok(Ok(stream)) => converse(stream, address, http).await,
                Ok(Err(error)) => tracing::debug!(%address, %error, "no secure connection was made"),
                Err(_) => tracing::debug!(%address, "a secure connection took too long"),
            }
        }
    })
    .await;
}

/// Takes connections in until `http.stop`, each for as long as `talk` lasts.
async fn take_in<F>(listener: TcpListener, http: Http, talk: impl Fn(TcpStream, SocketAddr, Http) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let accepted = tokio::select! {
            () = http.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                if let Some(pass) = http.gate.enter(address.ip()) {
                    prepare(&stream);
                    let talk = talk(stream, address, http.clone());
                    http.tasks.spawn(keep(pass, talk));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Its place is taken until it is over.
async fn keep(_pass: Pass, talk: impl Future<Output = ()>) {
    talk.await;
}

/// Serves the connection `stream` from `address` until either end closes it, or `http.stop`.
pub async fn converse<S>(stream: S, address: SocketAddr, http: Http)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let io = TokioIo::new(Stall::new(stream, http.stall_timeout));
    // How long it may be unused, hyper looks after: a request's head has to come in time.
    let answers = http.answers(None);
    let asker = Asker::new(http.router, address, &answers);
    let service = service_fn(move |request| asker.clone().answer(request));
    let connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(http.header_timeout)
            .max_headers(HEAD_FIELDS)
            .max_header_size(HEAD_BYTES)
            .max_buf_size(WRITE_BYTES)
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

/// Drives a connection to its end; once the server stops, or it is unused, `finish` lets it take no more requests.
pub(super) async fn until_end<C>(
    mut connection: Pin<&mut C>,
    finish: impl FnOnce(Pin<&mut C>),
    address: SocketAddr,
    answers: &Answers,
    stop: &CancellationToken,
) where
    C: Future<Output = hyper::Result<()>>,
{
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        over = answers.over() => match over {
            Over::Slow => {
                tracing::info!(%address, "a connection is closed: an answer was not taken in time");
                return;
            }
            Over::Unused => {
                finish(connection.as_mut());
                // Requests that crossed the farewell are answered, in no more time than any.
                match timeout(answers.patience(), connection).await {
                    Ok(outcome) => outcome,
                    Err(_) => return,
                }
            }
        },
        () = stop.cancelled() => {
            finish(connection.as_mut());
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%address, %error, "connection ended");
    }
}

/// Asks the routes for one connection.
#[derive(Clone)]
pub(super) struct Asker {
    router: Router,
    peer: Arc<Peer>,
    answers: Answers,
}

impl Asker {
    pub(super) fn new(router: Router, address: SocketAddr, answers: &Answers) -> Self {
        Self {
            router,
            peer: Arc::new(Peer::new(address)),
            answers: answers.clone(),
        }
    }

    /// What the routes say to a request.
    pub(super) async fn answer(
        self,
        mut request: Request<Incoming>,
    ) -> Result<axum::response::Response, Infallible> {
        let asked = self.answers.ask();
        request.extensions_mut().insert(self.peer);
        let response = self.router.oneshot(request.map(Body::new)).await?;
        Ok(asked.answered(response))
    }
}

fn prepare(stream: &TcpStream) {
    // Neither is needed to go on; a system without them is slower, not wrong.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES);
}
