"""The router's signature over a run, as docs/signatures.md has it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from nexus.attest.v1.dsse_pb2 import DsseEnvelope, DsseSignature
from nexus_attest_client.router.private_file import UnusableFile, read_private
from nexus_attest_client.router.text import canonical_json

if TYPE_CHECKING:
    from pathlib import Path

    from nexus.attest.v1.router_pb2 import Run

_PAYLOAD_TYPE = "application/vnd.in-toto+json"


class RunSigner:
    """Signs runs with an Ed25519 key from a file: PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it, for its owner only."""

    def __init__(self, key_file: str | Path) -> None:
        content = read_private(key_file, "the private key")
        try:
            key = load_pem_private_key(content, None)
        except (ValueError, TypeError) as error:
            # What the library says of the content is kept out: the file holds a secret.
            raise UnusableFile(f"the private key {key_file} cannot be used: it is no private key in PEM without a passphrase") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise UnusableFile(f"the private key {key_file} cannot be used: it is not an Ed25519 key; make one by openssl genpkey -algorithm ed25519")
        self._key = key
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = "sha256:" + hashlib.sha256(public).hexdigest()

    def sign(self, run: Run, state: str, request_digest: str) -> DsseEnvelope:
        """The envelope for a run that has ended, with its bundle; the state by its name, such as RUN_STATE_FAILED."""
        predicate = {
            "decisionId": run.decision_id,
            "adapterId": run.adapter_id,
            "runId": run.run_id,
            "routerRequestDigest": request_digest,
            "state": state,
        }
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": run.decision_id, "digest": {"sha256": hashlib.sha256(run.run_bundle).hexdigest()}}],
            "predicateType": "nexus-attest:run/v1",
            # ProtoJSON leaves out what is 0.
            "predicate": predicate | ({"stepsExecuted": run.steps_executed} if run.steps_executed else {}),
        }
        payload = canonical_json(statement)
        encoded = b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD_TYPE), _PAYLOAD_TYPE.encode(), len(payload), payload)
        signature = DsseSignature(keyid=self.key_id, sig=self._key.sign(encoded))
        return DsseEnvelope(payload=payload, payload_type=_PAYLOAD_TYPE, signatures=[signature])
