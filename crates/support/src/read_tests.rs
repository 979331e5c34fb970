use super::*;
use crate::{make, sample};

fn text() -> String {
    make(sample::material(sample::state(), sample::history())).text()
}

#[test]
fn other_files_and_later_formats_are_told_apart() {
    for other in [
        "",
        "hello",
        "anchor-support",
        "anchor-support x\n",
        "{\"anchor-support 1\": 1}",
    ] {
        assert_eq!(read(other).unwrap_err(), Unread::NotOne, "{other}");
    }
    assert_eq!(read("anchor-support 2\nwhatever").unwrap_err(), Unread::Newer(2));
}

#[test]
fn a_damaged_part_is_named_and_the_others_are_read() {
    let damaged = text().replacen("\"on_air\": \"scene 1\"", "\"on_air\": ", 1);
    let opened = read(&damaged).unwrap();
    assert_eq!(opened.unread, ["show"]);
    assert!(opened.state.is_none() && opened.whole.is_some() && opened.notes.len() == 1);
    let cut = &text()[..text().len() / 2];
    let opened = read(cut).unwrap();
    assert_eq!(opened.unread, ["history"], "the file was cut off within it");
    assert!(opened.state.is_some());
}

#[test]
fn what_mail_does_to_a_text_does_no_harm() {
    let mailed = format!("\u{feff}{}", text().replace('\n', " \r\n"));
    let opened = read(&mailed).unwrap();
    assert!(opened.unread.is_empty() && opened.state.is_some() && opened.whole.is_some());
    assert_eq!(opened.notes.len(), 1);
}

#[test]
fn fields_of_a_later_version_are_skipped() {
    let later = text().replacen("\"version\":", "\"more\": {\"x\": [1]},\n  \"version\":", 1);
    assert_eq!(read(&later).unwrap().about, sample::about());
}
