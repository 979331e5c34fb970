//! Times, counts and rates in words.

/// `3 places`, `1 place`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// So many seconds: `45 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn lasting(seconds: f64) -> String {
    // Whatever is damaged is no time.
    let all = seconds.clamp(0.0, 1e9).round() as u64;
    match (all / 3600, all / 60 % 60, all % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, min, s) => format!("{min} min {s} s"),
        (h, min, _) => format!("{h} h {min} min"),
    }
}

/// A time of a show: `0:03:20`.
pub(super) fn time(seconds: f64) -> String {
    let all = seconds.clamp(0.0, 1e9).floor() as u64;
    format!("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60)
}

/// `on` or `off`.
pub(super) const fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(
            [0.4, 59.6, 200.0, 7500.0, f64::NAN, -1.0].map(lasting),
            ["0 s", "1 min 0 s", "3 min 20 s", "2 h 5 min", "0 s", "0 s"]
        );
        assert_eq!([0.9, 3725.0].map(time), ["0:00:00", "1:02:05"]);
        assert_eq!(
            (count(1, "place"), count(0, "place")),
            ("1 place".into(), "0 places".into())
        );
    }
}
