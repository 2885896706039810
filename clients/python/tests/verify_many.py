"""Verifies many packages with the verifier in Python, by the protocol of clients/verifiers.md."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "src"))

from nexus_attest_client.verifier import NOBODY, read_trust_policy, verify  # noqa: E402


def main() -> None:
    policies = {"-": NOBODY}
    for line in sys.stdin:
        file, trust = line.rstrip("\n").split("\t")
        if trust not in policies:
            policies[trust] = read_trust_policy(pathlib.Path(trust).read_bytes())
        report = verify(pathlib.Path(file).read_bytes(), policies[trust])
        answer = {
            "verdict": report["verdict"],
            "checks": {check["name"]: check["status"] for check in report["checks"]},
            "signers": [f"{signer['role']} {signer['name']}" for signer in report["signers"]],
            "keyIds": [signer["keyId"] for signer in report["signers"]],
        }
        print(json.dumps(answer))


main()
