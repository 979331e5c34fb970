//! The show without a window; bin anchor-studio.
