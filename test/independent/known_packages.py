"""Holds the verifier in Python against testdata/audit-packages: every check of every package, by every trust policy.

Usage: known_packages.py [FOLDER]
Prints a line for each package that is not judged as expected, and `N passed, N failed` at the end; exit code 0 only if nothing failed.
"""

import json
import os
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "clients", "python", "src"))

from nexus_attest_client.verifier import NOBODY, read_trust_policy, verify  # noqa: E402

FOLDER = os.path.join(ROOT, "testdata", "audit-packages")


def read(*path: str) -> bytes:
    with open(os.path.join(*path), "rb") as opened:
        return opened.read()


def differences(names: list, expected: dict, report: dict) -> list:
    found = {check["name"]: check["status"] for check in report["checks"]}
    if names != list(found):
        return [f"other checks than {names}: {list(found)}"]
    statuses = {name: expected["notPassed"].get(name, "PASS") for name in names}
    wrong = [f"{name} {found[name]}, expected {status}" for name, status in statuses.items() if found[name] != status]
    signers = [f"{signer['role']} {signer['name']}" for signer in report["signers"]]
    if signers != expected["signers"]:
        wrong.append(f"signed by {signers}, expected {expected['signers']}")
    if report["verdict"] != expected["verdict"]:
        wrong.append(f"{report['verdict']}, expected {expected['verdict']}")
    return wrong


def main(folder: str) -> int:
    believed = {"nobody": NOBODY}
    for name in ("server", "everybody"):
        believed[name] = read_trust_policy(read(folder, "trust", f"{name}.json"))
    passed = failed = 0
    expected = json.loads(read(folder, "expected.json"))
    for package in expected["packages"]:
        text = read(folder, package["file"])
        for name, trust in believed.items():
            wrong = differences(expected["checks"], package["reports"][name], verify(text, trust))
            passed, failed = passed + (not wrong), failed + bool(wrong)
            if wrong:
                print(f"FAIL  {package['file']} ({package['what']}), by {name}: {'; '.join(wrong)}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or [FOLDER]))
