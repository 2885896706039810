"""Who may have things run."""

from __future__ import annotations

import hmac
import logging
from typing import TYPE_CHECKING, Any

from nexus_attest_client.router.private_file import UnusableFile, read_private

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_log = logging.getLogger("nexus_attest_client.router")
_SCHEME = b"bearer "


def admission(token_file: str | Path | None, client_names: Sequence[str]) -> Callable[[Any], str]:
    """Looks at the context of a call, and says why it is not answered, or nothing. The token's file is read anew for each call, so that it can be changed."""
    if token_file is not None:
        _token(token_file)
    names = {name.encode() for name in client_names}

    def admit(context: Any) -> str:
        if names and names.isdisjoint(context.auth_context().get("x509_subject_alternative_name", ())):
            return "the client's certificate has none of the names that may call"
        if token_file is None:
            return ""
        try:
            token = _token(token_file)
        except UnusableFile as error:
            _log.error("nobody is let in: %s", error)
            return "the router cannot tell who calls"
        given = [_bytes(value) for key, value in context.invocation_metadata() or () if key == "authorization"]
        if len(given) == 1 and given[0][: len(_SCHEME)].lower() == _SCHEME and hmac.compare_digest(given[0][len(_SCHEME) :], token):
            return ""
        return "it takes the router's bearer token"

    return admit


def _token(file: str | Path) -> bytes:
    token = read_private(file, "the token's file").strip()
    if len(token) < 16:
        raise UnusableFile(f"the token's file {file} is not used: it holds less than 16 characters; make one by openssl rand -hex 32")
    return token


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
