"""Compares the two verifiers of audit packages, ours and audit_package_verifier.py, on genuine and on forged packages.

Usage: compare_verifiers.py ROOT WORK EXPORTED...
ROOT is the checkout, WORK an empty folder, EXPORTED are packages from a server. Prints a line for each kind of package
and `N passed, N failed` at the end; exit code 0 only if nothing failed. A package passes if verdict and status of every
check are the same from both, and what must fail by the forger's own account does.
"""

import json
import os
import random
import subprocess
import sys

import forged_decisions
import forged_records
import forged_texts
import random_packages
from audit_package_verifier import parse, verify
from package_forger import Forger

SEED = 20261125
SHOWN = 5  # failures that are printed in full
EXIT_CODES = {"CONSISTENT": 0, "BROKEN": 7}

# Kinds of which one package goes through the command line too; the others are spared its start.
BY_COMMAND_LINE = [
    "genuine packages",
    forged_decisions.QUORUM,
    forged_records.LINK,
    forged_records.UNKNOWN,
    forged_texts.SAME,
    forged_texts.NO_JSON,
    forged_texts.NULLS,
    "one byte changed",
]


def read(path: str) -> bytes:
    with open(path, "rb") as opened:
        return opened.read()


def packages(genuine: list):
    """(kind, what, checks that must fail, the file's bytes); for the checks see forged_texts.py."""
    reference, embedded = genuine[:2]
    example = parse(embedded)
    for index, text in enumerate(genuine):
        yield "genuine packages", f"number {index}", frozenset(), text
    cases = [*forged_decisions.CASES, *forged_records.CASES, *forged_texts.CASES, *forged_texts.wrong_values(example)]
    for kind, what, fails, forge in cases:
        forger = Forger(example)
        text = forge(forger)
        yield kind, what, fails, text if isinstance(text, bytes) else forger.text()
    rng = random.Random(SEED)
    for index in range(700):
        yield "one byte changed", f"number {index}", (), random_packages.byte_mutation(rng, rng.choice(genuine))
    for index in range(700):
        text = random_packages.field_mutation(rng, parse(rng.choice(genuine)))
        yield "fields changed by chance", f"number {index}", None, text
    for index in range(500):
        yield "decisions made up", f"number {index}", None, random_packages.decision_by_chance(rng)
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
        counts = self.kinds.setdefault(kind, {"passed": 0, "failed": 0, "CONSISTENT": 0, "BROKEN": 0})
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
            verdicts = f"{counts['CONSISTENT']} CONSISTENT, {counts['BROKEN']} BROKEN"
            print(f"{word} {kind}: {counts['passed']} of {total} ({verdicts})")


def by_command_line(root: str, path: str, mine: dict) -> str:
    """Why the program itself does not agree; empty if it does."""
    ran = subprocess.run([os.path.join(root, "nexus-attest"), "verify", "--json", path], capture_output=True, text=True)
    if ran.returncode != EXIT_CODES[mine["verdict"]]:
        return f"exit code {ran.returncode} for {mine['verdict']}: {ran.stderr[:200]}"
    report = json.loads(ran.stdout)["report"]
    theirs = {
        "verdict": report["verdict"].replace("VERDICT_", "", 1),
        "statuses": {check["name"]: check["status"].replace("CHECK_STATUS_", "", 1) for check in report["checks"]},
    }
    return problem_of(None, mine, theirs)


def main(root: str, work: str, exported: list) -> int:
    folder = os.path.join(root, "docs", "examples")
    examples = [os.path.join(folder, f"audit-package.{mode}.json") for mode in ("reference", "embedded")]
    genuine = [read(path) for path in [*examples, *exported]]
    written, first_of_kind = [], {}
    for number, (kind, what, fails, text) in enumerate(packages(genuine)):
        path = os.path.join(work, f"{number}.json")
        with open(path, "wb") as opened:
            opened.write(text)
        written.append((kind, what, fails, path))
        first_of_kind.setdefault(kind, path)
    listed = os.path.join(work, "list")
    with open(listed, "w") as opened:
        opened.write("".join(path + "\n" for *_, path in written))
    node = os.path.join(root, "node_modules", ".bin", "node")
    script = os.path.join(root, "test", "independent", "verify-many.ts")
    with open(os.path.join(work, "answers"), "w+") as answers:
        ours = subprocess.Popen([node, "--disable-warning=ExperimentalWarning", script, listed], stdout=answers)
        mine = [verify(read(path)) for *_, path in written]
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
    for (kind, what, fails, path), own, their in zip(written, mine, theirs):
        tally.count(kind, what, problem_of(fails, own, their), own["verdict"])
        reports[path] = own
    for kind in BY_COMMAND_LINE:
        path = first_of_kind[kind]
        problem = by_command_line(root, path, reports[path])
        tally.count("the command line itself", kind, problem, reports[path]["verdict"])
    tally.print_kinds()
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
