//! Encoders, decoders and files; the only crate that knows GStreamer.
