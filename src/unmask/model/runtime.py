"""Starting TensorFlow: quietly, with Keras on top of it, and with the same result every time.

Keras may run on JAX instead while it trains; the model file is the same. Reading and changing crops
is TensorFlow's work there, too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from unmask.errors import ModelError


def start(*, or_jax: bool = False) -> None:
    """Import TensorFlow and Keras without their start-up messages.

    Call it before anything else imports Keras. An environment that already sets
    ``TF_CPP_MIN_LOG_LEVEL`` keeps its own level. Keras runs on TensorFlow whatever the environment
    says; with ``or_jax``, on JAX where it says ``KERAS_BACKEND=jax``. TensorFlow then leaves the
    GPUs alone.

    Raises:
        ModelError: TensorFlow is not installed, or JAX is asked for and not installed.
    """
    if find_spec("tensorflow") is None:
        raise ModelError(
            "This needs TensorFlow, which is not installed. Install it:\n"
            "  pip install --editable '.[keras]'"
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    jax = or_jax and os.environ.get("KERAS_BACKEND") == "jax"
    if jax and find_spec("jax") is None:
        raise ModelError(
            "KERAS_BACKEND is jax, and JAX is not installed. Install it:\n"
            "  pip install 'jax>=0.10'\n"
            "or train on TensorFlow:\n  unset KERAS_BACKEND"
        )
    os.environ["KERAS_BACKEND"] = "jax" if jax else "tensorflow"
    with _stderr_held():
        import keras  # noqa: F401
        import tensorflow as tf
    if jax:
        tf.config.set_visible_devices([], "GPU")


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
