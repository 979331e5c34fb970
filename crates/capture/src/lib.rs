//! Devices become sources: cameras (nokhwa) and microphones (cpal).
