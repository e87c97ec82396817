"""Videos and images, and good ones among them."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

import media
from hostile.case import FINISHED, QUARANTINED, Case
from hostile.odd_files import ODD
from unmask.cli import main
from unmask.config.schema import Config
from unmask.disk.files import digest
from unmask.frames.index import FrameIndex
from unmask.workflow.stage_settings import text

GOOD = 20
SETTINGS = Config().frames.model_dump() | {"timeout": 15.0}


@cache
def _clip() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return media.portrait_clip(Path(folder) / "a.mp4", frames=20).read_bytes()


def png(width: int, height: int, rows: int = 1) -> bytes:
    """A picture that claims a size, and has so many rows."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    pack = zlib.compressobj(9)
    row = bytes(1 + min(width, 10**6) // 8)
    packed = b"".join(pack.compress(row) for _ in range(rows)) + pack.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def _bmp(side: int) -> bytes:
    head = struct.pack("<IIiiHHI", 54, 40, side, side, 1, 24, 0)
    return b"BM" + bytes(8) + head + bytes(24)


def _noise(length: int) -> bytes:
    return random.Random(length).randbytes(length)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _nested(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = _box(b"moov", content)
    return _box(b"ftyp", b"isom" + bytes(4)) + content


def _patched(mark: bytes, offset: int, value: bytes) -> bytes:
    """The good clip with some bytes behind a box's name replaced."""
    content = bytearray(_clip())
    place = content.index(mark) + len(mark) + offset
    content[place : place + len(value)] = value
    return bytes(content)


def _flipped(seed: int) -> bytes:
    draw, content = random.Random(seed), bytearray(_clip())
    for _ in range(draw.choice((1, 5, 50, 500))):
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return bytes(content)


ENDLESS = {
    "times of four billion frames": lambda: _patched(b"stts", 8, b"\xff\xff\xff\x00"),
    "four billion frames of one size": lambda: _patched(b"stsz", 4, b"\0\0\0\1\xff\xff\xff\xff"),
    "a frame that lasts a century": lambda: _patched(
        b"stts", 8, b"\0\0\0\1\0\0\0\1\xff\xff\xff\xff"
    ),
    "ticks without a length": lambda: _patched(b"mdhd", 12, b"\0\0\0\0"),
    "a picture of 65,535 x 65,535": lambda: _patched(b"mp4v", 24, b"\xff\xff\xff\xff"),
}
VIDEOS: dict[str, Callable[[], bytes]] = {
    **ENDLESS,
    "10,000 boxes in each other": lambda: _nested(10_000),
    "a million empty boxes": lambda: _box(b"ftyp", b"isom" + bytes(4)) + b"\0\0\0\x08free" * 10**6,
    "a box longer than the file": lambda: b"\0\0\0\x01moov" + b"\x7f" + b"\xff" * 7 + bytes(64),
    "a box of length 0": lambda: _box(b"ftyp", b"isom" + bytes(4)) + b"\0\0\0\0moov",
    "boxes of length 1": lambda: b"\0\0\0\x01moov" * 1000,
    "a playlist": lambda: b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
    "a list of files": lambda: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a program": lambda: b"\x7fELF\x02\x01\x01" + bytes(4096),
    "a page": lambda: b"<html><script>alert(1)</script>",
    "Matroska without an end": lambda: b"\x1aE\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff" * 500,
    "AVI of any length": lambda: b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\xffhdrl" + bytes(4096),
    "a transport stream of nothing": lambda: (b"G\x1f\xff\x10" + b"\xff" * 184) * 5000,
    "Ogg of nothing": lambda: (b"OggS" + bytes(23)) * 10_000,
    "FLV of nothing": lambda: b"FLV\x01\x05\0\0\0\x09" + bytes(10_000),
    "a GIF of 65,535 x 65,535": lambda: b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6)
    + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;",
    "raw H.264 of noise": lambda: b"\0\0\0\1\x67" + _noise(50_000),
}  # fmt: skip
IMAGES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a PNG of 32,000 x 32,000": ("a.png", lambda: png(32_000, 32_000, 32_000)),
    "a PNG that claims 2^31": ("a.png", lambda: png(2**31 - 1, 2**31 - 1)),
    "a PNG of 70,000 x 20": ("a.png", lambda: png(70_000, 20, 20)),
    "a PNG of 20 x 70,000": ("a.png", lambda: png(20, 70_000, 70_000)),
    "a PNG of 900,000 x 1": ("a.png", lambda: png(900_000, 1, 1)),
    "a PNG of 40,000 x 1,000": ("a.png", lambda: png(40_000, 1_000, 1_000)),
    "a PNG of 1 x 1": ("a.png", lambda: png(1, 1, 1)),
    "a PNG of 0 x 0": ("a.png", lambda: png(0, 0)),
    "a PNG cut off": ("a.png", lambda: png(1000, 1000, 10)),
    "a BMP of 2^31": ("a.bmp", lambda: _bmp(2**31 - 1)),
    "a JPEG of 65,500 x 65,500": ("a.jpg", lambda: b"\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03"
                                  b"\x01\x11\0\x02\x11\0\x03\x11\0" + bytes(100)),
    "a TIFF that points to itself": ("a.tif", lambda: b"II*\0\x08\0\0\0\0\0\x08\0\0\0" + bytes(64)),
    "a WebP of noise": ("a.webp", lambda: b"RIFF\xff\0\0\0WEBPVP8X" + _noise(200)),
    "an AVIF of noise": ("a.avif", lambda: b"\0\0\0\x20ftypavif" + _noise(900)),
    "a plain picture of 2^30": ("a.jpg", lambda: b"P6 32768 32768 255\n"),
    "a JPEG 2000 of noise": ("a.jpg", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(500)),
    "an OpenEXR of noise": ("a.png", lambda: b"v/1\x01" + _noise(500)),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them; the good ones stand among them."""
    hostile = [
        Case("media", name, partial(_write_and_read, "a.mp4", make))
        for name, make in VIDEOS.items()
    ]
    hostile += [
        Case("media", name, partial(_write_and_read, file, make))
        for name, (file, make) in IMAGES.items()
    ]
    hostile += [
        Case("media", f"a video that is {name}", partial(_odd, make)) for name, make in ODD.items()
    ]
    contents = {f"bits flipped, {seed}": partial(_flipped, seed) for seed in range(24)}
    contents |= {
        f"cut off at {share}": partial(_cut, share) for share in (0.01, 0.1, 0.5, 0.9, 0.99)
    }
    hostile += [
        Case("media", name, partial(_write_and_read, "a.mp4", make))
        for name, make in contents.items()
    ]
    hostile.append(Case("media", "an hour of one frame a second, where a minute is allowed", _long))
    good = [Case("good videos", f"number {seed}", partial(_good, seed)) for seed in range(GOOD)]
    step = len(hostile) // GOOD
    for number, case in enumerate(hostile):
        if number % step == 0 and good:
            yield good.pop()
        yield case
    yield from good


def _cut(share: float) -> bytes:
    return _clip()[: int(share * len(_clip()))]


def _write_and_read(name: str, make: Callable[[], bytes], folder: Path) -> str:
    (folder / name).write_bytes(make())
    return _frames(folder / name)


def _odd(make: Callable[[Path], object], folder: Path) -> str:
    make(folder / "a.mp4")
    return _frames(folder / "a.mp4")


def _long(folder: Path) -> str:
    media.portrait_clip(folder / "a.mp4", frames=3600, fps=1, size=(64, 48))
    return _frames(folder / "a.mp4", max_seconds=60.0)


def _frames(file: Path, **settings: float) -> str:
    """As the job of the workflow reads it."""
    folder = file.parent
    (folder / "settings.json").write_text(text(SETTINGS | settings, code=""))
    index, frames = folder / "index.json", folder / "frames"
    status = main(["frames", "--video", "v", "--settings", str(folder / "settings.json"),
                   "--frames", str(frames), "--index", str(index), "--", str(file)])  # fmt: skip
    if status:
        raise AssertionError(f"status {status}")
    found = FrameIndex.load(index)
    names = sorted(path.name for path in frames.iterdir())
    if names != [frame.file for frame in found.frames] or found.ok == bool(found.reason):
        raise AssertionError("the index and the frames differ")
    return FINISHED if found.ok else QUARANTINED


def _good(seed: int, folder: Path) -> str:
    """Read a good video; its frames are those that it had before anything hostile was read."""
    who = ("hopper", "collins")[seed % 2]
    media.portrait_clip(folder / "a.mp4", who, frames=6 + seed, size=(240 + 16 * (seed % 5), 120))
    if _frames(folder / "a.mp4") != FINISHED:
        raise AssertionError("a good video is quarantined")
    found = [
        sha256(path.read_bytes()).hexdigest() for path in sorted((folder / "frames").iterdir())
    ]
    known = folder.parent / "good.json"  # written first by a run of the good ones alone
    before = json.loads(known.read_text()) if known.exists() else {}
    if before.setdefault(str(seed), digest("".join(found))) != digest("".join(found)):
        raise AssertionError("other bytes than before")
    known.write_text(json.dumps(before))
    return FINISHED
