"""What a model file says of its training."""

from __future__ import annotations

import csv
import json

from results_tree import DATASET, Results
from unmask.model.card import FIELD, trained_on, training_card


def test_the_card_counts_training_and_validation_and_leaves_the_test_out(tmp_path):
    table = Results(tmp_path, pictures=False).dataset
    card = training_card(table, train={"seed": 3}, model={"backbone": "Meso4"})
    assert {row["split"] for row in card["data"]} == {"train", "val"}
    [fakes] = [r for r in card["data"] if (r["split"], r["class"]) == ("val", "fake")]
    assert fakes == {
        "split": "val", "dataset": "own", "class": "fake", "method": "swap",
        "videos": 2, "groups": 2, "crops": 4,
    }  # fmt: skip
    assert card["recipe"] == {"train": {"seed": 3}, "model": {"backbone": "Meso4"}}
    assert json.loads(json.dumps(card)) == card
    told = trained_on({FIELD: card})
    assert told == "Trained on 1 real and 1 fake videos (swap) of own."
    assert trained_on({}) == ""


def test_a_change_to_the_test_videos_changes_nothing(tmp_path):
    table = Results(tmp_path, pictures=False).dataset
    before = training_card(table)
    with table.open("a", newline="") as file:
        csv.writer(file).writerow(("test/real/x.jpg", "x", 0, 0, 0, 0, "g9", "test", "", "own"))
    assert len(DATASET) == 10 and training_card(table) == before
