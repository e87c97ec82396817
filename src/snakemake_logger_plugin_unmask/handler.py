"""Snakemake's events, one by one, and what the terminal gets to see of each."""

from __future__ import annotations

import logging
import sys
from logging import LogRecord
from pathlib import Path
from typing import TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_unmask import messages
from snakemake_logger_plugin_unmask.run import Run
from snakemake_logger_plugin_unmask.screen import screen_on


class LogHandler(LogHandlerBase):
    """Takes the events of a run and hands them to a :class:`Run`."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Choose the stream: a dry run speaks on the output, all else on the error stream."""
        said = self.common_settings
        stream: TextIO = sys.stdout if said.stdout else sys.stderr
        self.whole = _of_snakemake(said, stream) if said.verbose or said.debug_dag else None
        self.quiet = {str(getattr(part, "name", part)).lower() for part in said.quiet or ()}
        self.run = Run(screen_on(stream), Path.cwd(), dry=said.dryrun, quiet=bool(self.quiet))

    def emit(self, record: LogRecord) -> None:
        """Show an event, or nothing of it."""
        if self.whole:
            self.whole.handle(record)
            return
        try:
            self._take(record)
        except Exception:
            self.handleError(record)

    def _take(self, record: LogRecord) -> None:
        event, run = getattr(record, "event", None), self.run
        if event == LogEvent.ERROR:
            text = record.getMessage()
            if not messages.is_of_a_job(text):  # which has an event of its own
                run.mistake(messages.without_frame(text))
        elif "all" in self.quiet:
            return
        elif event == LogEvent.RUN_INFO:
            run.planned(record.stats)
        elif event == LogEvent.JOB_INFO:
            run.began(record.jobid, record.rule_name, record.reason, record.log)
        elif event == LogEvent.SHELLCMD and self.common_settings.printshellcmds:
            run.say(record.shellcmd or "")
        elif event == LogEvent.JOB_FINISHED:
            run.finished(record.job_id)
        elif event == LogEvent.JOB_ERROR:
            run.failed(record.rule_name, record.jobid, record.log)
        elif event == LogEvent.GROUP_ERROR:
            for job in record.job_error_info:
                run.failed(job["rule_name"], job["jobid"], job["log"] or record.aux_logs)
        elif event is None:
            self._told(record)

    def _told(self, record: LogRecord) -> None:
        """A message without an event: those of the rules, of Snakemake, and its warnings."""
        text = record.getMessage() if record.msg is not None else ""
        if hasattr(record, "current"):
            self.run.current = record.current
        if messages.ends_a_run(text):
            self.run.over()
        elif messages.ends_a_dry_run(text):
            self.run.plan_told()
        elif messages.nothing_to_do(text):
            self.run.nothing_to_do()
        elif self._is_of_use(text, record.levelno):
            self.run.say(text.rstrip())

    def _is_of_use(self, text: str, level: int) -> bool:
        if not text.strip() or messages.is_noise(text):
            return False
        return level >= logging.WARNING or not self.quiet

    def close(self) -> None:
        """The run is over, however it ended."""
        self.run.close()
        super().close()


def _of_snakemake(settings: object, stream: TextIO) -> logging.Handler:
    """What Snakemake prints by itself."""
    from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter

    return ColorizingTextHandler(
        nocolor=settings.nocolor,
        stream=stream,
        formatter=DefaultFormatter(settings.quiet, settings.show_failed_logs),
        filter=DefaultFilter(
            settings.quiet,
            settings.debug_dag,
            settings.verbose,
            settings.dryrun,
            settings.printshellcmds,
        ),
    )
