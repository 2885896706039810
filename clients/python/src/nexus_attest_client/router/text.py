"""Texts as the schema and the evidence want them."""

from __future__ import annotations

import json
from typing import Any

from nexus_attest_client.verifier.audit_package import canonical


def cut(text: str, limit: int) -> str:
    """At most so many bytes of UTF-8, without half a character; what has no UTF-8 is replaced."""
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError for what two readers could read differently: a name given twice, NaN, an infinity."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def output_text(value: Any) -> str:
    """The JSON text of what a function returned. Raises TypeError or ValueError if it is no JSON value."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text.encode()
    # Names that are no strings are written as some, and may then be there twice.
    read_json(text)
    return text


def canonical_json(value: Any) -> bytes:
    """The canonical form (RFC 8785) of a JSON value."""
    return canonical(json.loads(json.dumps(value), parse_int=float))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
