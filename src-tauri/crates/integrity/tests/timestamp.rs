//! Time stamps by a time stamp authority that the real `openssl ts` plays.

mod tools;

use integrity::Digest;
use integrity::timestamp::{CertificateFault, Token, TokenFault, TsaCertificate};
use tools::Tools;

const MESSAGE: &[u8] = b"d6555f4e  bag-info.txt\n";

const CONFIGURATION: &str = "\
[req]
distinguished_name = name
prompt = no
[name]
O = Example Time
CN = Example TSA
[stamps]
extendedKeyUsage = critical,timeStamping
[web]
extendedKeyUsage = critical,timeStamping,serverAuth
[soft]
extendedKeyUsage = timeStamping
[tsa]
default_tsa = ts1
[ts1]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
clock_precision_digits = 3
ess_cert_id_alg = DIGEST
";

/// Plays an authority with a key of this kind; gives the response to a query about the message.
fn stamped(tools: &Tools, key: &str, digest: &str, options: &str) -> Vec<u8> {
    tools.write("c", CONFIGURATION.replace("DIGEST", digest));
    tools.write("serial", "01\n");
    tools.write("m", MESSAGE);
    tools.openssl(&format!("genpkey {key} -out tsa.key"));
    tools.openssl("req -new -x509 -key tsa.key -config c -extensions stamps -days 30 -out tsa.pem");
    tools.openssl(&format!("ts -query -data m -sha256 -cert -config c -out q{options}"));
    tools.openssl("ts -reply -queryfile q -config c -out r");
    tools.read("r")
}

const RSA: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";

#[test]
fn what_an_authority_stamped_is_verified() {
    let Some(tools) = tools::tools(&["openssl"]) else { return };
    let cases = [(RSA, "sha1", ""), (RSA, "sha256", ""), (P256, "sha256", ""), (P256, "sha512", " -no_nonce")];
    for (key, digest, options) in cases {
        let token = Token::read(&stamped(&tools, key, digest, options)).unwrap();
        let certificate = TsaCertificate::from_pem(&tools.text("tsa.pem")).unwrap();
        assert!(token.names(&certificate));
        token.verify(&certificate).unwrap();
        assert_eq!(token.imprint(), Digest::of(MESSAGE).to_hex());
        assert_eq!(token.imprint_of(MESSAGE).unwrap(), token.imprint());
        assert_ne!(token.imprint_of(b"other").unwrap(), token.imprint());
        assert!(token.time().starts_with("20") && token.time().ends_with('Z'), "{}", token.time());
        assert_eq!(certificate.subject(), "CN=Example TSA,O=Example Time");
        // openssl says the same.
        tools.openssl("ts -verify -data m -in r -CAfile tsa.pem");
    }
}

#[test]
fn the_token_alone_is_read_too() {
    let Some(tools) = tools::tools(&["openssl"]) else { return };
    let response = stamped(&tools, RSA, "sha256", "");
    tools.openssl("ts -reply -in r -token_out -out t");
    let (whole, alone) = (Token::read(&response).unwrap(), Token::read(&tools.read("t")).unwrap());
    assert_eq!(whole.time(), alone.time());
    alone.verify(&TsaCertificate::from_pem(&tools.text("tsa.pem")).unwrap()).unwrap();
}

#[test]
fn no_changed_byte_passes() {
    let Some(tools) = tools::tools(&["openssl"]) else { return };
    // Without the certificate inside, every byte matters but for the status around the token.
    let response = stamped(&tools, P256, "sha256", "");
    let certificate = TsaCertificate::from_pem(&tools.text("tsa.pem")).unwrap();
    let good = Token::read(&response).unwrap();
    for at in 0..response.len() {
        let mut bytes = response.clone();
        bytes[at] ^= 1;
        let Ok(token) = Token::read(&bytes) else { continue };
        if token.verify(&certificate).is_ok() {
            assert_eq!((token.time(), token.imprint()), (good.time(), good.imprint()), "byte {at}");
        }
    }
}

#[test]
fn another_signer_and_a_refusal_are_told_apart() {
    let Some(tools) = tools::tools(&["openssl"]) else { return };
    let response = stamped(&tools, RSA, "sha256", "");
    stamped(&tools, RSA, "sha256", "");
    let stranger = TsaCertificate::from_pem(&tools.text("tsa.pem")).unwrap();
    assert_eq!(Token::read(&response).unwrap().verify(&stranger), Err(TokenFault::OtherSigner));
    // Same name and serial number, another key: what the token names is not enough.
    tools.openssl("req -new -x509 -key tsa.key -config c -extensions stamps -days 30 -set_serial 7 -out tsa.pem");
    tools.openssl("ts -reply -queryfile q -config c -out r");
    tools.openssl("genpkey -algorithm ed25519 -out other.key");
    tools.openssl("req -new -x509 -key other.key -config c -extensions stamps -days 30 -set_serial 7 -out other.pem");
    let token = Token::read(&tools.read("r")).unwrap();
    token.verify(&TsaCertificate::from_pem(&tools.text("tsa.pem")).unwrap()).unwrap();
    let double = TsaCertificate::from_pem(&tools.text("other.pem")).unwrap();
    assert!(token.names(&double));
    assert_eq!(token.verify(&double), Err(TokenFault::Invalid));
    tools.openssl("ts -query -data m -sha1 -config c -out q");
    tools.openssl("ts -reply -queryfile q -config c -out r");
    assert_eq!(Token::read(&tools.read("r")).unwrap_err(), TokenFault::Refused);
    assert_eq!(Token::read(MESSAGE).unwrap_err(), TokenFault::Malformed);
    assert_eq!(Token::read(&[]).unwrap_err(), TokenFault::Malformed);
}

#[test]
fn only_certificates_for_time_stamps_alone_can_be_pinned() {
    let Some(tools) = tools::tools(&["openssl"]) else { return };
    stamped(&tools, RSA, "sha256", "");
    for extensions in ["web", "soft"] {
        tools.openssl(&format!("req -new -x509 -key tsa.key -config c -extensions {extensions} -out x.pem"));
        assert_eq!(TsaCertificate::from_pem(&tools.text("x.pem")).unwrap_err(), CertificateFault::Usage);
    }
    tools.openssl("pkey -in tsa.key -pubout -out x.pem");
    let fault = TsaCertificate::from_pem(&tools.text("x.pem")).unwrap_err();
    assert_eq!(fault.to_string(), "line 1 begins a block of another kind; -----BEGIN CERTIFICATE----- is expected");
}
