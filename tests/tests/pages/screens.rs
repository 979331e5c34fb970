//! All that the studio's window can show, and how to get there in a browser.

/// A state of the twin, and what is opened in it.
pub(crate) struct Scenario {
    /// What the address asks of the twin.
    pub(crate) twin: &'static str,
    /// True, in JavaScript, once it shows.
    pub(crate) ready: &'static str,
    pub(crate) views: &'static [View],
}

/// Something to look at.
pub(crate) struct View {
    pub(crate) name: &'static str,
    /// JavaScript that opens it.
    pub(crate) open: &'static str,
    /// True, in JavaScript, once it is open.
    pub(crate) opened: &'static str,
}

const fn plain(name: &'static str) -> View {
    View {
        name,
        open: "",
        opened: "true",
    }
}

const fn dialog(name: &'static str, open: &'static str) -> View {
    View {
        name,
        open,
        opened: "document.querySelector('dialog[open]')",
    }
}

/// The dialog of a place, with a platform chosen.
macro_rules! platform {
    ($name:literal, $id:literal) => {
        View {
            name: $name,
            open: concat!(
                "document.querySelector('#add-places').click();
                 const choose = () => {
                     const kind = document.querySelector('#place-kind');
                     if (!kind) return requestAnimationFrame(choose);
                     kind.value = '",
                $id,
                "';
                     kind.dispatchEvent(new Event('change', { bubbles: true }));
                 };
                 choose();"
            ),
            opened: "document.querySelector('dialog[open] .note')",
        }
    };
}

/// The file for support, out of the page of support; `$then` is JavaScript for once it can be saved.
macro_rules! support_file {
    ($name:literal, $then:literal, $opened:literal) => {
        View {
            name: $name,
            open: concat!(
                "document.querySelector('#support').click();
                 const choose = () => {
                     const file = document.querySelector('dialog[open] [data-file]');
                     if (!file) return requestAnimationFrame(choose);
                     file.click();
                     then();
                 };
                 const then = () => {
                     const next = document.querySelector('[data-next=save][aria-disabled=false]');
                     if (!next) return requestAnimationFrame(then);
                     ",
                $then,
                "
                 };
                 choose();"
            ),
            opened: $opened,
        }
    };
}

/// The check, once `$found` (in JavaScript) is true and its graph shows; and `$more` to look at.
macro_rules! check {
    ($name:literal, $found:literal $(, $more:expr)*) => {
        Scenario {
            twin: $name,
            ready: SHOW,
            views: &[
                View {
                    name: $name,
                    open: CHECK,
                    opened: concat!($found, " && document.querySelector('dialog .plot canvas')"),
                },
                $($more,)*
            ],
        }
    };
}

const SHOW: &str = "__studio.drawn > 1 && document.querySelector('[data-scene], #add-scene')";
/// With the band that says what is the matter, or that it is better again.
const WARNED: &str = "__studio.drawn > 1 && document.querySelector('.band')";
/// With the line that says that the studio had crashed and is back.
const BACK: &str = "__studio.drawn > 1 && document.querySelector('.comeback')";
const SUPPORT: &str = "document.querySelector('#support').click()";
/// The places are the last panel: on a small display they are out of sight.
const PLACES: &str = "document.querySelector('#content-places').scrollIntoView({ block: 'end' })";
const CHECK: &str = "document.querySelector('#check').click()";
const CARD: &str = "document.querySelector('main section h1')";

/// Every screen.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario {
        twin: "opening",
        ready: CARD,
        views: &[plain("opening")],
    },
    Scenario {
        twin: "offer",
        ready: CARD,
        views: &[plain("offer-crashed")],
    },
    Scenario {
        twin: "corrupt",
        ready: CARD,
        views: &[plain("offer-damaged")],
    },
    Scenario {
        twin: "failed",
        ready: CARD,
        views: &[
            plain("failed"),
            View {
                name: "failed-support-file",
                open: "document.querySelector('[data-file]').click()",
                opened: "document.querySelector('[data-next=save][aria-disabled=false]')",
            },
        ],
    },
    Scenario {
        twin: "empty",
        ready: "document.querySelector('#add-scene')",
        views: &[
            plain("empty"),
            dialog("go-live-refused", "document.querySelector('#go-live').click()"),
        ],
    },
    Scenario {
        twin: "show",
        ready: SHOW,
        views: &[
            plain("show"),
            dialog("go-live", "document.querySelector('#go-live').click()"),
            dialog("add-camera", "document.querySelector('#add-cameras').click()"),
            dialog("add-microphone", "document.querySelector('#add-sound').click()"),
            dialog("add-scene", "document.querySelector('#add-scene').click()"),
            View {
                name: "places",
                open: PLACES,
                // Each more or less important than the other.
                opened: "document.querySelectorAll('#content-places [aria-disabled=true]').length === 2",
            },
            dialog("add-place", "document.querySelector('#add-places').click()"),
            View {
                name: "edit-place-wrong",
                open: "document.querySelector('#content-places [data-edit]').click();
                 const fill = () => {
                     const least = document.querySelector('dialog[open] [name=least]');
                     if (!least) return requestAnimationFrame(fill);
                     least.value = '5000';
                     least.dispatchEvent(new Event('input', { bubbles: true }));
                     least.scrollIntoView({ block: 'center' });
                 };
                 fill();",
                opened: "document.querySelector('dialog[open] [name=least][aria-invalid=true]')",
            },
            platform!("add-platform", "twitch"),
            platform!("add-platform-with-own-address", "tiktok"),
            dialog(
                "remove-camera",
                "document.querySelector('#content-cameras .remove').click()",
            ),
            dialog(
                "settings",
                "document.querySelector('header .tools button').click()",
            ),
            dialog(
                "help",
                "document.querySelectorAll('header .tools button')[1].click()",
            ),
            // All of it is on this computer.
            View {
                name: "check-local",
                open: CHECK,
                opened: "document.querySelector('dialog [data-verdict=checkUnmeasured]')",
            },
            View {
                name: "support-before-a-show",
                open: SUPPORT,
                opened: "document.querySelector('dialog[open] .empty')",
            },
        ],
    },
    Scenario {
        twin: "advised",
        ready: SHOW,
        views: &[
            plain("advised"),
            dialog("go-live-advised", "document.querySelector('#go-live').click()"),
        ],
    },
    // It gets no further.
    check!(
        "check-running",
        "document.querySelector('dialog [role=progressbar][aria-valuenow=\"55\"]')"
    ),
    check!(
        "check-well",
        "document.querySelector('dialog [data-verdict=checkWell]')"
    ),
    check!(
        "check-trouble",
        "document.querySelectorAll('dialog [data-finding]').length === 4",
        View {
            name: "go-live-checked",
            open: "document.querySelector('#go-live').click()",
            opened: "document.querySelector('dialog[open] [data-see-check]')",
        },
        // The offer to send the show once, below the graph.
        View {
            name: "check-once",
            open: "document.querySelector('#check').click();
                 const scroll = () => {
                     const offer = document.querySelector('dialog .column:has(.plot canvas) [data-once]');
                     if (!offer) return requestAnimationFrame(scroll);
                     offer.scrollIntoView({ block: 'center' });
                 };
                 scroll();",
            opened:
                "document.querySelector('dialog [data-once]')?.getBoundingClientRect().bottom < innerHeight
                && document.querySelector('dialog .plot canvas')",
        }
    ),
    Scenario {
        twin: "once",
        ready: SHOW,
        views: &[
            View {
                name: "places-once",
                open: PLACES,
                opened: "document.querySelectorAll('#content-places .rank').length === 3",
            },
            dialog("go-live-once", "document.querySelector('#go-live').click()"),
            View {
                name: "edit-place-once",
                open: "document.querySelectorAll('#content-places [data-edit]')[1].click();
                 const scroll = () => {
                     const field = document.querySelector('dialog[open] [name=pass-on]');
                     if (!field) return requestAnimationFrame(scroll);
                     field.scrollIntoView({ block: 'center' });
                 };
                 scroll();",
                opened: "document.querySelector('dialog[open] [name=pass-on]')?.checked",
            },
            View {
                name: "check-passed-on",
                open: CHECK,
                opened: "document.querySelector('dialog [data-verdict=checkWell]')
                    && document.querySelector('dialog .plot canvas')",
            },
        ],
    },
    Scenario {
        twin: "once-live",
        ready: SHOW,
        views: &[
            View {
                name: "live-once-places",
                open: PLACES,
                opened: "document.querySelectorAll('#content-places .rank').length === 3",
            },
            View {
                name: "support-once",
                open: "document.querySelector('#support').click();
                 const scroll = () => {
                     // Both graphs of this computer, and of the two places that are sent to from it.
                     if (document.querySelectorAll('dialog[open] .plot canvas').length < 6) return requestAnimationFrame(scroll);
                     document.querySelector('dialog[open] .passed').scrollIntoView({ block: 'center' });
                 };
                 scroll();",
                opened: "document.querySelector('dialog[open] .passed')?.getBoundingClientRect().bottom < innerHeight",
            },
        ],
    },
    Scenario {
        twin: "live",
        ready: SHOW,
        views: &[
            plain("live"),
            dialog("end-show", "document.querySelector('header .end').click()"),
            dialog(
                "settings-live",
                "document.querySelector('header .tools button').click()",
            ),
        ],
    },
    Scenario {
        twin: "weak",
        ready: WARNED,
        views: &[
            plain("live-weak"),
            View {
                name: "live-weak-places",
                open: PLACES,
                opened: "document.querySelectorAll('#content-places .rank').length === 3",
            },
            View {
                name: "support",
                open: SUPPORT,
                // Both graphs of this computer and of all three places.
                opened: "document.querySelectorAll('dialog[open] .plot canvas').length === 8",
            },
            View {
                name: "support-earlier-show",
                open: "document.querySelector('#support').click();
                 const choose = () => {
                     const which = document.querySelector('#which-show');
                     if (!which) return requestAnimationFrame(choose);
                     which.selectedIndex = 1;
                     which.dispatchEvent(new Event('change', { bubbles: true }));
                 };
                 choose();",
                // Both graphs of the computer and of its two places.
                opened: "document.querySelector('#which-show')?.value
                    && document.querySelectorAll('dialog[open] .plot canvas').length === 6",
            },
            support_file!(
                "support-file",
                "",
                "document.querySelector('[data-next=save][aria-disabled=false]')"
            ),
            support_file!(
                "support-file-figures",
                "document.querySelector('[data-part=history] button').click();",
                "document.querySelector('[data-part=history] pre')"
            ),
            support_file!(
                "support-file-saved",
                "next.click();",
                "document.querySelector('[data-next=done]')"
            ),
        ],
    },
    Scenario {
        twin: "file-unsaved",
        ready: WARNED,
        views: &[support_file!(
            "support-file-failed",
            "next.click();",
            "document.querySelector('dialog footer .callout.bad')"
        )],
    },
    Scenario {
        twin: "file-unmade",
        ready: WARNED,
        views: &[support_file!(
            "support-file-not-made",
            "",
            "document.querySelector('[data-next=make][aria-disabled=false]')"
        )],
    },
    Scenario {
        twin: "strained",
        ready: WARNED,
        views: &[
            plain("strained"),
            View {
                name: "support-strained",
                open: SUPPORT,
                // Both graphs of this computer and of its two places; what is the matter is said once.
                opened: "document.querySelectorAll('dialog[open] .plot canvas').length === 6
                    && document.querySelectorAll('dialog[open] .callout.bad').length === 1",
            },
        ],
    },
    Scenario {
        twin: "battery",
        ready: SHOW,
        views: &[
            plain("battery"),
            View {
                name: "support-battery",
                open: SUPPORT,
                // What is the matter, and what is given up: two of each.
                opened: "document.querySelectorAll('dialog[open] .callout.warn').length === 2
                    && document.querySelectorAll('dialog[open] .callouts .callout').length === 4",
            },
        ],
    },
    Scenario {
        twin: "better",
        ready: WARNED,
        views: &[plain("better")],
    },
    Scenario {
        twin: "away",
        ready: WARNED,
        views: &[plain("away")],
    },
    Scenario {
        twin: "refused",
        ready: WARNED,
        views: &[plain("refused")],
    },
    Scenario {
        twin: "trouble",
        ready: SHOW,
        views: &[
            plain("trouble"),
            // An error that nobody catches.
            View {
                name: "broken",
                open: "setTimeout(() => { throw new Error('on purpose'); })",
                opened: "document.querySelector('.banner')",
            },
        ],
    },
    Scenario {
        twin: "long",
        ready: SHOW,
        views: &[plain("long-names")],
    },
    Scenario {
        twin: "covered",
        ready: SHOW,
        views: &[plain("covered")],
    },
    Scenario {
        twin: "unsaved",
        ready: SHOW,
        views: &[plain("unsaved")],
    },
    Scenario {
        twin: "back",
        ready: BACK,
        views: &[plain("back")],
    },
    Scenario {
        twin: "back-off",
        // It is told that it could not go on the air again only after it was to.
        ready: "__studio.drawn > 1 && document.querySelector('[role=alert] .comeback')",
        views: &[
            plain("back-off"),
            dialog(
                "back-off-go-live",
                "document.querySelector('.comeback [data-go-live]').click()",
            ),
        ],
    },
    Scenario {
        twin: "closing",
        ready: "document.querySelector('dialog[open]')",
        views: &[plain("closing")],
    },
    Scenario {
        twin: "lost",
        ready: "document.querySelector('.banner')",
        views: &[plain("lost")],
    },
];
