"""What the machine offers for training: GPUs, number formats, compilers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import keras
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
    found = gpus()
    if found:
        name, oldest = found[0][0], min(capability for _, capability in found)
        if oldest >= (8, 0):
            return "mixed_bfloat16", f"{name} computes in bfloat16"
        if oldest >= (7, 0):
            return "mixed_float16", f"{name} computes in float16"
        return "float32", f"{name} has no faster format"
    known = _FASTER_IN_BFLOAT16 & cpu_flags()
    if known:
        return "mixed_bfloat16", f"this CPU has {', '.join(sorted(known))}"
    return "float32", "this CPU has no bfloat16 units"


def gpus() -> list[tuple[str, tuple[int, int]]]:
    """Name and compute capability of each GPU that Keras' backend sees."""
    if on_jax():
        import jax

        devices = [device for device in jax.devices() if device.platform == "gpu"]
        return [(device.device_kind, _version(device.compute_capability)) for device in devices]
    physical = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in physical]
    return [
        (detail.get("device_name", "GPU"), detail.get("compute_capability", (0, 0)))
        for detail in details
    ]


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


def on_jax() -> bool:
    """Whether Keras runs on JAX."""
    return keras.backend.backend() == "jax"


def compiled() -> bool:
    """Whether XLA is to compile a training step. JAX without it goes op by op; TensorFlow has
    graphs of its own, and VGG16 on a CPU was slower with it."""
    return on_jax()


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
        count = len(tf.config.list_logical_devices("GPU"))
        if count < 2:
            return nullcontext
        log.info("training on %d GPUs", count)
        strategy = tf.distribute.MirroredStrategy()
    return strategy.scope
