//! The server's certificate.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use api::{Code, Fault};
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::config::Tls;

/// The certificate new connections are made secure with, as its files last had it.
#[derive(Debug)]
pub struct Certificate {
    files: Tls,
    current: ArcSwap<Current>,
}

struct Current {
    changed: [Option<SystemTime>; 2],
    config: Arc<ServerConfig>,
    /// The same for HTTP, with the versions that are spoken.
    web: Arc<ServerConfig>,
}

/// HTTP/2 as ALPN names it (RFC 9113, 3.2).
pub(super) const H2: &[u8] = b"h2";
const HTTP_1_1: &[u8] = b"http/1.1";

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Code::TlsUnreadable`] saying which file is wrong, and how.
    pub fn read(files: &Tls) -> Result<Self, Fault> {
        Ok(Self {
            files: files.clone(),
            current: ArcSwap::from_pointee(Current::read(files)?),
        })
    }

    /// What new connections are made secure with.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.load().config)
    }

    /// The same for viewers, who may speak HTTP/2.
    pub fn web_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.load().web)
    }

    /// Reads the files again if they have changed: certificates live for weeks, servers for longer. The one before
    /// stays when they can't be read.
    pub fn refresh(&self) {
        if self.current.load().changed == changed(&self.files) {
            return;
        }
        match Current::read(&self.files) {
            Ok(current) => {
                tracing::info!(file = %self.files.certificate.display(), "a new certificate is in use");
                self.current.store(Arc::new(current));
            }
            Err(fault) => tracing::warn!(%fault, "the certificate before stays in use"),
        }
    }
}

impl Current {
    fn read(files: &Tls) -> Result<Self, Fault> {
        let changed = changed(files);
        let chain = CertificateDer::pem_file_iter(&files.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| unreadable(&files.certificate, &e))?;
        let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| unreadable(&files.key, &e))?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certified =
            CertifiedKey::from_der(chain, key, &provider).map_err(|e| unreadable(&files.key, &e))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| unreadable(&files.key, &e))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(certified)));
        let mut web = config.clone();
        web.alpn_protocols = vec![H2.to_vec(), HTTP_1_1.to_vec()];
        Ok(Self {
            changed,
            config: Arc::new(config),
            web: Arc::new(web),
        })
    }
}

/// When the files were last written.
fn changed(files: &Tls) -> [Option<SystemTime>; 2] {
    let written = |path: &PathBuf| path.metadata().and_then(|m| m.modified()).ok();
    [&files.certificate, &files.key].map(written)
}

fn unreadable(path: &Path, why: &dyn fmt::Display) -> Fault {
    let message = format!(
        "The file {} can't be used for secure connections: {why}. A certificate with its chain and its private key are needed, both as PEM.",
        path.display()
    );
    Fault::new(Code::TlsUnreadable, message)
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Current({:?})", self.changed)
    }
}
