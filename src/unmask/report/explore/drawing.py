"""Boxes, landmarks, captions and grids, drawn on Pillow's RGB images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from unmask.detections.index import Face
from unmask.disk.records import Box
from unmask.frames.images import read_image

RED, GRAY, BLACK, WHITE = (224, 32, 32), (110, 110, 110), (20, 20, 20), (255, 255, 255)
GAP, LINE, TITLE = 8, 18, 30
DASH = 9
_TEXT, _HEADING = 12, 16

Tile = tuple[Image.Image, str]
"""A picture and its caption."""


def open_image(path: Path) -> Image.Image:
    """An image as Pillow's, RGB, upright."""
    return Image.fromarray(read_image(path)[..., ::-1].copy())


def shrink(image: Image.Image, side: int) -> Image.Image:
    """An image whose larger side is at most ``side`` pixels."""
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    return copy


def mark_faces(
    image: Image.Image,
    faces: Sequence[Face],
    side: int,
    *,
    confidence: bool = True,
    texts: Sequence[str] | None = None,
) -> Image.Image:
    """A frame, shrunk to ``side``, with each face in a red dashed box and its landmarks as dots.

    Above each box stands the face's confidence, or what ``texts`` says of it.
    """
    if texts is None:
        texts = [f"{face.confidence:.3f}" if confidence else "" for face in faces]
    shown = shrink(image, side)
    ratio = shown.width / image.width
    pen = ImageDraw.Draw(shown)
    for face, text in zip(faces, texts, strict=True):
        x, y, width, height = (ratio * value for value in face.box)
        dashed_box(pen, (x, y, width, height))
        for mark_x, mark_y in face.landmarks or ():
            pen.circle((ratio * mark_x, ratio * mark_y), max(1.0, width / 40), RED)
        place = (x, max(0, y - LINE))
        pen.text(place, text, RED, _font(_TEXT), stroke_width=2, stroke_fill=WHITE)
    return shown


def dashed_box(pen: ImageDraw.ImageDraw, box: Box, width: int = 2) -> None:
    """Draw the outline of a box in red dashes."""
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    for y in (top, bottom):
        for x in _dashes(left, right):
            pen.line((x, y, min(x + DASH, right), y), RED, width)
    for x in (left, right):
        for y in _dashes(top, bottom):
            pen.line((x, y, x, min(y + DASH, bottom)), RED, width)


def _dashes(start: float, end: float) -> list[float]:
    """Where the dashes of a line begin; the gaps are two thirds of them."""
    step = DASH * 5 / 3
    return [start + step * number for number in range(int((end - start) // step) + 1)]


def grid(tiles: Sequence[Tile], columns: int, title: str) -> Image.Image:
    """Pictures with captions in rows, below a title."""
    columns = max(1, min(columns, len(tiles)))
    rows = -(-len(tiles) // columns)
    width = max((image.width for image, _ in tiles), default=0)
    height = max((image.height for image, _ in tiles), default=0)
    heading = _font(_HEADING)
    whole = max(columns * (width + GAP), int(heading.getlength(title)) + GAP) + GAP
    sheet = Image.new("RGB", (whole, TITLE + GAP + rows * (height + LINE + GAP)), WHITE)
    pen = ImageDraw.Draw(sheet)
    pen.text((GAP, GAP), title, BLACK, heading)
    for number, (image, caption) in enumerate(tiles):
        x = GAP + number % columns * (width + GAP)
        y = TITLE + GAP + number // columns * (height + LINE + GAP)
        sheet.paste(image, (x, y))
        pen.text((x, y + image.height + 2), _fitted(caption, width), GRAY, _font(_TEXT))
    return sheet


def animate(path: Path, images: Sequence[Image.Image], durations: int | Sequence[int]) -> None:
    """Write pictures of one size as an animated GIF that goes round and round.

    ``durations``: how long to show each, or all, in milliseconds.
    """
    first, *others = (image.quantize(128, dither=Image.Dither.NONE) for image in images)
    first.save(path, save_all=True, append_images=others, duration=durations, loop=0)


def _fitted(text: str, width: int) -> str:
    """A text that is no wider than its picture; what is left out is marked in the middle."""
    font = _font(_TEXT)
    left, right = text[: len(text) // 2], text[len(text) // 2 :]
    while left and font.getlength(text) > width:
        left, right = left[:-1], right[1:]
        text = f"{left}…{right}"
    return text


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """The font that Pillow brings along, the same on every machine."""
    return ImageFont.load_default(size)
