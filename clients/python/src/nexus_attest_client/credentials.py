"""How to reach a server, and as whom."""

from __future__ import annotations

import ipaddress
import re
import ssl
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_OPTIONS = [
    # Packages are up to 64 MiB.
    ("grpc.max_receive_message_length", 90 * 1024 * 1024),
    ("grpc.max_send_message_length", 90 * 1024 * 1024),
    # A server that comes back is found soon.
    ("grpc.initial_reconnect_backoff_ms", 100),
    # Not a pause: how long making a connection may take at least, with TLS, on a slow way.
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    # Else it could be given a connection of another client that was closed: gRPC keeps those until the last call on them is garbage, dead or not.
    ("grpc.use_local_subchannel_pool", 1),
    # Retries are made here, with the server's own advice.
    ("grpc.enable_retries", 0),
]

Metadata = list[tuple[str, str]]


def _pings(silence: float) -> list[tuple[str, int]]:
    """A connection that has died without a word is found out by pings before a watch would miss its heartbeats.

    Also where no call is under way: a watch that opens its stream anew on a dead connection would put the pings off every time.
    """
    interval, timeout = round(min(20.0, silence / 2) * 1000), round(min(10.0, silence / 2) * 1000)
    return [
        ("grpc.keepalive_time_ms", interval),
        ("grpc.keepalive_timeout_ms", timeout),
        # The core keeps to this one, which is a minute by default, and not to the one above.
        ("grpc.http2.ping_timeout_ms", timeout),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
    ]


def open_channel(
    address: str,
    *,
    ca_file: str | Path | None,
    cert_file: str | Path | None,
    key_file: str | Path | None,
    plaintext: bool,
    silence: float,
) -> grpc.aio.Channel:
    """A channel to `https://host:port`, or to `http://host:port` on this machine; to another machine without TLS only if `plaintext` says so."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or parts.hostname is None or parts.path not in ("", "/"):
        raise ValueError(f"address: got {address!r}, wants https://host:port, or http://host:port on this machine")
    if (cert_file is None) != (key_file is None):
        raise ValueError("cert_file and key_file belong together")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    target = f"dns:///{host}:{port}"
    options = [*_OPTIONS, *_pings(silence)]
    if parts.scheme == "https":
        credentials = grpc.ssl_channel_credentials(_read(ca_file), _read(key_file), _read(cert_file))
        _check_files(ca_file, cert_file, key_file)
        return grpc.aio.secure_channel(target, credentials, options=options)
    if ca_file is not None or cert_file is not None:
        raise ValueError(f"address: {address} is without TLS, so ca_file and cert_file would go unheard")
    if not plaintext and not _is_loopback(parts.hostname):
        raise ValueError(f"address: {address} would send everything in the clear; use https, or say plaintext=True")
    return grpc.aio.insecure_channel(target, options=options)


def identity(
    *,
    token: str | Callable[[], str] | None,
    token_file: str | Path | None,
    cert_file: str | Path | None,
    development_actor: str | None,
    development_groups: Sequence[str],
) -> Callable[[], Metadata]:
    """What each call says of its caller. A token is read anew for every call, so that it can be rotated."""
    if sum(given is not None for given in (token, token_file, cert_file, development_actor)) > 1:
        raise ValueError("one identity: token, token_file, cert_file or development_actor")
    if isinstance(development_groups, str):
        raise TypeError(f"development_groups: got {development_groups!r}, wants a list of names")

    def metadata() -> Metadata:
        if token_file is not None:
            return [("authorization", _sendable("the token", f"Bearer {Path(token_file).read_text().strip()}"))]
        if token is not None:
            return [("authorization", _sendable("the token", f"Bearer {(token if isinstance(token, str) else token()).strip()}"))]
        if development_actor is not None:
            groups = [("nexus-groups", _sendable("development_groups", ",".join(development_groups)))] if development_groups else []
            return [("nexus-actor", _sendable("development_actor", development_actor)), *groups]
        return []

    return metadata


def _sendable(what: str, value: str) -> str:
    """The value, if gRPC can send it. Does not say it: it may be a secret."""
    if re.fullmatch("[ -~]*", value) is None:
        raise ValueError(f"{what} holds characters that a header cannot: printable ASCII only")
    return value


def _check_files(ca_file: str | Path | None, cert_file: str | Path | None, key_file: str | Path | None) -> None:
    """Whether gRPC will be able to use them: it says so late, as UNAVAILABLE, and does not name the file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except ssl.SSLError as error:
            raise ValueError(f"ca_file: {ca_file} holds no certificate in PEM") from error
    if cert_file is not None and key_file is not None:
        try:
            # Without a passphrase, for gRPC takes none; asked for one, it would be asked of the terminal.
            context.load_cert_chain(cert_file, key_file, password="")
        except ssl.SSLError as error:
            raise ValueError(f"cert_file, key_file: {cert_file} and {key_file} are no certificate and its key in PEM, without a passphrase: {error}") from error


def _read(path: str | Path | None) -> bytes | None:
    return None if path is None else Path(path).read_bytes()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
