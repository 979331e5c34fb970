//! RTMP client and server: state machines without IO, and a thin tokio shell.
