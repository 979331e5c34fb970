//! How the computer was.

use api::machine::{MachineState, Shed};

use super::graph::{Of, bars};
use super::words::count;
use crate::{About, Opened};

/// The computer as it is and as it was.
pub(super) fn lines(opened: &Opened) -> Vec<String> {
    let mut lines = vec![told(&opened.about)];
    if let Some(state) = &opened.state {
        lines.push(format!("graphics: {}", state.adapter));
        lines.extend(now(&state.machine));
    }
    if let Some(was) = opened.whole.as_ref().and_then(|history| history.machine.as_ref()) {
        let hundredths =
            |figures: &[Option<u8>]| figures.iter().map(|f| f.map(u32::from)).collect::<Vec<_>>();
        let known = |figures: &[u8]| figures.iter().map(|f| Some(u32::from(*f))).collect::<Vec<_>>();
        let late: Vec<_> = was.late.iter().copied().map(Some).collect();
        lines.extend(graph("processor", &hundredths(&was.cpu), 100, "% of the cores"));
        lines.extend(graph(
            "  of it us",
            &hundredths(&was.cpu_own),
            100,
            "% of the cores",
        ));
        lines.extend(graph(
            "drawing",
            &known(&was.draw),
            100,
            "% of the time it may take",
        ));
        lines.extend(graph(
            "encoding",
            &known(&was.encode),
            100,
            "% of the room there is",
        ));
        lines.extend(graph("lost", &late, 30, "pictures of the show"));
        lines.extend(graph(
            "others",
            &was.foreign_kbps,
            1000,
            "kbit/s uploaded by other programs",
        ));
    }
    lines
}

fn told(about: &About) -> String {
    let About {
        system,
        kernel,
        arch,
        processor,
        cores,
        memory_mib,
        ..
    } = about;
    format!(
        "{processor}, {}, {memory_mib} MiB; {system}, {kernel}, {arch}",
        count(*cores, "core")
    )
}

/// Facts that stand on a line.
const ON_A_LINE: usize = 6;

fn now(machine: &MachineState) -> Vec<String> {
    let percent = |share: f32| format!("{:.0} %", share * 100.0);
    let mut told = Vec::new();
    let mut add =
        |name: &str, value: Option<String>| told.extend(value.map(|value| format!("{name} {value}")));
    add("processor", machine.cpu.map(percent));
    add("of it us", machine.cpu_own.map(percent));
    let busiest = machine.busiest.as_ref();
    add(
        "busiest other",
        busiest.map(|other| format!("{} {}", other.name, percent(other.cpu))),
    );
    add("memory free", machine.memory_free.map(percent));
    add(
        "disk free",
        machine
            .disk_free
            .map(|bytes| format!("{:.1} GB", bytes as f64 / 1e9)),
    );
    add("graphics", machine.gpu.map(percent));
    let battery = machine.battery;
    add(
        "battery",
        battery.map(|b| {
            format!(
                "{}{}",
                percent(b.level),
                if b.discharging { " falling" } else { "" }
            )
        }),
    );
    add("heat", machine.celsius.map(|celsius| format!("{celsius:.0} °C")));
    add(
        "others upload",
        machine.foreign_kbps.map(|kbps| format!("{kbps} kbit/s")),
    );
    add("drawing", Some(percent(machine.draw)));
    add("encoding", Some(percent(machine.encode)));
    let on = |is: bool, what: &str| is.then(|| what.to_owned());
    told.extend(on(machine.saving, "saves power"));
    told.extend(on(machine.hot, "slowed by heat"));
    let shed = (machine.shed != Shed::Nothing).then_some(machine.shed);
    told.extend(shed.map(|shed| format!("given up: {}", given_up(shed))));
    let lines = told.chunks(ON_A_LINE).map(|facts| facts.join(", "));
    let heads = ["now: "].into_iter().chain(std::iter::repeat("     "));
    heads
        .zip(lines)
        .map(|(head, line)| format!("{head}{line}"))
        .collect()
}

/// What is given up so that no picture of the show is lost.
pub(super) const fn given_up(shed: Shed) -> &'static str {
    match shed {
        Shed::Nothing => "nothing",
        Shed::PreviewSlow => "most of the window's pictures",
        Shed::PreviewStill => "nearly all of the window's pictures",
        Shed::Filters => "nearly all of the window's pictures and colour corrections",
    }
}

fn graph(name: &str, figures: &[Option<u32>], least_top: u32, unit: &str) -> Option<String> {
    let most = figures.iter().flatten().copied().max()?;
    let graph = bars(figures, most.max(least_top), Of::Most)?;
    Some(format!("{name:12}{graph}  to {most} {unit}"))
}
