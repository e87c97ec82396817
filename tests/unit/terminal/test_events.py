"""The plugin keeps to the interface: its own tests, with every event there is."""

from __future__ import annotations

from snakemake_interface_logger_plugins.tests import TestLogHandlerBase

from snakemake_logger_plugin_unmask import LogHandler


class TestThePlugin(TestLogHandlerBase):
    __test__ = True

    def get_log_handler_cls(self):
        return LogHandler

    def get_log_handler_settings(self):
        return None
