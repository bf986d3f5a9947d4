//! The members of an `AuditEvent` that an event is made of, of R4 and R5 in one shape, borrowed from the resource.
//!
//! Where the versions differ in type (a code here, a concept there) the member takes both. Unknown members are passed
//! over; they stay in the raw record.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use crate::json::{Text, objects_only};

pub(super) type Word<'a> = Option<Text<'a>>;

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct AuditEvent<'a> {
    pub(super) resource_type: Word<'a>,
    pub(super) id: Word<'a>,
    pub(super) meta: Option<Meta<'a>>,
    /// R4.
    #[serde(rename = "type")]
    pub(super) kind: Option<Concept<'a>>,
    /// R4.
    pub(super) subtype: Vec<Concept<'a>>,
    /// R5.
    pub(super) category: Vec<Concept<'a>>,
    /// R5.
    pub(super) code: Option<Concept<'a>>,
    pub(super) action: Word<'a>,
    /// R4.
    pub(super) period: Option<Period<'a>>,
    /// R5.
    pub(super) occurred_period: Option<Period<'a>>,
    /// R5.
    pub(super) occurred_date_time: Word<'a>,
    pub(super) recorded: Word<'a>,
    pub(super) outcome: Option<Outcome<'a>>,
    /// R4.
    pub(super) outcome_desc: Word<'a>,
    /// R4.
    pub(super) purpose_of_event: Vec<Concept<'a>>,
    /// R5.
    pub(super) authorization: Vec<Concept<'a>>,
    pub(super) agent: Vec<Agent<'a>>,
    pub(super) source: Option<Source<'a>>,
    pub(super) entity: Vec<Entity<'a>>,
    /// R5.
    pub(super) patient: Option<Reference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Meta<'a> {
    pub(super) version_id: Word<'a>,
    pub(super) profile: Vec<Option<Text<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Period<'a> {
    pub(super) start: Word<'a>,
}

/// A `Coding` or a `CodeableConcept`.
#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Concept<'a> {
    code: Word<'a>,
    display: Word<'a>,
    coding: Vec<Coding<'a>>,
    text: Word<'a>,
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
struct Coding<'a> {
    code: Word<'a>,
    display: Word<'a>,
}

impl Concept<'_> {
    /// Every code it states.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        let inner = self.coding.iter().filter_map(|coding| coding.code.as_ref());
        self.code.iter().chain(inner).map(Text::as_str)
    }

    /// Its first code, else its text.
    pub(super) fn word(&self) -> Option<&str> {
        self.codes().next().or_else(|| self.text())
    }

    /// Its text.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_ref().map(Text::as_str)
    }

    /// What a person would call it: text, else display, else code.
    pub(super) fn label(&self) -> Option<&str> {
        let displays = self.coding.iter().filter_map(|coding| coding.display.as_ref());
        self.text().or_else(|| self.display.iter().chain(displays).map(Text::as_str).next()).or_else(|| self.word())
    }
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Reference<'a> {
    #[serde(rename = "reference")]
    literal: Word<'a>,
    #[serde(rename = "type")]
    pub(super) kind: Word<'a>,
    pub(super) identifier: Option<Identifier<'a>>,
    pub(super) display: Word<'a>,
}

impl Reference<'_> {
    /// What the reference says literally.
    pub(super) fn reference(&self) -> Option<&str> {
        self.literal.as_ref().map(Text::as_str)
    }

    /// The value of its identifier.
    pub(super) fn identifier(&self) -> Option<&str> {
        self.identifier.as_ref()?.value.as_ref().map(Text::as_str)
    }

    /// Its label for people.
    pub(super) fn display(&self) -> Option<&str> {
        self.display.as_ref().map(Text::as_str)
    }
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Identifier<'a> {
    pub(super) value: Word<'a>,
    #[serde(rename = "type")]
    pub(super) kind: Option<Concept<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Agent<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Option<Concept<'a>>,
    pub(super) role: Vec<Concept<'a>>,
    pub(super) who: Option<Reference<'a>>,
    /// R4.
    pub(super) alt_id: Word<'a>,
    /// R4.
    pub(super) name: Word<'a>,
    pub(super) requestor: Option<bool>,
    pub(super) policy: Vec<Option<Text<'a>>>,
    /// R4.
    pub(super) network: Option<Network<'a>>,
    /// R5.
    pub(super) network_reference: Option<Reference<'a>>,
    /// R5.
    pub(super) network_uri: Word<'a>,
    /// R5.
    pub(super) network_string: Word<'a>,
    /// R4.
    pub(super) purpose_of_use: Vec<Concept<'a>>,
    /// R5.
    pub(super) authorization: Vec<Concept<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Network<'a> {
    pub(super) address: Word<'a>,
    #[serde(rename = "type")]
    pub(super) kind: Word<'a>,
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Source<'a> {
    pub(super) site: Option<Site<'a>>,
    pub(super) observer: Option<Reference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Entity<'a> {
    pub(super) what: Option<Reference<'a>>,
    /// R4.
    #[serde(rename = "type")]
    pub(super) kind: Option<Concept<'a>>,
    pub(super) role: Option<Concept<'a>>,
    pub(super) security_label: Vec<Concept<'a>>,
    /// R4.
    pub(super) name: Word<'a>,
    /// R4.
    pub(super) description: Word<'a>,
}

/// A member that is a text in R4 and an object in R5.
macro_rules! text_or_object {
    ($(#[$doc:meta])* $name:ident, $object:ident) => {
        $(#[$doc])*
        pub(super) enum $name<'a> {
            Text(Text<'a>),
            Object(Box<$object<'a>>),
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Either;

                impl<'de> Visitor<'de> for Either {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a text or an object")
                    }

                    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<$name<'de>, E> {
                        Ok($name::Text(Text(text.into())))
                    }

                    fn visit_str<E>(self, text: &str) -> Result<$name<'de>, E> {
                        Ok($name::Text(Text(text.to_owned().into())))
                    }

                    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<$name<'de>, A::Error> {
                        $object::deserialize(MapAccessDeserializer::new(members)).map(Box::new).map($name::Object)
                    }
                }

                deserializer.deserialize_any(Either)
            }
        }
    };
}

text_or_object! {
    /// A code in R4, a code with details in R5.
    Outcome, OutcomeDetails
}
text_or_object! {
    /// A text in R4, a reference in R5.
    Site, Reference
}

#[derive(Default, Deserialize)]
#[serde(remote = "Self", default, bound(deserialize = "'de: 'a"))]
pub(super) struct OutcomeDetails<'a> {
    pub(super) code: Option<Concept<'a>>,
    pub(super) detail: Vec<Concept<'a>>,
}

objects_only!(
    AuditEvent<'a>,
    Meta<'a>,
    Period<'a>,
    Concept<'a>,
    Coding<'a>,
    Reference<'a>,
    Identifier<'a>,
    Agent<'a>,
    Network<'a>,
    Source<'a>,
    Entity<'a>,
    OutcomeDetails<'a>,
);
