use super::*;

const SHOW: &str = "name = \"Evening\"\n[[source]]\nname = \"bars\"\ntype = \"pattern\"\n[[scene]]\nname = \"a\"\n\
                    [[scene.layer]]\nsource = \"bars\"\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with_show(text: &str) -> Self {
        let folder = Self::new();
        std::fs::write(folder.file(), text).unwrap();
        folder
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("show.toml")
    }

    fn start(&self) -> Keeper {
        Keeper::open(self.0.path(), &Options::default()).unwrap()
    }

    fn start_with(&self, options: &Options) -> Keeper {
        Keeper::open(self.0.path(), options).unwrap()
    }

    /// A start whose show is cut short.
    fn crash(&self) {
        self.start().begun(Course::default());
    }
}

fn offered(found: Found) -> (String, Failure) {
    match found {
        Found::Offer { show, reason } => (show, reason),
        found => panic!("opened {found:?}"),
    }
}

fn opened(found: Found) -> String {
    match found {
        Found::Open(Which::Show(show)) => show.name,
        Found::Open(which) => format!("{which:?}"),
        found => panic!("{found:?}"),
    }
}

#[test]
fn the_first_start_takes_what_is_attached() {
    assert_eq!(opened(Folder::new().start().look()), "Attached");
}

#[test]
fn a_show_that_was_ended_is_opened_again_without_a_question() {
    let folder = Folder::with_show(SHOW);
    let mut first = folder.start();
    first.begun(Course::default());
    first.ended();
    drop(first);
    assert_eq!(opened(folder.start().look()), "Evening");
}

#[test]
fn a_show_that_was_cut_short_is_offered_until_the_seller_has_chosen() {
    let folder = Folder::with_show(SHOW);
    folder.crash();
    for _ in 0..2 {
        let (show, reason) = offered(folder.start().look());
        assert_eq!((show.as_str(), reason.code.as_str()), ("Evening", "show.crashed"));
    }
    let mut keeper = folder.start();
    offered(keeper.look());
    assert_eq!(opened(keeper.again()), "Evening");
}

#[test]
fn a_crash_before_anything_was_kept_is_like_a_first_start() {
    let folder = Folder::new();
    folder.crash();
    assert_eq!(opened(folder.start().look()), "Attached");
}

#[test]
fn a_broken_show_is_kept_where_the_sentence_says() {
    let folder = Folder::with_show("name = \"Evening\"\nnonsense = 1\n");
    std::fs::write(folder.0.path().join("show.toml.kept-1"), "an earlier one").unwrap();
    let mut keeper = folder.start();
    let (show, reason) = offered(keeper.look());
    assert_eq!(
        (show.as_str(), reason.code.as_str()),
        ("show.toml", "show.syntax")
    );
    let aside = folder.0.path().join("show.toml.kept-2");
    assert!(
        reason.sentence.contains(aside.to_str().unwrap()),
        "{}",
        reason.sentence
    );
    keeper.set_aside().unwrap();
    assert!(!folder.file().exists());
    assert!(std::fs::read_to_string(aside).unwrap().contains("nonsense"));
    assert_eq!(opened(keeper.look()), "Attached");
}

#[test]
fn a_broken_show_that_was_mended_meanwhile_is_opened() {
    let folder = Folder::with_show("nonsense");
    let mut keeper = folder.start();
    offered(keeper.look());
    offered(keeper.again());
    std::fs::write(folder.file(), SHOW).unwrap();
    assert_eq!(opened(keeper.again()), "Evening");
}

#[test]
fn one_studio_at_a_time_runs_from_a_folder() {
    let folder = Folder::new();
    let first = folder.start();
    let refused = Keeper::open(folder.0.path(), &Options::default()).unwrap_err();
    assert_eq!(refused.code, "keep.taken");
    drop(first);
    folder.start();
}

#[test]
fn a_fresh_start_keeps_the_show_there_was_beside() {
    let folder = Folder::with_show(SHOW);
    let options = Options {
        fresh: true,
        ..Options::default()
    };
    assert_eq!(opened(folder.start_with(&options).look()), "Attached");
    assert_eq!(
        std::fs::read_to_string(folder.0.path().join("show.toml.kept-1")).unwrap(),
        SHOW
    );
}

#[test]
fn the_demo_and_given_shows_leave_the_sellers_own_alone() {
    let folder = Folder::with_show(SHOW);
    let demo = Options {
        demo: true,
        ..Options::default()
    };
    let mut keeper = folder.start_with(&demo);
    assert_eq!(opened(keeper.look()), "Demo");
    assert_ne!(keeper.file(), folder.file());
    let given = folder.0.path().join("sale.toml");
    std::fs::write(&given, SHOW.replace("Evening", "Sale")).unwrap();
    let options = Options {
        show: Some(given.clone()),
        ..Options::default()
    };
    let mut keeper = folder.start_with(&options);
    assert_eq!(opened(keeper.look()), "Sale");
    assert!(keeper.file() != folder.file() && keeper.file() != given);
}

#[test]
fn a_given_show_that_was_cut_short_comes_back_as_it_was_then() {
    let folder = Folder::new();
    let given = folder.0.path().join("sale.toml");
    std::fs::write(&given, SHOW.replace("Evening", "Sale")).unwrap();
    let options = Options {
        show: Some(given),
        ..Options::default()
    };
    let mut first = folder.start_with(&options);
    first.begun(Course::default());
    std::fs::write(first.file(), SHOW.replace("Evening", "Changed")).unwrap();
    drop(first);
    let mut keeper = folder.start_with(&options);
    assert_eq!(offered(keeper.look()).0, "Changed");
    assert_eq!(opened(keeper.again()), "Changed");
}

#[test]
fn where_nothing_can_be_written_the_show_runs_all_the_same() {
    let folder = Folder::new();
    let taken = folder.0.path().join("file");
    std::fs::write(&taken, "").unwrap();
    let mut keeper = Keeper::open(&taken, &Options::default()).unwrap();
    assert_eq!(opened(keeper.look()), "Attached");
    keeper.begun(Course::default());
    keeper.ended();
}

/// What a studio finds that was started again at once, after a show that went like that.
fn back(folder: &Folder, course: Course) -> Found {
    let mut first = folder.start();
    first.begun(Course::default());
    first.goes(course);
    drop(first);
    let options = Options {
        revived: true,
        ..Options::default()
    };
    folder.start_with(&options).look()
}

#[test]
fn a_studio_that_is_started_again_at_once_goes_on_as_it_was_and_live_only_as_the_seller_wants() {
    let live = Course {
        live: true,
        covered: true,
    };
    let off = Course { live: false, ..live };
    for (resume, course) in [("", off), ("resume = true\n", live)] {
        let folder = Folder::with_show(&format!("{resume}{SHOW}"));
        match back(&folder, live) {
            Found::Back(show, found) => assert_eq!((show.name.as_str(), found), ("Evening", course)),
            found => panic!("{found:?}"),
        }
        assert!(matches!(back(&folder, off), Found::Back(_, found) if found == off));
    }
}

#[test]
fn a_studio_that_comes_back_to_no_show_or_to_one_that_was_ended_starts_as_ever() {
    let revived = Options {
        revived: true,
        ..Options::default()
    };
    let folder = Folder::with_show(SHOW);
    assert_eq!(opened(folder.start_with(&revived).look()), "Evening");
    let broken = Folder::with_show("nonsense = 1\n");
    assert_eq!(offered(back(&broken, Course::default())).1.code, "show.syntax");
    let none = Folder::new();
    none.crash();
    assert_eq!(opened(none.start_with(&revived).look()), "Attached");
}

#[test]
fn a_fresh_show_that_has_crashed_is_not_thrown_away_by_the_words_it_was_begun_with() {
    let folder = Folder::with_show(SHOW);
    folder.crash();
    let options = Options {
        fresh: true,
        revived: true,
        ..Options::default()
    };
    assert!(matches!(folder.start_with(&options).look(), Found::Back(show, _) if show.name == "Evening"));
}
