//! libsrt's figures of a connection.

use std::ffi::c_int;

macro_rules! c_struct {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        #[expect(non_snake_case, reason = "C's own names")]
        #[allow(dead_code, reason = "fields that nobody reads still have their place")]
        #[repr(C)]
        pub(crate) struct $name { $(pub(crate) $field: $kind,)* }

        /// Every field with its offset and size.
        #[cfg(test)]
        pub(super) const FIELDS: &[(&str, usize, usize)] = &[$((
            stringify!($field), std::mem::offset_of!($name, $field), size_of::<$kind>(),
        ),)*];
    };
}

c_struct! {
    /// `struct CBytePerfMon`. "Total" is since the connection began, the rest since it was cleared; `pkt` is
    /// packets, `byte` bytes with headers, `mbps` megabits a second, `ms` and `us` times.
    SRT_TRACEBSTATS {
        msTimeStamp: i64,
        pktSentTotal: i64,
        pktRecvTotal: i64,
        pktSndLossTotal: c_int,
        pktRcvLossTotal: c_int,
        pktRetransTotal: c_int,
        pktSentACKTotal: c_int,
        pktRecvACKTotal: c_int,
        pktSentNAKTotal: c_int,
        pktRecvNAKTotal: c_int,
        usSndDurationTotal: i64,
        pktSndDropTotal: c_int,
        pktRcvDropTotal: c_int,
        pktRcvUndecryptTotal: c_int,
        byteSentTotal: u64,
        byteRecvTotal: u64,
        byteRcvLossTotal: u64,
        byteRetransTotal: u64,
        byteSndDropTotal: u64,
        byteRcvDropTotal: u64,
        byteRcvUndecryptTotal: u64,
        pktSent: i64,
        pktRecv: i64,
        pktSndLoss: c_int,
        pktRcvLoss: c_int,
        pktRetrans: c_int,
        pktRcvRetrans: c_int,
        pktSentACK: c_int,
        pktRecvACK: c_int,
        pktSentNAK: c_int,
        pktRecvNAK: c_int,
        mbpsSendRate: f64,
        mbpsRecvRate: f64,
        usSndDuration: i64,
        pktReorderDistance: c_int,
        pktRcvAvgBelatedTime: f64,
        pktRcvBelated: i64,
        pktSndDrop: c_int,
        pktRcvDrop: c_int,
        pktRcvUndecrypt: c_int,
        byteSent: u64,
        byteRecv: u64,
        byteRcvLoss: u64,
        byteRetrans: u64,
        byteSndDrop: u64,
        byteRcvDrop: u64,
        byteRcvUndecrypt: u64,
        usPktSndPeriod: f64,
        pktFlowWindow: c_int,
        pktCongestionWindow: c_int,
        pktFlightSize: c_int,
        msRTT: f64,
        mbpsBandwidth: f64,
        byteAvailSndBuf: c_int,
        byteAvailRcvBuf: c_int,
        mbpsMaxBW: f64,
        byteMSS: c_int,
        pktSndBuf: c_int,
        byteSndBuf: c_int,
        msSndBuf: c_int,
        msSndTsbPdDelay: c_int,
        pktRcvBuf: c_int,
        byteRcvBuf: c_int,
        msRcvBuf: c_int,
        msRcvTsbPdDelay: c_int,
        pktSndFilterExtraTotal: c_int,
        pktRcvFilterExtraTotal: c_int,
        pktRcvFilterSupplyTotal: c_int,
        pktRcvFilterLossTotal: c_int,
        pktSndFilterExtra: c_int,
        pktRcvFilterExtra: c_int,
        pktRcvFilterSupply: c_int,
        pktRcvFilterLoss: c_int,
        pktReorderTolerance: c_int,
        pktSentUniqueTotal: i64,
        pktRecvUniqueTotal: i64,
        byteSentUniqueTotal: u64,
        byteRecvUniqueTotal: u64,
        pktSentUnique: i64,
        pktRecvUnique: i64,
        byteSentUnique: u64,
        byteRecvUnique: u64,
    }
}
