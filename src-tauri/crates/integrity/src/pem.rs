//! Reads one PEM block (RFC 7468) and nothing else, and says in which line something is wrong.
//!
//! Stricter than most readers on purpose: a file with two blocks, with words around the block or with another kind of
//! block is refused, because whoever pins a key must be sure which one it is.

use base64ct::{Base64, Encoding as _};

/// Most bytes of a PEM file.
pub const PEM_BYTES_MAX: usize = 64 << 10;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Why a text is not the one PEM block that was expected. Lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemFault {
    /// More than [`PEM_BYTES_MAX`] bytes.
    #[error("this file is larger than {PEM_BYTES_MAX} bytes, more than any key or certificate needs")]
    TooLarge,
    /// No block begins.
    #[error("this is not a PEM file: no line begins with -----BEGIN")]
    NoBlock,
    /// A certificate where a public key is expected.
    #[error(
        "line {line} begins a certificate; a public key is expected (`openssl x509 -in FILE -noout -pubkey` prints it)"
    )]
    Certificate {
        /// Where.
        line: u64,
    },
    /// A private key.
    #[error("line {line} begins a private key, which nobody but its owner should have; a public one is expected")]
    PrivateKey {
        /// Where.
        line: u64,
    },
    /// A block of another kind.
    #[error("line {line} begins a block of another kind; -----BEGIN {expected}----- is expected")]
    OtherBlock {
        /// Where.
        line: u64,
        /// The label that was expected.
        expected: &'static str,
    },
    /// A second block.
    #[error("a second block begins in line {line}; one file holds one key or certificate")]
    Several {
        /// Where.
        line: u64,
    },
    /// Text around the block.
    #[error("line {line} does not belong to the block; the file must hold nothing else")]
    Junk {
        /// Where.
        line: u64,
    },
    /// Something that is not base64.
    #[error("line {line} is not base64")]
    Base64 {
        /// Where.
        line: u64,
    },
    /// The block does not end as it began.
    #[error("the block that begins in line {line} does not end with the same words")]
    NoEnd {
        /// Where it begins.
        line: u64,
    },
}

/// The bytes of the only block, which must have the label `expected`.
pub(crate) fn read(text: &str, expected: &'static str) -> Result<Vec<u8>, PemFault> {
    if text.len() > PEM_BYTES_MAX {
        return Err(PemFault::TooLarge);
    }
    let mut lines = (1..).zip(text.lines().map(str::trim_ascii_end)).filter(|(_, line)| !line.is_empty());
    let begin = lines.next().ok_or(PemFault::NoBlock)?.0;
    let label = label_of(text, begin)?;
    check_label(label, expected, begin)?;
    let (mut body, mut last) = (String::with_capacity(text.len()), begin);
    for (line, content) in &mut lines {
        if let Some(end) = content.strip_prefix(END) {
            if end.strip_suffix(DASHES) != Some(label) {
                return Err(PemFault::NoEnd { line: begin });
            }
            return match lines.next() {
                None => Base64::decode_vec(&body).map_err(|_| PemFault::Base64 { line: last }),
                Some((line, more)) if more.starts_with(BEGIN) => Err(PemFault::Several { line }),
                Some((line, _)) => Err(PemFault::Junk { line }),
            };
        }
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        if !content.bytes().all(is_base64) || body.ends_with('=') {
            return Err(PemFault::Base64 { line });
        }
        body.push_str(content);
        last = line;
    }
    Err(PemFault::NoEnd { line: begin })
}

/// The label in the line with the number `begin`.
fn label_of(text: &str, begin: u64) -> Result<&str, PemFault> {
    let at = usize::try_from(begin).unwrap_or(usize::MAX).saturating_sub(1);
    let line = text.lines().nth(at).unwrap_or_default().trim_ascii_end();
    let has_block = || text.lines().any(|line| line.starts_with(BEGIN));
    match line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(DASHES)) {
        Some(label) => Ok(label),
        None if has_block() => Err(PemFault::Junk { line: begin }),
        None => Err(PemFault::NoBlock),
    }
}

fn check_label(label: &str, expected: &'static str, line: u64) -> Result<(), PemFault> {
    match label {
        _ if label == expected => Ok(()),
        _ if label.ends_with("PRIVATE KEY") => Err(PemFault::PrivateKey { line }),
        _ if label.ends_with("CERTIFICATE") => Err(PemFault::Certificate { line }),
        _ => Err(PemFault::OtherBlock { line, expected }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_fault_is_named() {
        let block = "-----BEGIN PUBLIC KEY-----\nAAAA\nAAA=\n-----END PUBLIC KEY-----\n";
        let fault = |text: &str| read(text, "PUBLIC KEY").unwrap_err();
        assert_eq!(read(block, "PUBLIC KEY").unwrap(), [0; 5]);
        assert_eq!(read(&block.replace('\n', "\r\n"), "PUBLIC KEY").unwrap(), [0; 5]);
        assert_eq!(fault(&block.repeat(2)), PemFault::Several { line: 5 });
        assert_eq!(fault(&format!("{block}\nkeep this safe\n")), PemFault::Junk { line: 6 });
        assert_eq!(fault(&format!("Our key:\n{block}")), PemFault::Junk { line: 1 });
        assert_eq!(fault(&block.replacen("AAAA", "AA*A", 1)), PemFault::Base64 { line: 2 });
        assert_eq!(fault(&block.replacen("AAAA", "AAA=", 1)), PemFault::Base64 { line: 3 });
        assert_eq!(fault(&block.replacen("AAA=", "AAB=", 1)), PemFault::Base64 { line: 3 });
        assert_eq!(fault(&block[..37]), PemFault::NoEnd { line: 1 });
        assert_eq!(fault(&block.replace("END PUBLIC", "END PRIVATE")), PemFault::NoEnd { line: 1 });
        assert_eq!(fault(&block.replace("PUBLIC KEY", "CERTIFICATE")), PemFault::Certificate { line: 1 });
        assert_eq!(fault(&block.replace("PUBLIC KEY", "EC PRIVATE KEY")), PemFault::PrivateKey { line: 1 });
        assert_eq!(
            fault(&block.replace("PUBLIC KEY", "RSA PUBLIC KEY")),
            PemFault::OtherBlock { line: 1, expected: "PUBLIC KEY" }
        );
        assert_eq!(fault("ssh-ed25519 AAAA me"), PemFault::NoBlock);
        assert_eq!(fault(""), PemFault::NoBlock);
        assert_eq!(fault(&"A".repeat(PEM_BYTES_MAX + 1)), PemFault::TooLarge);
    }
}
