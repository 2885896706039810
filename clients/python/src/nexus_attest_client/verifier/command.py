"""The command nexus-attest-verify: checks, lines, verdicts and exit codes are those of `nexus-attest verify`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import Any

from nexus_attest_client.verifier import MAX_BYTES, MAX_TRUST_POLICY_BYTES, NOBODY, Unusable, read_trust_policy, verify

OK, USAGE, BROKEN, NOT_AUTHENTIC = 0, 2, 7, 9

MARKS = {"PASS": "✓", "FAIL": "✗", "NOT_CHECKED": "–"}
NOT_PRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def main() -> int:
    asked = _arguments().parse_args()
    try:
        trust = None if asked.trust is None else _trust(asked.trust)
        data = _read(asked.file, MAX_BYTES)
    except (OSError, ValueError, Unusable) as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return USAGE
    report = verify(data, NOBODY if trust is None else trust)
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8")
    print(json.dumps(_as_response(report), indent=2, ensure_ascii=False) if asked.json else "\n".join(_lines(report, trust is not None)))
    if report["verdict"] == "BROKEN":
        return BROKEN
    return OK if trust is None or report["verdict"] == "AUTHENTIC" else NOT_AUTHENTIC


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nexus-attest-verify",
        description="Checks an audit package of Nexus Attest; needs no server.",
        epilog="Exit codes: 0 nothing disagrees (with --trust: authentic), 9 with --trust: nothing disagrees, and nobody who is believed "
        "signed all of it, 7 a check failed, 2 a file cannot be read, or a mistake in what was typed.",
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", help="the package; - is standard input")
    parser.add_argument("--trust", metavar="FILE", help="trust policy: whose signatures to believe; then only an authentic package exits with 0")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    return parser


def _trust(file: str) -> dict[str, Any]:
    try:
        return read_trust_policy(_read(file, MAX_TRUST_POLICY_BYTES))
    except Unusable as error:
        raise Unusable(f"{file} is no trust policy that can be used: {error}. docs/signatures.md says what one is.") from None


def _read(file: str, most: int) -> bytes:
    """One byte more than is allowed, so that what is too large is seen to be, and never more."""
    if file == "-":
        return sys.stdin.buffer.read(most + 1)
    try:
        with open(file, "rb") as opened:
            return opened.read(most + 1)
    except FileNotFoundError:
        raise OSError(f"{file} cannot be read: there is no such file") from None
    except (OSError, ValueError) as error:
        raise OSError(f"{file} cannot be read: {error}") from None


def _as_response(report: dict[str, Any]) -> dict[str, Any]:
    """The ProtoJSON of VerifyAuditPackageResponse."""
    made = {
        "verdict": f"VERDICT_{report['verdict']}",
        "checks": [_filled({**check, "status": f"CHECK_STATUS_{check['status']}"}) for check in report["checks"]],
        "decisionId": report["decisionId"],
        "bindingDigest": report["bindingDigest"],
        "signers": [_filled({**signer, "role": f"SIGNER_ROLE_{signer['role']}"}) for signer in report["signers"]],
    }
    return {"report": _filled(made)}


def _filled(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if value not in ("", [])}


def printable(text: str) -> str:
    """Shows control characters and those that change the direction of writing, so that no package can rewrite what its reader sees."""
    return NOT_PRINTED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _lines(report: dict[str, Any], trusting: bool) -> list[str]:
    width = max(len(check["name"]) for check in report["checks"])
    lines = [
        f"decision        {printable(report['decisionId']) or 'could not be read'}",
        f"binding digest  {report['bindingDigest'] or 'could not be recomputed'}",
        "",
    ]
    for check in report["checks"]:
        status = check["status"].replace("_", " ")
        lines.append(f"{MARKS[check['status']]} {status:11}  {check['name']:{width}}  {check['description']}")
        if check["status"] != "PASS" and check["detail"]:
            lines.append(" " * (width + 17) + printable(check["detail"]))
    lines.append("")
    for signer in report["signers"]:
        lines.append(f"signed by {signer['role'].lower()} {printable(signer['name']) or '(without a name)'}, {signer['keyId']}")
    return [*lines, f"{report['verdict']}: {_in_words(report, trusting)}"]


def _in_words(report: dict[str, Any], trusting: bool) -> str:
    statuses = {check["name"]: check["status"] for check in report["checks"]}
    if report["verdict"] == "AUTHENTIC":
        name = next(signer["name"] for signer in report["signers"] if signer["role"] == "SERVER")
        return f"made by {printable(name) or 'a server'}, whose key the trust policy names, and unchanged since."
    if report["verdict"] == "BROKEN":
        failed = list(statuses.values()).count("FAIL")
        return f"{failed} check{'' if failed == 1 else 's'} failed. Do not rely on this package."
    why = "it carries no signature of a server that could be checked"
    if not trusting:
        why = "no trust policy says whose signature to believe (--trust FILE)"
    elif statuses["server_signature"] == "PASS":
        why = "it holds fields that this verifier does not know, and cannot judge"
    return f"everything that could be recomputed agrees. Who made the package is not proven: {why}."


if __name__ == "__main__":
    sys.exit(main())
