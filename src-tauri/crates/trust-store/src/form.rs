//! How digests and times are written in a step's JSON. Each has one spelling; any other is refused.

/// A digest as 64 lowercase hexadecimal digits.
pub(crate) mod hex {
    use integrity::Digest;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(crate) fn serialize<S: Serializer>(digest: &Digest, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(digest)
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(from)?;
        Digest::from_hex(&text).ok_or_else(|| D::Error::custom("not a digest in lowercase hex"))
    }
}

/// The same where there may be none.
pub(crate) mod maybe_hex {
    use integrity::Digest;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    #[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
    pub(crate) fn serialize<S: Serializer>(digest: &Option<Digest>, to: S) -> Result<S::Ok, S::Error> {
        match digest {
            Some(digest) => to.collect_str(digest),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Option<Digest>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let read =
            |text: String| Digest::from_hex(&text).ok_or_else(|| D::Error::custom("not a digest in lowercase hex"));
        text.map(read).transpose()
    }
}

/// A point in time as RFC 3339 in UTC.
pub(crate) mod utc {
    use model::Instant;
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(instant: &Instant, to: S) -> Result<S::Ok, S::Error> {
        let text = instant.utc_text().ok_or_else(|| S::Error::custom("no point in time"))?;
        to.serialize_str(&text)
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Instant, D::Error> {
        let text = String::deserialize(from)?;
        let read = Instant::parse(&text).ok().filter(|read| read.utc_text().as_ref() == Some(&text));
        read.ok_or_else(|| D::Error::custom("no point in time as RFC 3339 in UTC"))
    }
}

/// A point in time as a person wrote it, with what it means in UTC.
pub(crate) mod written {
    use model::Instant;
    use serde::de::{Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};
    use serde::{Deserialize, Serialize};

    use crate::text::Text;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        as_written: Text,
        #[serde(with = "super::utc")]
        utc: Instant,
    }

    pub(crate) fn serialize<S: Serializer>(instant: &Instant, to: S) -> Result<S::Ok, S::Error> {
        let as_written = Text::new(instant.text()).map_err(S::Error::custom)?;
        Form { as_written, utc: instant.clone() }.serialize(to)
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Instant, D::Error> {
        let Form { as_written, utc } = Form::deserialize(from)?;
        let nanos = utc.utc_nanos().ok_or_else(|| D::Error::custom("no point in time"))?;
        Ok(Instant::zoned(as_written.as_str(), nanos))
    }
}
