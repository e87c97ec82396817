"""Who may talk to the server: pages that it served itself, under names that are its own.

It listens on this machine only, but every page that the user has open in a browser can send
requests to this machine too. So:

- The name in ``Host`` has to be one of ours. A hostile page may let its own name point here (DNS
  rebinding) and would then count as the same origin for the browser, but its name gives it away.
- What changes something, and every web socket, has to come from a page of ours: browsers say
  which page it is in ``Origin``, and no script can change that.
- No page may load parts of ours, show it in a frame, or read what it says.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = ("localhost", "127.0.0.1", "::1")

POLICY = (
    # The UI library compiles its components in the browser, which counts as eval.
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, names: Iterable[str], *, any_address: bool = False) -> None:
        """``names``: those that are ours; ``any_address``: so is every IP address."""
        self._app, self._names, self._any_address = app, frozenset(names), any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = self.why_not(scope)
        if reason is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            start = {"type": "http.response.start", "status": 403}
            await send(start | {"headers": [(b"content-type", b"text/plain; charset=utf-8")]})
            await send({"type": "http.response.body", "body": f"{reason}\n".encode()})

    def why_not(self, scope: Scope) -> str | None:
        """Why a request is refused; None if it is not."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._is_ours(host):
            return f"{host[:100]!r} is not a name of this server."
        harmless = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        # A page's messages may come by requests in place of a web socket. Browsers name no origin
        # when they fetch from their own, but say that they do.
        if harmless and "socket.io" in scope.get("path", "") and origin is None:
            harmless = headers.get("sec-fetch-site") == "same-origin"
        if origin is None and not harmless:
            return "This is for pages of this server only."
        if origin is not None and origin != f"http://{host}":
            return "This is for pages of this server only."
        followed_a_link = (
            harmless
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        )
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not followed_a_link:
            return "This is for pages of this server only."
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._any_address


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sending
