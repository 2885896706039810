"""A workshop for forged audit packages: take one apart, change it, and make all digests fit again, as a forger would.

Written from docs/audit-package.md; shares its canonical form and digests with the verifier in Python.
"""

import base64
import copy

from nexus_attest_client.verifier.audit_package import BODIES, canonical, digest, digest_of_bytes

HUMAN, SYSTEM = "ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM"
NOBODY = "sha256:" + "0" * 64


def human(name: str) -> dict:
    return {"type": HUMAN, "id": f"{name}@example.com"}


def system(name: str) -> dict:
    return {"type": SYSTEM, "id": f"{name}@example.com"}


def at(clock: str) -> str:
    return f"2026-11-25T{clock}Z"


def put(message: dict, name: str, value):
    """Sets a field, or leaves it out where ProtoJSON does."""
    if value in (None, "", [], 0, False):
        message.pop(name, None)
    else:
        message[name] = float(value) if type(value) is int else value


def body_of(event: dict):
    return next((event[name] for name in BODIES if name in event), None)


class Forger:
    """A package in parts. What the gate relies on is kept as events, so that their digests can change."""

    def __init__(self, package: dict):
        self.package = copy.deepcopy(package)
        self.bundle, self.router, self.link = (self.package[name] for name in ("controlBundle", "router", "link"))
        self.events = self.bundle["events"]
        relied = set(self.gate.get("approvalDigests", [])) if self.event("executionRequested") else set()
        self.relied = [event for event in self.events if digest(event) in relied]
        self.template = "refit"  # what seal makes of the template: refit, digest (only), leave
        self.finished = False  # whether something was left unfitting on purpose

    # Its parts

    def event(self, body: str):
        return next((event for event in self.events if body in event), None)

    @property
    def request(self) -> dict:
        return self.event("decisionCreated")["decisionCreated"]

    @property
    def policy(self) -> dict:
        return self.event("policyAttached")["policyAttached"]["policy"]

    @property
    def gate_event(self) -> dict:
        return self.event("executionRequested")

    @property
    def gate(self) -> dict:
        return self.gate_event["executionRequested"]

    @property
    def last_event(self) -> dict:
        """That of the outcome, behind which there may be reviews."""
        return next((event for event in reversed(self.events) if "executionReviewed" not in event), self.events[-1])

    @property
    def outcome(self) -> dict:
        return body_of(self.last_event)

    @property
    def use(self) -> dict:
        """What the log says of the template."""
        return self.event("policyAttached")["policyAttached"]["template"]

    def approval(self, name: str) -> dict:
        """The event of somebody's first approval."""
        return next(e for e in self.events if "approvalGranted" in e and e["actor"]["id"].startswith(name + "@"))

    # Changes

    def drop(self, *events: dict):
        gone = set(map(id, events))
        self.events[:] = [event for event in self.events if id(event) not in gone]
        self.relied = [event for event in self.relied if id(event) not in gone]

    def add(self, before, body: str, value: dict, actor: dict, clock=None) -> dict:
        """Puts in an event before another one, or at the end; if no time is given, at that of the event before it."""
        index = len(self.events) if before is None else next(i for i, e in enumerate(self.events) if e is before)
        event = {
            "eventId": f"added-{len(self.events)}-{index}",
            "occurredAt": clock or self.events[index - 1]["occurredAt"],
            "actor": actor,
            body: value,
        }
        self.events.insert(index, event)
        return event

    def approve(self, name: str, clock: str, relied=True, actor=None, **fields) -> dict:
        """Somebody approves right before the gate."""
        fields = {"comment": "yes", "expiresAt": at("20:00:00"), **fields}
        event = self.add(self.gate_event, "approvalGranted", {}, actor or human(name), clock)
        for field, value in fields.items():
            put(event["approvalGranted"], field, value)
        if relied:
            self.relied.append(event)
        return event

    def end(self, body: str, **fields) -> dict:
        """Another outcome in place of the one that there is."""
        last = self.last_event
        event = self.add(last, body, fields, last["actor"], last["occurredAt"])
        self.drop(last)
        return event

    def guard(self, *guardrails: dict, body="executionRequested"):
        """Puts guardrails in force, at the gate or with the policy; seal makes their digests fit."""
        self.event(body)[body].setdefault("guardrails", []).extend({"guardrail": guardrail} for guardrail in guardrails)

    # What a forger recomputes

    def seal(self, *leave: str) -> "Forger":
        """Makes everything follow from the events again, but for what `leave` names."""
        self.finished = bool(leave)
        decision = self.bundle.get("decisionId")
        self._seal_template()
        if "guardrails" not in leave:
            self._seal_guardrails()
        request_digest = digest(self._approved())
        previous = ""
        for seq, event in enumerate(self.events):
            for name, value in (("seq", float(seq)), ("decisionId", decision), ("previousDigest", previous)):
                if name not in leave:
                    put(event, name, value)
            if "approvalGranted" in event and "requestDigest" not in leave:
                event["approvalGranted"]["requestDigest"] = request_digest
            if "executionRequested" in event:
                self._seal_gate(event["executionRequested"], request_digest, leave)
            previous = digest(event)
        if "headDigest" not in leave:
            self.bundle["headDigest"] = previous
        outcome, gate = self.outcome, self.event("executionRequested")
        if outcome is not None and gate is not None:
            self._seal_router(outcome, gate["executionRequested"], leave)
            self._seal_link(outcome, gate, request_digest, leave)
        return self._bind(leave)

    def _seal_template(self):
        """Makes the template one that leads to whatever policy the log has, or only its digest fit."""
        attached = (self.event("policyAttached") or {}).get("policyAttached", {})
        use = attached.get("template")
        if self.template == "leave":
            return
        if use is None:
            self.package.pop("template", None)
        elif "template" in self.package:
            if self.template == "refit":
                use.pop("overrides", None)
                use["templatePolicy"] = copy.deepcopy(attached["policy"])
                self.package["template"]["templateCreated"]["policy"] = copy.deepcopy(attached["policy"])
            use["digest"] = digest(self.package["template"])

    def _seal_guardrails(self):
        """Names every guardrail by its digest."""
        for event in self.events:
            for body in ("policyAttached", "executionRequested"):
                for use in event.get(body, {}).get("guardrails", []):
                    if "guardrail" in use:
                        use["digest"] = digest(use["guardrail"])

    def rechain(self) -> "Forger":
        """Makes the chain and the digests of the whole fit, and nothing else; the parts may have any type."""
        previous = ""
        for event in self.events:
            if isinstance(event, dict):
                put(event, "previousDigest", previous)
            previous = digest(event)
        self.bundle["headDigest"] = previous
        return self.bind()

    def bind(self, *leave: str) -> "Forger":
        """Makes the control digest, the link digest and the binding fit, and nothing else."""
        self.finished = True
        return self._bind(leave)

    def _bind(self, leave) -> "Forger":
        computed = {"controlDigest": digest(self.bundle), "linkDigest": digest(self.link)}
        for name, value in computed.items():
            if name not in leave:
                self.package[name] = value
        binding = {"packageVersion": self.package.get("packageVersion"), **computed}
        put(binding, "routerDigest", self.router.get("routerDigest"))
        if "bindingDigest" not in leave:
            self.package["bindingDigest"] = digest(binding)
        return self

    def text(self) -> bytes:
        """The file, sealed if nothing was left unfitting on purpose."""
        if not self.finished:
            self.seal()
        return canonical(self.package)

    def _approved(self) -> dict:
        approved = {name: self.bundle[name] for name in ("decisionId",) if name in self.bundle}
        for body in ("decisionCreated", "policyAttached"):
            event = self.event(body)
            if event is not None:
                approved[body] = event[body]
        return approved

    def _seal_gate(self, gate: dict, request_digest: str, leave):
        attached = self.event("policyAttached")
        policy = attached["policyAttached"].get("policy", {}) if attached else {}
        if "policyDigest" not in leave:
            gate["policyDigest"] = digest(policy)
        if "approvalDigests" not in leave:
            order = {id(event): seq for seq, event in enumerate(self.events)}
            relied = sorted(self.relied, key=lambda event: order[id(event)])
            put(gate, "approvalDigests", [digest(event) for event in relied])
        if "routerRequestDigest" not in leave:
            gate["routerRequestDigest"] = digest(self.run_request(gate, policy, request_digest))

    def run_request(self, gate: dict, policy: dict, request_digest: str) -> dict:
        created = self.event("decisionCreated")
        request = created["decisionCreated"] if created else {}
        run = {"requestDigest": request_digest, "policyDigest": digest(policy)}
        for source, names in (
            (self.bundle, ["decisionId"]),
            (gate, ["adapterId", "mode", "approvalDigests"]),
            (request, ["goal", "plan", "labels"]),
            (policy, ["maxSteps"]),
        ):
            run.update({name: source[name] for name in names if name in source})
        return run

    def _seal_router(self, outcome: dict, gate: dict, leave):
        if "router" in leave:
            return
        put(self.router, "runId", outcome.get("runId"))
        put(self.router, "adapterId", gate.get("adapterId"))
        put(self.router, "routerDigest", outcome.get("routerDigest"))
        if "runBundle" in self.router:
            put(self.router, "runBundleMediaType", outcome.get("routerMediaType"))

    def _seal_link(self, outcome: dict, gate: dict, request_digest: str, leave):
        if "link" in leave:
            return
        body = gate["executionRequested"]
        attached = self.event("policyAttached")
        put(self.link, "decisionId", self.bundle.get("decisionId"))
        put(self.link, "runId", outcome.get("runId"))
        put(self.link, "routerDigest", outcome.get("routerDigest"))
        for name in ("adapterId", "mode", "approvalDigests", "routerRequestDigest"):
            put(self.link, name, copy.copy(body.get(name)))
        self.link["requestDigest"] = request_digest
        self.link["policyDigest"] = digest(attached["policyAttached"].get("policy", {}) if attached else {})
        self.link["executionRequestedDigest"] = digest(gate)

    def swap_bundle(self, data: bytes, recorded: bool):
        """Another run bundle; `recorded` changes the outcome's digest with it."""
        self.router["runBundle"] = base64.b64encode(data).decode("ascii")
        if recorded:
            self.outcome["routerDigest"] = digest_of_bytes(data)
