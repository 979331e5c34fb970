//! The test harness (virtual time, preload camera, browsers) and whole-system scenarios.
