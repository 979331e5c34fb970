//! A certificate of a test's own, and the authority that issued it.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// Files of a certificate for `localhost` and 127.0.0.1.
pub struct Certificate {
    /// The authority: whoever trusts it trusts the certificate.
    pub authority: PathBuf,
    chain: PathBuf,
    key: PathBuf,
}

impl Certificate {
    /// Writes one into `dir`, for these names.
    ///
    /// # Panics
    /// When it can't: the test has nothing to go on with.
    #[allow(clippy::unwrap_used)]
    #[must_use]
    pub fn write(dir: &Path, names: &[&str]) -> Self {
        let mut issuing = CertificateParams::new(Vec::new()).unwrap();
        issuing.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(issuing, KeyPair::generate().unwrap()).unwrap();
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let mut issued = CertificateParams::new(names).unwrap();
        // Another name than the authority's, or OpenSSL takes it for one that signed itself.
        issued.distinguished_name.push(DnType::CommonName, "server");
        let issued = issued.signed_by(&key, &issuer).unwrap();
        let write = |name: &str, text: String| {
            let path = dir.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        Self {
            authority: write("authority.pem", issuer.pem()),
            chain: write("chain.pem", issued.pem()),
            key: write("key.pem", key.serialize_pem()),
        }
    }

    /// The part of a configuration that uses it.
    pub fn config(&self) -> String {
        format!(
            "[listen]\nrtmps = \"127.0.0.1:0\"\n[tls]\ncertificate = {:?}\nkey = {:?}\n",
            self.chain, self.key
        )
    }
}
