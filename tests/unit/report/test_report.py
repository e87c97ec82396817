"""The report holds all it shows, says what it means, and runs nothing but its own scripts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image

from results_tree import CLIPS, PAIRS, QUARANTINE, SHORTCUTS, TRACKS, Clip, Results
from unmask.commands import report as command
from unmask.errors import DatasetError
from unmask.evaluation.metrics_file import evaluate
from unmask.report import context
from unmask.report.build import build_report
from unmask.report.pages.numbers import interval, number, percent
from unmask.report.quality import quality_rows
from unmask.report.sentences import sentences, training_summary, warnings

EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """A parsed page: its elements in order, and what a reader sees of it as text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words, self.scripts = [], [], [], []
        self.feed(text)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        if "script" in self.open:
            self.scripts.append(data)
        elif "style" not in self.open:
            self.words.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def built(results, settings=None, **evaluation):
    """The page of a result."""
    results.measure(**evaluation)
    path = build_report(results.folder / "report", results.inputs(), settings or {})
    return path.read_text("utf-8")


def page_of(results, video):
    """The page of one video, after ``built``."""
    return Page((results.folder / "report/videos" / f"{video}.html").read_text("utf-8"))


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path)


def assert_self_contained(page):
    """Nothing is loaded, and nothing runs but the scripts whose digests the policy names."""
    assert page.all("link") == [] and page.all("iframe") == []
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)
    assert not any("src" in attrs for attrs in page.all("script"))
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'")
    running = [
        text
        for attrs, text in zip(page.all("script"), page.scripts, strict=True)
        if attrs.get("type") != "application/json"
    ]
    digests = [b64encode(sha256(text.encode()).digest()).decode() for text in running]
    assert policy.endswith("script-src " + " ".join(f"'sha256-{digest}'" for digest in digests))


def test_the_pages_need_no_network_and_run_their_own_scripts_only(results):
    page = Page(built(results))
    assert_self_contained(page)
    assert len(page.all("script")) == 3
    assert all(a["href"].startswith(("#", "../", "videos/")) for a in page.all("a"))
    assert_self_contained(page_of(results, "test_f1"))


def test_the_page_can_be_read_by_everyone(results):
    page = Page(built(results))
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1 and len(page.all("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if tag in ("h1", "h2", "h3", "h4")]
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert all(image["alt"] for image in page.all("img"))
    assert len(page.all("caption")) == len(page.all("table")) > 5
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = [a["href"][1:] for a in page.all("a") if a["href"].startswith("#")]
    wanted += [attrs["aria-labelledby"] for _, attrs in page.elements if "aria-labelledby" in attrs]
    assert set(wanted) <= set(ids)


def test_dark_screens_phones_and_paper_are_thought_of(results):
    text = built(results)
    for rule in ("prefers-color-scheme: dark", "@media print", "width=device-width"):
        assert rule in text


def test_the_main_numbers_and_what_they_mean_are_there(results):
    text = Page(built(results)).text
    assert "AUC 0.750" in text
    assert "4 of 5 test videos could be scored." in text
    assert (
        "Called fake at a score of 0.500 or more (the threshold chosen on the validation videos), "
        "3 of 4 videos are judged correctly: 2 of 2 fakes are found, and 1 of 2 real videos is "
        "wrongly called fake." in text
    )
    assert "the detector gives the fake the higher score 75 times in 100" in text
    assert "a coin has 0.693" in text
    assert "2 epochs were run. The best validation AUC was 0.750, in epoch 2." in text


def test_a_small_test_set_is_pointed_out(results):
    text = Page(built(results)).text
    assert "The test set is small: 2 real and 2 fake videos in 2 groups." in text
    assert "1 test video could not be scored and is in none of the measures." in text


def test_the_demo_is_not_taken_for_a_benchmark(results):
    config = {"datasets": [{"name": "demo", "kind": "demo"}]}
    assert "two portraits" in Page(built(results, {"config": config})).text
    config["datasets"][0]["kind"] = "folders"
    assert "two portraits" not in Page(built(results, {"config": config})).text


def test_every_video_is_listed_with_words_for_right_and_wrong_the_wrong_ones_first(results):
    text = Page(built(results)).text
    assert "test_r2 own real fake 2 0.600 ✗ wrong" in text
    assert "test_f1 own swap fake fake 2 0.800 ✓ correct" in text
    assert text.index("test_r2 own") < text.index("test_f1 own")


def test_quarantined_videos_are_shown_with_their_reasons(results):
    text = Page(built(results)).text
    assert "1 in all: 1 at the stage faces." in text
    assert "test_f3 test faces no face was found" in text


def test_without_quarantined_videos_it_says_so(tmp_path):
    text = Page(built(Results(tmp_path, tuple(clip for clip in CLIPS if clip.scores)))).text
    assert "None: every video could be used." in text


def test_hits_and_misses_are_shown_as_pictures(results):
    page = Page(built(results))
    crops = [image for image in page.all("img") if image["alt"].startswith("Face crop from")]
    heats = [image["alt"] for image in page.all("img") if image["alt"].startswith("Heat map")]
    assert heats == ["Heat map over it: what speaks for fake"]  # of the one that has some
    assert [crop["alt"].split()[3] for crop in crops] == [
        "test_r2,", "test_f1,", "test_r1,", "test_f2,",
    ]  # fmt: skip
    content = b64decode(crops[0]["src"].partition(",")[2])
    assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR).shape == (32, 32, 3)


def test_the_gallery_is_as_long_as_asked_for(results):
    def crops(count):
        page = Page(built(results, {"gallery": count}))
        return [image for image in page.all("img") if image["alt"].startswith("Face crop")]

    assert len(crops(1)) == 2  # a miss and a hit
    assert crops(0) == []


def test_large_crops_are_shrunk(results):
    path = results.crops / "test/real/test_r2_000015_0.jpg"
    cv2.imwrite(str(path), np.full((600, 400, 3), 128, np.uint8))
    crop = next(image for image in Page(built(results)).all("img") if "test_r2" in image["alt"])
    content = np.frombuffer(b64decode(crop["src"].partition(",")[2]), np.uint8)
    assert cv2.imdecode(content, cv2.IMREAD_COLOR).shape == (192, 128, 3)


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_a_crop_that_cannot_be_read_leaves_a_note_in_its_place(results, content):
    path = results.crops / "test/real/test_r2_000015_0.jpg"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert "The crop cannot be read." in Page(built(results)).text


def test_no_picture_from_outside_the_dataset_gets_into_the_page(results):
    table = results.dataset.read_text()
    results.dataset.write_text(table.replace("test/real/test_r2_000015_0", "../../secret"))
    with pytest.raises(DatasetError, match="not a file inside"):
        built(results)


def test_text_from_files_and_settings_is_escaped(tmp_path):
    clips = [
        replace(clip, video=f"{clip.video}{EVIL}", method=EVIL, dataset=EVIL)
        if clip.split == "test"
        else clip
        for clip in CLIPS
    ]
    results = Results(tmp_path, tuple(replace(c, video=c.video.replace("/", "")) for c in clips))
    results.table("quarantine.csv", QUARANTINE, [(EVIL, EVIL, EVIL)])
    config = {EVIL: {EVIL: EVIL}, "datasets": [{"name": EVIL, "kind": EVIL}]}
    text = built(results, {"title": EVIL, "date": EVIL, "config": config})
    page = Page(text)
    assert len(page.all("script")) == 3 and text.count("<script>") == 2
    assert EVIL not in text and "<script>alert" not in text
    assert not any("onerror" in attrs for _, attrs in page.elements)
    assert all(image["src"].startswith("data:") for image in page.all("img"))
    assert page.text.count("<script>alert('x')") > 10


def test_the_same_result_gives_the_same_bytes_and_no_date(results):
    assert built(results) == built(results)
    assert "Monday" not in built(results)
    assert "Monday" in built(results, {"date": "Monday"})


def test_settings_and_versions_are_listed(results):
    config = {"frames": {"fps": 2.0, "count": None}, "model": {"backbone_args": {"alpha": 0.25}}}
    text = Page(built(results, {"config": config, "title": "Mine"})).text
    assert "Mine" in text
    assert "fps 2.0 count null" in text
    assert 'backbone_args {"alpha": 0.25}' in text
    assert "Python 3." in text and "numpy 2." in text


def test_long_tables_are_cut_and_say_so(results, monkeypatch):
    monkeypatch.setattr(context, "MAX_ROWS", 1)
    results.table("quarantine.csv", QUARANTINE, [("test_f3", "faces", "x"), ("y", "manifest", "z")])
    text = Page(built(results)).text
    assert "2 in all" in text and "the first 1 Video" in text


@pytest.mark.parametrize("kept", [(), (0,), (1,)])
def test_a_result_without_both_classes_still_makes_a_page(tmp_path, kept):
    clips = tuple(clip for clip in CLIPS if clip.split == "train" or clip.label in kept)
    text = Page(built(Results(tmp_path, clips))).text
    assert "do not have both classes, so no AUC can be given" in text
    assert "AUC n/a" in text
    if kept:
        assert "validation gave no better threshold" in text


def test_a_result_without_test_videos_still_makes_a_page(tmp_path):
    text = Page(built(Results(tmp_path, tuple(c for c in CLIPS if c.split != "test")))).text
    assert "The test split has no video." in text
    assert "No test video has a score." in text


def test_a_threshold_that_was_set_is_not_said_to_be_chosen(results):
    text = Page(built(results, {"config": {"evaluate": {"threshold": 0.7}}}, threshold=0.7)).text
    assert "0.700 or more (the threshold that was set)" in text


def test_what_cannot_be_resolved_is_said(results):
    text = Page(built(results, undecided_error=0.1)).text
    assert "takes 100 real validation videos, there are 2" in text
    assert "No band of undecided scores for 10 % mistakes in each class" in text
    assert "No temperature was fitted: it takes 30 validation videos of each class" in text
    assert "own/reenact 2 1 50 %" in text


def test_several_datasets_get_a_table(tmp_path):
    clips = tuple(replace(c, dataset="other") if c.group == "g4" else c for c in CLIPS)
    text = Page(built(Results(tmp_path, clips))).text
    assert "Each dataset by itself" in text
    assert "By method and dataset" in text


@pytest.mark.parametrize("missing", ["metrics.json", "plots/roc.csv", "explanations/index.csv"])
def test_a_missing_input_is_named(results, missing):
    results.measure()
    (results.folder / missing).unlink()
    with pytest.raises(DatasetError, match="no such file"):
        build_report(results.folder / "report", results.inputs(), {})


def test_the_command_writes_the_page(results):
    expected = built(results, {"title": "Mine", "gallery": 2})
    settings = results.folder / "settings.json"
    settings.write_text(json.dumps({"code": "0", "settings": {"title": "Mine", "gallery": 2}}))
    parser = ArgumentParser()
    command.add_arguments(parser)
    arguments = [
        "--metrics", results.folder / "metrics.json", "--videos", results.videos,
        "--frames", results.frames, "--tracks", results.tracks,
        "--explanations", results.explanations, "--explore", results.folder / "explore",
        "--manifest", results.manifest, "--quarantine", results.quarantine,
        "--left-out", results.left_out, "--notes", results.notes,
        "--duplicates", results.duplicates, "--shortcuts", results.shortcuts,
        "--quality", results.quality, "--dataset", results.crops, "--index", results.dataset,
        "--plots", results.folder / "plots", "--history", results.history,
        "--augmentation", results.folder / "augmentation.jpg",
        "--settings", settings, "--output", results.folder / "again",
    ]  # fmt: skip
    assert command.run(parser.parse_args(list(map(str, arguments)))) == 0
    assert (results.folder / "again" / "index.html").read_text("utf-8") == expected


def test_videos_that_look_alike_on_two_sides_are_named_and_what_was_left_out_is_told(results):
    assert "No two videos on different sides look alike" in built(results)
    results.table("duplicates.csv", PAIRS, [("tr<b>", "te", "train", "test", "real", "fake", 0.03)])
    results.table("notes.csv", ("note",), [("own: 3 of 4 fakes have no real video",)])
    results.table("left_out.csv", ("video", "dataset", "path", "reason"), [
        ("x", "own", "x.mp4", "the same content as y.mp4"),
    ])  # fmt: skip
    page = built(results)
    assert "1 pair looks alike all the same" in page
    assert "tr&lt;b&gt;" in page and "tr<b>" not in page
    assert "own: 3 of 4 fakes have no real video" in page
    assert "own: 1 video left out: the same content as another" in page


def test_what_else_tells_the_classes_stands_beside_the_auc_and_is_warned_of(results):
    page = built(results)
    assert "What else tells the classes" in page
    assert "alone tells real from fake" not in page
    results.table("shortcuts.csv", SHORTCUTS, [
        ("all together", "0.9000", "0.8500", "0.9400", "", "", 40),
        ("face size", "0.8200", "0.7000", "0.9000", "120 px", "80 px", 40),
        ("sharpness", "0.7000", "0.4500", "0.9000", "9", "7", 40),
    ])  # fmt: skip
    page = built(results)
    assert "Face size alone tells real from fake with an AUC of 0.820" in page
    assert "Sharpness alone" not in page, "its interval holds one half"
    results.table("shortcuts.csv", SHORTCUTS, [
        ("all together", "0.9000", "0.8500", "0.9400", "", "", 40),
    ])  # fmt: skip
    assert "Size, codec and the like, all together, tell real from fake" in built(results)


def test_quality_sets_real_against_fake(results):
    real, fake, both = quality_rows(
        results.quality, {clip.video: Clip(clip.video, clip.label, "", "") for clip in CLIPS}
    )
    assert (real["videos"], real["face_px"], real["share"]) == (5, 100, 1)
    assert (fake["videos"], fake["face_px"], fake["share"]) == (6, 120, 10 / 12)
    assert both["confidence"] == 0.99
    assert (real["eye_distance"], real["sharpness"], fake["sharpness"]) == (0.4, 0.5, 0.4)
    assert quality_rows(results.quality, {})[2]["face_px"] is None


def test_each_of_several_datasets_has_a_row_of_quality(results):
    videos = {
        clip.video: Clip(clip.video, clip.label, "", "", dataset="ab"[clip.label]) for clip in CLIPS
    }
    rows = {row["name"]: row for row in quality_rows(results.quality, videos)}
    assert list(rows) == ["real", "fake", "all", "a", "b"]
    assert rows["a"] | {"name": "real"} == rows["real"]


def test_the_training_is_summed_up_with_what_the_history_has(tmp_path):
    history = tmp_path / "history.csv"
    for content, expected in (
        ("epoch,loss\n", "No epoch was run."),
        ("epoch,loss\n1,0.5\n", "1 epoch was run."),
        ("epoch,loss,val_loss,val_auc\n1,0.5,0.7,nan\n2,0.4,0.6,\n", "loss was 0.600, in epoch 2"),
        ("epoch,val_loss,val_auc\n1,0.7,1\n2,0.6,1\n3,0.65,1\n", "AUC was 1.000, in epoch 2"),
    ):
        history.write_text(content)
        assert expected in training_summary(history)


def test_shares_are_never_rounded_to_all_or_none():
    assert [percent(share) for share in (0, 0.001, 0.5, 0.999, 1, None)] == [
        "0 %", "under 1 %", "50 %", "over 99 %", "100 %", "n/a",
    ]  # fmt: skip
    assert number(0.12345) == "0.123"
    assert interval([0.1, 0.25], 2) == "0.10 to 0.25"
    assert interval(None) == ""


@pytest.mark.parametrize(
    ("auc", "span", "expected"),
    [
        (0.55, [0.4, 0.7], "cannot tell the detector from guessing"),
        (0.2, [0.1, 0.3], "the wrong way round"),
    ],
)
def test_a_doubtful_auc_is_called_doubtful(results, auc, span, expected):
    metrics = evaluate(*results.evaluation())
    metrics["video"] |= {"auc": auc, "auc_ci": span}
    assert any(expected in text for text in warnings(metrics))


@pytest.mark.parametrize(
    ("auc", "times"),
    [(1.0, "every time"), (0.9999, "99 times in 100"), (0.001, "1 times"), (0.0, "never")],
)
def test_an_auc_reads_as_a_frequency(results, auc, times):
    metrics = evaluate(*results.evaluation())
    metrics["video"]["auc"] = auc
    assert any(f"higher score {times}" in text for text in sentences(metrics))


def test_a_large_clear_and_complete_test_set_raises_no_doubt(results):
    metrics = evaluate(*results.evaluation())
    metrics["video"] |= {"auc": 0.9, "auc_ci": [0.85, 0.94], "n_real": 500, "n_fake": 500}
    metrics["video"]["groups"] = {"real": 500, "fake": 500, "total": 500}
    metrics["data"]["test"]["videos"] = 1000
    assert warnings(metrics) == []
    metrics["data"]["total"]["absent"] = 2
    assert "2 videos disappeared" in warnings(metrics)[0]


# --- a page a video ---------------------------------------------------------------------------


def test_each_test_video_has_a_page_with_its_score_over_time(results):
    built(results)
    names = {path.stem for path in (results.folder / "report/videos").iterdir()}
    assert names == {"test_r1", "test_r2", "test_f1", "test_f2"}
    page = page_of(results, "test_f1")
    assert "It is fake (swap) and is called fake : correct." in page.text
    assert "Score 0.800" in page.text and "data/test_f1.mp4" in page.text
    titles = [text for text in page.words if text.startswith("frame 15, ")]
    assert titles == ["frame 15, 0.50 s: 0.900"]
    assert len([image for image in page.all("img") if image["alt"] == "Frame 15"]) == 1
    assert "0 0.00 s 0.700 15 0.50 s 0.900" in page.text


def test_a_page_shows_what_the_model_looked_at_or_says_why_not(results):
    built(results)
    page = page_of(results, "test_f1")
    assert "Most suspicious" in page.text and "Least suspicious" in page.text
    assert len([i for i in page.all("img") if i["alt"].startswith("Heat map over it")]) == 2
    assert "There are no heat maps of this video." in page_of(results, "test_r1").text


def test_the_pages_lead_from_one_to_the_next_in_the_order_of_the_table(results):
    table = json.loads(Page(built(results)).scripts[0])["table"]
    order = [row[0] for row in table]
    assert order[0] == "test_r2"  # the one mistake
    for name, after in pairwise(order):
        links = page_of(results, name).all("a")
        assert f"../videos/{after}.html" in [a["href"] for a in links if a.get("rel") == "next"]


def test_it_begins_with_its_headline_and_faces_mistakes_first(results):
    text = Page(built(results)).text
    said = ["Finds 2 of 2 fakes, calls 1 of 2 real videos fake", "real, called fake ✗", "AUC"]
    assert [text.index(part) for part in said] == sorted(text.index(part) for part in said)
    assert text.index("fake, called fake ✓") < text.index("AUC")


def test_several_people_in_a_video_are_told_apart(results):
    results.table("tracks.csv", TRACKS, [
        ("test_f1", 0, 0.0, 0.5, 2, "0.3000000"), ("test_f1", 1, 0.0, 0.5, 2, "0.9000000"),
    ])  # fmt: skip
    built(results)
    assert "1 0.300 2 0.0 to 0.5 s 2 0.900 2" in page_of(results, "test_f1").text
    assert "Each person by themselves" not in page_of(results, "test_r1").text


def test_pages_of_videos_that_are_gone_go_too(results):
    built(results)
    old = results.folder / "report/videos/gone.html"
    old.touch()
    built(results)
    assert not old.exists()


def test_all_videos_are_in_the_page_for_its_search_but_few_of_them_as_rows(results, monkeypatch):
    monkeypatch.setattr(context, "FIRST_ROWS", 1)
    page = Page(built(results))
    data = json.loads(page.scripts[0])
    assert [row[0] for row in data["table"]] == ["test_r2", "test_f2", "test_r1", "test_f1"]
    assert data["rows"] == 1 and sorted(data["scores"])[0] == [0, 0.3]
    assert (
        len([a for a in page.all("a") if a["href"] == "videos/test_f2.html"]) == 2
    )  # faces, gallery
    assert "1 at a time of 4" in page.text


# --- charts -----------------------------------------------------------------------------------


def test_curves_tell_their_values_point_by_point(results):
    page = Page(built(results))
    marks = [
        json.loads(attrs["data-marks"]) for attrs in page.all("polyline") if "data-marks" in attrs
    ]
    said = {text for line in marks for _, _, text in line}
    assert "50% of the fakes found, 0% of the real called fake" in said
    assert "epoch 2: validation AUC 0.750" in said
    assert "1 real, score 0.60 to 0.65" in page.text


def test_pictures_of_the_data_are_shown(results):
    explored = results.folder / "explore"
    (explored / "test_f1").mkdir(parents=True)
    for name in ("contact_fake.jpg", "test_f1/frames.jpg", "test_f1/crops.jpg"):
        cv2.imwrite(str(explored / name), np.zeros((8, 8, 3), np.uint8))
    Image.new("RGB", (8, 8)).save(explored / "test_f1/clip.gif")
    page = Page(built(results))
    alts = [image["alt"] for image in page.all("img")]
    assert "Contact sheet of fake videos: a face crop of each" in alts
    assert any(image["src"].startswith("data:image/gif") for image in page.all("img"))
    assert "test_f1: its frames, the faces found in them, and the crops" in page.text


def test_the_card_of_the_model_has_data_recipe_measures_audits_and_limits(results):
    settings = {
        "title": "Mine",
        "config": {
            "datasets": [{"name": "own", "kind": "folders", "root": "data/own", "use": "all"}],
            "train": {"epochs": 7, "seed": 3},
        },
    }
    built(results)
    card = results.folder / "model/CARD.md"
    build_report(results.folder / "report", results.inputs(), settings, card)
    text = card.read_text("utf-8")
    for heading in (
        "# Mine: card",
        "## Data",
        "## Recipe",
        "## Measured",
        "## Audits",
        "## Limits",
    ):
        assert heading in text
    metrics = json.loads((results.folder / "metrics.json").read_text())
    low, high = metrics["methods"]["own/swap"]["auc_ci"]
    assert f"| own/swap | 2 | 1 | 1.000 ({low:.3f} to {high:.3f}) |" in text
    assert "- **own**: kind folders, use all" in text and "epochs 7, seed 3" in text
    assert "| test | 5 | 2 | 3 | 2 | 8 |" in text
    assert "Width alone tells real from fake with an AUC of 0.510 (0.410 to 0.610)" in text
    assert "one training, with one seed" in text
    assert "&lt;" not in text and "\n\n\n" not in text


def test_that_one_seed_was_trained_is_said(results):
    page = Page(built(results))
    assert "This is one training, with one seed." in page.text
    metrics = json.loads((results.folder / "metrics.json").read_text())
    assert any("one seed" in note for note in metrics["notes"])
