//! SSHSIG both ways with the real `ssh-keygen`.

#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod tools;

use integrity::sshsig::{BUNDLE_NAMESPACE, SshSignature, SshsigFault};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey};
use tools::Tools;

const MESSAGE: &[u8] = b"d6555f4e  bag-info.txt\n";

/// Signs the message with a key that `ssh-keygen` made.
fn signed_by_ssh_keygen(tools: &Tools, kind: &[&str], namespace: &str) -> Vec<u8> {
    for name in ["k", "k.pub", "m.sig"] {
        drop(std::fs::remove_file(tools.path(name)));
    }
    tools.write("m", MESSAGE);
    tools.succeeds("ssh-keygen", &[&["-q", "-N", "", "-C", "", "-f", "k", "-t"], kind].concat(), b"").unwrap();
    tools.succeeds("ssh-keygen", &["-Y", "sign", "-q", "-f", "k", "-n", namespace, "m"], b"").unwrap();
    tools.read("m.sig")
}

#[test]
fn what_ssh_keygen_signs_we_verify() {
    let Some(tools) = tools::tools(&["ssh-keygen"]) else { return };
    for kind in [&["ed25519"][..], &["rsa", "-b", "2048"], &["rsa", "-b", "3072"]] {
        let file = signed_by_ssh_keygen(&tools, kind, BUNDLE_NAMESPACE);
        let signature = SshSignature::read(&file).unwrap();
        signature.verify(BUNDLE_NAMESPACE, MESSAGE).unwrap();
        assert_eq!(signature.verify(BUNDLE_NAMESPACE, b"other"), Err(SshsigFault::Invalid), "{kind:?}");
        assert_eq!(signature.verify("evidence-pack-1", MESSAGE), Err(SshsigFault::Namespace));
        let shown = tools.succeeds("ssh-keygen", &["-l", "-f", "k.pub"], b"").unwrap();
        assert!(shown.contains(&signature.fingerprint()), "{shown} is not {}", signature.fingerprint());
    }
}

#[test]
fn other_kinds_and_other_purposes_are_told_apart() {
    let Some(tools) = tools::tools(&["ssh-keygen"]) else { return };
    let file = signed_by_ssh_keygen(&tools, &["ed25519"], "file");
    let signature = SshSignature::read(&file).unwrap();
    assert_eq!(signature.verify(BUNDLE_NAMESPACE, MESSAGE), Err(SshsigFault::Namespace));
    let file = signed_by_ssh_keygen(&tools, &["ecdsa"], BUNDLE_NAMESPACE);
    let said = SshSignature::read(&file).map(|signature| signature.verify(BUNDLE_NAMESPACE, MESSAGE));
    assert!(matches!(said, Ok(Err(SshsigFault::Unsupported)) | Err(SshsigFault::Malformed)), "{said:?}");
    assert_eq!(SshSignature::read(b"-----BEGIN SSH SIGNATURE-----\n").unwrap_err(), SshsigFault::Malformed);
    assert_eq!(SshSignature::read(&vec![b'A'; 100_000]).unwrap_err(), SshsigFault::Malformed);
}

#[test]
fn every_bit_of_a_signature_counts() {
    let key = key();
    let file = key.sign(BUNDLE_NAMESPACE, HashAlg::Sha512, MESSAGE).unwrap().to_pem(LineEnding::LF).unwrap();
    let body: Vec<usize> = (0..file.len()).filter(|at| file.as_bytes()[*at].is_ascii_alphanumeric()).collect();
    for at in body.into_iter().skip(30).step_by(7) {
        let mut bytes = file.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let said = SshSignature::read(&bytes).and_then(|signature| {
            // A changed key is another key, which its fingerprint tells.
            let is_ours = signature.fingerprint() == key.fingerprint(HashAlg::Sha256).to_string();
            signature.verify(BUNDLE_NAMESPACE, MESSAGE).map(|_| is_ours)
        });
        let is_unchanged = bytes == file.as_bytes();
        assert!(is_unchanged || said != Ok(true), "byte {at} of {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn what_we_sign_ssh_keygen_verifies() {
    let Some(tools) = tools::tools(&["ssh-keygen"]) else { return };
    let key = key();
    let signature = key.sign(BUNDLE_NAMESPACE, HashAlg::Sha512, MESSAGE).unwrap();
    tools.write("m.sig", signature.to_pem(LineEnding::LF).unwrap());
    tools.write("signers", format!("officer {}\n", key.public_key().to_openssh().unwrap()));
    let verify = ["-Y", "verify", "-f", "signers", "-I", "officer", "-n", BUNDLE_NAMESPACE, "-s", "m.sig"];
    assert!(tools.succeeds("ssh-keygen", &verify, MESSAGE).unwrap().contains("Good"));
    assert!(tools.succeeds("ssh-keygen", &verify, b"other").is_err());
    SshSignature::read(&tools.read("m.sig")).unwrap().verify(BUNDLE_NAMESPACE, MESSAGE).unwrap();
}

fn key() -> PrivateKey {
    let data = KeypairData::from(Ed25519Keypair::from_seed(&[7; 32]));
    PrivateKey::new(data, "").unwrap()
}
