"""What the machine offers for training: number formats and several GPUs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import tensorflow as tf

log = logging.getLogger(__name__)

AUTO = "auto"
_FASTER_IN_BFLOAT16 = {"avx512_bf16", "amx_bf16"}
_CPU_INFO = Path("/proc/cpuinfo")


def choose_precision(asked: str) -> str:
    """The Keras dtype policy to train with: the one asked for, or with ``auto`` the fastest.

    ``mixed_bfloat16`` where the GPU has it (compute capability 8.0) or, without a GPU, the CPU
    (AVX512-BF16 or AMX); ``mixed_float16`` on older GPUs with tensor cores (7.0); else ``float32``.
    """
    if asked != AUTO:
        return asked
    chosen, why = _fastest()
    log.info("precision: %s (%s)", chosen, why)
    return chosen


def _fastest() -> tuple[str, str]:
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
        name = details[0].get("device_name", "GPU")
        oldest = min(detail.get("compute_capability", (0, 0)) for detail in details)
        if oldest >= (8, 0):
            return "mixed_bfloat16", f"{name} computes in bfloat16"
        if oldest >= (7, 0):
            return "mixed_float16", f"{name} computes in float16"
        return "float32", f"{name} has no faster format"
    known = _FASTER_IN_BFLOAT16 & cpu_flags()
    if known:
        return "mixed_bfloat16", f"this CPU has {', '.join(sorted(known))}"
    return "float32", "this CPU has no bfloat16 units"


def cpu_flags(info: Path = _CPU_INFO) -> set[str]:
    """What the first CPU can do, in the words of Linux; empty on other systems."""
    if not info.is_file():
        return set()
    for line in info.read_text("utf-8", errors="replace").splitlines():
        if line.startswith("flags"):
            return set(line.partition(":")[2].split())
    return set()


def sharing(
    strategy: tf.distribute.Strategy | None = None,
) -> Callable[[], AbstractContextManager]:
    """What to build and compile a model in, so that each batch is shared among all GPUs.

    With one GPU or none this changes nothing. ``strategy``: another way to share.
    """
    if strategy is None:
        gpus = tf.config.list_logical_devices("GPU")
        if len(gpus) < 2:
            return nullcontext
        log.info("training on %d GPUs", len(gpus))
        strategy = tf.distribute.MirroredStrategy()
    return strategy.scope
