"""Compares the two readers of the files of nexus-attest (Python), ours and foreign_package_checker.py, on genuine and on
changed files.

Usage: compare_foreign_readers.py ROOT WORK EXPORTED...
ROOT is the checkout, WORK an empty folder, EXPORTED are files that the command line wrote. Prints a line for each kind
of file and `N passed, N failed` at the end; exit code 0 only if nothing failed. A file passes if both readers take it or
both refuse it, and genuine ones if both take them.
"""

import copy
import glob
import json
import os
import random
import subprocess
import sys

from foreign_package_checker import ORIGIN, Problem, digest, problem_with, sha256

SEED = 20261126
SHOWN = 5
STRANGE = [None, "", 0, -1, 1.0, 1.5, 10**30, True, False, [], {}, "x", "2026-11-25T09:00:00+00:00", ["dry_run"], "apply"]

# What changing or sealing a file may run into that has another shape by now.
UNFIT = (KeyError, IndexError, TypeError, AttributeError, ValueError, Problem)


def places(value, path=()):
    """The way to every value within a value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def holder_of(value, path):
    for key in path[:-1]:
        value = value[key]
    return value


def change(rng, file) -> None:
    """One change by chance: another value, one that is gone, one more, or one from elsewhere in the file."""
    path = rng.choice(list(places(file)))
    holder, key = holder_of(file, path), path[-1]
    kind = rng.randrange(5)
    if kind == 0:
        holder[key] = copy.deepcopy(rng.choice(STRANGE))
    elif kind == 1:
        del holder[key]
    elif kind == 2:
        other = rng.choice(list(places(file)))
        holder[key] = copy.deepcopy(holder_of(file, other)[other[-1]])
    elif kind == 3 and isinstance(holder, dict):
        holder["more"] = 1
    elif isinstance(holder[key], str):
        holder[key] += "x"
    else:
        holder[key] = copy.deepcopy(rng.choice(STRANGE))


def reorder(rng, file) -> None:
    """Events left out, doubled, moved, or another's in type; numbered anew."""
    events = bundle_of(file)["events"]
    kind, at = rng.randrange(5), rng.randrange(len(events))
    if kind == 0:
        del events[at]
    elif kind == 1:
        events.insert(rng.randrange(len(events) + 1), copy.deepcopy(events[at]))
    elif kind == 2:
        events.insert(rng.randrange(len(events)), events.pop(at))
    elif kind == 3:
        other = copy.deepcopy(rng.choice(events))
        events[at].update(type=other["type"], payload=other["payload"])
    else:
        events[at]["actor"]["id"] = rng.choice(["alice", "bob", "carol", "creator"])
    for seq, event in enumerate(events):
        event.update(seq=seq, event_id=f"evt_{event['decision_id']}_{seq}")


def bundle_of(file):
    return file["control_bundle"] if "control_bundle" in file else file


def seal(rng, file) -> None:
    """Makes every digest good again, and the header and the router link too, mostly."""
    bundle = bundle_of(file)
    events, header = bundle["events"], bundle["decision"]
    for event in events:
        event["digest"] = digest({"event_type": event["type"], "payload": event["payload"]})
    if rng.random() < 0.9:
        first = events[0]
        header.update(goal=first["payload"]["goal"], mode=first["payload"]["requested_mode"], created_at=first["ts"])
    link = bundle["router_link"]
    if "run_id" in link:
        names = ("router_request_digest", "router_result_digest")
        parts = {name: link[name][7:] if name in link else None for name in names}
        of = digest({"decision_id": header["decision_id"], "run_id": link["run_id"], **parts})
        link["control_router_link_digest"] = f"sha256:{of}"
    names = ["bundle_version", "decision", "events", "template_snapshot", "router_link"]
    of = digest({name: bundle[name] for name in names})
    bundle["integrity"]["canonical_digest"] = f"sha256:{of}"
    record(bundle, header["decision_id"], of, "bundle")
    if bundle is file:
        return
    file["binding"]["control_digest"] = f"sha256:{of}"
    if "control_router_link_digest" in link:
        file["binding"]["control_router_link_digest"] = link["control_router_link_digest"]
    bound = digest({"package_version": file["package_version"], **file["binding"]})
    file["integrity"]["binding_digest"] = f"sha256:{bound}"
    record(file, header["decision_id"], bound, "audit_package")


def record(file, decision_id: str, of: str, output: str) -> None:
    first = file["provenance"]["records"][0]
    first["prov_id"] = f"prov_{sha256(f'{decision_id}:{of}')[:12]}"
    first.update(inputs=[f"decision:{decision_id}"], outputs=[f"{output}:sha256:{of}"])


def sealed(rng, data: bytes, changes) -> bytes:
    """A file changed and sealed; one that cannot be sealed stays as it was changed."""
    file = json.loads(data)
    for each in changes:
        try:
            each(rng, file)
        except UNFIT:
            pass
    try:
        seal(rng, file)
    except UNFIT:
        pass
    return text_of(file)


def text_of(file) -> bytes:
    return json.dumps(file, ensure_ascii=False).encode("utf-8", "surrogatepass")


def byte_change(rng, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    kind = rng.randrange(3)
    if kind == 0:
        return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
    return data[:at] + data[at + 1 :] if kind == 1 else data[:at] + data[at : at + 1] + data[at:]


def without_origin(data: bytes) -> bytes:
    """One of our files as if it were the original's: what it says there has to hold for itself, but for the request's digest."""
    file = json.loads(data)
    for event in bundle_of(file)["events"]:
        event["payload"].pop(ORIGIN, None)
    seal(random.Random(0), file)
    return text_of(file)


def files(genuine):
    rng = random.Random(SEED)
    for data in genuine:
        yield "genuine", data
    for data in genuine:
        yield "without our log", without_origin(data)
    for _ in range(1200):
        yield "one byte changed", byte_change(rng, rng.choice(genuine))
    for _ in range(800):
        file = json.loads(rng.choice(genuine))
        change(rng, file)
        yield "one value changed", text_of(file)
    for _ in range(2000):
        yield "one value changed, sealed", sealed(rng, rng.choice(genuine), [change])
    for _ in range(2000):
        changes = [reorder] * rng.randrange(1, 3) + [change] * rng.randrange(2)
        yield "events changed, sealed", sealed(rng, rng.choice(genuine), changes)


def main() -> int:
    root, work, *exported = sys.argv[1:]
    testdata = sorted(glob.glob(os.path.join(root, "testdata", "nexus-attest-python", "*.*.json")))
    genuine = []
    for path in [*testdata, *exported]:
        with open(path, "rb") as opened:
            genuine.append(opened.read())
    kinds, paths, mine = [], [], []
    for index, (kind, data) in enumerate(files(genuine)):
        path = os.path.join(work, f"{index}.json")
        with open(path, "wb") as opened:
            opened.write(data)
        kinds.append(kind)
        paths.append(path)
        mine.append(problem_with(data))
    program = [os.path.join(root, "node_modules", ".bin", "node"), os.path.join(root, "test", "independent", "read-foreign-many.ts")]
    said = subprocess.run(program, input="\n".join(paths), capture_output=True, text=True, check=True).stdout
    theirs = [json.loads(line) for line in said.splitlines()]
    passed = failed = 0
    counts = {}
    if len(theirs) != len(mine):
        raise SystemExit("our reader does not answer for every file")
    for kind, path, own, other in zip(kinds, paths, mine, theirs):
        good = (own is None) == (other is None) and (kind != "genuine" or own is None)
        passed, failed = passed + good, failed + (not good)
        count = counts.setdefault(kind, [0, 0, 0])
        count[0 if good else 1] += 1
        count[2] += own is None
        if not good and failed <= SHOWN:
            print(f"  {kind}, {path}: here {own!r}, there {other!r}")
    for kind, (good, bad, held) in counts.items():
        print(f"{kind}: {good} agree, {bad} do not; {held} hold")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
