"""What a run of the workflow prints: counts, progress, the epochs of the training, the answer.

A logger plugin of Snakemake, which finds it by the name of this package. ``profiles/default``
chooses it where it is installed. With ``--verbose``, or ``UNMASK_LOG=snakemake`` in the
environment, Snakemake prints what it prints by itself.
"""

from snakemake_logger_plugin_unmask.handler import LogHandler

__all__ = ["LogHandler"]
