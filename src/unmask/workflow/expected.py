"""The results that a plan leads to: the files of each job, and what they ought to be made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from unmask.disk.files import digest
from unmask.report.explore.choice import Choice
from unmask.workflow.keys import key as key_of
from unmask.workflow.keys import key_of_many
from unmask.workflow.plan import SETTINGS, SOURCES, Plan
from unmask.workflow.repeats import FOLDER, STAGES_AGAIN
from unmask.workflow.stages import STAGES
from unmask.workflow.training_data import training_sources


@dataclass(frozen=True)
class Result:
    """What one job makes, and from what.

    ``inputs[0]`` are the settings of its stage. ``outputs[0]`` holds the key: the index of a video,
    or a receipt.
    """

    stage: str
    made_of: str
    inputs: list[str]
    outputs: list[str]
    has_receipt: bool = True
    benchmarks: tuple[str, ...] = ()


def expected(plan: Plan) -> Iterator[Result]:
    """Every result, after those that it is made from."""
    tables = {name: digest(text) for name, text in plan.tables.items()}
    return _Chain(plan, tables=tables).results()


@dataclass
class _Chain:
    """Goes from stage to stage and remembers the keys and files of those before."""

    plan: Plan
    keys: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    """Digests of the tables that the plan writes."""
    folder: str = ""
    """Where the results of a repeat are, below ``results``: its path with a slash behind it."""

    def results(self, stages: Iterable[str] = STAGES) -> Iterator[Result]:
        for stage in stages:
            if stage == "demo":
                yield from self._demo()
            elif stage in ("frames", "detections", "faces"):
                yield from self._of_each(stage, "video", self.plan.filmed)
            elif stage == "cropped":
                yield from self._of_each(stage, "dataset", list(self.plan.cropped))
            elif stage == "explore":
                if self.plan.shown:
                    yield self._of_the_shown(stage, self.plan.shown)
            elif stage == "repeats":
                yield from self._repeats(stage)
            else:
                yield self._of_all(stage)

    def _demo(self) -> Iterator[Result]:
        if self.plan.demo:
            *clips, receipt = self.plan.demo_files
            outputs = [receipt, *clips]
            yield self._with_benchmark("demo", self.plan.demo_key, [], outputs)

    def _of_each(self, stage: str, unit: str, names: list[str]) -> Iterator[Result]:
        """A result for each video or cropped dataset."""
        keys = {}
        for name in names:
            before = [f"{up}/{name}" for up in STAGES[stage].after]
            outputs = [f"results/{out.format(**{unit: name})}" for out in STAGES[stage].makes]
            sources = [self.keys[up] for up in before]
            inputs = [file for up in before for file in self.files[up]]
            if stage == "frames":
                sources, inputs = [self.plan.source(name)], [self.plan.path(name)]
            if stage == "cropped":
                sources, inputs = [self.plan.cropped_source(name)], [f"{SETTINGS}/{SOURCES}"]
            keys[name] = self.keys[f"{stage}/{name}"] = self._key(stage, sources)
            self.files[f"{stage}/{name}"] = _plain(outputs)
            yield Result(
                stage, keys[name], [settings_path(stage), *inputs], outputs, unit == "dataset"
            )
        if unit == "video":
            self._gather(stage)
        else:
            self.keys[stage] = key_of_many(keys)
        self.files[stage] = [file for name in names for file in self.files[f"{stage}/{name}"]]

    def _gather(self, stage: str) -> None:
        """One key for the videos in the manifest: what comes after takes those."""
        names = (name for name in self.plan.filmed if name in self.plan.in_split)
        self.keys[stage] = key_of_many({name: self.keys[f"{stage}/{name}"] for name in names})

    def _repeats(self, stage: str) -> Iterator[Result]:
        """The results of each repeat, and the table of all."""
        keys, files = [], []
        for name, plan in self.plan.repeats.items():
            known = dict(self.keys), dict(self.files), self.tables
            chain = _Chain(plan, *known, folder=f"{FOLDER}/{name}/")
            chain._gather("faces")
            yield from chain.results(STAGES_AGAIN)
            keys.append(chain.keys["metrics"])
            files += chain.files["metrics"]
        if keys:
            outputs = [f"results/{out}" for out in STAGES[stage].makes]
            yield self._with_benchmark(stage, self._key(stage, keys), files, outputs)

    def _of_all(self, stage: str) -> Result:
        """The one result of a stage that works on everything together."""
        spec = STAGES[stage]
        sources = [self.keys[up] for up in spec.after]
        sources += [self.tables[name] for name in spec.reads]
        inputs = [f"{SETTINGS}/{name}" for name in spec.reads]
        if stage == "train":
            sources = [self._key_of_training_data(), self.plan.weights]
            inputs += self.plan.config.weights_files
        inputs += [file for up in spec.after for file in self.files[up]]
        outputs = [f"results/{self.folder}{out}" for out in spec.makes]
        self.keys[stage] = self._key(stage, sources)
        self.files[stage] = _plain(outputs)
        return self._with_benchmark(stage, self.keys[stage], inputs, outputs)

    def _key_of_training_data(self) -> str:
        """The key that the stage ``dataset`` gives to what a training reads of it."""
        videos = {name: self.keys[f"faces/{name}"] for name in self.plan.filmed}
        datasets = {name: self.keys[f"cropped/{name}"] for name in self.plan.cropped}
        return self._key("dataset", training_sources(self.plan.split, videos, datasets))

    def _of_the_shown(self, stage: str, shown: Choice) -> Result:
        """The pictures of those videos that were chosen to be shown."""
        [table] = STAGES[stage].reads
        units = {"faces": shown.filmed, "cropped": shown.cropped}
        sources, inputs = [self.tables[table]], [f"{SETTINGS}/{table}"]
        for up, names in units.items():
            sources.append(key_of_many({n: self.keys[f"{up}/{n}"] for n in names}))
            inputs += [file for name in names for file in self.files[f"{up}/{name}"]]
        receipt, folder = (f"results/{out}" for out in STAGES[stage].makes)
        outputs = [receipt, *(f"{folder}/{picture}" for picture in shown.pictures)]
        self.keys[stage], self.files[stage] = self._key(stage, sources), outputs
        return self._with_benchmark(stage, self.keys[stage], inputs, outputs)

    def _with_benchmark(
        self, stage: str, key: str, inputs: list[str], outputs: list[str]
    ) -> Result:
        """The workflow counts the time of a job's benchmark file as that of an output."""
        stage = f"{self.folder}{stage}"
        benchmark = f"logs/benchmarks/{stage}.tsv"
        return Result(stage, key, [settings_path(stage), *inputs], outputs, benchmarks=(benchmark,))

    def _key(self, stage: str, sources: list[str]) -> str:
        return key_of(self.plan.settings[stage], sources)


def _plain(outputs: list[str]) -> list[str]:
    """Those that are files: the time of a folder does not count, its index speaks for it."""
    return [output for output in outputs if is_file_name(output)]


def is_file_name(output: str) -> bool:
    """Whether a result is a file, by its name: those without a suffix are folders."""
    return "." in output.rpartition("/")[2]


def settings_path(stage: str) -> str:
    """Where the settings of a stage are written."""
    return f"{SETTINGS}/{stage}.json"
