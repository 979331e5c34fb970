//! The companion server; bin anchor-server.
