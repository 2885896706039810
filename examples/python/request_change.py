"""A service that may act only when somebody has approved: request_change.py TICKET

Requests a change for a ticket, waits up to an hour until it is approved, has it carried out, and keeps the evidence. May be started again at any time, with the same
ticket: it goes on where it was.
"""

import os
import sys
from pathlib import Path

from connect import connection
from nexus.attest.v1.audit_package_pb2 import PACKAGE_MODE_EMBEDDED
from nexus.attest.v1.audit_service_pb2 import ExportAuditPackageRequest
from nexus.attest.v1.decision_service_pb2 import CreateDecisionRequest
from nexus.attest.v1.label_pb2 import Label
from nexus.attest.v1.lifecycle_pb2 import DECISION_STATE_COMPLETED, DecisionState
from nexus.attest.v1.plan_pb2 import MODE_APPLY, Plan, PlanCall, PlanStep
from nexus.attest.v1.policy_pb2 import Policy
from nexus_attest_client import Client, WrongTurn

HOUR = 3600.0


def main(ticket: str) -> int:
    call = PlanCall(tool="files", method="write", arguments_json='{"path": "release/limit.txt", "content": "250\\n"}')
    request = CreateDecisionRequest(
        # One ticket is one decision, however often this runs.
        request_id=f"change-{ticket}",
        goal=f"raise the limit, as {ticket} asks",
        labels=[Label(key="ticket", value=ticket)],
        mode=MODE_APPLY,
        adapter_id=os.environ.get("NEXUS_ATTEST_ADAPTER", "files"),
        plan=Plan(steps=[PlanStep(step_id="limit", intent="put the new limit in place", call=call)]),
        policy=Policy(min_approvals=1, allowed_modes=[MODE_APPLY]),
    )
    with Client(**connection()) as service:
        decision_id = service.decisions.CreateDecision(request).decision.decision_id
        print(decision_id, "waits for an approval", flush=True)
        try:
            service.wait_until(decision_id, "executable", timeout=HOUR)
            service.execute_and_wait(decision_id, timeout=HOUR)
        except WrongTurn:
            # Rejected, or executed when this ran before.
            pass
        state = service.wait_until(decision_id, "terminal", timeout=HOUR).state
        if state != DECISION_STATE_COMPLETED:
            print(decision_id, DecisionState.Name(state))
            return 1
        export = ExportAuditPackageRequest(decision_id=decision_id, mode=PACKAGE_MODE_EMBEDDED)
        file = Path(f"{decision_id}.audit.json")
        file.write_bytes(service.audit.ExportAuditPackage(export).package_json)
        print(decision_id, DecisionState.Name(state), file)
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
