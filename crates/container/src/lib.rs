//! Bytes of FLV and CMAF, both ways, with SEI, AMF0 and codec headers: pure functions on bytes.
