"""Starting TensorFlow: quietly, with Keras on top of it, and with the same result every time."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def start() -> None:
    """Import TensorFlow and Keras without their start-up messages.

    Call it before anything else imports Keras. An environment that already sets
    ``TF_CPP_MIN_LOG_LEVEL`` keeps its own level.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with _stderr_held():
        import keras  # noqa: F401
        import tensorflow  # noqa: F401


def make_deterministic(seed: int) -> None:
    """Seed every generator, forget the layers built so far, and forbid ops that may vary.

    Two models built and trained after this, with the same data and settings, have the same
    weights, the same layer names and so the same file. It holds for the rest of the process.
    """
    import keras
    import tensorflow as tf

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


@contextmanager
def precision(policy: str) -> Iterator[None]:
    """Build layers under a Keras dtype policy such as ``float32`` or ``mixed_bfloat16``."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextmanager
def _stderr_held() -> Iterator[None]:
    """Hold back what native code writes to the error stream; show it only if the block fails.

    TensorFlow's first messages come before it reads its log level.
    """
    sys.stderr.flush()
    stream = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(stream, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(stream, 2)
            os.close(stream)
