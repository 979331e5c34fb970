//! Reconnect and its pace: state machines without IO or clock.
