"""How much a run may say."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    max_output_bytes: int = MIB
    """The output of one step, as JSON text."""
    max_bundle_bytes: int = 8 * MIB
    """The outputs and the request of a run together."""

    def __post_init__(self) -> None:
        # The server reads 64 MiB, and text in JSON may grow when it is written as JSON once more.
        if not 0 < self.max_output_bytes <= self.max_bundle_bytes <= 32 * MIB:
            raise ValueError(f"limits: got {self}, wants 0 < max_output_bytes <= max_bundle_bytes <= {32 * MIB}")
