//! Looks for what would keep a server from running, all of it at once.

use std::net::{TcpListener, UdpSocket};
use std::path::Path;

use api::Fault;

use crate::config::{Config, Overrides};
use crate::data;
use crate::ingest::srt::{self, SRT};
use crate::keys::Keys;
use crate::listen::{self, Certificate};
use crate::relay::Relay;
use crate::server::{HTTPS, RTMPS};
use crate::webrtc;

/// What is wrong with the configuration at `path` under `overrides`: nothing, or one fault for each thing.
pub fn check(path: Option<&Path>, overrides: &Overrides) -> Result<Config, Vec<Fault>> {
    let config = Config::load(path, overrides).map_err(|e| vec![Fault::from(&e)])?;
    let at = &config.listen;
    let listeners = [
        (Some(at.http), "the listener for viewers (http)"),
        (Some(at.rtmp), "the listener for publishers (rtmp)"),
        (at.https, HTTPS),
        (at.rtmps, RTMPS),
        (at.rtc, webrtc::PORT),
        (Some(at.admin), "the listener for the operator (admin)"),
    ];
    // Held until all are bound: two on one address are one too many.
    let bound: Vec<_> = listeners
        .into_iter()
        .filter_map(|(address, what)| Some((address?, what)))
        .map(|(address, what)| TcpListener::bind(address).map_err(|e| listen::refused(address, what, &e)))
        .collect();
    let datagrams = [(at.srt, SRT), (at.rtc, webrtc::PORT)];
    let datagrams = datagrams
        .into_iter()
        .filter_map(|(address, what)| Some((address?, what)))
        .map(|(address, what)| UdpSocket::bind(address).map_err(|e| listen::refused(address, what, &e)));
    let faults: Vec<Fault> = data::check_writable(&config.data)
        .and_then(|()| Keys::read(&config.data).map(|_| ()))
        .err()
        .into_iter()
        .chain(config.tls.as_ref().and_then(|tls| Certificate::read(tls).err()))
        .chain(Relay::all(&config).err())
        .chain(bound.into_iter().filter_map(Result::err))
        .chain(datagrams.filter_map(Result::err))
        .chain(srt::options(&config).err())
        .collect();
    if faults.is_empty() {
        Ok(config)
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::Code;

    #[test]
    fn everything_wrong_is_said_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let overrides = Overrides {
            data: Some(file),
            http: Some(taken.local_addr().unwrap()),
            rtmp: Some(([127, 0, 0, 1], 0).into()),
            https: None,
            rtmps: None,
            srt: None,
            rtc: None,
            admin: Some(([203, 0, 113, 1], 0).into()),
        };
        let faults = check(None, &overrides).unwrap_err();
        let codes: Vec<_> = faults.iter().map(|f| f.code).collect();
        assert_eq!(
            codes,
            [Code::DataUnwritable, Code::ListenRefused, Code::ListenRefused]
        );
        assert!(
            faults[1].message.contains("Another program listens"),
            "{}",
            faults[1]
        );
        assert!(
            faults[2].message.contains("not an address of this machine"),
            "{}",
            faults[2]
        );
    }
}
