"""Makers of tiny real media files for the tests: clips, pictures, and everything wrong with them.

Each writes the file it is given and returns its path. Sizes are width, height. Images are height x
width x 3 arrays: uint8, BGR. Clips are MPEG-4 in MP4 unless the name's suffix says otherwise.
"""

from __future__ import annotations

import importlib.util
import itertools
import struct
import wave
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.codec.context import Flags
from av.video.reformatter import ColorRange, Colorspace

CODECS = {".avi": "MJPG", ".webm": "VP80"}
BITS = 12


# --- pictures ---------------------------------------------------------------------------------


def portrait(who: str = "hopper") -> np.ndarray:
    """A real face: Grace Hopper (``hopper``, 512 x 600) or Eileen Collins (``collins``, 512 x 512).

    Both are in the public domain and come with matplotlib and scikit-image.
    """
    package, file = {
        "hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
        "collins": ("skimage", "data/astronaut.png"),
    }[who]
    folder = importlib.util.find_spec(package).submodule_search_locations[0]
    return cv2.imread(str(Path(folder) / file))


def ready_crop(side: int = 70, seed: int = 0, who: str = "hopper") -> np.ndarray:
    """A portrait's face as a crop of ``side`` pixels, another one for each seed, as BGR."""
    draw = np.random.default_rng(seed)
    x, y, size = {"hopper": (265, 228, 215), "collins": (223, 121, 105)}[who]
    size = round(size * draw.uniform(0.95, 1.2))
    left, top = x - size // 2, y - size // 2
    crop = portrait(who)[top : top + size, left : left + size] * draw.uniform(0.8, 1.0)
    return cv2.resize(crop.astype(np.uint8), (side, side), interpolation=cv2.INTER_AREA)


def texture(size: tuple[int, int] = (64, 48), seed: int = 0) -> np.ndarray:
    """A smooth random pattern without symmetry, so that a moved or turned pixel is noticed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)


def numbered(number: int, size: tuple[int, int] = (192, 32)) -> np.ndarray:
    """An image that shows a number as black and white bars; see :func:`read_number`."""
    bits = [number >> bit & 1 for bit in range(BITS)]
    bars = np.array(bits, np.uint8)[None, :] * 255
    bars = cv2.resize(bars, size, interpolation=cv2.INTER_NEAREST)
    return cv2.cvtColor(bars, cv2.COLOR_GRAY2BGR)


def read_number(image: np.ndarray) -> int:
    """The number in an image of :func:`numbered`, also after compression or shrinking."""
    height, width = image.shape[:2]
    centers = ((np.arange(BITS) + 0.5) * width / BITS).astype(int)
    return int(sum(1 << bit for bit, x in enumerate(centers) if image[height // 2, x].mean() > 127))


def corners() -> np.ndarray:
    """A 64 x 48 image, gray but for a red top left, to see which way up it is."""
    image = np.full((48, 64, 3), 60, np.uint8)
    image[:24, :32] = 0, 0, 255
    return image


def red_corner(image: np.ndarray) -> str:
    """Where the red of :func:`corners` is, such as ``top left``."""
    height, width = image.shape[:2]
    quarters = {
        f"{row} {column}": image[y, x, 2].astype(int) - image[y, x, 0]
        for row, y in (("top", height // 4), ("bottom", 3 * height // 4))
        for column, x in (("left", width // 4), ("right", 3 * width // 4))
    }
    return max(quarters, key=quarters.get)


def write_image(path: Path, image: np.ndarray) -> Path:
    """Write an image in the format of its suffix."""
    kind = {".jfif": ".jpg"}.get(path.suffix, path.suffix)
    path.write_bytes(cv2.imencode(kind, image)[1].tobytes())
    return path


def write_exif_jpeg(path: Path, image: np.ndarray, orientation: int) -> Path:
    """Write a JPEG with an EXIF orientation: 6 says turn it by 90 degrees clockwise to show it."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    data = cv2.imencode(".jpg", image)[1].tobytes()
    path.write_bytes(data[:2] + struct.pack(">HH", 0xFFE1, len(exif) + 2) + exif + data[2:])
    return path


# --- clips ------------------------------------------------------------------------------------


def write_clip(
    path: Path, images: Iterable[np.ndarray], fps: float = 25, codec: str | None = None
) -> Path:
    """A clip at a constant rate; the codec (a FourCC) is chosen by the suffix if not given."""
    fourcc = cv2.VideoWriter_fourcc(*(codec or CODECS.get(path.suffix, "mp4v")))
    writer = None
    for image in images:
        if writer is None:
            writer = cv2.VideoWriter(
                str(path), cv2.CAP_FFMPEG, fourcc, fps, frameSize=image.shape[1::-1]
            )
            assert writer.isOpened()
        writer.write(image)
    writer.release()
    return path


def numbered_clip(path: Path, frames: int = 30, fps: float = 25) -> Path:
    """A clip in which each frame shows its own number."""
    return write_clip(path, map(numbered, range(frames)), fps)


def portrait_clip(
    path: Path,
    who: str = "hopper",
    frames: int = 10,
    fps: float = 10,
    size: tuple[int, int] = (320, 240),
) -> Path:
    """A clip of a real face, drifting a little to the right."""
    width, height = size
    image = portrait(who)
    shown = round(image.shape[1] * height / image.shape[0])
    image = cv2.resize(image, (shown, height), interpolation=cv2.INTER_AREA)

    def scene(number: int) -> np.ndarray:
        left = (width - shown) // 2 + 2 * number
        right = width - shown - left
        return cv2.copyMakeBorder(image, 0, 0, left, right, cv2.BORDER_REPLICATE)

    return write_clip(path, map(scene, range(frames)), fps)


def two_faces_clip(path: Path, frames: int = 6, fps: float = 10) -> Path:
    """A 640 x 360 clip with Hopper, larger, on the left and Collins, smaller, on the right."""
    scene = np.full((360, 640, 3), 90, np.uint8)
    scene[:, :307] = cv2.resize(portrait("hopper"), (307, 360), interpolation=cv2.INTER_AREA)
    scene[140:, 420:] = cv2.resize(portrait("collins"), (220, 220), interpolation=cv2.INTER_AREA)
    return write_clip(path, itertools.repeat(scene, frames), fps)


def blank_clip(
    path: Path, frames: int = 10, fps: float = 10, size: tuple[int, int] = (320, 240)
) -> Path:
    """A gray clip in which there is no face."""
    scene = np.full((size[1], size[0], 3), 127, np.uint8)
    return write_clip(path, itertools.repeat(scene, frames), fps)


def encoded(
    path: Path,
    images: Iterable[np.ndarray],
    codec: str = "libx264",
    *,
    rate: int = 25,
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    aspect: Fraction = Fraction(1),
    matrix: Sequence[int] | None = None,
    interlaced: bool = False,
    colors: tuple[str, str] | None = None,
) -> Path:
    """A clip as FFmpeg's encoders write it, through PyAV.

    ``aspect`` is that of a pixel, ``matrix`` the upper left 2 x 2 of a display matrix, ``colors``
    matrix and range (``ITU709``, ``JPEG``).
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.pix_fmt = pix_fmt
        stream.codec_context.thread_count = 1
        if interlaced:
            stream.codec_context.flags |= Flags.interlaced_dct | Flags.interlaced_me
        for number, image in enumerate(images):
            if number == 0:
                stream.height, stream.width = image.shape[:2]
                stream.codec_context.sample_aspect_ratio = aspect
                if matrix:
                    a, b, c, d = (value << 16 for value in matrix)
                    stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])
            frame = av.VideoFrame.from_ndarray(image, "bgr24")
            if colors:
                space, span = colors
                stream.codec_context.colorspace = frame_space = Colorspace[space]
                stream.codec_context.color_range = frame_range = ColorRange[span]
                frame = frame.reformat(
                    format=pix_fmt, dst_colorspace=frame_space, dst_color_range=frame_range
                )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


# --- clips with a special header --------------------------------------------------------------


def rotated_clip(path: Path, degrees: int, frames: int = 5) -> Path:
    """An MP4 of :func:`corners` that is to be turned clockwise to be shown, as phones write them.

    The red corner is then ``top right`` for 90, ``bottom right`` for 180, ``bottom left`` for 270.
    """
    a, b = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    matrix = struct.pack(">9i", a << 16, b << 16, 0, -b << 16, a << 16, 0, 0, 0, 1 << 30)
    write_clip(path, itertools.repeat(corners(), frames))
    return _rewrite(path, {b"tkhd": lambda box: box[:40] + matrix + box[76:]})


def variable_rate_clip(path: Path, times: Sequence[float], stated_fps: float = 25) -> Path:
    """A numbered MP4 whose frames appear at ``times`` (seconds, from 0, increasing)."""
    write_clip(path, map(numbered, range(len(times))), stated_fps)
    scale = _media_scale(path)
    ticks = [round(time * scale) for time in times]
    steps = [after - before for before, after in itertools.pairwise(ticks)]
    return _with_steps(path, [*steps, steps[-1]])


def timeless_clip(path: Path, frames: int = 20) -> Path:
    """A numbered MP4 whose frames all bear the same timestamp."""
    numbered_clip(path, frames)
    return _with_steps(path, [0] * frames)


def trimmed_clip(path: Path, start_s: float, length_s: float, frames: int, fps: float = 10) -> Path:
    """A numbered MP4 trimmed without recoding: all frames are stored, an edit list hides most."""
    numbered_clip(path, frames, fps)
    start = round(start_s * _media_scale(path))
    edit = struct.pack(">IIIii", 0, 1, round(length_s * 1000), start, 1 << 16)
    return _rewrite(path, {b"elst": lambda _: edit})


def avi_of(path: Path, frames: int, stated: int, *, listed: bool = True) -> Path:
    """A numbered AVI whose header states another number of frames; with or without its list."""
    data = numbered_clip(path, frames).read_bytes()
    at = data.index(b"strh") + 8 + 32
    data = data[:at] + struct.pack("<I", stated) + data[at + 4 :]
    path.write_bytes(data if listed else data.replace(b"idx1", b"JUNK"))
    return path


# --- broken files -----------------------------------------------------------------------------


def truncated_clip(path: Path, frames: int = 60, keep: float = 0.3) -> Path:
    """A numbered MP4 with its index at the front, of which only a share of the data is there."""
    numbered_clip(path, frames)
    data = path.read_bytes()
    boxes = {kind: data[start:end] for kind, start, end in _boxes(data)}
    shift = len(boxes[b"moov"])

    def moved(box: bytes) -> bytes:
        offsets = struct.unpack(f">{len(box) // 4 - 2}I", box[8:])
        return box[:8] + struct.pack(f">{len(offsets)}I", *(at + shift for at in offsets))

    index = _edited(boxes.pop(b"moov"), {b"stco": moved})
    rest = b"".join(boxes.values())
    start = len(boxes[b"ftyp"])
    body = rest[start : start + round(keep * (len(rest) - start))]
    path.write_bytes(rest[:start] + index + body)
    return path


def cut_off(path: Path, keep: float = 0.5) -> Path:
    """Cut off the end of a file. An MP4 of ours loses its index with that."""
    data = path.read_bytes()
    path.write_bytes(data[: round(keep * len(data))])
    return path


def damaged_clip(path: Path, frames: int = 60, lost: range = range(20, 40)) -> Path:
    """A numbered MP4 in which some frames are zeros. The others stand alone (Motion JPEG)."""
    write_clip(path, map(numbered, range(frames)), codec="MJPG")
    data = bytearray(path.read_bytes())
    for number, (start, end) in enumerate(_samples(data)):
        if number in lost:
            data[start:end] = bytes(end - start)
    path.write_bytes(data)
    return path


def hollow_clip(path: Path, frames: int = 10) -> Path:
    """An MP4 with an intact index whose frames are all zeros."""
    return damaged_clip(path, frames, lost=range(frames))


def audio_file(path: Path, seconds: float = 0.5) -> Path:
    """A WAV file, under whatever name."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(16000 * seconds)))
    return path


def text_file(path: Path) -> Path:
    """A text, under whatever name."""
    path.write_text(f"{path.name} is no video.\n" * 200, "utf-8")
    return path


def empty_file(path: Path) -> Path:
    """A file of no bytes."""
    path.write_bytes(b"")
    return path


# --- MP4 boxes --------------------------------------------------------------------------------

_NESTED = (b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl")
_Edits = dict[bytes, Callable[[bytes], bytes]]


def _boxes(data: bytes) -> Iterable[tuple[bytes, int, int]]:
    start = 0
    while start < len(data):
        size, kind = struct.unpack_from(">I4s", data, start)
        yield kind, start, start + size
        start += size


def _edited(data: bytes, edits: _Edits) -> bytes:
    """The boxes in ``data``, the contents of some of them replaced."""
    result = b""
    for kind, start, end in _boxes(data):
        content = data[start + 8 : end]
        if kind in _NESTED:
            content = _edited(content, edits)
        content = edits.get(kind, lambda same: same)(content)
        result += struct.pack(">I4s", len(content) + 8, kind) + content
    return result


def _rewrite(path: Path, edits: _Edits) -> Path:
    path.write_bytes(_edited(path.read_bytes(), edits))
    return path


def _media_scale(path: Path) -> int:
    scales = []
    _edited(path.read_bytes(), {b"mdhd": lambda box: scales.append(box[12:16]) or box})
    return struct.unpack(">I", scales[0])[0]


def _samples(data: bytes) -> list[tuple[int, int]]:
    """Where each frame of an MP4 of ours starts and ends: one after the other, from the start."""
    tables = []
    _edited(data, {b"stsz": lambda box: tables.append(box) or box})
    count = struct.unpack_from(">I", tables[0], 8)[0]
    sizes = struct.unpack_from(f">{count}I", tables[0], 12)
    start = next(start + 8 for kind, start, _ in _boxes(data) if kind == b"mdat")
    ends = list(itertools.accumulate(sizes, initial=start))
    return list(itertools.pairwise(ends))


def _with_steps(path: Path, steps: Sequence[int]) -> Path:
    """Give an MP4's frames new durations, in ticks, and take away its edit list."""
    runs = [(len(list(run)), step) for step, run in itertools.groupby(steps)]
    table = struct.pack(">II", 0, len(runs)) + b"".join(struct.pack(">II", *run) for run in runs)
    no_edits = struct.pack(">II", 0, 0)
    return _rewrite(
        path,
        {
            b"stts": lambda _: table,
            b"elst": lambda _: no_edits,
            b"mdhd": lambda box: box[:16] + struct.pack(">I", sum(steps)) + box[20:],
        },
    )
