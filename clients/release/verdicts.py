"""What the verifier of a release, which is installed here, says of the packages that every verifier of today judges alike: verdicts.py ROOT

It was made before some of the rules by which those were, and may refuse a genuine one for that; NEWER names these. It must never call authentic what today's verifiers do not.
"""

import json
import sys
from pathlib import Path

from nexus_attest_client.verifier import NOBODY, read_trust_policy, verify

NEWER = {
    "good/glass-broken.json": "it passed the gate without a quorum, by break-glass",
    "good/glass-broken-approved.json": "it holds the event EXECUTION_REVIEWED",
    "good/glass-broken-objected.json": "it holds the event EXECUTION_REVIEWED",
}
"""Genuine packages that the verifier of 0.1.0 refuses, and why."""


def main(root: Path) -> int:
    packages = root / "testdata/audit-packages"
    server = read_trust_policy((packages / "trust/server.json").read_bytes())
    wrong: list[str] = []
    authentic = 0
    known = json.loads((packages / "expected.json").read_text())["packages"]
    for package in known:
        name, data = package["file"], (packages / package["file"]).read_bytes()
        refused = verify(data, NOBODY)["verdict"] == "BROKEN"
        if name.startswith("good/") and refused and name not in NEWER:
            wrong.append(f"{name}: it is genuine, and refused")
        if name in NEWER and not refused:
            wrong.append(f"{name}: it is not refused, though {NEWER[name]}")
        if verify(data, server)["verdict"] == "AUTHENTIC":
            authentic += 1
            if package["reports"]["server"]["verdict"] != "AUTHENTIC":
                wrong.append(f"{name}: it is authentic, and to today's verifiers it is not")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"of {len(known)} packages {authentic} are authentic, and {len(wrong)} judged otherwise than they may be")
    return 1 if wrong or authentic == 0 else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
