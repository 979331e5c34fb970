//! DTLS (RFC 5764) by dimpl, as str0m's own, but for one thing: a configuration is proven once for a process.
//!
//! Before dimpl takes a set of cryptographic functions it tries all of them: key exchanges, signatures, ciphers. str0m
//! makes a configuration for each connection, and so each request of a viewer that is answered would pay for that.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use dimpl::{Config, Dtls};
use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion};
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, ProtocolVersion};

static PROVEN: Proven = Proven(OnceLock::new());

/// The cryptography of this program's connections.
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider {
        dtls_provider: &PROVEN,
        ..str0m::crypto::from_feature_flags()
    }
}

/// Remembers the configuration for the size of packets that was asked for first; str0m asks for one size alone.
#[derive(Debug)]
struct Proven(OnceLock<(Option<usize>, Arc<Config>)>);

impl Proven {
    fn config(&self, mtu: Option<usize>) -> Result<Arc<Config>, CryptoError> {
        match self.0.get() {
            Some((size, config)) if *size == mtu => Ok(config.clone()),
            _ => {
                let config = Arc::new(configure(mtu)?);
                // Where another was faster, this one serves its connection alone.
                let _ = self.0.set((mtu, config.clone()));
                Ok(config)
            }
        }
    }
}

fn configure(mtu: Option<usize>) -> Result<Config, CryptoError> {
    // ICE has proven that the peer is where it says: a cookie would only cost a round trip.
    let builder = Config::builder().use_server_cookie(false);
    let builder = match mtu {
        Some(mtu) => builder.mtu(mtu),
        None => builder,
    };
    builder.build().map_err(CryptoError::DtlsImpl)
}

impl DtlsProvider for Proven {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        str0m::crypto::from_feature_flags()
            .dtls_provider
            .generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let config = self.config(mtu)?;
        let certificate = certificate.clone();
        let dtls = match version {
            DtlsVersion::Dtls12 => Dtls::new_12(config, certificate, now),
            DtlsVersion::Dtls13 => Dtls::new_13(config, certificate, now),
            DtlsVersion::Auto => Dtls::new_auto(config, certificate, now),
            other => return Err(CryptoError::Other(format!("{other} isn't known here."))),
        };
        Ok(Box::new(Instance(dtls)))
    }
}

struct Instance(Dtls);

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").finish_non_exhaustive()
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        self.0.poll_output(buf)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.0.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}
