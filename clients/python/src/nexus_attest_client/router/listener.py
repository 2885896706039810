"""Where a router listens, and by which certificates."""

from __future__ import annotations

import ipaddress
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger("nexus_attest_client.router")


def listen_on(
    server: grpc.aio.Server,
    address: str,
    *,
    cert_file: str | Path | None,
    key_file: str | Path | None,
    client_ca_file: str | Path | None,
    client_names: Sequence[str],
    token_file: str | Path | None,
    plaintext: bool,
    unauthenticated: bool,
) -> int:
    """Binds and gives the port. Whoever reaches a router has things run without any approval, so what lets too many in has to be asked for by name."""
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdecimal():
        raise ValueError(f"listen: got {address!r}, wants host:port")
    if (cert_file is None) != (key_file is None):
        raise ValueError("cert_file and key_file belong together")
    if client_ca_file is not None and cert_file is None:
        raise ValueError("client_ca_file needs cert_file and key_file: client certificates are asked for over TLS")
    if client_names and client_ca_file is None:
        raise ValueError("client_names needs client_ca_file, by which the certificates with these names are checked")
    here = _is_loopback(host.strip("[]"))
    if cert_file is None and not here and not plaintext:
        raise ValueError(f"listen: {address} would serve in the clear; give cert_file and key_file, or say plaintext=True")
    if client_ca_file is None and token_file is None:
        if not here and not unauthenticated:
            raise ValueError(f"listen: {address} would run things for whoever reaches it; give client_ca_file or token_file, or say unauthenticated=True")
        _log.warning("whoever reaches %s can have things run without an approval: there is neither client_ca_file nor token_file", address)
    try:
        if cert_file is None or key_file is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, _Certificates(cert_file, key_file, client_ca_file).credentials())
    except RuntimeError as error:
        raise OSError(f"the router cannot listen on {address}: {error}") from None


class _Certificates:
    """Read anew for each connection, so that they can be renewed while the router runs; what cannot be read leaves those before in force."""

    def __init__(self, cert_file: str | Path, key_file: str | Path, client_ca_file: str | Path | None) -> None:
        self._files = (Path(key_file), Path(cert_file), *(() if client_ca_file is None else (Path(client_ca_file),)))
        self._content = self._read()

    def credentials(self) -> grpc.ServerCredentials:
        return grpc.dynamic_ssl_server_credentials(self._configuration(), self._renewed, require_client_authentication=len(self._files) == 3)

    def _read(self) -> tuple[bytes, ...]:
        return tuple(file.read_bytes() for file in self._files)

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        key, cert, *authorities = self._content
        return grpc.ssl_server_certificate_configuration([(key, cert)], authorities[0] if authorities else None)

    def _renewed(self) -> grpc.ServerCertificateConfiguration:
        try:
            self._content = self._read()
        except OSError as error:
            _log.error("the certificates stay as they were: %s", error)
        return self._configuration()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
