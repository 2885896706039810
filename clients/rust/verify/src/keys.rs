//! Ed25519 public keys that are safe to believe, and when a signature is good by one.

use ed25519_dalek::{Signature, Verifier, VerifyingKey};

use crate::digest::digest_of_bytes;

/// What stands before the key in its SubjectPublicKeyInfo (RFC 8410).
const DER_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

#[derive(Clone, Debug)]
pub struct PublicKey {
    pub id: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// Refuses keys by which signatures can be made without any secret.
    pub fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| "a public key has 32 bytes")?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| "the public key is no point of the curve")?;
        let point = key.to_edwards();
        if point.compress().as_bytes() != bytes {
            return Err("the public key is not the one encoding of its point");
        }
        if point.is_small_order() || !point.is_torsion_free() {
            return Err("the public key is not in the prime-order subgroup");
        }
        let der: Vec<u8> = DER_PREFIX.iter().chain(bytes).copied().collect();
        Ok(Self { id: digest_of_bytes(&der), key })
    }

    /// By the equation without the cofactor, R compared as bytes, S below the group's order. `verify_strict` would refuse more: R of small order.
    pub fn finds_good(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify(message, &signature).is_ok())
    }
}
