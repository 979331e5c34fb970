//! A manifest read back: its elements, each with its path and attributes.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Publisher;
use crate::Extent;

/// An element of a manifest.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// Names from the root on, with `/` between them.
    pub(super) path: String,
    pub(super) attributes: BTreeMap<String, String>,
}

impl Element {
    pub(super) fn text(&self, name: &str) -> &str {
        self.attributes
            .get(name)
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }

    pub(super) fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap()
    }

    /// An `xs:duration` in seconds.
    pub(super) fn seconds(&self, name: &str) -> f64 {
        let text = self
            .text(name)
            .strip_prefix("PT")
            .and_then(|t| t.strip_suffix('S'));
        text.unwrap().parse().unwrap()
    }
}

/// All elements of a manifest in the order of their beginnings.
#[derive(Clone, Debug)]
pub(super) struct Manifest(Vec<Element>);

impl Manifest {
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader::from_str(text);
        let (mut path, mut elements) = (Vec::new(), Vec::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    path.push(name(&start));
                    elements.push(element(&path, &start));
                }
                Event::Empty(start) => {
                    path.push(name(&start));
                    elements.push(element(&path, &start));
                    path.pop();
                }
                Event::End(_) => {
                    path.pop();
                }
                Event::Eof => return Self(elements),
                _ => {}
            }
        }
    }

    pub(super) fn of(publisher: &Publisher) -> Self {
        Self::read(&publisher.packager.manifest(Extent::Live).unwrap())
    }

    pub(super) fn root(&self) -> &Element {
        &self.0[0]
    }

    /// Elements whose path ends so.
    pub(super) fn all(&self, end: &str) -> Vec<&Element> {
        self.0.iter().filter(|e| e.path.ends_with(end)).collect()
    }

    pub(super) fn has(&self, end: &str) -> bool {
        !self.all(end).is_empty()
    }

    /// The periods, each with what it holds.
    pub(super) fn periods(&self) -> Vec<Self> {
        self.divided("Period")
    }

    /// The adaptation sets, each with what it holds.
    pub(super) fn sets(&self) -> Vec<Self> {
        self.divided("AdaptationSet")
    }

    fn divided(&self, by: &str) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for element in &self.0 {
            let mut path = element.path.split('/');
            if element.path.ends_with(by) {
                all.push(Self(Vec::new()));
            }
            if let Some(newest) = all.last_mut()
                && path.any(|name| name == by)
            {
                newest.0.push(element.clone());
            }
        }
        all
    }
}

fn name(start: &BytesStart<'_>) -> String {
    start.name().as_ref().to_owned()
}

fn element(path: &[String], start: &BytesStart<'_>) -> Element {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let value = attribute.value.into_owned();
        (attribute.key.as_ref().to_owned(), value)
    });
    Element {
        path: path.join("/"),
        attributes: attributes.collect(),
    }
}
