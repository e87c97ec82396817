"""Logs for TensorBoard: the figures of each epoch. Writing them needs no more than TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from unmask.training.callbacks import HISTORY, Selection


class TensorBoardLog(keras.callbacks.Callback):
    """Writes what ``selection`` noted of each epoch into ``folder``. Comes after it."""

    def __init__(self, folder: Path, selection: Selection) -> None:
        super().__init__()
        self.selection = selection
        self.writer = tf.summary.create_file_writer(str(folder))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the last row of the history."""
        with self.writer.as_default():
            for name, figure in list(zip(HISTORY, self.selection.rows[-1], strict=True))[1:]:
                kind = tf.compat.v1.SummaryMetadata(data_class="DATA_CLASS_SCALAR")
                kind.plugin_data.plugin_name = "scalars"
                tf.summary.write(name, tf.constant(float(figure)), epoch + 1, kind)
        self.writer.flush()
