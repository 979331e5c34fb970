//! TLS of a client: whom it trusts, and how a connection is made secure.

use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use crate::Error;

/// Bytes that may wait within TLS: about a record, as the system keeps about a frame.
const BUFFER: usize = 16 * 1024;

/// Makes `tcp` secure towards `host`, whose certificate must be one the system trusts.
pub(super) async fn connect(tcp: TcpStream, host: &str) -> Result<client::TlsStream<TcpStream>, Error> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::Url("the host is not a name"))?;
    let connector = TlsConnector::from(trusted()?);
    let mut stream = connector.connect(name, tcp).await?;
    stream.get_mut().1.set_buffer_limit(Some(BUFFER));
    Ok(stream)
}

/// Makes an accepted connection secure.
pub(super) async fn accept(
    tcp: TcpStream,
    config: Arc<rustls::ServerConfig>,
) -> Result<server::TlsStream<TcpStream>, Error> {
    let mut stream = TlsAcceptor::from(config).accept(tcp).await?;
    stream.get_mut().1.set_buffer_limit(Some(BUFFER));
    Ok(stream)
}

/// What the system trusts, read once a process.
fn trusted() -> Result<Arc<ClientConfig>, Error> {
    static TRUSTED: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = TRUSTED.get() {
        return Ok(Arc::clone(config));
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier =
        rustls_platform_verifier::Verifier::new(Arc::clone(&provider)).map_err(|e| Error::from(&e))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::from(&e))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::clone(TRUSTED.get_or_init(|| Arc::new(config))))
}
