//! Ed25519 public keys that are safe to believe, and when a signature is good by one.

use ed25519_dalek::{Signature, Verifier, VerifyingKey};

use crate::json::digest::digest_of_bytes;

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

#[cfg(test)]
mod tests {
    use super::PublicKey;

    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"; // RFC 8032, section 7.1, TEST 1

    fn bytes(digits: &str) -> Vec<u8> {
        let digit = |index: usize| u8::from_str_radix(&digits[index..index + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(digit).collect()
    }

    #[test]
    fn names_a_key_by_its_subject_public_key_info() {
        assert_eq!(PublicKey::read(&bytes(PUBLIC)).unwrap().id, "sha256:06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9");
    }

    #[test]
    fn believes_no_key_by_which_signatures_can_be_made_without_a_secret() {
        let of_small_order = [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        ];
        let beside_the_subgroup = ["16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5"]; // TEST 1's and the point of order two
        let of_another_encoding = [
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "0100000000000000000000000000000000000000000000000000000000000080", // minus zero
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ];
        let no_point = ["0200000000000000000000000000000000000000000000000000000000000000", "d75a98", ""];
        for digits in of_small_order.into_iter().chain(beside_the_subgroup).chain(of_another_encoding).chain(no_point) {
            assert!(PublicKey::read(&bytes(digits)).is_err(), "{digits}");
        }
    }

    #[test]
    fn finds_a_signature_good_by_the_equation_of_the_specification_alone() {
        let key = PublicKey::read(&bytes(PUBLIC)).unwrap();
        let good = "acfec4ee0ec6a91f07ac3de2d736298e6b3d105f8168cf5e54330f7f85561677aeaf64752703ed4d4b25ad7f866f1508deffe79c91d85cdf964f85a8817b580c";
        // S is as large as the group's order, or larger.
        let of_another_encoding =
            "acfec4ee0ec6a91f07ac3de2d736298e6b3d105f8168cf5e54330f7f855616779b835ad24166ffa521c2a4226569f41cdeffe79c91d85cdf964f85a8817b581c";
        // Good only if both sides are multiplied by the cofactor.
        let by_the_cofactor =
            "feaf9d07b868cc52786305312c376563c622b0386a10d105e3c1501b28d65f7e17449a99b329a4a3460f5f5fbf255964f830f07a5e71b5c3793560a2b34caf01";
        assert!(key.finds_good(b"message", &bytes(good)));
        assert!(!key.finds_good(b"massage", &bytes(good)));
        assert!(!key.finds_good(b"message", &bytes(of_another_encoding)));
        assert!(!key.finds_good(b"message", &bytes(by_the_cofactor)));
        assert!(!key.finds_good(b"message", &bytes(&good[2..])));
        assert!(!key.finds_good(b"message", &[]));
        // R is the identity: nobody signs so, and it is good all the same. In another encoding it is not.
        let of_small_order = "0100000000000000000000000000000000000000000000000000000000000000f83f0e9568ba09c1b14c073128f46bb8d1cdcb8ad64d4c066694b2942d98fc06";
        let written_otherwise =
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f9c69af17ec8e5f9dd1bd520d9cccca7ed581490fcf54bb838d80a6427c22530e";
        assert!(key.finds_good(b"of small order", &bytes(of_small_order)));
        assert!(!key.finds_good(b"of small order", &bytes(written_otherwise)));
    }
}
