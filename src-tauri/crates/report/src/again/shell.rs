//! Texts as words of a shell command.

/// A text as one word of bash, whatever is in it but NUL.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':' | b'+');
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_run() {
        assert_eq!(quoted("data/events/segment-000001.ndjson"), "data/events/segment-000001.ndjson");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("$(rm -rf ~) `id`; x"), "'$(rm -rf ~) `id`; x'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
