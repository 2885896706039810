"""An auditor: audit.py [TRUST_POLICY]

Takes the evidence of every decision that was carried out, and verifies it here, not there. With a trust policy only authentic packages will do. Ends with 1 if one will not.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from connect import connection
from nexus.attest.v1.audit_package_pb2 import PACKAGE_MODE_EMBEDDED
from nexus.attest.v1.audit_service_pb2 import ExportAuditPackageRequest
from nexus.attest.v1.decision_service_pb2 import DecisionFilter, ListDecisionsRequest
from nexus.attest.v1.lifecycle_pb2 import DECISION_STATE_COMPLETED, DECISION_STATE_FAILED
from nexus_attest_client import Client
from nexus_attest_client.verifier import NOBODY, read_trust_policy, verify


def carried_out(auditor: Client) -> Iterator[str]:
    """The ids of all decisions that ran, page by page."""
    page = ""
    while True:
        states = DecisionFilter(states=[DECISION_STATE_COMPLETED, DECISION_STATE_FAILED])
        listed = auditor.decisions.ListDecisions(ListDecisionsRequest(filter=states, page_token=page))
        yield from (decision.decision_id for decision in listed.decisions)
        page = listed.next_page_token
        if page == "":
            return


def main(policy: str | None = None) -> int:
    trust = NOBODY if policy is None else read_trust_policy(Path(policy).read_bytes())
    wanted = ("CONSISTENT",) if policy is None else ("AUTHENTIC",)
    doubtful = 0
    with Client(**connection()) as auditor:
        for decision_id in carried_out(auditor):
            export = ExportAuditPackageRequest(decision_id=decision_id, mode=PACKAGE_MODE_EMBEDDED)
            report = verify(auditor.audit.ExportAuditPackage(export).package_json, trust)
            print(decision_id, report["verdict"])
            doubtful += report["verdict"] not in wanted
    return 1 if doubtful else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
