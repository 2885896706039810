"""A router of your own: write one function that carries a step out, and serve it.

Everything that the contract of `nexus.attest.v1.RouterService` wants beside that function is here: a decision is run at most once, what became of it is told
after a crash, and the record of the run is kept, digested and, if you like, signed. Needs the extra `router` of this package.
"""

try:
    from nexus_attest_client.router.adapter import Adapter, Refused, Step, StepFailed
    from nexus_attest_client.router.command import run_command
    from nexus_attest_client.router.private_file import UnusableFile
    from nexus_attest_client.router.router import Router
    from nexus_attest_client.router.run_log import UnusableRunLog
    from nexus_attest_client.router.serve import serve
    from nexus_attest_client.router.service import add_router
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in ("cryptography", "google", "grpc", "grpc_health"):
        raise
    raise ModuleNotFoundError(f"{error.name} is missing, which routers need: pip install 'nexus-attest-client[router]'", name=error.name) from error

__all__ = ["Adapter", "Refused", "Router", "Step", "StepFailed", "UnusableFile", "UnusableRunLog", "add_router", "run_command", "serve"]
