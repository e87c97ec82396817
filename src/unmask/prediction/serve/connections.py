"""Connections that say nothing are closed: sockets are few, and somebody else may want one."""

from __future__ import annotations

import asyncio
from typing import Any

SILENCE_S = 20.0
"""So long a connection may be open without a request that has begun in earnest."""


def patient_protocol(silence_s: float = SILENCE_S) -> type[asyncio.Protocol]:
    """The HTTP protocol of the server, which waits for a request's head only so long.

    Uvicorn waits for one for ever, however slowly it comes.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._waited = False
            self.loop.call_later(silence_s / 2, self._look)

        def _look(self) -> None:
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                return  # closed, or a web socket by now
            idle = self.cycle is None or self.cycle.response_complete
            if idle and self._waited:
                self.transport.close()
                return
            self._waited = idle
            self.loop.call_later(silence_s / 2, self._look)

    return Patient
