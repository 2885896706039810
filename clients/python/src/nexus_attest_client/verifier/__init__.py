"""Checks audit packages of Nexus Attest offline: `docs/clients/verify.md` in the project's repository.

Nothing here needs a server, gRPC, or anything but the standard library.

    report = verify(pathlib.Path("package.json").read_bytes(), read_trust_policy(pathlib.Path("trust.json").read_bytes()))
    assert report["verdict"] == "AUTHENTIC"
"""

from nexus_attest_client.verifier.audit_package import MAX_BYTES, NOBODY, verify
from nexus_attest_client.verifier.trust_policy import MAX_BYTES as MAX_TRUST_POLICY_BYTES
from nexus_attest_client.verifier.trust_policy import Unusable
from nexus_attest_client.verifier.trust_policy import read as read_trust_policy

__all__ = ["MAX_BYTES", "MAX_TRUST_POLICY_BYTES", "NOBODY", "Unusable", "read_trust_policy", "verify"]
