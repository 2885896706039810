"""Signs with Ed25519 (RFC 8032, section 5.1), for tests: never for secrets, for how long it takes tells them."""

import hashlib

from nexus_attest_client.verifier import ed25519


def _secret(seed: bytes):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    return scalar, digest[32:]


def public_of(seed: bytes) -> bytes:
    return ed25519.encode(ed25519.times(_secret(seed)[0], ed25519.BASE))


def sign(seed: bytes, message: bytes, beside: ed25519.Point = ed25519.IDENTITY) -> bytes:
    """With a point of small order added to R, the signature holds only where both sides are multiplied by the cofactor."""
    scalar, prefix = _secret(seed)
    r = ed25519.scalar_of(prefix, message)
    point = ed25519.encode(ed25519.add(ed25519.times(r, ed25519.BASE), beside))
    k = ed25519.scalar_of(point, public_of(seed), message)
    return point + ((r + k * scalar) % ed25519.L).to_bytes(32, "little")


def sign_with_neutral_r(seed: bytes, message: bytes) -> bytes:
    """As whoever takes 0 for r would: it holds, and gives the secret away."""
    neutral = ed25519.encode(ed25519.IDENTITY)
    k = ed25519.scalar_of(neutral, public_of(seed), message)
    return neutral + (k * _secret(seed)[0] % ed25519.L).to_bytes(32, "little")
