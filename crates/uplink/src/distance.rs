//! How far away a place is, by the host in its address.

use std::net::IpAddr;

/// How far away a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// On this computer.
    Here,
    /// In the network this computer is in.
    Near,
    /// Behind the internet.
    Far,
}

impl Distance {
    /// Of `host`, a name or an address; one of IPv6 with or without brackets. A name without a dot, and one below `local`
    /// (RFC 6762), is known in its own network alone.
    pub fn of(host: &str) -> Self {
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => Self::Here,
            Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => Self::Near,
            Ok(IpAddr::V6(address)) if address.is_unique_local() || address.is_unicast_link_local() => {
                Self::Near
            }
            Ok(_) => Self::Far,
            Err(_) => Self::of_name(&host.to_ascii_lowercase()),
        }
    }

    fn of_name(name: &str) -> Self {
        match name {
            "localhost" => Self::Here,
            _ if !name.contains('.') || name.ends_with(".local") => Self::Near,
            _ => Self::Far,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_say_how_far_it_is() {
        for (host, distance) in [
            ("127.0.0.1", Distance::Here),
            ("[::1]", Distance::Here),
            ("Localhost", Distance::Here),
            ("192.168.1.9", Distance::Near),
            ("169.254.1.1", Distance::Near),
            ("fd00::1", Distance::Near),
            ("NAS.local", Distance::Near),
            ("nas", Distance::Near),
            ("", Distance::Near),
            ("8.8.8.8", Distance::Far),
            ("2001:db8::1", Distance::Far),
            ("live.example.com", Distance::Far),
        ] {
            assert_eq!(Distance::of(host), distance, "{host}");
        }
    }
}
