"""The HTTP client that workflows use: it refuses private addresses at the connection.

A check of the URL before the call is not enough: a name may resolve differently a moment later, and a
redirect leads elsewhere. So the check sits where the connection is made: the name is resolved once,
every answer must be public, and the checked address itself is dialled. Host header, TLS names and
keep-alive stay untouched.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

import httpcore
import httpx

from flowstudio.conf import settings

PORTS: Final = frozenset({80, 443, 8080, 8443})
MAX_REDIRECTS: Final = 5
MAX_RESPONSE_BYTES: Final = 10 * 1024 * 1024

# `ipaddress.is_global` is not enough: it differs between Python versions and lets multicast and
# translated forms of private addresses through.
DENIED_V4: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's own services behind a public-looking address
        "169.254.0.0/16",  # link-local: cloud metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
ALLOWED_V6: Final = ip_network("2000::/3")  # all the rest is local, mapped, translated or unassigned
DENIED_V6: Final = tuple(
    ip_network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID and other protocol blocks
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
KEPT_ACROSS_ORIGINS: Final = frozenset(
    {"accept", "accept-encoding", "accept-language", "content-length", "content-type", "user-agent"}
)
FRAMING: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})

Resolve = Callable[[str, int], Awaitable[list[str]]]


class EgressRefused(httpx.TransportError):
    """A call that this installation does not allow; the text says which rule refused it."""


def is_public(text: str) -> bool:
    """May this address be dialled?"""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in DENIED_V4)
    return _is_public_v6(address)


def _is_public_v6(address: IPv6Address) -> bool:
    return (
        address.scope_id is None
        and address in ALLOWED_V6
        and not any(address in network for network in DENIED_V6)
    )


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, in the system's order of preference."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


def client(resolve: Resolve = resolve) -> httpx.AsyncClient:
    """A guarded client; close it when its event loop ends. It keeps connections, but no cookies."""
    return _GuardedClient(
        transport=_GuardedTransport(resolve),
        trust_env=False,  # a proxy or .netrc of the environment would get round the guard
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        timeout=30.0,
    )


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore: to checked addresses only."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._dial = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in await self._checked(host, port):
            try:
                return await self._dial.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise EgressRefused(f"The name {host!r} was not found.") from None
        if not settings.ALLOW_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
            raise EgressRefused(
                f"{host!r} leads to a private, local or reserved address, which workflows may not call. "
                "An administrator can allow it with the setting ALLOW_PRIVATE_ADDRESSES."
            )
        return addresses

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise EgressRefused("Workflows may not call local sockets.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport on a pool with our backend, and with a cap on what comes over the wire."""

    def __init__(self, resolve: Resolve) -> None:
        context = ssl.create_default_context()
        super().__init__(verify=context, trust_env=False)
        # httpx has no parameter for the network backend: replace its still empty pool.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_GuardedBackend(resolve),
        )


class _GuardedClient(httpx.AsyncClient):
    """Follows redirects itself, reads each answer up to the cap, says nothing of the connection."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        options |= {"stream": True, "follow_redirects": False}
        try:
            return await self._follow(request, options)
        except EgressRefused:
            raise
        except httpx.TimeoutException as error:
            raise type(error)(f"{request.url.host!r} did not answer in time.") from None
        except httpx.TransportError as error:
            raise type(error)(f"The connection to {request.url.host!r} failed.") from None

    async def _follow(self, request: httpx.Request, options: dict[str, Any]) -> httpx.Response:
        for _ in range(MAX_REDIRECTS + 1):
            _check_url(request.url)
            response = await super().send(request, **options)
            if response.next_request is None:
                return await _whole(response)
            await response.aclose()
            if not _same_origin(request.url, response.next_request.url):
                options = {**options, "auth": None}
                _drop_credentials(response.next_request)
            request = response.next_request
        raise EgressRefused(f"More than {MAX_REDIRECTS} redirects.")


def _check_url(url: httpx.URL) -> None:
    if url.scheme not in ("http", "https") or not url.host:
        raise EgressRefused(f"Only http and https addresses can be called, not {str(url)[:200]!r}.")
    port = url.port or (443 if url.scheme == "https" else 80)
    if port not in PORTS and not settings.ALLOW_PRIVATE_ADDRESSES:
        raise EgressRefused(f"Port {port} is not one of {', '.join(map(str, sorted(PORTS)))}.")


def _drop_credentials(request: httpx.Request) -> None:
    """Leave only headers that cannot be a credential: the redirect leads to another origin."""
    for name in set(request.headers) - KEPT_ACROSS_ORIGINS - {"host"}:
        del request.headers[name]


def _same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """httpx leaves a scheme's own port out of a URL, so None equals None."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


async def _whole(response: httpx.Response) -> httpx.Response:
    """The response with its body read and unpacked: the cap counts what a small packed answer grows to."""
    try:
        body = b"".join([part async for part in _capped(response.aiter_bytes())])
    finally:
        await response.aclose()
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in FRAMING]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=body,
        request=response.request,
        extensions=response.extensions,
    )


async def _capped(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for part in parts:
        size += len(part)
        if size > MAX_RESPONSE_BYTES:
            raise EgressRefused(f"The answer is larger than {MAX_RESPONSE_BYTES // 1024**2} MB.")
        yield part
