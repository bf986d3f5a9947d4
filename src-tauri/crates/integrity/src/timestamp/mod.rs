//! Time stamps (RFC 3161): that a message existed at a time, said by an authority whose certificate was pinned.
//!
//! A token is read without trusting it; what it says counts only once [`Token::verify`] has checked its signature under
//! a certificate that somebody chose out of band. No chain is built and no revocation is asked for: the pinned
//! certificate itself is what is trusted, and `openssl ts -verify` remains the way to check a whole chain.

mod asn1;
mod certificate;
mod time;
mod token;

pub use certificate::{CertificateFault, TsaCertificate};
pub use token::{TOKEN_BYTES_MAX, Token, TokenFault};
