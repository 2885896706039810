"""Serves a router until the process is told to end."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

import grpc
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import aio as health
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from nexus.attest.v1.router_service_pb2 import DESCRIPTOR
from nexus_attest_client.router.admission import admission
from nexus_attest_client.router.listener import listen_on
from nexus_attest_client.router.service import add_router

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from nexus_attest_client.router.router import Router

_log = logging.getLogger("nexus_attest_client.router")

_OPTIONS = [
    # The server pings every 10 seconds while a run says nothing; by itself this library takes that for an attack after three times.
    ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.keepalive_permit_without_calls", 1),
    # Two processes on one port would each get some of the calls.
    ("grpc.so_reuseport", 0),
    ("grpc.max_send_message_length", 64 * 1024 * 1024),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
]


async def serve(
    router: Router,
    listen: str = "127.0.0.1:7400",
    *,
    cert_file: str | Path | None = None,
    key_file: str | Path | None = None,
    client_ca_file: str | Path | None = None,
    client_names: Sequence[str] = (),
    token_file: str | Path | None = None,
    plaintext: bool = False,
    unauthenticated: bool = False,
    drain: float = 30.0,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT; then takes no more runs, waits up to `drain` seconds for those under way, and has the rest end. Closes the router.

    `cert_file` and `key_file` (PEM) serve over TLS; with `client_ca_file` only clients with a certificate of these authorities get in, and with
    `client_names` only those that have one of these subject alternative names. With `token_file` every call has to carry `authorization: Bearer` and the
    file's content. Off this machine `plaintext=True` is needed to serve without TLS, and `unauthenticated=True` to serve whoever calls.

    Certificates and token are read anew while it runs. The standard health service answers everybody; it says NOT_SERVING once the router drains.
    `ready` is called with the port once calls are taken.
    """
    server = grpc.aio.server(options=_OPTIONS)
    add_router(router, server, admission(token_file, client_names))
    healthy = health.HealthServicer()
    add_HealthServicer_to_server(healthy, server)
    port = listen_on(
        server,
        listen,
        cert_file=cert_file,
        key_file=key_file,
        client_ca_file=client_ca_file,
        client_names=client_names,
        token_file=token_file,
        plaintext=plaintext,
        unauthenticated=unauthenticated,
    )
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopped.set)
    try:
        await server.start()
        for name in ("", DESCRIPTOR.services_by_name["RouterService"].full_name):
            await healthy.set(name, health_pb2.HealthCheckResponse.SERVING)
        _log.info("the router serves on port %d", port)
        if ready is not None:
            ready(port)
        await stopped.wait()
        await healthy.enter_graceful_shutdown()
    finally:
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)
        # The calls stay open meanwhile: whoever waits for a run hears how it ended.
        await router.close(drain)
        await server.stop(1.0)
