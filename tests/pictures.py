"""Images made by the tests: every kind a web server may send, and what it should not."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def scene(width: int = 200, height: int = 150, mode: str = "RGB") -> Image.Image:
    """A picture with a warm top, a cool right side, a dark circle and a bright corner: each turn of it differs."""
    down = Image.linear_gradient("L").resize((width, height))
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    image = Image.merge("RGB", (down.point(lambda value: 255 - value), across, down))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.55, height * 0.4, width * 0.85, height * 0.9), fill="#102040")
    draw.rectangle((0, 0, width * 0.2, height * 0.15), fill="#ffee88")
    return image.convert(mode)


def with_hole(mode: str = "RGBA") -> Image.Image:
    """The scene, transparent in its left third."""
    image = scene(mode="RGBA")
    image.paste((0, 0, 0, 0), (0, 0, image.width // 3, image.height))
    return image.convert(mode)


def saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def turned(orientation: int, format_: str = "JPEG") -> bytes:
    """The scene, stored so that its EXIF orientation makes it upright again."""
    undoing = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = scene().transpose(undoing[orientation]) if orientation in undoing else scene()
    return saved(image, format_, exif=exif)


# --- PNG and GIF by hand ----------------------------------------------------------------------------------------


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, bits: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    """A PNG of unfiltered rows, each with its zero before it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    packed = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + packed + chunk(b"IEND", b"")


def png_of_zeros(width: int, height: int) -> bytes:
    """A large PNG of 64 bits a pixel, without having it all in memory."""
    row = bytes(1 + 8 * width)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png_of_48_bits() -> bytes:
    image = scene()
    wide = b"".join(bytes((value, value)) for value in image.tobytes())
    stride = image.width * 6
    rows = b"".join(b"\0" + wide[start : start + stride] for start in range(0, len(wide), stride))
    return png(*image.size, 16, 2, rows)


def png_bomb(side: int = 60_000) -> bytes:
    """A few kilobytes that are gigabytes of pixels."""
    return png(side, side, 8, 6, bytes(1_000_000))


def png_with_text_bomb() -> bytes:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000), 1))
    rows = b"".join(b"\0" + bytes(range(x, x + 90)) for x in range(30))
    return png(30, 30, 8, 2, rows, bomb)


def gif_of_many(frames: int) -> bytes:
    """The same small frame again and again."""
    one = saved(scene(20, 15, "P"), "GIF")
    start = 13 + (3 << (one[10] % 8 + 1))
    return one[:start] + one[start:-1] * frames + b"\x3b"


# --- ICC profiles by hand (ICC.1:2001-04) -----------------------------------------------------------------------

ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""The primaries of Adobe RGB (1998) as XYZ under D50."""

GAMMA = 563 / 256


def profile(device: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    at = 132 + 12 * len(tags)
    table, contents = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, at + len(contents), len(content))
        contents += content + bytes(-len(content) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12x4s", at + len(contents), b"\0" * 4, 0x02100000, device, space, connection, b"acsp"
    )
    head += bytes(68 - len(head)) + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    return head + bytes(128 - len(head)) + table + contents


def xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(value * 65_536) for value in values))


def named(text: str) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text.encode() + b"\0" + bytes(79)


def wide_gamut() -> bytes:
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(GAMMA * 256))
    tags = {b"desc": named("wide"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz((0.9642, 1.0, 0.8249))}
    tags |= {b"rXYZ": xyz(ADOBE_RGB[0]), b"gXYZ": xyz(ADOBE_RGB[1]), b"bXYZ": xyz(ADOBE_RGB[2])}
    return profile(b"mntr", b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def straight_grey() -> bytes:
    """A profile of grey whose values are in proportion to light."""
    tags = {b"desc": named("grey"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz((0.9642, 1.0, 0.8249))}
    return profile(b"mntr", b"GRAY", b"XYZ ", tags | {b"kTRC": b"curv\0\0\0\0\0\0\0\0"})


CYAN_IS = (55, 40, -30)
"""What the press of `inks` prints for cyan, in Lab: pink, which no guess would come upon."""


def inks() -> bytes:
    """A profile of four inks, the first of them an odd one, the others darkening."""
    straight = bytes(range(256))
    corners = b""
    for corner in range(16):
        cyan, *others = ((corner >> shift) & 1 for shift in (3, 2, 1, 0))
        light, a, b = CYAN_IS if cyan else (100, 0, 0)
        light = max(0, light - 30 * sum(others))
        corners += bytes((round(light * 2.55), a + 128, b + 128))
    identity = struct.pack(">9i", *(65_536 if number % 4 == 0 else 0 for number in range(9)))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + straight * 4 + corners + straight * 3
    return profile(b"prtr", b"CMYK", b"Lab ", {b"desc": named("inks"), b"cprt": b"text\0\0\0\0none\0", b"A2B0": table})


# --- SVG --------------------------------------------------------------------------------------------------------

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SHAPES = '<rect width="60" height="75" fill="#c20"/><circle cx="70" cy="40" r="25" fill="#07c"/>'


def svg(content: str = SHAPES, attributes: str = 'width="100" height="75"', before: str = "") -> bytes:
    return f"{before}{SVG} {attributes}>{content}</svg>".encode()


def laughs() -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    return svg(f"<text>&j;</text>{SHAPES}", before=f"<!DOCTYPE svg [{entities}]>")
