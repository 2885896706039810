"""Client of Nexus Attest: request, approve, execute and watch governed decisions.

The messages are the generated ones of the schema, `nexus.attest.v1`.
"""

from nexus_attest_client.aio import AsyncClient
from nexus_attest_client.errors import AttestError, FieldViolation, WrongTurn
from nexus_attest_client.sync import Client, Watch

__all__ = ["AsyncClient", "AttestError", "Client", "FieldViolation", "Watch", "WrongTurn"]
