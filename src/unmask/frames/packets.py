"""What the packets of a video tell without decoding: when its frames appear, what depends on what.

Going through them costs about a hundredth of decoding. What they tell is a forecast: damage shows
only in decoding.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_KNOWN = frozenset(["av1", "dnxhd", "h264", "hevc", "libdav1d", "mjpeg", "prores", "vp9"])
"""Decoders of which each packet gives one frame; older codecs hide frames or leave some out."""
_LEAVE_OUT = frozenset(["h264", "hevc"])
"""Decoders that can be told, packet by packet, to leave out what no other frame depends on."""
_PATIENCE = 64
_VOID = bytes(4)
"""No packet of a known codec begins like this: a hole in the file does."""


class Unforeseen(Exception):
    """A clip is not what its packets foretold: decode it from the start."""


@dataclass
class Packets:
    """The packets of a video in the order of decoding, with timestamps in ticks.

    ``hidden`` are those that an edit list hides: they are decoded for others alone. ``times`` are
    those of the frames that are shown, in seconds from the first; increasing.
    """

    stamps: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    times: array = field(default_factory=lambda: array("d"))
    reliable: bool = True

    def __post_init__(self) -> None:
        self._numbers: dict[int, int] = {}

    @classmethod
    def read(
        cls, container: InputContainer, stream: VideoStream, frame_s: float, most: int
    ) -> Packets:
        """Go through a container that was just opened, as far as one packet above ``most``."""
        packets, timeless = cls(reliable=stream.codec_context.name in _KNOWN), False
        for position, packet in enumerate(read_packets(container, stream)):
            stamp = packet.pts if packet.pts is not None else packet.dts
            packets.stamps.append(0 if stamp is None else stamp)
            timeless = timeless or stamp is None
            if position > most:
                break
            if packet.is_keyframe:
                packets.keys.append(position)
            if packet.is_discard:
                packets.hidden.add(position)
            if packet.pts is None or packet.is_corrupt or bytes(memoryview(packet)[:4]) == _VOID:
                packets.reliable = False
        packets._set_times(0.0 if timeless else float(stream.time_base or 0), frame_s)
        return packets

    def _set_times(self, tick_s: float, frame_s: float) -> None:
        shown = [stamp for position, stamp in enumerate(self.stamps) if position not in self.hidden]
        if not tick_s or len(set(shown)) < len(shown):
            self.times.extend(number * frame_s for number in range(len(shown)))
            self.reliable = False
            return
        shown.sort()
        self.times.extend((stamp - shown[0]) * tick_s for stamp in shown)
        self._numbers = {stamp: number for number, stamp in enumerate(shown)}
        if not self.keys or self.keys[0] != 0 or min(self.stamps) < self.stamps[0]:
            self.reliable = False

    def number(self, stamp: int | None) -> int:
        """The number of the frame with a timestamp, counted from 0 in the order of showing."""
        if stamp is None or stamp not in self._numbers:
            raise Unforeseen
        return self._numbers[stamp]

    def needed_by(self, numbers: Collection[int]) -> dict[int, bool]:
        """Positions of the packets that frames need; True for the frames' own.

        A frame needs all from the last key frame on that is not shown after it: behind a key
        frame come frames that are shown before it and lean on what came before (open GOP).
        """
        wanted = set(numbers)
        own = {
            position
            for position, stamp in enumerate(self.stamps)
            if position not in self.hidden and self._numbers[stamp] in wanted
        }
        ends: dict[int, int] = {}
        for position in sorted(own):
            place = bisect_right(self.keys, position) - 1
            while self.stamps[self.keys[place]] > self.stamps[position]:
                place -= 1
            ends[self.keys[place]] = position
        return {
            position: position in own
            for start, end in ends.items()
            for position in range(start, end + 1)
        }


def read_packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet]:
    """The packets of a stream that are not empty; a damaged stretch is passed over."""
    for _ in range(_PATIENCE):
        try:
            for packet in container.demux(stream):
                if packet.size:
                    yield packet
            return
        except FFmpegError:
            continue


def decode_needed(
    packets: Iterable[Packet], stream: VideoStream, needed: dict[int, bool]
) -> Iterator[VideoFrame]:
    """Decode what is needed; yield every frame that comes out, in the order of showing.

    Among what is needed, frames on which no other depends are left out unless they are wanted
    themselves.

    Raises:
        Unforeseen: something does not decode.
    """
    decoder = stream.codec_context
    spare: Literal["NONREF", "DEFAULT"] = "NONREF" if decoder.name in _LEAVE_OUT else "DEFAULT"
    last = max(needed, default=-1)
    previous = -1
    try:
        for position, packet in enumerate(packets):
            if position > last:
                break
            if position not in needed:
                continue
            if previous >= 0 and position > previous + 1:
                yield from decoder.decode(None)
                decoder.flush_buffers()
            decoder.skip_frame = "DEFAULT" if needed[position] else spare
            yield from decoder.decode(packet)
            previous = position
        yield from decoder.decode(None)
    except FFmpegError:
        raise Unforeseen from None
