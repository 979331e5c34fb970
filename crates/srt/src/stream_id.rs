//! stream ids
