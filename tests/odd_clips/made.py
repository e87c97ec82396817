"""Some two hundred odd clips, made with the ffmpeg command: what cameras, editors and sites write.

A clip is 1 to 4 s of FFmpeg's moving test picture with a real face in it. ``CLIPS`` lists how each
is made; :func:`make` makes one.
"""

from __future__ import annotations

import itertools
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import media

FACE = "[face]scale=-1:240[small];[back][small]overlay=x=mod(4*n\\,160):y=0"
FFMPEG = ("ffmpeg", "-nostdin", "-y", "-loglevel", "error")

H264 = "-c:v libx264 -preset ultrafast -threads 1"
X264 = "-c:v libx264 -preset veryfast -threads 1"
HEVC = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1"
AV1 = "-c:v libsvtav1 -preset 10 -svtav1-params lp=1"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 2M"
FIELDS = "-vf tinterlace=interleave_{first},setfield={order} -flags +ildct+ilme"
TURNS = {
    "turned by 90": (0, 1, -1, 0),
    "turned by 180": (-1, 0, 0, -1),
    "turned by 270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside down": (1, 0, 0, -1),
    "turned by 90 and mirrored": (0, 1, 1, 0),
    "turned by 270 and mirrored": (0, -1, -1, 0),
}


@dataclass(frozen=True)
class Odd:
    """How a clip is made: the encoder's arguments, and what is done to the file afterwards.

    ``cut`` are arguments of a second call that copies the stream. ``matrix`` goes into the header
    of an MP4: the upper left 2 x 2 of its display matrix.
    """

    kind: str
    name: str
    suffix: str
    args: str
    source: str = "s=320x240:r=25:d=2"
    cut: str = ""
    matrix: tuple[int, int, int, int] | None = None

    @property
    def id(self) -> str:
        """What tests call it."""
        return f"{self.kind}-{self.name}".replace(" ", "_")


def make(odd: Odd, folder: Path) -> Path:
    """Make a clip in a folder and return its file."""
    path = folder / f"clip{odd.suffix}"
    whole = folder / f"whole{odd.suffix}" if odd.cut else path
    scene = f"testsrc2={odd.source}[back];movie={_portrait(folder)}[face];{FACE}"
    _run("-f", "lavfi", "-i", scene, *odd.args.split(), str(whole))
    if odd.cut:
        before, after = odd.cut.split("|")
        _run(*before.split(), "-i", str(whole), *after.split(), "-c", "copy", str(path))
    if odd.matrix:
        _set_matrix(path, odd.matrix)
    return path


def _portrait(folder: Path) -> Path:
    return media.write_image(folder / "portrait.png", media.portrait())


def _run(*arguments: str) -> None:
    subprocess.run([*FFMPEG, *arguments], check=True, capture_output=True)


def _set_matrix(path: Path, matrix: tuple[int, int, int, int]) -> None:
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value << 16 for value in matrix)
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


def _codecs() -> list[Odd]:
    plain = {
        "H.264": (H264, ".mp4 .mov .mkv .avi .flv .ts .m2ts .3gp .m4v"),
        "HEVC": (HEVC, ".mp4 .mov .mkv .ts"),
        "AV1": (AV1, ".mp4 .mkv .webm"),
        "VP9": (VP9, ".webm .mkv .mp4"),
        "VP8": ("-c:v libvpx -pix_fmt yuv420p -b:v 1M -deadline realtime", ".webm .mkv"),
        "VP8 with hidden frames": (
            "-c:v libvpx -pix_fmt yuv420p -b:v 1M -auto-alt-ref 1 -lag-in-frames 16 -cpu-used 5",
            ".webm",
        ),
        "VP9 with hidden frames": (
            "-c:v libvpx-vp9 -b:v 300k -auto-alt-ref 1 -lag-in-frames 25 -cpu-used 5",
            ".webm",
        ),
        "MPEG-4": ("-c:v mpeg4 -q:v 3", ".mp4 .avi .mkv .mov"),
        "MPEG-4 with B-frames": ("-c:v mpeg4 -q:v 3 -bf 2", ".mp4 .avi .mkv"),
        "MPEG-2": ("-c:v mpeg2video -q:v 3 -bf 2", ".mpg .ts .mkv .mp4"),
        "MPEG-1": ("-c:v mpeg1video -q:v 3", ".mpg .mkv"),
        "MS MPEG-4": ("-c:v msmpeg4 -q:v 3", ".avi"),
        "WMV": ("-c:v wmv2 -q:v 3", ".wmv .avi"),
        "FLV": ("-c:v flv -q:v 3", ".flv"),
        "H.263": ("-c:v h263 -s 352x288 -q:v 3", ".3gp .avi"),
        "Theora": ("-c:v libtheora -q:v 8", ".ogv"),
        "Motion JPEG": ("-c:v mjpeg -q:v 3", ".avi .mov .mkv"),
        "ProRes": ("-c:v prores_ks -profile:v 3", ".mov .mkv"),
        "ProRes 4444": ("-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le", ".mov"),
        "DNxHR": ("-c:v dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p", ".mov .mxf"),
        "FFV1": ("-c:v ffv1", ".mkv .avi"),
        "Huffyuv": ("-c:v huffyuv -pix_fmt yuv422p", ".avi"),
        "UT Video": ("-c:v utvideo -pix_fmt gbrp", ".avi"),
        "Cinepak": ("-c:v cinepak -frames:v 15", ".avi"),
        "raw": ("-c:v rawvideo -pix_fmt bgr24", ".avi"),
        "QuickTime animation": ("-c:v qtrle", ".mov"),
        "PNG": ("-c:v png", ".mov"),
        "GIF": ("-vf fps=10", ".gif"),
        "APNG": ("-c:v apng -pred mixed -plays 0 -frames:v 20", ".apng"),
        "MPEG-4, fragmented": ("-c:v libx264 -g 10 -movflags frag_keyframe+empty_moov", ".mp4"),
        "index in front": (f"{H264} -movflags +faststart", ".mp4"),
    }
    return [
        Odd("codec and container", f"{name} in {suffix[1:]}", suffix, args)
        for name, (args, suffixes) in plain.items()
        for suffix in suffixes.split()
    ]


def _pictures() -> list[Odd]:
    groups = {
        "no B-frames": f"{X264} -bf 0",
        "pyramid of B-frames": f"{X264} -bf 7 -b_strategy 0 -x264-params b-pyramid=normal",
        "strict pyramid": f"{X264} -bf 3 -x264-params b-pyramid=strict:bluray-compat=1",
        "open groups": f"{X264} -g 12 -bf 3 -x264-params open-gop=1:scenecut=0",
        "key frames alone": f"{X264} -g 1",
        "one key frame": f"{X264} -g 1000 -bf 3",
        "intra refresh": f"{X264} -x264-params intra-refresh=1:keyint=20 -bf 0",
        "16 references": f"{X264} -refs 16 -bf 5",
        "several slices": f"{X264} -x264-params slices=4",
        "weighted": f"{X264} -weightp 2 -bf 3",
    }
    clips = [
        Odd("groups of pictures", f"{name}, {suffix[1:]}", suffix, args)
        for name, args in groups.items()
        for suffix in (".mp4", ".mkv", ".ts")
    ]
    for name, params in {
        "HEVC, open groups": "open-gop=1:keyint=12:bframes=4",
        "HEVC, closed groups": "open-gop=0:keyint=12:bframes=4:b-pyramid=1",
        "HEVC, intra refresh": "intra-refresh=1:keyint=20:bframes=0",
    }.items():
        args = HEVC.replace("log-level", f"{params}:log-level").replace("ultrafast", "fast")
        clips += [Odd("groups of pictures", f"{name}, {s[1:]}", s, args) for s in (".mp4", ".mkv")]
    return clips


def _depths() -> list[Odd]:
    depths = {
        "H.264": (H264, "yuv422p yuv444p yuvj420p yuv420p10le yuv422p10le yuv444p10le gray"),
        "HEVC": (
            HEVC,
            "yuv422p yuv444p yuv420p10le yuv422p10le yuv444p10le yuv420p12le yuv422p12le "
            "yuv444p12le gray gray10le gray12le gbrp gbrp10le",
        ),
        "AV1": (AV1, "yuv420p10le"),
        "VP9": (
            f"{VP9} -strict -1",
            "yuv422p yuv444p yuv440p yuv420p10le yuv444p12le gbrp",
        ),
        "FFV1": ("-c:v ffv1 -strict -2", "yuv410p yuv411p gray yuv420p16le gbrp12le bgra rgb48le"),
        "Motion JPEG": ("-c:v mjpeg", "yuvj420p yuvj422p yuvj444p"),
    }
    return [
        Odd("bits and planes", f"{codec} {format}", ".mkv", f"{args} -pix_fmt {format}")
        for codec, (args, formats) in depths.items()
        for format in formats.split()
    ] + [Odd("bits and planes", "H.264 RGB", ".mp4", "-c:v libx264rgb -preset ultrafast")]


def _colors() -> list[Odd]:
    matrices = {"bt709": "bt709", "smpte170m": "bt601", "bt2020nc": "bt2020", "fcc": "fcc"}
    clips = []
    for (tag, matrix), swing in itertools.product(matrices.items(), ("tv", "pc")):
        scale = f"-vf scale=out_color_matrix={matrix}:out_range={swing},format=yuv420p"
        tags = f"-colorspace {tag} -color_range {swing}"
        for suffix, codec in ((".mp4", H264), (".mkv", HEVC), (".webm", VP9)):
            if suffix != ".webm" or tag != "fcc":
                name = f"{tag} {swing}, {suffix[1:]}"
                clips.append(Odd("ranges and matrices", name, suffix, f"{codec} {scale} {tags}"))
    return clips


def _shapes() -> list[Odd]:
    clips = []
    for name, matrix in TURNS.items():
        clips.append(Odd("turned and mirrored", name, ".mp4", H264, matrix=matrix))
        wide = f"{H264} -vf setsar=4/3"
        clips.append(Odd("turned, wide pixels", name, ".mov", wide, matrix=matrix))
    for sar in ("2/1", "4/3", "16/15", "12/11", "8/9", "1/2", "64/45"):
        for suffix, codec in ((".mp4", H264), (".mkv", VP9), (".mpg", "-c:v mpeg2video -q:v 3")):
            if suffix == ".mpg" and sar not in ("4/3", "16/15"):
                continue
            args = f"{codec} -vf setsar={sar}"
            clips.append(Odd("wide and narrow pixels", f"{sar}, {suffix[1:]}", suffix, args))
    for size in ("321x241", "16x16", "16x600", "1280x32"):
        source = f"s={size}:r=25:d=1"
        args = f"{H264} -pix_fmt yuv444p"
        clips.append(Odd("sizes", size, ".mp4", args, source=source))
    return clips


def _fields() -> list[Odd]:
    codecs = {
        "H.264": (f"{X264} -x264opts {{flag}}=1", ".mp4 .ts"),
        "MPEG-2": ("-c:v mpeg2video -q:v 3", ".mpg .ts .mkv"),
        "MPEG-4": ("-c:v mpeg4 -q:v 3", ".avi .mp4"),
        "ProRes": ("-c:v prores_ks", ".mov"),
        "VP9": (VP9, ".mkv"),
    }
    clips = []
    for name, (args, suffixes) in codecs.items():
        for suffix, (first, order) in itertools.product(
            suffixes.split(), (("top", "tff"), ("bottom", "bff"))
        ):
            fields = FIELDS.format(first=first, order=order)
            args_now = f"{args.format(flag=order)} {fields}"
            source = "s=320x240:r=50:d=2"
            clips.append(
                Odd("interlaced", f"{name} {first} first, {suffix[1:]}", suffix, args_now, source)
            )
    dv = Odd(
        "interlaced",
        "DV, avi",
        ".avi",
        "-c:v dvvideo -pix_fmt yuv420p -s 720x576 -aspect 16:9 -flags +ildct -top 0",
    )
    fields = HEVC.replace("log-level", "interlace=tff:log-level")
    hevc = Odd("interlaced", "HEVC, a field a picture, mkv", ".mkv", fields)
    return [*clips, dv, hevc]


def _times() -> list[Odd]:
    clips = []
    for name, select in {
        "gaps": "not(between(n\\,10\\,30))",
        "every third": "not(mod(n\\,3))",
        "growing steps": "eq(trunc(sqrt(n))*trunc(sqrt(n))\\,n)",
    }.items():
        for suffix in (".mp4", ".mkv", ".mov"):
            args = f"-vf select='{select}' -vsync vfr {X264} -bf 2"
            source = "s=320x240:r=25:d=4"
            clips.append(Odd("variable rate", f"{name}, {suffix[1:]}", suffix, args, source))
    for start, suffix in itertools.product(("0.5", "1.3", "2.04"), (".mp4", ".mov", ".mkv")):
        args = f"{X264} -g 25 -bf 2"
        source = "s=320x240:r=25:d=4"
        name = f"from {start}, {suffix[1:]}"
        clips.append(Odd("trimmed", name, suffix, args, source, cut=f"-ss {start}|"))
    clips.append(
        Odd("trimmed", "from 1.3 to 2.1, mov", ".mov", f"{X264} -g 250", cut="-ss 1.3|-t 0.8")
    )
    for suffix in (".mp4", ".ts", ".mkv"):
        shift = "|-output_ts_offset 1234.5"
        clips.append(Odd("late start", suffix[1:], suffix, f"{X264} -bf 2", cut=shift))
    for rate in ("12.5", "24000/1001", "60", "120", "1"):
        source = f"s=320x240:r={rate}:d=3"
        clips.append(Odd("rates", rate, ".mp4", f"{X264} -bf 2", source))
    return clips


CLIPS = [*_codecs(), *_pictures(), *_depths(), *_colors(), *_shapes(), *_fields(), *_times()]
