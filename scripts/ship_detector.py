"""Puts a trained model in the place of the detector that ships with unmask.

    python scripts/ship_detector.py [results/model/model.keras] [--preset presets/detector.yaml]
                                    [--start results/first.keras --share 0.6]
                                    [--beside results/other.keras]

Beside its weights, as 16-bit numbers, the file has the graph that ONNX Runtime scores with, and
says how videos are prepared and scored: as the preset has it. The threshold is the score that so
many of the validation split's real crops reach (--real-called-fake); the undecided range is given
in the same way. Where the model was trained on from --start, its weights may be averaged with those
(WiSE-FT, Wortsman et al., CVPR 2022): --share is the model's part. With --beside, another network
becomes a part of the model: the logits of both are added, each by its spread over the validation
split, so that both say as much. The card beside the model is written by hand: it has to say what
was measured of it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def main() -> None:
    """Write the model file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, nargs="?", default=Path("results/model/model.keras"))
    parser.add_argument("--start", type=Path, help="a model that it was trained on from")
    parser.add_argument("--share", type=float, default=1.0, help="of the model, beside --start")
    parser.add_argument("--beside", type=Path, help="another model, to score together with it")
    parser.add_argument("--preset", type=Path, default=Path("presets/detector.yaml"))
    parser.add_argument("--dataset", type=Path, default=Path("results/dataset"))
    parser.add_argument("--index", type=Path, default=Path("results/dataset.csv"))
    parser.add_argument("--real-called-fake", type=float, default=0.05, metavar="SHARE")
    parser.add_argument("--undecided", type=float, nargs=2, default=(0.1, 0.02), metavar="SHARE")
    args = parser.parse_args()
    from unmask.model import runtime

    runtime.start()
    from unmask.config import read_layers, validate
    from unmask.model.half import halve
    from unmask.model.model_file import load_model, save_model
    from unmask.model.scoring_graph import add_graph
    from unmask.prediction.detector import SHIPPED
    from unmask.training.crops import look_of_split, read_split
    from unmask.workflow.stages import STAGES

    config = validate(read_layers([Path("config.yaml"), args.preset]))
    model, contract = load_model(args.model)
    if args.start:
        first, _ = load_model(args.start)
        model.set_weights(averaged(first.get_weights(), model.get_weights(), args.share))
    crops = read_split(args.index, args.dataset, "val")
    if args.beside:
        model = joined([model, load_model(args.beside)[0]], crops.files)
    contract |= STAGES["train"].select(config)["contract"]
    contract["look"] = vars(look_of_split(args.index, "train"))
    contract["scoring"] = {"aggregate": config.score.aggregate, "flip": config.score.flip}
    scores = real_scores(model, contract, crops)
    contract["threshold"] = threshold_at(scores, args.real_called_fake)
    contract["undecided"] = [threshold_at(scores, share) for share in args.undecided]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "model.keras"
        save_model(model, whole, contract)
        half = Path(folder) / "half.keras"
        halve(whole, half)
        rounded, _ = load_model(half)
        if not add_graph(half, rounded):
            raise SystemExit("Without a graph, scoring would have to start TensorFlow.")
        SHIPPED.write_bytes(half.read_bytes())
    print(f"{SHIPPED}: {SHIPPED.stat().st_size / 1e6:.1f} MB")
    print(f"threshold {contract['threshold']}, undecided {contract['undecided']}")


def averaged(first: list[np.ndarray], second: list[np.ndarray], share: float) -> list[np.ndarray]:
    """Weights on the line between two models, ``share`` of the way to the second."""
    return [(1 - share) * one + share * other for one, other in zip(first, second, strict=True)]


def joined(models: Sequence[keras.Model], files: Sequence[Path]) -> keras.Model:
    """One network of several: their features side by side, and one output that adds their logits.

    All end in the mean of each feature over the image and one dense layer, and take crops of one
    size. A logit counts by its standard deviation over ``files``.
    """
    import keras

    from unmask.model.predict_crops import predict_logits

    size = models[0].input_shape[1]
    pixels = keras.Input((size, size, 3), name="rgb")
    spreads = [float(predict_logits(m, files, input_size=size).std()) for m in models]
    mean = sum(spreads) / len(spreads)
    features, kernels, bias = [], [], np.zeros(1, np.float32)
    for model, spread in zip(models, spreads, strict=True):
        pool, last = model.get_layer("pool"), model.get_layer("p_fake")
        features.append(keras.Model(model.inputs, pool.input)(pixels))
        kernel, own = last.get_weights()
        share = mean / spread / len(models)
        kernels.append(kernel * share)
        bias += own * share
    body = keras.Model(pixels, keras.layers.Concatenate(name="features")(features), name="body")
    output = keras.layers.Dense(1, activation="sigmoid", dtype="float32", name="p_fake")
    whole = keras.Input((size, size, 3), name="rgb")
    x = keras.layers.GlobalAveragePooling2D(name="pool")(body(whole))
    model = keras.Model(whole, output(x), name="unmask")
    output.set_weights([np.concatenate(kernels), bias])
    return model


def real_scores(model: object, contract: dict, crops: object) -> np.ndarray:
    """The scores of the real crops, as videos are scored."""
    from unmask.model.predict_crops import predict_crops

    files = [file for file, label in zip(crops.files, crops.labels, strict=True) if label == 0]
    how = {"input_size": contract["input_size"], "flip": contract["scoring"]["flip"]}
    return predict_crops(model, files, **how)


def threshold_at(scores: np.ndarray, share: float) -> float:
    """The score that this share of the real crops reaches."""
    return round(float(np.quantile(scores, 1 - share)), 4)


if __name__ == "__main__":
    main()
