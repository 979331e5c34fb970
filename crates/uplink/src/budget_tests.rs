use super::*;

/// How often each place is asked.
const STEP: Duration = Duration::from_millis(50);
const PLACE: Bounds = Bounds {
    least_kbps: 428,
    most_kbps: 2_628,
};
/// What the route's queue holds at most, in seconds.
const NETWORK: f64 = 0.2;

/// Places behind one route, as fluids: what one sends waits in the route's queue, where there is room, else in its own.
struct Route {
    budget: Budget,
    begin: Instant,
    now: Instant,
    places: Vec<Place>,
    /// Each step: seconds since the begin, and what each place was to be sent.
    seen: Vec<(f64, Vec<Option<u32>>)>,
    lowered: Vec<f64>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    queue: f64,
    network: f64,
    delivered: f64,
    /// What the way behind the route carries; 0 for all.
    behind: f64,
}

impl Route {
    fn new(places: usize) -> Self {
        let begin = Instant::now();
        let mut budget = Budget::new(Mode::Steady);
        (0..places).for_each(|rank| budget.connected(rank, PLACE, PLACE.most_kbps, begin));
        Self {
            budget,
            begin,
            now: begin,
            places: vec![Place::default(); places],
            seen: Vec::new(),
            lowered: Vec::new(),
        }
    }

    fn at(&self) -> f64 {
        (self.now - self.begin).as_secs_f64()
    }

    /// Runs for `seconds`, the route carrying `rate`.
    fn run(&mut self, seconds: f64, rate: f64) {
        let (end, step) = (self.at() + seconds, STEP.as_secs_f64());
        while self.at() < end - 1e-9 {
            self.now += STEP;
            let targets: Vec<_> = (0..self.places.len())
                .map(|rank| self.budget.kbps(rank))
                .collect();
            for (place, target) in self.places.iter_mut().zip(&targets) {
                place.queue += f64::from(target.unwrap_or(128)) * step;
            }
            self.pass(rate, step);
            self.seen.push((self.at(), targets.clone()));
            let network = self.shared();
            for (rank, target) in targets.iter().enumerate() {
                self.ask(rank, f64::from(target.unwrap_or(128)), rate, network);
            }
        }
    }

    fn ask(&mut self, rank: usize, made: f64, rate: f64, shared: f64) {
        let place = self.places[rank];
        let (own, network) = if place.behind > 0.0 {
            (place.behind, place.network / place.behind)
        } else {
            (rate, shared / rate)
        };
        let sample = Sample {
            delivered: (place.delivered * 1e3 / 8.0) as u64,
            queued: Duration::from_secs_f64((place.queue / own).min(10.0)),
            rtt: Duration::from_secs_f64(0.04 + network),
            ..Sample::new(self.now)
        };
        if let Some(Action::Lowered { .. }) = self.budget.see(rank, &sample, made) {
            self.lowered.push(self.at());
        }
    }

    /// What goes through in one step: alike for all who have something; then there is room for what waits.
    fn pass(&mut self, rate: f64, step: f64) {
        let mut left = rate * step;
        for _ in 0..4 {
            let sending = self.places.iter().filter(|p| p.network > 1e-9).count();
            let part = left / sending.max(1) as f64;
            for place in &mut self.places {
                let behind = if place.behind > 0.0 {
                    place.behind * step / 4.0
                } else {
                    part
                };
                let gone = part.min(place.network).min(behind);
                place.network -= gone;
                place.delivered += gone;
                left -= gone;
            }
        }
        let wanting = self.places.iter().filter(|p| p.queue > 0.0).count().max(1);
        let room = (rate * NETWORK - self.shared()).max(0.0) / wanting as f64;
        for place in &mut self.places {
            let own = (place.behind * NETWORK - place.network).max(0.0);
            let taken = place.queue.min(if place.behind > 0.0 { own } else { room });
            place.queue -= taken;
            place.network += taken;
        }
    }

    /// What the route's queue holds.
    fn shared(&self) -> f64 {
        let shared = self.places.iter().filter(|p| p.behind == 0.0);
        shared.map(|p| p.network).sum()
    }

    fn between(&self, from: f64, to: f64) -> impl Iterator<Item = &Vec<Option<u32>>> {
        let within = self.seen.iter().filter(move |seen| (from..to).contains(&seen.0));
        within.map(|seen| &seen.1)
    }

    /// What a place was to be sent from `from` to `to` in the mean.
    fn mean(&self, rank: usize, from: f64, to: f64) -> f64 {
        let all: Vec<_> = self
            .between(from, to)
            .map(|t| f64::from(t[rank].unwrap_or(0)))
            .collect();
        all.iter().sum::<f64>() / all.len() as f64
    }
}

#[test]
fn a_mode_that_changes_counts_for_all_places_at_once() {
    let now = Instant::now();
    let mut budget = Budget::new(Mode::Steady);
    budget.connected(0, PLACE, PLACE.most_kbps, now);
    budget.set_mode(Mode::LowestDelay);
    budget.connected(1, PLACE, PLACE.most_kbps, now);
    // 120 ms wait: that is little for a steady picture, and too much for the lowest delay.
    for rank in [0, 1] {
        let waits = |step: u32| Sample {
            queued: Duration::from_millis(120),
            delivered: u64::from(step) * 6_000,
            ..Sample::new(now + Duration::from_millis(50) * step)
        };
        let lowered = (1..20).any(|step| budget.see(rank, &waits(step), 2_600.0).is_some());
        assert!(lowered, "{rank}");
    }
}

#[test]
fn three_through_one_leave_the_first_nearly_all_it_may() {
    let mut route = Route::new(3);
    route.run(5.0, 10_000.0);
    assert!(route.lowered.is_empty());
    route.run(40.0, 4_000.0);
    let late = route.between(10.0, 45.0).filter(|t| t[0] < Some(2_200)).count();
    assert!(
        route.mean(0, 10.0, 45.0) > 0.9 * 2_628.0,
        "{}",
        route.mean(0, 10.0, 45.0)
    );
    assert_eq!(late, 0);
    let sum: f64 = (0..3).map(|rank| route.mean(rank, 8.0, 45.0)).sum();
    assert!((0.85..1.0).contains(&(sum / 4_000.0)), "{sum}");
    let waited = route.places.iter().map(|p| p.queue / 4_000.0).fold(0.0, f64::max);
    assert!(waited < 0.3, "{waited}");
    route.run(15.0, 10_000.0);
    assert!(
        route.seen.last().unwrap().1.iter().all(|t| *t == Some(2_628)),
        "{:?}",
        route.seen.last()
    );
}

#[test]
fn one_whose_own_way_is_narrow_costs_the_others_nothing() {
    let mut route = Route::new(4);
    route.places[2].behind = 700.0;
    route.run(30.0, 20_000.0);
    assert!(
        route
            .between(0.0, 30.0)
            .all(|t| [0, 1, 3].iter().all(|r| t[*r] == Some(2_628)))
    );
    assert!(route.between(3.0, 30.0).all(|t| t[2] < Some(900)));
}

#[test]
fn the_last_pauses_where_all_would_starve() {
    let mut route = Route::new(3);
    route.run(5.0, 10_000.0);
    route.run(30.0, 2_200.0);
    assert!(
        route.between(12.0, 35.0).all(|t| t[0] >= Some(1_200)),
        "the first goes on"
    );
    let pauses = route.between(12.0, 35.0).filter(|t| t[2].is_none()).count();
    assert!(pauses > 250, "the last one pauses: {pauses}");
    route.run(60.0, 10_000.0);
    assert!(route.seen.last().unwrap().1.iter().all(|t| *t == Some(2_628)));
}

#[test]
fn who_leaves_makes_room() {
    let mut route = Route::new(2);
    route.run(2.0, 10_000.0);
    route.run(10.0, 3_600.0);
    assert!(route.mean(1, 6.0, 12.0) < 1_200.0);
    let now = route.now;
    route.budget.gone(0, now);
    assert_eq!(route.budget.kbps(0), None);
    route.places[0] = Place::default();
    assert_eq!(route.budget.kbps(1), Some(2_628));
    assert!(!route.budget.is_short());
}
