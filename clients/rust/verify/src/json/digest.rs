//! Digests, and the two encodings of bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::json::canonical::canonical_object;
use crate::json::value::Object;

const PREFIX: &str = "sha256:";

/// `sha256:` and 64 digits, of bytes.
pub fn digest_of_bytes(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().fold(PREFIX.to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// The digest of an object as it is given: of its canonical form, unknown fields included.
pub fn digest_of(object: &Object) -> String {
    digest_of_bytes(canonical_object(object).as_bytes())
}

/// The 64 digits of what is written as a digest.
pub fn digits_of(digest: &str) -> Option<&str> {
    let digits = digest.strip_prefix(PREFIX)?;
    let well_written = digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    Some(digits).filter(|_| well_written)
}

/// Standard alphabet, padding, unused bits zero, no white space: each sequence of bytes has one encoding.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
