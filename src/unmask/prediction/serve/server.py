"""Puts the parts together and listens."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from unmask.disk.own_folder import own_folder
from unmask.errors import UnmaskError
from unmask.prediction.model_test import ModelTest
from unmask.prediction.serve.check_upload import Refused
from unmask.prediction.serve.connections import patient_protocol
from unmask.prediction.serve.jobs import Visits
from unmask.prediction.serve.limits import Limits
from unmask.prediction.serve.origin_guard import LOCAL, Guard
from unmask.prediction.serve.receive import receive
from unmask.prediction.serve.worker import Scorer, Worker

_CONNECTIONS = 500
_LEAVE_S = 5
"""So long a page may be out of reach before its files are deleted; also the end's patience."""


def bind(host: str, port: int) -> socket.socket:
    """A listening place; port 0 takes any that is free.

    Raises:
        UnmaskError: the port is taken, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
        place.listen()  # who comes before all is ready waits
    except OSError as error:
        place.close()
        if error.errno == errno.EADDRINUSE:
            raise UnmaskError(
                f"Port {port} is taken, perhaps by another unmask serve. Name another:\n"
                f"  unmask serve --port {port + 1}"
            ) from None
        raise UnmaskError(
            f"Nothing can listen on {host}, port {port}: {error.strerror or error}. The "
            "default is\n  unmask serve --host 127.0.0.1 --port 8765"
        ) from None
    return place


def serve(
    place: socket.socket,
    scorer: Scorer,
    contract: Mapping[str, Any],
    limits: Limits,
    *,
    model: Path,
    threshold: float,
    test: ModelTest,
    local: bool,
    ready: Callable[[], None],
) -> None:
    """Serve until interrupted. Uploads are below one temporary folder, which goes at the end."""
    # Playlists and addresses inside of files lead nowhere.
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "protocol_whitelist;file")
    with own_folder("unmask-serve-") as root:
        os.environ["NICEGUI_STORAGE_PATH"] = str(root / "ui")
        import uvicorn
        from fastapi import FastAPI
        from nicegui import ui

        from unmask.prediction.serve.page import add_page

        visits = Visits(root, files=limits.files, waiting=limits.waiting, pages=limits.pages)
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        _add_upload(app, visits, Worker(scorer, contract, limits), limits)
        add_page(visits, limits, model=model, threshold=threshold, test=test)
        ui.run_with(
            app,
            dark=None,
            language="en-US",
            tailwind=False,
            reconnect_timeout=_LEAVE_S,
            show_welcome_message=False,
        )
        names = {*LOCAL, place.getsockname()[0]} | (set() if local else {socket.gethostname()})
        config = uvicorn.Config(
            Guard(app, names, any_address=not local),
            http=patient_protocol(),
            ws_per_message_deflate=False,
            ws_max_queue=8,
            limit_concurrency=_CONNECTIONS,
            log_level="warning",
            ws_max_size=2**20,
            timeout_graceful_shutdown=_LEAVE_S,
            server_header=False,
        )
        with closing(place):
            ready()
            uvicorn.Server(config).run(sockets=[place])


def _add_upload(app: Any, visits: Visits, worker: Worker, limits: Limits) -> None:
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import JSONResponse, Response

    async def upload(request: Request) -> Response:
        visit = visits.find(request.path_params["token"])
        if visit is None:
            return Response(status_code=404)
        try:
            job = visits.add(visit, unquote(request.headers.get("x-file-name", "")))
        except UnmaskError as error:
            return JSONResponse({"refused": str(error)})
        length = request.headers.get("content-length", "")
        announced = int(length) if length.isdecimal() else None
        try:
            file = await receive(job, request.stream(), announced, limits)
        except Refused as error:
            job.refuse(str(error))
            too_large = "larger" in str(error)
            return JSONResponse({}, status_code=413 if too_large else 200)
        except ClientDisconnect:
            job.refuse("The connection was lost while it was sent.")
            return Response(status_code=400)
        except OSError as error:
            job.refuse(f"It could not be stored: {error.strerror}.")
            return JSONResponse({})
        worker.take(job, file)
        return JSONResponse({})

    app.add_route("/upload/{token}", upload, methods=["POST"])
