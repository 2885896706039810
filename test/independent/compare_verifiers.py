"""Compares the two verifiers of audit packages, ours and audit_package_verifier.py, on genuine and on forged packages.

Usage: compare_verifiers.py ROOT WORK TRUST EXPORTED...
ROOT is the checkout, WORK an empty folder, EXPORTED are packages from a server, TRUST is the trust policy that it
exported. Prints a line for each kind of package and `N passed, N failed` at the end; exit code 0 only if nothing failed. A
package passes if verdict and status of every check are the same from both, and what must fail by the forger's own account
does.
"""

import json
import os
import random
import subprocess
import sys

import forged_decisions
import forged_records
import forged_signatures
import forged_templates
import forged_texts
import random_packages
import trust_policy
from audit_package_verifier import NOBODY, canonical, parse, verify
from package_forger import Forger

SEED = 20261125
SHOWN = 5  # failures that are printed in full
VERDICTS = ("AUTHENTIC", "CONSISTENT", "BROKEN")

# Kinds of which one package goes through the command line too; the others are spared its start.
BY_COMMAND_LINE = [
    "genuine packages",
    forged_decisions.QUORUM,
    forged_records.LINK,
    forged_records.UNKNOWN,
    forged_templates.LOOSENED,
    forged_texts.SAME,
    forged_texts.NO_JSON,
    forged_texts.NULLS,
    "one byte changed",
    forged_signatures.GENUINE,
    forged_signatures.FORGED,
    forged_signatures.TRUST,
    "exported, by the server's own trust policy",
]


def read(path: str) -> bytes:
    with open(path, "rb") as opened:
        return opened.read()


def packages(genuine: list, own: dict):
    """(kind, what, checks that must fail, the file's bytes, trust policy or None); for the checks see forged_texts.py."""
    for kind, what, fails, text in unbelieved(genuine):
        yield kind, what, fails, text, None
    example = parse(genuine[1])
    yield from forged_signatures.cases(example)
    everything = canonical(forged_signatures.by_all(example))
    rng = random.Random(SEED)
    for index, text in enumerate(genuine[2:]):
        yield "exported, by the server's own trust policy", f"number {index}", frozenset(), text, own
        for number in range(60):
            what = f"{number} of exported {index}"
            yield "exported, one byte changed", what, None, random_packages.byte_mutation(rng, text), own
    for number in range(300):
        text = random_packages.byte_mutation(rng, everything)
        yield "signed, one byte changed", f"number {number}", None, text, forged_signatures.EVERYBODY
        text = random_packages.field_mutation(rng, parse(everything))
        yield "signed, fields changed by chance", f"number {number}", None, text, forged_signatures.EVERYBODY


def unbelieved(genuine: list):
    reference, embedded = genuine[:2]
    example = parse(embedded)
    for index, text in enumerate(genuine):
        yield "genuine packages", f"number {index}", frozenset(), text
    cases = [*forged_decisions.CASES, *forged_records.CASES, *forged_templates.CASES, *forged_texts.CASES, *forged_texts.wrong_values(example)]
    for kind, what, fails, forge in cases:
        forger = Forger(example)
        text = forge(forger)
        yield kind, what, fails, text if isinstance(text, bytes) else forger.text()
    rng = random.Random(SEED)
    for index in range(700):
        yield "one byte changed", f"number {index}", (), random_packages.byte_mutation(rng, rng.choice(genuine[:2]))
    for index in range(700):
        text = random_packages.field_mutation(rng, parse(rng.choice(genuine)))
        yield "fields changed by chance", f"number {index}", None, text
    for index in range(500):
        yield "decisions made up", f"number {index}", None, random_packages.decision_by_chance(rng)
    for index in range(500):
        yield "templates by chance", f"number {index}", None, forged_templates.template_by_chance(rng, example)
    for index in range(100):
        text = random_packages.unknown_fields(rng, parse(rng.choice((reference, embedded))))
        yield "unknown fields by chance, sealed", f"number {index}", frozenset(), text


def statuses(report: dict) -> dict:
    return {check["name"]: check["status"] for check in report["checks"]}


def problem_of(fails, mine: dict, theirs: dict) -> str:
    """Why a package does not pass; empty if it does."""
    own = statuses(mine)
    if theirs["verdict"] != mine["verdict"] or list(theirs["statuses"].items()) != list(own.items()):
        different = [
            f"{name}: {own.get(name)} here, {theirs['statuses'].get(name)} there"
            for name in {**own, **theirs["statuses"]}
            if own.get(name) != theirs["statuses"].get(name)
        ]
        return f"{mine['verdict']} here, {theirs['verdict']} there; {'; '.join(different)}"
    failed = {name for name, status in own.items() if status == "FAIL"}
    if isinstance(fails, frozenset) and failed != fails:
        return f"should fail {sorted(fails)}, fails {sorted(failed)}"
    if isinstance(fails, tuple) and not (failed & set(fails) if fails else failed):
        return f"should fail one of {list(fails) or 'all checks'}, fails {sorted(failed)}"
    return ""


class Tally:
    def __init__(self):
        self.passed, self.failed, self.kinds = 0, 0, {}

    def count(self, kind: str, what: str, problem: str, verdict: str):
        counts = self.kinds.setdefault(kind, {"passed": 0, "failed": 0, **dict.fromkeys(VERDICTS, 0)})
        counts[verdict] += 1
        counts["failed" if problem else "passed"] += 1
        if problem:
            self.failed += 1
            if self.failed <= SHOWN or counts["failed"] == 1:
                print(f"      {kind}, {what}: {problem}")
        else:
            self.passed += 1

    def print_kinds(self):
        for kind, counts in self.kinds.items():
            word = "FAIL " if counts["failed"] else "ok   "
            total = counts["passed"] + counts["failed"]
            verdicts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
            print(f"{word} {kind}: {counts['passed']} of {total} ({verdicts})")


def by_command_line(root: str, path: str, trust: str, mine: dict) -> str:
    """Why the program itself does not agree; empty if it does."""
    command = [os.path.join(root, "nexus-attest"), "verify", "--json", path, *(["--trust", trust] if trust else [])]
    ran = subprocess.run(command, capture_output=True, text=True)
    expected = {"AUTHENTIC": 0, "CONSISTENT": 9 if trust else 0, "BROKEN": 7}[mine["verdict"]]
    if ran.returncode != expected:
        return f"exit code {ran.returncode} for {mine['verdict']}: {ran.stderr[:200]}"
    report = json.loads(ran.stdout)["report"]
    theirs = {
        "verdict": report["verdict"].replace("VERDICT_", "", 1),
        "statuses": {check["name"]: check["status"].replace("CHECK_STATUS_", "", 1) for check in report["checks"]},
    }
    return problem_of(None, mine, theirs)


def refused_by_both(root: str, path: str, package: str) -> str:
    """Why a trust policy is not refused by both; empty if it is, in words."""
    try:
        trust_policy.read(read(path))
        return "it is taken here"
    except trust_policy.Unusable:
        pass
    command = [os.path.join(root, "nexus-attest"), "verify", package, "--trust", path]
    ran = subprocess.run(command, capture_output=True, text=True)
    refused = ran.returncode == 2 and "is no trust policy that can be used" in ran.stderr and ran.stdout == ""
    return "" if refused else f"exit code {ran.returncode}: {ran.stderr[:200]}"


def write(path: str, data: bytes) -> str:
    with open(path, "wb") as opened:
        opened.write(data)
    return path


def main(root: str, work: str, own: str, exported: list) -> int:
    folder = os.path.join(root, "docs", "examples")
    examples = [os.path.join(folder, f"audit-package.{mode}.json") for mode in ("reference", "embedded")]
    genuine = [read(path) for path in [*examples, *exported]]
    written, first_of_kind, policies = [], {}, {}
    for number, (kind, what, fails, text, trust) in enumerate(packages(genuine, json.loads(read(own)))):
        path = write(os.path.join(work, f"{number}.json"), text)
        trusted = ""
        if trust is not None:
            written_trust = json.dumps(trust).encode()
            if written_trust not in policies:
                policies[written_trust] = write(os.path.join(work, f"trust-{len(policies)}.json"), written_trust)
            trusted = policies[written_trust]
        written.append((kind, what, fails, path, trusted))
        first_of_kind.setdefault(kind, (path, trusted))
    listed = "".join(f"{path}\t{trusted}\n" if trusted else f"{path}\n" for *_, path, trusted in written)
    list_file = write(os.path.join(work, "list"), listed.encode())
    believed = {path: trust_policy.read(text) for text, path in policies.items()}
    believed[""] = NOBODY
    node = os.path.join(root, "node_modules", ".bin", "node")
    script = os.path.join(root, "test", "independent", "verify-many.ts")
    with open(os.path.join(work, "answers"), "w+") as answers:
        ours = subprocess.Popen([node, "--disable-warning=ExperimentalWarning", script, list_file], stdout=answers)
        mine = [verify(read(path), believed[trusted]) for *_, path, trusted in written]
        if ours.wait() != 0:
            print(f"verify-many.ts ended with exit code {ours.returncode}")
            return 1
        answers.seek(0)
        theirs = [json.loads(line) for line in answers]
    tally = Tally()
    if len(theirs) != len(written):
        print(f"verify-many.ts answered {len(theirs)} times for {len(written)} packages")
        return 1
    reports = {}
    for (kind, what, fails, path, _), one, other in zip(written, mine, theirs):
        tally.count(kind, what, problem_of(fails, one, other), one["verdict"])
        reports[path] = one
    for kind in BY_COMMAND_LINE:
        path, trusted = first_of_kind[kind]
        problem = by_command_line(root, path, trusted, reports[path])
        tally.count("the command line itself", kind, problem, reports[path]["verdict"])
    tally.print_kinds()
    for number, (what, trust) in enumerate(forged_signatures.unusable(parse(genuine[1]))):
        path = write(os.path.join(work, f"unusable-{number}.json"), json.dumps(trust).encode())
        problem = refused_by_both(root, path, examples[1])
        tally.passed, tally.failed = tally.passed + (not problem), tally.failed + bool(problem)
        print(f"{'FAIL ' if problem else 'ok   '} no trust policy: {what}{problem and ': '}{problem}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
