"""Where the server is and who calls, by the environment: NEXUS_ATTEST_ADDRESS; NEXUS_ATTEST_TOKEN_FILE and NEXUS_ATTEST_CA_FILE, or a server with development identity."""

import os
from typing import Any


def connection() -> dict[str, Any]:
    """The arguments of Client and AsyncClient."""
    address = os.environ.get("NEXUS_ATTEST_ADDRESS", "http://127.0.0.1:7350")
    token_file = os.environ.get("NEXUS_ATTEST_TOKEN_FILE")
    if token_file is None:
        return {"address": address, "development_actor": "system:pipeline"}
    return {"address": address, "token_file": token_file, "ca_file": os.environ.get("NEXUS_ATTEST_CA_FILE")}
