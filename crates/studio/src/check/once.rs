//! Where the upload isn't enough for all places: the show sent once, to the companion server, which passes it on.

use api::check::{Once, UploadCheck};

use super::{Checked, Plan, wanted};
use crate::output::companion::{self, is_at};
use crate::output::onward;
use crate::show::{Output, OutputKind};

/// What could be passed on of `plan`; none where the upload carries all, or the companion server passes nothing on.
pub(crate) fn once(plan: &Plan, checked: &Checked, upload: Option<&UploadCheck>) -> Option<Once> {
    let carried = upload?.places? as usize;
    if carried >= plan.direct().count() {
        return None;
    }
    let companion = plan.address()?;
    let is_there = |output: &Output| is_at(output, companion::host(&companion));
    let through = onward::through(&plan.outputs, plan.companion.as_ref())?;
    let already = plan.outputs.iter().filter(|output| output.passed_on).count();
    let more = (checked.passes_on? as usize).saturating_sub(already);
    let can = |output: &&Output| {
        output.kind == OutputKind::Rtmp && !is_there(output) && onward::is_safe(&companion, &output.url)
    };
    // Those the line has no room for come first.
    let mut places: Vec<_> = plan.direct().filter(can).collect();
    places.reverse();
    places.truncate(more);
    places.reverse();
    let stays = |output: &&Output| !places.iter().any(|place| place.name == output.name);
    let kbps = plan.direct().filter(stays).map(wanted).sum();
    let names: Vec<_> = places.iter().map(|output| output.name.clone()).collect();
    (!names.is_empty()).then(|| Once {
        through: through.name.clone(),
        places: names,
        kbps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A show for the companion server and these addresses, each of 1000 kbit/s.
    fn plan(companion: &str, addresses: &[&str]) -> Plan {
        let outputs: String = ["rtmp://shop.example/live"]
            .iter()
            .chain(addresses)
            .enumerate()
            .map(|(n, url)| {
                let kind = if url.starts_with("srt") { "srt" } else { "rtmp" };
                format!(
                    "[[output]]\nname = \"p{n}\"\ntype = \"{kind}\"\nurl = \"{url}\"\nkey = {{ env = \"K\" }}\n\
                     video = {{ bitrate = 900 }}\naudio = {{ bitrate = 100 }}\n"
                )
            })
            .collect();
        let text = format!(
            "name = \"x\"\n[companion]\nurl = \"{companion}\"\n[[source]]\nname = \"bars\"\ntype = \"pattern\"\n\
             [[scene]]\nname = \"a\"\n[[scene.layer]]\nsource = \"bars\"\n{outputs}"
        );
        let show: crate::show::Show = toml::from_str(&text).unwrap();
        Plan {
            outputs: show.outputs,
            companion: show.companion,
        }
    }

    fn offered(plan: &Plan, carried: u32, passes_on: Option<u32>) -> Option<(String, u32)> {
        let checked = Checked {
            places: Vec::new(),
            odd: Vec::new(),
            keyless: Vec::new(),
            upload: None,
            covers: true,
            passes_on,
        };
        let upload = UploadCheck {
            places: Some(carried),
            ..UploadCheck::default()
        };
        let once = once(plan, &checked, Some(&upload))?;
        assert_eq!(once.through, "p0");
        Some((once.places.join(" "), once.kbps))
    }

    const TWO: &[&str] = &["rtmp://a.example/live", "rtmp://b.example/live"];

    #[test]
    fn what_the_line_has_no_room_for_can_be_passed_on() {
        let plan = plan("http://shop.example:8080", TWO);
        assert_eq!(offered(&plan, 1, Some(8)), Some(("p1 p2".into(), 1_000)));
        assert_eq!(offered(&plan, 1, Some(1)), Some(("p2".into(), 2_000)));
        assert_eq!(offered(&plan, 3, Some(8)), None, "there is room for all");
        assert_eq!(offered(&plan, 1, Some(0)), None, "it passes nothing on");
        assert_eq!(offered(&plan, 1, None), None, "it doesn't say");
    }

    #[test]
    fn what_is_passed_on_is_judged_by_what_is_passed_on() {
        let plan = plan("http://shop.example:8080", &["rtmp://a.example/live"]);
        let (outputs, companion) = (plan.outputs, plan.companion);
        let mut show = crate::show::Show {
            outputs,
            companion,
            ..toml::from_str("name = \"x\"\nsource = []\nscene = []\n").unwrap()
        };
        (show.outputs[0].video.bitrate, show.outputs[1].platform) = (9_000, Some("twitch".into()));
        let advised = |show: &crate::show::Show| !crate::presets::advise(&show.outputs[1], show).is_empty();
        assert!(!advised(&show), "900 kbit/s of its own");
        show.outputs[1].passed_on = true;
        assert!(advised(&show), "9000 of the companion server's");
    }

    #[test]
    fn what_is_passed_on_already_counts() {
        let mut plan = plan("http://shop.example:8080", TWO);
        plan.outputs[1].passed_on = true;
        assert_eq!(plan.wanted(), [1_000, 1_000]);
        assert_eq!(offered(&plan, 1, Some(2)), Some(("p2".into(), 1_000)));
        assert_eq!(offered(&plan, 1, Some(1)), None);
    }

    #[test]
    fn only_what_can_go_there_safely_is_offered() {
        let secure = &["rtmps://a.example/live", "srt://b.example:9000"];
        assert_eq!(offered(&plan("http://shop.example", secure), 1, Some(8)), None);
        let through = offered(&plan("https://shop.example", secure), 1, Some(8));
        assert_eq!(through, Some(("p1".into(), 2_000)));
        let elsewhere = plan("http://elsewhere.example", TWO);
        assert_eq!(offered(&elsewhere, 1, Some(8)), None, "the show isn't sent there");
    }
}
