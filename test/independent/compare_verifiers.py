"""Compares the verifiers of audit packages, the product's and those of the clients, on genuine and on forged packages.

Usage: compare_verifiers.py ROOT WORK PROGRAMS TRUST EXPORTED...
ROOT is the checkout, WORK an empty folder, EXPORTED are packages from a server, TRUST is the trust policy that it
exported. PROGRAMS names the others, as clients/verifiers-table --programs prints them. Prints a line for each
kind of package, with how often each verifier agrees with the one in Python, and `N passed, N failed` at the end; exit code
0 only if nothing failed. A package passes if verdict, status of every check and signers are the same from all, and what must fail by
the forger's own account does.
"""

import json
import os
import random
import subprocess
import sys
import time

import forged_decisions
import forged_house_rules
import forged_records
import forged_rules
import forged_signatures
import forged_templates
import forged_texts
import random_packages
from nexus_attest_client.verifier import trust_policy
from nexus_attest_client.verifier.audit_package import NOBODY, canonical, parse, verify
from package_forger import Forger

SEED = 20261125
SHOWN = 5  # failures that are printed in full
MOST_SECONDS = 10  # of the processor that a package may take here; the largest take about 3
VERDICTS = ("AUTHENTIC", "CONSISTENT", "BROKEN")
OWN = "Python"  # this program's own verifier
WIDTH = 17  # of a column of numbers

# Kinds of which one package goes through the command line too; the others are spared its start.
BY_COMMAND_LINE = [
    "genuine packages",
    forged_decisions.QUORUM,
    forged_records.LINK,
    forged_records.UNKNOWN,
    forged_house_rules.RAISED,
    forged_house_rules.ACCEPTED,
    forged_templates.LOOSENED,
    forged_texts.SAME,
    forged_texts.NO_JSON,
    forged_texts.NULLS,
    "one byte changed",
    forged_signatures.GENUINE,
    forged_signatures.FORGED,
    forged_signatures.TRUST,
    forged_rules.RULES,
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
    yield from forged_rules.cases(example)
    yield from forged_house_rules.cases(example)
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
    for number in range(600):
        text = random_packages.decision_by_chance(rng, ruled=True)
        yield "decisions made up, under rules", f"number {number}", None, text, random_packages.trust_by_chance(rng, text)


def unbelieved(genuine: list):
    reference, embedded = genuine[:2]
    example = parse(embedded)
    for index, text in enumerate(genuine):
        yield "genuine packages", f"number {index}", frozenset(), text
    cases = [*forged_decisions.CASES, *forged_records.CASES, *forged_house_rules.CASES, *forged_templates.CASES, *forged_texts.CASES, *forged_texts.wrong_values(example)]
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


def disagreement(mine: dict, theirs: dict) -> str:
    """Where another verifier says something else; empty if it does not."""
    own = statuses(mine)
    if theirs["verdict"] == mine["verdict"] and list(theirs["checks"].items()) == list(own.items()):
        signed = [f"{signer['role']} {signer['name']}, {signer['keyId']}" for signer in mine["signers"]]
        there = [f"{signer}, {key_id}" for signer, key_id in zip(theirs["signers"], theirs["keyIds"], strict=True)]
        return "" if there == signed else f"signed by {signed} here, by {there} there"
    different = [
        f"{name}: {own.get(name)} here, {theirs['checks'].get(name)} there"
        for name in {**own, **theirs["checks"]}
        if own.get(name) != theirs["checks"].get(name)
    ]
    return f"{mine['verdict']} here, {theirs['verdict']} there; {'; '.join(different)}"


def timed(data: bytes, trust: dict) -> dict:
    began = time.process_time()
    report = verify(data, trust)
    return {**report, "seconds": time.process_time() - began}


def too_slow(report: dict) -> str:
    """Words if a verifier was kept busy by a package; empty if it was not."""
    return f"{report['seconds']:.1f} s of the processor" if report["seconds"] > MOST_SECONDS else ""


def unexpected(fails, mine: dict) -> str:
    """Why what failed is not what had to, by the forger's account; empty if it is."""
    failed = {name for name, status in statuses(mine).items() if status == "FAIL"}
    if isinstance(fails, frozenset) and failed != fails:
        return f"should fail {sorted(fails)}, fails {sorted(failed)}"
    if isinstance(fails, tuple) and not (failed & set(fails) if fails else failed):
        return f"should fail one of {list(fails) or 'all checks'}, fails {sorted(failed)}"
    return ""


class Tally:
    def __init__(self, others: list):
        self.passed, self.failed, self.kinds, self.others = 0, 0, {}, others

    def count(self, kind: str, what: str, fails, mine: dict, theirs: dict):
        """`theirs` is why each of the other verifiers does not agree, by its name; empty if it does."""
        nothing = dict.fromkeys([*VERDICTS, *self.others, "files", "failed"], 0)
        counts = self.kinds.setdefault(kind, nothing)
        counts["files"] += 1
        counts[mine["verdict"]] += 1
        problems = [f"{name}: {problem}" for name, problem in theirs.items() if problem]
        for name in self.others:
            counts[name] += not theirs[name]
        own = unexpected(fails, mine)
        problems += [own] if own else []
        if problems:
            self.failed += 1
            counts["failed"] += 1
            if self.failed <= SHOWN or counts["failed"] == 1:
                print(f"      {kind}, {what}: {'; '.join(problems)}")
        else:
            self.passed += 1

    def print_kinds(self):
        columns = ["files", *VERDICTS, *(f"as {name}" for name in self.others)]
        print(f"     {'':56}{''.join(f'{column:>{WIDTH}}' for column in columns)}")
        for kind, counts in self.kinds.items():
            numbers = [counts[name] for name in ("files", *VERDICTS, *self.others)]
            print(f"{'FAIL ' if counts['failed'] else 'ok   '}{kind:56}{''.join(f'{number:>{WIDTH}}' for number in numbers)}")


def by_command_line(command: list, path: str, trust: str, mine: dict) -> str:
    """Why a program does not agree; empty if it does."""
    ran = subprocess.run([*command, "--json", path, *(["--trust", trust] if trust else [])], capture_output=True, text=True)
    expected = {"AUTHENTIC": 0, "CONSISTENT": 9 if trust else 0, "BROKEN": 7}[mine["verdict"]]
    if ran.returncode != expected:
        return f"exit code {ran.returncode} for {mine['verdict']}: {ran.stderr[:200]}"
    report = json.loads(ran.stdout)["report"]
    theirs = {
        "verdict": report["verdict"].replace("VERDICT_", "", 1),
        "checks": {check["name"]: check["status"].replace("CHECK_STATUS_", "", 1) for check in report["checks"]},
        "signers": [f"{signer['role'].replace('SIGNER_ROLE_', '', 1)} {signer.get('name', '')}" for signer in report.get("signers", [])],
        "keyIds": [signer["keyId"] for signer in report.get("signers", [])],
    }
    return disagreement(mine, theirs)


def refused(command: list, path: str, package: str) -> str:
    """Why a program does not refuse a trust policy; empty if it does, in words."""
    ran = subprocess.run([*command, package, "--trust", path], capture_output=True, text=True)
    is_refused = ran.returncode == 2 and "is no trust policy that can be used" in ran.stderr and ran.stdout == ""
    return "" if is_refused else f"exit code {ran.returncode}: {ran.stderr[:200]}"


def taken(path: str) -> str:
    try:
        trust_policy.read(read(path))
        return "it is taken"
    except trust_policy.Unusable:
        return ""


def write(path: str, data: bytes) -> str:
    with open(path, "wb") as opened:
        opened.write(data)
    return path


def main(root: str, work: str, programs_file: str, own: str, exported: list) -> int:
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
    listed = "".join(f"{path}\t{trusted or '-'}\n" for *_, path, trusted in written)
    list_file = write(os.path.join(work, "list"), listed.encode())
    believed = {path: trust_policy.read(text) for text, path in policies.items()}
    believed[""] = NOBODY
    others = [program for program in json.loads(read(programs_file)) if program["name"] != OWN]
    batches = {program["name"]: program["many"] for program in others}
    programs = {program["name"]: program["command"] for program in others}
    running = {name: start(command, list_file, os.path.join(work, f"answers of {name}")) for name, command in batches.items()}
    mine = [timed(read(path), believed[trusted]) for *_, path, trusted in written]
    theirs = {name: answers(*started) for name, started in running.items()}
    for name, reports in theirs.items():
        if len(reports) != len(written):
            print(f"the verifier {name} answered {len(reports)} times for {len(written)} packages")
            return 1
    tally = Tally(list(batches))
    reports = {}
    for index, ((kind, what, fails, path, _), one) in enumerate(zip(written, mine)):
        problems = {name: disagreement(one, found[index]) for name, found in theirs.items()}
        tally.count(kind, what, fails, one, {**problems, "Python": too_slow(one)})
        reports[path] = one
    for kind in BY_COMMAND_LINE:
        path, trusted = first_of_kind[kind]
        problems = {name: by_command_line(command, path, trusted, reports[path]) for name, command in programs.items()}
        tally.count("the command lines themselves", kind, None, reports[path], problems)
    tally.print_kinds()
    for number, (what, trust) in enumerate([*forged_signatures.unusable(parse(genuine[1])), *forged_house_rules.unusable()]):
        path = write(os.path.join(work, f"unusable-{number}.json"), trust if isinstance(trust, bytes) else json.dumps(trust).encode())
        problems = {OWN: taken(path), **{name: refused(command, path, examples[1]) for name, command in programs.items()}}
        problem = "; ".join(f"{name}: {why}" for name, why in problems.items() if why)
        tally.passed, tally.failed = tally.passed + (not problem), tally.failed + bool(problem)
        print(f"{'FAIL ' if problem else 'ok   '}no trust policy: {what}{problem and ': '}{problem}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


def start(command: list, list_file: str, answers_file: str):
    with open(list_file, "rb") as listed, open(answers_file, "wb") as made:
        return subprocess.Popen(command, stdin=listed, stdout=made), answers_file


def answers(started, answers_file: str) -> list:
    """What a verifier said of each file; less than all if it broke down."""
    if started.wait() != 0:
        print(f"{started.args[0]} ended with exit code {started.returncode}")
        return []
    return [json.loads(line) for line in read(answers_file).splitlines()]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5], sys.argv[5:]))
