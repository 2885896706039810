//! DSSE envelopes.

use crate::json::digest::from_base64;
use crate::json::value::Object;

pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

pub struct Envelope<'a> {
    payload_type: &'a str,
    pub payload: Vec<u8>,
    pub signatures: Vec<EnvelopeSignature<'a>>,
}

pub struct EnvelopeSignature<'a> {
    pub key_id: &'a str,
    pub bytes: Vec<u8>,
}

impl<'a> Envelope<'a> {
    /// `None` if its base64 cannot be read.
    pub fn read(envelope: &'a Object) -> Option<Self> {
        let signatures = envelope.objects("signatures").into_iter().map(|signature| {
            let bytes = from_base64(signature.text("sig"))?;
            Some(EnvelopeSignature { key_id: signature.text("keyid"), bytes })
        });
        Some(Self {
            payload_type: envelope.text("payloadType"),
            payload: from_base64(envelope.text("payload"))?,
            signatures: signatures.collect::<Option<_>>()?,
        })
    }

    /// Whether it says exactly this, with 1 to so many signatures.
    pub fn states(&self, statement: &str, most_signatures: usize) -> bool {
        self.payload_type == PAYLOAD_TYPE && self.payload == statement.as_bytes() && (1..=most_signatures).contains(&self.signatures.len())
    }

    /// The pre-authentication encoding: what is signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("DSSEv1 {} {} {} ", self.payload_type.len(), self.payload_type, self.payload.len()).into_bytes();
        bytes.extend_from_slice(&self.payload);
        bytes
    }
}
