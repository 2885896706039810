"""Client of Nexus Attest: request, approve, execute and watch governed decisions.

The messages are the generated ones of the schema, `nexus.attest.v1`. `nexus_attest_client.verifier` checks audit packages offline.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nexus_attest_client.aio import AsyncClient
    from nexus_attest_client.errors import AttestError, ClientClosed, FieldViolation, WrongTurn
    from nexus_attest_client.sync import Client, Watch

__all__ = ["AsyncClient", "AttestError", "Client", "ClientClosed", "FieldViolation", "Watch", "WrongTurn"]

_MODULES = {
    "AsyncClient": "aio",
    "AttestError": "errors",
    "Client": "sync",
    "ClientClosed": "errors",
    "FieldViolation": "errors",
    "Watch": "sync",
    "WrongTurn": "errors",
}


def __getattr__(name: str) -> Any:
    # Loaded when they are asked for, so that the verifier works where there is no gRPC.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
