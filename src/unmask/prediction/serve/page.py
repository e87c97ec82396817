"""What a visitor sees: a place to drop files, and a card for each of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from nicegui import Client, ui

from unmask.errors import UnmaskError
from unmask.prediction.detector import name_of
from unmask.prediction.model_test import NOT_TESTED, ModelTest
from unmask.prediction.page import verdict_of_file
from unmask.prediction.serve.jobs import STEPS, Job, Visit, Visits
from unmask.prediction.serve.limits import Limits
from unmask.report.pages.render import HERE as PAGES

_HERE = Path(__file__).parent
_EVERY_S = 0.25

CARE = (
    "A score is the model's own estimate, not proof: it is unreliable on people, cameras and kinds "
    "of fakes that it was not trained on. The interval says how far the score might move if other "
    "moments of the same video had been looked at, not how often the model is right."
)
MAPS = (
    "Heat maps show what the model looked at (HiResCAM), each scaled by its own brightest place. "
    "They do not show that it was right to."
)


def add_page(
    visits: Visits, limits: Limits, *, model: Path, threshold: float, test: ModelTest = NOT_TESTED
) -> None:
    """Declare the page at ``/``."""

    @ui.page("/", title="unmask: drop a video")
    def index(client: Client) -> None:
        try:
            visit = visits.open()
        except UnmaskError as error:
            ui.label(str(error))
            return
        client.on_delete(lambda: visits.close(visit))
        _head(visit, limits)
        with ui.element("main"):
            _text("h1", "Is this face a deepfake?")
            how = f"From a score of {threshold:.3f} on, a file is called fake."
            _text("p", " ".join(filter(None, [f"Model: {name_of(model)}.", test.told, how])))
            _drop_zone(visits, visit, limits)
            with ui.element("div").classes("warning").props('role=note aria-label="Read this"'):
                if test.doubt:
                    _text("h2", f"No verdict here is decided: {test.doubt}.")
                _text("p", f"{CARE} {MAPS}")
            said = _text("p", "").classes("said").props("role=status")
            board = ui.element("div").classes("board")
        cards: dict[Job, _Card] = {}

        def remove(job: Job) -> None:
            visits.remove(visit, job)
            cards.pop(job).element.delete()

        def refresh() -> None:
            for job in list(visit.jobs):
                if job not in cards:
                    with board:
                        cards[job] = _Card(job, len(cards), threshold, remove)
                if line := cards[job].refresh():
                    said.set_text(line)

        ui.timer(_EVERY_S, refresh)


def _head(visit: Visit, limits: Limits) -> None:
    styles = [(folder / "style.css").read_text("utf-8") for folder in (PAGES, _HERE)]
    ui.add_head_html(f"<style>{''.join(styles)}</style>")
    send = {"url": f"/upload/{visit.token}", "bytes": limits.bytes}
    script = (_HERE / "send.js").read_text("utf-8")
    ui.add_head_html(f"<script>const UPLOAD = {json.dumps(send)};\n{script}</script>")


def _drop_zone(visits: Visits, visit: Visit, limits: Limits) -> None:
    with ui.element("label").classes("drop"):
        _text("strong", "Drop videos or images here, or choose them")
        _text(
            "span",
            f"Up to {limits.size} and {limits.seconds:g} s each. They stay on the machine that "
            "runs this page and are deleted as soon as they are scored.",
        )
        # The browser's own field: it takes drops, the keyboard and a screen reader without help.
        field = ui.element("input").props('type=file multiple accept="video/*,image/*"')
        field.on("change", js_handler="(event) => sendFiles(event.target)")

    def too_large(event: object) -> None:
        try:
            job = visits.add(visit, str(getattr(event, "args", "")))
        except UnmaskError as error:
            ui.notify(str(error))
        else:
            job.refuse(f"The file is larger than {limits.size}, which is the most here.")

    ui.on("too_large", too_large)
    ui.on("not_taken", lambda event: ui.notify(str(event.args)[:200]))


class _Card:
    """One file. Text goes in as text: a file name is never read as HTML."""

    def __init__(
        self, job: Job, number: int, threshold: float, remove: Callable[[Job], None]
    ) -> None:
        self._job, self._threshold, self._anchor = job, threshold, f"file-{number + 1}"
        self._finished = False
        heading = f"{self._anchor}-name"
        with ui.element("section").props(f"aria-labelledby={heading}").classes("file") as section:
            with ui.element("div").classes("top"):
                _text("h2", job.name).props(f"id={heading}")
                button = _text("button", "Remove").props("type=button")
                button.props["aria-label"] = f"Remove {job.name}"
                button.on("click", lambda: remove(job))
            self._state = _text("p", "").classes("state")
            self._bar = ui.linear_progress(show_value=False, size=".5rem")
            self._bar.props["aria-label"] = f"Progress of {job.name}"
        self.element = section

    def refresh(self) -> str:
        """Show where the file is; returns what to say aloud when it is done."""
        job = self._job
        if self._finished:
            return ""
        if not job.done:
            percent = f", {job.received:.0%}" if job.step == "receive" else ""
            self._state.set_text(f"{STEPS[job.step].capitalize()}{percent} …")
            self._bar.set_value(job.progress)
            return ""
        self._finished = True
        self._bar.delete()
        if job.result is None:
            self._state.set_text(f"Not scored: {job.reason}")
            return f"{job.name}: not scored, {job.reason}"
        self._state.delete()
        result = job.result
        with self.element:
            page = verdict_of_file(result, anchor=self._anchor, threshold=self._threshold)
            ui.html(page, sanitize=False).classes("result")  # a template that escapes
        ui.run_javascript((PAGES / "charts.js").read_text("utf-8"))
        return f"{job.name}: {result.verdict}, score {result.p_fake:.3f}"


def _text(tag: str, text: str) -> ui.label:
    label = ui.label(text)
    label.tag = tag
    return label
