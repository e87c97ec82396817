"""The ``datasets`` list of ``config.yaml``: one typed model a kind."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from unmask.config.sections import FilePath, Section, Seed, UserPath

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)]
Root = Annotated[UserPath, Field(min_length=1)]
Use = Literal["train", "test", "all"]
Splits = Annotated[
    Literal["auto", "official", "ours"],
    Field(
        description="official: the authors' split exactly; videos that it does not name are left "
        "out. ours: groups are dealt out. auto: official where their lists are there, else ours; "
        "the plan says which."
    ),
]


class Dataset(Section):
    """What every kind of dataset has."""

    name: Name = Field(description="Short name, used in ids, tables and plots.")
    root: Root = Field(description="Folder of the dataset, from where snakemake works.")
    cropped: bool = Field(
        False, description="The images are face crops already: nothing is cut out of scenes."
    )
    geometry: Literal["find", "keep"] = Field(
        "find",
        description="With `cropped`. find: the crops are brought to the geometry of `crop` by the "
        "face in them; those without one are set aside. keep: they are taken as they are.",
    )

    use: Use = Field(
        "all",
        description="train: for training and validation only. test: for testing only. all: as its "
        "own split says, else dealt out.",
    )
    hold_out: list[str] = Field(
        default_factory=list,
        description="Methods whose fakes are tested only, never trained on.",
    )

    @model_validator(mode="after")
    def _kept_crops_are_crops(self) -> Self:
        if self.geometry == "keep" and not self.cropped:
            raise ValueError(
                f"{self.name}: geometry: keep is for images that are face crops already. For "
                "example: cropped: true"
            )
        return self


class Demo(Section):
    """Face swaps between two public-domain portraits, filmed as short clips."""

    name: Name = Field("demo", description="Short name, used in ids, tables and plots.")
    kind: Literal["demo"]
    root: Root = Field("data/demo", description="Where the clips are written.")
    groups: Annotated[int, Field(ge=3, le=1000)] = Field(
        24, description="Real clips to film. Each has one fake made from it."
    )
    seconds: Annotated[float, Field(ge=0.5, le=60)] = Field(
        4.0, description="Length of a clip in seconds."
    )
    seed: Seed = Field(0, description="Another seed films other takes.")

    @property
    def cropped(self) -> bool:
        """The demo's clips show whole scenes."""
        return False

    @property
    def geometry(self) -> Literal["find"]:
        """As the section ``crop`` says."""
        return "find"

    @property
    def use(self) -> Use:
        """The demo's clips are dealt out."""
        return "all"

    @property
    def hold_out(self) -> list[str]:
        """The demo has one method."""
        return []


class Dfdc(Dataset):
    """DFDC: a folder, or part folders, each with its ``metadata.json``."""

    kind: Literal["dfdc"]
    test_parts: list[Annotated[int, Field(ge=0)]] = Field(
        default_factory=list,
        description="Numbers of the parts that are the test split, such as [45, 46].",
    )
    val_parts: list[Annotated[int, Field(ge=0)]] = Field(
        default_factory=list, description="Numbers of the parts that are for validation."
    )


class FaceForensics(Dataset):
    """FaceForensics++: ``original_sequences`` and ``manipulated_sequences``."""

    kind: Literal["faceforensics"]
    compression: Literal["raw", "c0", "c23", "c40"] | None = Field(
        None, description="Use only this compression level. null: whatever is there."
    )
    splits: Splits = "auto"


class CelebDf(Dataset):
    """Celeb-DF v2: ``Celeb-real``, ``YouTube-real``, ``Celeb-synthesis`` and its list of tests."""

    kind: Literal["celebdf"]
    splits: Splits = "auto"


class Folders(Dataset):
    """Two folders, ``real`` and ``fake``; below ``fake``, folders may name methods."""

    kind: Literal["folders"]
    video_per: Literal["auto", "folder", "file"] = Field(
        "auto",
        description="With `cropped`: what a video is. folder: the images of each folder below "
        "real/ and fake/. file: each image. auto: the images of a folder, except one just below "
        "fake/ that names a method; the plan says how many there are.",
    )

    @model_validator(mode="after")
    def _folders_of_crops(self) -> Self:
        if self.video_per == "folder" and not self.cropped:
            raise ValueError(
                f"{self.name}: video_per: folder is for images that are face crops already. For "
                "example: cropped: true"
            )
        return self


class Table(Dataset):
    """A CSV with ``path,label`` and, if you like, ``group,split,method,subject,video``."""

    kind: Literal["table"]
    table: FilePath = Field(
        "labels.csv", description="The CSV, relative to root. Paths in it are relative to root too."
    )


class DeepfakeBench(Dataset):
    """DeepfakeBench: folders of face crops, a video each, and the lists of its `dataset_json`."""

    kind: Literal["deepfakebench"]
    cropped: Literal[True] = Field(True, description="Its images are face crops.")
    list: Root = Field(
        description="The JSON of a dataset, such as dataset_json/Celeb-DF-v2.json, relative to "
        "root. root is a folder in which the paths in it begin, at whatever part of them."
    )
    compression: str | None = Field(
        None, description="Use only this compression level, such as c23. null: whatever is there."
    )


AnyDataset = Annotated[
    Demo | Dfdc | FaceForensics | CelebDf | Folders | Table | DeepfakeBench,
    Field(discriminator="kind"),
]
