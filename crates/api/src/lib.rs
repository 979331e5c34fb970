//! What crosses a process boundary: events, statistics, reports and error codes.
