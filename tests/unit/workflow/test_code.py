"""The digest of a stage's code: what it does counts, how it is written and where does not."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import source_edits
from rerun_table import law
from unmask.errors import UnmaskError
from unmask.workflow import plan as plans
from unmask.workflow.code import PACKAGE, RULES, SHAPES_NO_RESULT, Code
from unmask.workflow.expected import expected
from unmask.workflow.make_plan import make_plan
from unmask.workflow.stages import STAGES


@pytest.fixture(scope="module")
def today() -> dict[str, str]:
    return digests(Code(PACKAGE, RULES))


@pytest.fixture
def copy(tmp_path) -> Code:
    """A copy of the code, to be edited."""
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "src/unmask", ignore=no_caches)
    shutil.copytree(RULES, tmp_path / "rules", ignore=no_caches)
    return code_in(tmp_path)


def code_in(folder: Path) -> Code:
    return Code(folder / "src/unmask", folder / "rules")


def digests(code: Code) -> dict[str, str]:
    return {stage: code.digest(stage) for stage in STAGES}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {stage for stage in STAGES if before[stage] != after[stage]}


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# --- what changes nothing -----------------------------------------------------------------------


@pytest.mark.parametrize("edit", source_edits.NEUTRAL)
def test_every_module_and_rule_in_other_words_is_the_same_code(copy, today, edit):
    paths = [*copy.package.rglob("*.py"), *copy.rules.glob("*.smk")]
    assert len(paths) > 200
    before = [path.read_text("utf-8") for path in paths]
    source_edits.NEUTRAL[edit](paths)
    edited = [path.read_text("utf-8") != text for path, text in zip(paths, before, strict=True)]
    assert sum(edited) > 100
    assert digests(code_in(copy.package.parent.parent)) == today


def test_a_definition_that_moves_is_the_same_code(copy, today):
    package = copy.package
    (package / "detections").rename(package / "room")
    (package / "faces/geometry.py").rename(package / "room/cutting.py")
    moves = {"unmask.detections": "unmask.room", "unmask.faces.geometry": "unmask.room.cutting"}
    for path in package.rglob("*.py"):
        text = path.read_text("utf-8")
        for old, new in moves.items():
            text = re.sub(rf"\b{re.escape(old)}\b", new, text)
        path.write_text(text, "utf-8")
    source = (package / "disk/files.py").read_text("utf-8")
    function = source[source.index("def write_text") : source.index("def write_if_changed")]
    rewrite(package / "disk/files.py", function, "")
    import_it = "import os\nfrom unmask.room.writing import write_text\n"
    rewrite(package / "disk/files.py", "import os\n", import_it)
    (package / "room/writing.py").write_text(
        f"from unmask.disk.files import _encoded, write_bytes\n\n{function}"
    )
    assert digests(code_in(package.parent.parent)) == today


def test_another_rule_of_the_same_file_is_no_change(copy, today):
    rewrite(copy.rules / "export.smk", '"logs/onnx.log"', '"logs/another.log"')
    assert changed(today, digests(code_in(copy.package.parent.parent))) == {"onnx"}


# --- what does ----------------------------------------------------------------------------------


def test_a_changed_constant_of_the_detector_makes_detections_old_and_what_follows(
    copy, today, tmp_path, monkeypatch
):
    def keys() -> dict[str, str]:
        plan = make_plan({}, tmp_path / "project", write=False)
        return {result.stage: result.made_of for result in expected(plan)}

    (tmp_path / "project").mkdir()
    before = keys()
    rewrite(copy.package / "detections/mtcnn/pyramid.py", "FACTOR = 0.709", "FACTOR = 0.7")
    after = code_in(copy.package.parent.parent)
    assert changed(today, digests(after)) == {
        "cropped", "detections", "verdicts", "robustness",
    }  # fmt: skip
    monkeypatch.setattr(plans, "code_digest", after.digest)
    old = {stage for stage, key in keys().items() if key != before[stage]}
    on_request = {stage for stage in STAGES if STAGES[stage].on_request}
    of_ready_crops = {"cropped", "duplicates"}  # of which the demo has none
    assert old - on_request == set(law("Code")["detections/mtcnn/pyramid.py"]) - of_ready_crops
    assert not {"demo", "manifest", "frames"} & old


def test_a_change_to_a_module_is_one_to_the_stages_that_the_law_names(copy, today):
    folder = copy.package.parent.parent
    rows = law("Code")
    for name in [name for name in rows if name.endswith(".py")][::5]:
        path = copy.package / name
        source = path.read_text("utf-8")
        path.write_text(source_edits.changed(source), "utf-8")
        code = code_in(folder)
        uses = {stage for stage in STAGES if path in code.files(stage)}
        assert changed(today, digests(code)) == uses, name
        assert {stage for stage in uses if not STAGES[stage].on_request} <= set(rows[name]), name
        path.write_text(source, "utf-8")


def test_a_template_counts_for_the_stages_that_read_it(copy, today):
    (copy.package / "prediction/verdict.html").write_text("")
    assert changed(today, digests(code_in(copy.package.parent.parent))) == {
        "robustness",
        "verdicts",
    }
    (copy.package / "report/pages/style.css").write_text("")
    pages = {"report", "verdicts", "repeats", "robustness"}
    assert changed(today, digests(code_in(copy.package.parent.parent))) == pages


def test_a_stage_without_a_rule_is_a_message(copy):
    (copy.rules / "train.smk").unlink()
    with pytest.raises(UnmaskError, match=r'settings=settings\("train"\)'):
        code_in(copy.package.parent.parent).digest("train")


def test_per_video_stages_use_nothing_of_the_readers_or_the_model():
    code = Code(PACKAGE, RULES)
    for stage in ("frames", "detections", "faces"):
        rooms = {path.relative_to(PACKAGE).parts[0] for path in code.files(stage)}
        assert not rooms & {"config", "datasets", "model", "training", "evaluation"}


# --- how definitions in use are found -----------------------------------------------------------

COMMAND = """
def add_arguments(parser): ...


def run(args):
    from unmask.a import work

    return work(args)
"""
RULE = """
rule any:
    input:
        settings=settings("frames"),
    shell:
        "unmask frames"
"""


class Small:
    """A small package with one command, whose ``run`` calls ``work`` of the module ``a``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write(**{"__init__": "", "commands/__init__": "", "commands/frames": COMMAND})
        (folder / "rules").mkdir()
        (folder / "rules/any.smk").write_text(RULE)

    def write(self, **modules: str) -> str:
        """Write modules, and return the digest of what the command does then."""
        for name, source in modules.items():
            path = self.folder / f"src/unmask/{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        if "a" not in modules and not (self.folder / "src/unmask/a.py").exists():
            return ""
        return self.code.digest("frames")

    @property
    def code(self) -> Code:
        return code_in(self.folder)

    def uses(self) -> set[str]:
        return {
            f"{module.removeprefix('unmask.')}.{name}"
            for module, name in self.code.definitions("frames")
        }


@pytest.fixture
def small(tmp_path) -> Small:
    return Small(tmp_path)


HELPERS = "def used():\n    return {}\n\n\ndef other():\n    return {}\n"


@pytest.mark.parametrize(
    "source",
    [
        "from unmask.b import used\n\n\ndef work(x):\n    return used()\n",
        "from unmask.b import used as u\n\n\ndef work(x):\n    return u()\n",
        "from unmask import b\n\n\ndef work(x):\n    return b.used()\n",
        "import unmask.b\n\n\ndef work(x):\n    return unmask.b.used()\n",
        "import unmask.b as b\n\n\ndef work(x):\n    return b.used()\n",
        "def work(x):\n    from unmask.b import used\n\n    return used()\n",
        "from unmask.b import used\n\nX = {}\nX['x'] = used\n\n\ndef work(x):\n    return X\n",
        "from unmask.b import used\n\n\nclass Tool:\n    def go(self):\n        return used()\n\n\n"
        "def work(x):\n    return Tool\n",
        "from unmask.b import used\n\n\ndef work(x, by=used):\n    return by\n",
        "from unmask.b import used\n\n\n@used\ndef work(x):\n    return x\n",
        "from unmask.b import used\n\n\ndef work(x):\n    return [used for used in used()]\n",
        "from unmask.b import used\n\nused()\n\n\ndef work(x):\n    return x\n",
        "from unmask.c import used\n\n\ndef work(x):\n    return used()\n",
        "from .b import used\n\n\ndef work(x):\n    return used()\n",
        "from unmask.b import used\n\n\ndef work(x):\n    def f():\n        used()\n    return f\n",
    ],
)
def test_a_used_definition_counts_however_it_is_named_and_another_does_not(small, source):
    small.write(c="from unmask.b import used\n")
    before = small.write(a=source, b=HELPERS.format(1, 1))
    assert small.write(a=source, b=HELPERS.format(1, 2)) == before
    assert small.write(a=source, b=HELPERS.format(2, 1)) != before


@pytest.mark.parametrize(
    "source",
    [
        "from unmask.b import *\n\n\ndef work(x):\n    return used()\n",
        "from unmask import b\n\n\ndef work(x):\n    return getattr(b, x)\n",
        "from importlib import import_module\n\n\ndef work(x):\n    return import_module(x)\n",
        "import importlib\n\n\ndef work(x):\n    return importlib.import_module(x)\n",
        "def work(x):\n    return __import__(x)\n",
        "from unmask.b import made_when_asked\n\n\ndef work(x):\n    return made_when_asked\n",
    ],
)
def test_the_whole_module_counts_where_it_cannot_be_told_what_is_used_of_it(small, source):
    before = small.write(a=source, b=HELPERS.format(1, 1))
    assert small.write(a=source, b=HELPERS.format(2, 1)) != before
    assert small.write(a=source, b=HELPERS.format(1, 2)) != before


@pytest.mark.parametrize(
    "source",
    [
        "def work(other):\n    return other\n",
        "def work(x):\n    other = x\n    return lambda: other\n",
        "def work(x):\n    return [other for other in x]\n",
        "def work(x):\n    for other in x:\n        print(other)\n",
        "def work(x):\n    with x as other:\n        return other\n",
        "def work(x):\n    if (other := x):\n        return other\n",
        "def work(x):\n    match x:\n        case {'a': other}:\n            return other\n",
        "def work(x: other) -> other:\n    return x\n",
    ],
)
def test_a_local_name_or_a_hint_is_no_use_of_the_definition_of_that_name(small, source):
    small.write(a=f"from unmask.b import other\n\n\n{source}", b=HELPERS.format(1, 1))
    assert small.uses() == {"commands.frames.add_arguments", "commands.frames.run", "a.work"}


def test_definitions_that_call_each_other_are_found_once(small):
    source = "def work(x):\n    return again(x)\n\n\ndef again(x):\n    return work(x) + {}\n"
    assert small.write(a=source.format(1)) != small.write(a=source.format(2))
    assert {"a.work", "a.again"} <= small.uses()


def test_it_counts_which_of_two_definitions_a_name_stands_for(small):
    source = "from unmask.b import f\nfrom unmask.c import f as g\n\n\ndef work(x):\n    f(g(x))\n"
    one, other = ("def f(x):\n    return 1\n", "def f(x):\n    return 2\n")
    assert small.write(a=source, b=one, c=other) != small.write(a=source, b=other, c=one)


def test_a_library_counts_by_the_name_under_which_it_is_known(small):
    digest = small.write(a="import json as j\n\n\ndef work(x):\n    return j.loads(x)\n")
    assert small.write(a="import json\n\n\ndef work(x):\n    return json.loads(x)\n") == digest
    assert small.write(a="import yaml as j\n\n\ndef work(x):\n    return j.loads(x)\n") != digest


def test_a_field_of_a_dataclass_counts_without_its_hint_and_one_that_a_library_reads_with_it(small):
    work = "\n\ndef work(x):\n    return R\n"
    source = f"from dataclasses import dataclass\n\n@dataclass\nclass R:\n    x: {{}}\n{work}"
    assert small.write(a=source.format("int")) == small.write(a=source.format("str"))
    assert small.write(a=source.format("int")) != small.write(a=source.format("ClassVar[int]"))
    source = f"from pydantic import BaseModel\n\nclass R(BaseModel):\n    x: {{}}\n{work}"
    assert small.write(a=source.format("int")) != small.write(a=source.format("str"))


def test_the_help_of_an_argument_is_no_code_and_its_default_is(small):
    small.write(a="def work(x):\n    return x\n")
    source = (
        "def run(args): ...\n\ndef add_arguments(p):\n    p.add_argument('x', help={!r}, type={})\n"
    )
    before = small.write(**{"commands/frames": source.format("that", 1)})
    assert small.write(**{"commands/frames": source.format("this", 1)}) == before
    assert small.write(**{"commands/frames": source.format("that", 2)}) != before


def test_files_that_a_definition_reads_beside_its_module_count(small):
    source = "from pathlib import Path\nHERE = Path(__file__).parent\ndef work(x):\n    return {}\n"
    (small.folder / "src/unmask/room").mkdir(parents=True)
    page = small.folder / "src/unmask/room/page.html"
    page.write_text("1")
    command = COMMAND.replace("unmask.a", "unmask.room.m")
    for uses, counts in (("HERE", True), ("x", False)):
        small.write(
            **{
                "room/__init__": "",
                "room/m": source.format(uses),
                "a": "",
                "commands/frames": command,
            }
        )
        before = small.code.digest("frames")
        page.write_text(page.read_text() + "2")
        assert (small.code.digest("frames") != before) == counts


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ('"unmask frames"', '(\n            "unmask "\n            "frames"\n        )', True),
        ("rule any:", "# before\nrule any:\n    # said: within", True),
        ("rule any:", "rule renamed:", True),
        ("rule any:", "rule other:\n    input:\n        'x',\n\n\nrule any:", True),
        (
            "rule any:",
            "if A:\n\n    rule nested:\n        input:\n            'x',\n\n\nrule any:",
            True,
        ),
        ('"unmask frames"', '"unmask frames "', False),
        ("    shell:", "    threads: 2\n    shell:", False),
    ],
)
def test_of_the_rules_only_what_that_of_the_stage_says_counts(small, old, new, same):
    before = small.write(a="def work(x):\n    return x\n")
    rewrite(small.folder / "rules/any.smk", old, new)
    assert (small.code.digest("frames") == before) == same


# --- what is left out ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES_NO_RESULT)
def test_no_module_is_left_out_in_vain(today, name):
    others = tuple(other for other in SHAPES_NO_RESULT if other != name)
    assert changed(today, digests(Code(PACKAGE, RULES, others)))


def test_errors_have_no_code_that_could_shape_a_result():
    for node in ast.parse((PACKAGE / "errors.py").read_text("utf-8")).body[1:]:
        assert isinstance(node, ast.ClassDef) and ast.get_docstring(node)
        assert [ast.unparse(base) for base in node.bases] in (["Exception"], ["UnmaskError"])
        assert len(node.body) == 1


def test_what_progress_says_comes_back_to_nobody():
    tree = ast.parse((PACKAGE / "progress.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_" and node.name != "duration":
            assert not any(isinstance(n, ast.Return) and n.value for n in ast.walk(node)), node.name
    imported = {
        n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names
    }
    assert imported <= {"shutil", "sys", "time"}, "nothing that writes files"
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and path.name != "progress.py":
                called = {
                    getattr(n.func, "id", "") for n in ast.walk(node) if isinstance(n, ast.Call)
                }
                returned = any(isinstance(n, ast.Return) and n.value for n in ast.walk(node))
                assert not ("duration" in called and returned), f"{path}: {node.name}"


KEYS = """
from pathlib import Path
from unmask.workflow import keys, receipt, stage_settings

receipt.write_receipt(Path("r.json"), keys.key(stage_settings.text({}, "c" * 16), ["a"]), [])
print(keys.read_key(Path("r.json")))
"""


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [("keys", "sorted(sources)", "sorted(sources)[1:]"), ("receipt", "{KEY: made_of", "{KEY: KEY")],
)
def test_other_keys_and_receipts_are_noticed_by_comparing_them(copy, tmp_path, module, old, new):
    def key() -> str:
        python = [sys.executable, "-c", KEYS]
        env = {"PYTHONPATH": str(copy.package.parent)}
        done = subprocess.run(
            python, env=env, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout

    before = key()
    assert key() == before
    rewrite(copy.package / f"workflow/{module}.py", old, new)
    assert key() != before
