//! Mixer and generators: blocks in, blocks out.
