"""Looking into images, in the pool's subprocesses: a table of files, and what is seen in each."""

from __future__ import annotations

import asyncio
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from archiver.images.cautions import image_warnings
from archiver.images.likeness import same_picture
from archiver.images.pool import Pool
from archiver.model import ImageFault, Look, LookRules, ThumbnailFormat, ThumbnailRules
from tests.pictures import (
    ADOBE_RGB,
    CYAN_IS,
    GAMMA,
    SHAPES,
    gif_of_many,
    inks,
    laughs,
    png_bomb,
    png_of_48_bits,
    png_of_zeros,
    png_with_text_bomb,
    saved,
    scene,
    straight_grey,
    svg,
    turned,
    wide_gamut,
    with_hole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.model import ImageEvidence


class Case(NamedTuple):
    """A file, and what is to be seen in it."""

    content: bytes
    format: str | None
    size: tuple[int, int] | None = (200, 150)
    fault: str | None = None
    thumbnails: tuple[tuple[int, int], ...] = ((200, 150),)
    content_type: str | None = None
    declared: tuple[int, int] | tuple[None, None] = (None, None)
    warnings: tuple[str, ...] = ()
    has_alpha: bool = False
    frames: int = 1


def faulty(content: bytes, format_: str | None, fault: str, content_type: str | None = None, *warned: str) -> Case:
    return Case(content, format_, None, fault, (), content_type, warnings=warned)


def drawn(content: bytes, size: tuple[int, int] = (100, 75), *, has_alpha: bool = True) -> Case:
    return Case(content, "SVG", size, thumbnails=(size,), content_type="image/svg+xml", has_alpha=has_alpha)


def frames(count: int) -> list[Image.Image]:
    return [ImageChops.offset(scene(), 9 * number, 0) for number in range(1, count)]


JPEG = saved(scene(), "JPEG")
PNG = saved(scene(), "PNG")
FLAT = Image.new("RGB", (200, 150), "#bada55")
NOISE = Image.effect_noise((200, 150), 0.5)
HTML = b"<!doctype html><title>Not found</title>"
CLEAR = Image.new("RGBA", (200, 150))
LARGE = saved(scene(1_400, 1_050), "JPEG")
LARGE_SVG = svg(attributes='width="2000" height="1500" viewBox="0 0 100 75"')
UNSEEN_TEXT = svg("<text>&#160;</text>")  # whatever fonts there are
UNSEEN_IMAGE = svg('<image href="/etc/passwd" width="9"/>')
LESS_THAN_640 = ((320, 240), (400, 300))
EACH_WIDTH = ((320, 240), (640, 480), (1_280, 960))
LONG_ENTITY = f'<!DOCTYPE svg [<!ENTITY a "{"a" * 9_000}">]>'
READING_ENTITY = '<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]>'
ENTITY = '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>'

CASES = {
    # every format and colour mode
    "JPEG": Case(JPEG, "JPEG", content_type="image/jpeg"),
    "JPEG, progressive": Case(saved(scene(), "JPEG", progressive=True), "JPEG", content_type="Image/JPG; q=1"),
    "JPEG, grey": Case(saved(scene(mode="L"), "JPEG"), "JPEG"),
    "JPEG, CMYK": Case(saved(scene(mode="CMYK"), "JPEG"), "JPEG"),
    "JPEG, CMYK, progressive": Case(saved(scene(mode="CMYK"), "JPEG", progressive=True), "JPEG"),
    "JPEG, CMYK with profile": Case(saved(scene(mode="CMYK"), "JPEG", icc_profile=inks()), "JPEG"),
    "JPEG, wide gamut": Case(saved(scene(), "JPEG", icc_profile=wide_gamut()), "JPEG"),
    "JPEG, damaged profile": Case(saved(scene(), "JPEG", icc_profile=wide_gamut()[:200]), "JPEG"),
    "JPEG, another mode's profile": Case(saved(scene(mode="L"), "JPEG", icc_profile=wide_gamut()), "JPEG"),
    "JPEG, two pictures": Case(saved(scene(), "MPO", save_all=True, append_images=frames(2)), "JPEG"),
    "JPEG, larger": Case(LARGE, "JPEG", (1400, 1050), thumbnails=EACH_WIDTH),
    "JPEG, between two widths": Case(saved(scene(400, 300), "JPEG"), "JPEG", (400, 300), thumbnails=LESS_THAN_640),
    "JPEG, as wide as a width": Case(saved(scene(320, 240), "JPEG"), "JPEG", (320, 240), None, ((320, 240),)),
    "JPEG, a strip": Case(saved(scene(4, 20_000), "JPEG"), "JPEG", (4, 20_000), None, ()),
    "PNG": Case(PNG, "PNG", content_type="image/png"),
    "PNG, alpha": Case(saved(with_hole(), "PNG"), "PNG", has_alpha=True),
    "PNG, alpha that hides nothing": Case(saved(scene(mode="RGBA"), "PNG"), "PNG"),
    "PNG, grey": Case(saved(scene(mode="L"), "PNG"), "PNG"),
    "PNG, grey with alpha": Case(saved(with_hole("LA"), "PNG"), "PNG", has_alpha=True),
    "PNG, palette": Case(saved(scene(mode="P"), "PNG"), "PNG"),
    "PNG, palette with transparency": Case(saved(with_hole().quantize(32), "PNG"), "PNG", has_alpha=True),
    "PNG, a colour keyed out": Case(saved(scene(), "PNG", transparency=(0xFF, 0xEE, 0x88)), "PNG", has_alpha=True),
    "PNG, one bit": Case(saved(scene(mode="1"), "PNG"), "PNG"),
    "PNG, 16 bits": Case(saved(scene(mode="L").convert("I;16").point(lambda value: value * 257), "PNG"), "PNG"),
    "PNG, 48 bits": Case(png_of_48_bits(), "PNG"),
    "PNG, wide gamut and alpha": Case(saved(with_hole(), "PNG", icc_profile=wide_gamut()), "PNG", has_alpha=True),
    "PNG, animated": Case(saved(scene(), "PNG", save_all=True, append_images=frames(3)), "PNG", frames=3),
    "GIF": Case(saved(scene(), "GIF"), "GIF", content_type="image/gif"),
    "GIF, transparent": Case(saved(with_hole(), "GIF"), "GIF", has_alpha=True),
    "GIF, animated": Case(saved(scene(), "GIF", save_all=True, append_images=frames(4)), "GIF", frames=4),
    "GIF, first frame empty": Case(saved(FLAT, "GIF", save_all=True, append_images=frames(3)), "GIF", frames=3),
    "GIF, 10,000 frames": Case(gif_of_many(10_000), "GIF", (20, 15), None, ((20, 15),), frames=10_000),
    "WebP": Case(saved(scene(), "WEBP"), "WEBP", content_type="image/webp"),
    "WebP, lossless": Case(saved(scene(), "WEBP", lossless=True), "WEBP"),
    "WebP, alpha": Case(saved(with_hole(), "WEBP"), "WEBP", has_alpha=True),
    "WebP, animated": Case(saved(scene(), "WEBP", save_all=True, append_images=frames(3)), "WEBP", frames=3),
    "AVIF": Case(saved(scene(), "AVIF"), "AVIF", content_type="image/avif"),
    "AVIF, alpha": Case(saved(with_hole(), "AVIF"), "AVIF", has_alpha=True),
    "AVIF, animated": Case(saved(scene(), "AVIF", save_all=True, append_images=frames(2)), "AVIF", frames=2),
    "BMP": Case(saved(scene(), "BMP"), "BMP", content_type="image/bmp"),
    "BMP, palette": Case(saved(scene(mode="P"), "BMP"), "BMP"),
    "TIFF": Case(saved(scene(), "TIFF"), "TIFF", content_type="image/tiff"),
    "TIFF, packed": Case(saved(scene(), "TIFF", compression="tiff_lzw"), "TIFF"),
    "TIFF, CMYK": Case(saved(scene(mode="CMYK"), "TIFF"), "TIFF"),
    "TIFF, Lab": Case(saved(scene(mode="LAB"), "TIFF"), "TIFF"),
    "TIFF, 16 bits": Case(saved(scene(mode="L").convert("I;16").point(lambda value: value * 257), "TIFF"), "TIFF"),
    "TIFF, floats": Case(saved(scene(mode="F"), "TIFF"), "TIFF"),
    "TIFF, 32 bits": Case(saved(scene(mode="I"), "TIFF"), "TIFF"),
    "ICO": Case(saved(scene(64, 64), "ICO", sizes=[(16, 16), (64, 64)]), "ICO", (64, 64), None, ((64, 64),)),
    # turned by EXIF
    **{f"JPEG, orientation {number}": Case(turned(number), "JPEG") for number in range(1, 9)},
    **{f"{name}, orientation 6": Case(turned(6, name), name) for name in ("PNG", "WEBP", "TIFF", "AVIF")},
    "JPEG, damaged EXIF": Case(saved(scene(), "JPEG", exif=b"Exif\0\0MM\0\x2a\0\0\0\x08\xff\xff"), "JPEG"),
    "JPEG, no such orientation": Case(turned(77), "JPEG"),
    # declared otherwise, sent as something else
    "declared, and so": Case(JPEG, "JPEG", declared=(200, 150)),
    "declared otherwise": Case(JPEG, "JPEG", declared=(400, 300), warnings=("image_dimensions",)),
    "declared unturned": Case(turned(6), "JPEG", declared=(150, 200), warnings=("image_dimensions",)),
    "an image sent as HTML": Case(JPEG, "JPEG", content_type="text/html; charset=utf-8", warnings=("content_type",)),
    "a PNG sent as JPEG": Case(PNG, "PNG", content_type="image/jpeg", warnings=("content_type",)),
    "bytes after the end, JPEG": Case(JPEG + b"garbage" * 99, "JPEG"),
    "bytes after the end, PNG": Case(PNG + b"garbage" * 99, "PNG"),
    "bytes after the end, GIF": Case(saved(scene(), "GIF") + b"garbage" * 99, "GIF"),
    "bytes after the end, WebP": Case(saved(scene(), "WEBP") + b"garbage" * 99, "WEBP"),
    # no picture
    "a page": faulty(HTML, "HTML", "image_is_html", "image/jpeg"),
    "a page that says so": faulty(b"\xef\xbb\xbf \n<HTML>", "HTML", "image_is_html", "text/html"),
    "zero bytes": faulty(b"", None, "undecodable_image", "image/jpeg"),
    "JSON": faulty(b'{"error": 404}', None, "undecodable_image", "image/png"),
    "a JPEG's first bytes": faulty(JPEG[:3], "JPEG", "truncated"),
    "a JPEG of nothing": faulty(b"\xff\xd8\xff\xd9", "JPEG", "undecodable_image"),
    "a PNG damaged early": faulty(PNG[:60] + b"\xff" * 20 + PNG[80:], "PNG", "undecodable_image"),
    "a PNG damaged late": faulty(PNG[:-40] + b"\xff" * 20 + PNG[-20:], "PNG", "undecodable_image"),
    "1x1": Case(saved(Image.new("RGB", (1, 1)), "GIF"), "GIF", (1, 1), "image_placeholder", ()),
    "2x2": Case(saved(scene(2, 2), "PNG"), "PNG", (2, 2), "image_placeholder", ()),
    "3x1": Case(saved(scene(3, 1), "PNG"), "PNG", (3, 1), None, ((3, 1),)),
    "one colour": Case(saved(FLAT, "JPEG"), "JPEG", fault="image_placeholder", thumbnails=()),
    "as good as one colour": Case(saved(NOISE, "PNG"), "PNG", fault="image_placeholder", thumbnails=()),
    "all transparent": Case(saved(CLEAR, "PNG"), "PNG", fault="image_placeholder", thumbnails=(), has_alpha=True),
    # too much
    "60 megapixels": faulty(saved(Image.new("1", (8_000, 7_500)), "PNG"), "PNG", "too_large"),
    "a bomb in PNG": faulty(png_bomb(), "PNG", "too_large"),
    "a bomb in a PNG's text": faulty(png_with_text_bomb(), "PNG", "undecodable_image"),
    "49 megapixels in 16 bits": Case(
        png_of_zeros(7_000, 7_000),
        "PNG",
        (7_000, 7_000),
        "image_placeholder",
        (),
        has_alpha=True,
    ),
    # drawings
    "SVG": drawn(svg()),
    "SVG, a view box alone": drawn(svg(attributes='viewBox="0 0 100 75"')),
    "SVG, a width and a view box": drawn(svg(attributes='width="1.5in" viewBox="0,0,100,75"'), (144, 108)),
    "SVG, percentages": drawn(svg(attributes='width="100%" height="100%" viewBox="0 0 100 75"')),
    "SVG, larger": Case(LARGE_SVG, "SVG", (2_000, 1_500), thumbnails=EACH_WIDTH, has_alpha=True),
    "SVG, a declaration and a comment": drawn(svg(before='\ufeff<?xml version="1.0"?><!-- a > b --><!DOCTYPE svg>\n')),
    "SVG, a harmless entity": drawn(svg(f'<g xmlns="&ns;">{SHAPES}</g>', before=ENTITY)),
    "SVG, a script": drawn(svg(f"<script>while (true) {{}} <![CDATA[<rect]]></script>{SHAPES}")),
    "SVG, an external reference": drawn(svg(f'<image href="https://example.com/a.png" width="9" height="9"/>{SHAPES}')),
    "SVG, text that shows nothing": Case(UNSEEN_TEXT, "SVG", (100, 75), thumbnails=(), has_alpha=True),
    "SVG, only a reference": Case(UNSEEN_IMAGE, "SVG", (100, 75), thumbnails=(), has_alpha=True),
    "SVG, nothing": Case(svg(""), "SVG", (100, 75), "image_placeholder", (), has_alpha=True),
    "SVG, entities that multiply": faulty(laughs(), "SVG", "too_large", "image/svg+xml"),
    "SVG, one long entity": faulty(svg("&a;" * 9_000, before=LONG_ENTITY), "SVG", "too_large"),
    "SVG, an entity from a file": faulty(svg("&a;", before=READING_ENTITY), "SVG", "too_large"),
    "SVG, too long": faulty(svg(attributes='width="10" height="99999"'), "SVG", "too_large"),
    "SVG, too deep": faulty(svg("<g>" * 1_000 + "</g>" * 1_000), "SVG", "too_large"),
    "SVG, of itself": drawn(svg(f'<g id="a"><use href="#a"/></g>{SHAPES}')),
    "SVG, no size": Case(svg(attributes=""), "SVG", None, None, ((300, 237),), has_alpha=True),
    "SVG, a size of nothing": faulty(svg(attributes='width="0" height="9"'), "SVG", "undecodable_image"),
    "SVG, not XML": faulty(svg("<rect></circle>"), "SVG", "undecodable_image"),
    "SVG, cut": faulty(svg()[:120], "SVG", "truncated"),
    # images that are told, not decoded
    "HEIC": Case(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC", None, None, (), "image/heic"),
    "JPEG XL": Case(b"\xff\x0a\0\0", "JPEG XL", None, None, (), "image/jpeg", warnings=("content_type",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def looks() -> dict[str, Look]:
    async def all_looks() -> list[Look]:
        async with Pool(2) as pool:
            return await asyncio.gather(*(pool.look(case.content, case.content_type) for case in CASES.values()))

    return dict(zip(CASES, asyncio.run(all_looks()), strict=True))


def picture(look: Look) -> Image.Image:
    """The widest thumbnail, decoded."""
    return Image.open(io.BytesIO(look.thumbnails[-1].content))


@pytest.mark.parametrize("name", CASES)
def test_an_image_is_seen_as_what_it_is(name: str, looks: dict[str, Look]) -> None:
    case, look = CASES[name], looks[name]
    seen = look.evidence
    assert (seen.format, seen.fault) == (case.format, case.fault), seen.note
    assert (seen.width, seen.height) == (case.size or (None, None))
    assert (seen.has_alpha, seen.frames) == (case.has_alpha, case.frames)
    assert tuple((thumbnail.width, thumbnail.height) for thumbnail in look.thumbnails) == case.thumbnails
    warnings = image_warnings(seen, content_type=case.content_type, declared=case.declared)
    assert tuple(warning.caution for warning in warnings) == case.warnings
    assert (seen.note is not None) == (seen.fault is not None or case.format in ("HEIC", "JPEG XL"))


@pytest.mark.parametrize("name", CASES)
def test_a_thumbnail_is_a_bare_webp_of_its_size(name: str, looks: dict[str, Look]) -> None:
    for thumbnail in looks[name].thumbnails:
        with Image.open(io.BytesIO(thumbnail.content)) as image:
            assert (image.format, image.size) == ("WEBP", (thumbnail.width, thumbnail.height))
            assert image.mode == ("RGBA" if CASES[name].has_alpha else "RGB")
            assert not image.info.keys() & {"exif", "icc_profile", "xmp"}


def test_the_hungriest_image_takes_less_than_a_gigabyte() -> None:
    """Of address space, as the system counted it at its greatest (proc(5), VmPeak)."""

    async def peaks_kb() -> list[int]:
        async with Pool(1) as pool:
            await pool.look(CASES["49 megapixels in 16 bits"].content)
            return [peak_kb(pid) for pid in pool.pids]

    (peak,) = asyncio.run(peaks_kb())
    assert 200_000 < peak < 1_000_000


def peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmPeak"))


# --- the pixels -------------------------------------------------------------------------------------------------

IN_TRUE_COLOURS = (
    *(name for name in CASES if "orientation" in name or name.startswith(("bytes after", "declared"))),
    *("JPEG", "JPEG, progressive", "JPEG, CMYK", "JPEG, CMYK, progressive", "JPEG, two pictures"),
    *("JPEG, damaged profile", "JPEG, damaged EXIF", "PNG", "PNG, 48 bits", "PNG, alpha that hides nothing"),
    *("PNG, animated", "GIF, animated", "WebP", "WebP, lossless", "WebP, animated", "AVIF", "AVIF, animated"),
    *("BMP", "TIFF", "TIFF, packed", "TIFF, CMYK", "TIFF, Lab"),
)
IN_GREY = ("JPEG, grey", "PNG, grey", "PNG, 16 bits", "TIFF, 16 bits", "JPEG, another mode's profile")


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize("name", IN_TRUE_COLOURS)
def test_a_thumbnail_shows_the_scene_upright(name: str, looks: dict[str, Look]) -> None:
    assert mean_difference(picture(looks[name]), scene()) < 6


@pytest.mark.parametrize("name", IN_GREY)
def test_a_thumbnail_shows_the_scene_in_grey(name: str, looks: dict[str, Look]) -> None:
    assert mean_difference(picture(looks[name]), scene(mode="L")) < 6


@pytest.mark.parametrize("name", ["TIFF, floats", "TIFF, 32 bits"])
def test_values_without_a_white_of_their_own_are_stretched(name: str, looks: dict[str, Look]) -> None:
    assert mean_difference(picture(looks[name]), ImageOps.autocontrast(scene(mode="L"))) < 6


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case.has_alpha and case.thumbnails == ((200, 150),)]
)
def test_transparency_is_kept(name: str, looks: dict[str, Look]) -> None:
    """The scene has a hole on its left; or in its corner, where that is keyed out."""
    alpha = picture(looks[name]).getchannel("A")
    assert alpha.getpixel((10, 10)) == 0
    assert alpha.getpixel((150, 75)) == 255


def test_an_animation_is_shown_by_its_first_frame_that_shows_something(looks: dict[str, Look]) -> None:
    shown = picture(looks["GIF, first frame empty"])
    assert mean_difference(shown, frames(2)[0]) < 10
    assert mean_difference(shown, FLAT) > 30


def test_an_svg_is_drawn_without_what_it_refers_to(tmp_path: Path) -> None:
    """A drawing that names a picture on this disk does not show it."""
    FLAT.save(tmp_path / "a.png")
    own = '<rect width="9" height="9" fill="#fff"/>'
    for address in (f"{tmp_path}/a.png", f"file://{tmp_path}/a.png"):
        content = svg(f'{own}<image xlink:href="{address}" width="100" height="75"/>')
        assert picture(look_at(content)).convert("RGBA").getpixel((50, 50)) == (0, 0, 0, 0)


def look_at(content: bytes, rules: LookRules | None = None) -> Look:
    async def look() -> Look:
        async with Pool(1, rules or LookRules()) as pool:
            return await pool.look(content)

    return asyncio.run(look())


# --- colour -----------------------------------------------------------------------------------------------------

SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""The primaries of sRGB as XYZ under D50 (ICC's own sRGB profile)."""

PATCHES = ((200, 60, 60), (120, 170, 90), (90, 110, 190), (210, 190, 110), (150, 120, 160), (128, 128, 128))
"""In Adobe RGB, all of them within sRGB too."""


def lab(linear: list[float], primaries: tuple[tuple[float, float, float], ...]) -> tuple[float, float, float]:
    """CIE Lab under D50 (CIE 15:2004, section 8.2.1)."""
    xyz = [sum(value * primary[axis] for value, primary in zip(linear, primaries, strict=True)) for axis in range(3)]
    x, y, z = (
        ratio ** (1 / 3) if ratio > 216 / 24_389 else (24_389 / 27 * ratio + 16) / 116
        for ratio in (value / white for value, white in zip(xyz, (0.9642, 1.0, 0.8249), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def from_srgb(pixel: tuple[int, ...]) -> tuple[float, float, float]:
    """IEC 61966-2-1, section 5.2."""
    parts = (value / 255 for value in pixel)
    return lab([part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts], SRGB)


def distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """ΔE*ab of 1976."""
    return math.dist(one, other)


def patches() -> Image.Image:
    small = Image.new("RGB", (3, 2))
    small.putdata(PATCHES)
    return small.resize((600, 400), Image.Resampling.NEAREST)


def centres(image: Image.Image) -> Iterator[tuple[int, ...]]:
    for number in range(len(PATCHES)):
        x, y = image.width * (2 * (number % 3) + 1) // 6, image.height * (2 * (number // 3) + 1) // 4
        yield pixel_at(image, x, y)


def pixel_at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    return tuple(image.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes())


def test_wide_gamut_colours_are_converted() -> None:
    """Within ΔE 3 of what the profile says they are; unconverted, they would be beyond it."""
    image = saved(patches(), "JPEG", quality=95, subsampling=0, icc_profile=wide_gamut())
    meant = [lab([(value / 255) ** GAMMA for value in patch], ADOBE_RGB) for patch in PATCHES]
    for thumbnail in look_at(image).thumbnails:
        shown = [from_srgb(pixel) for pixel in centres(Image.open(io.BytesIO(thumbnail.content)))]
        assert max(map(distance, shown, meant)) <= 3
    assert max(map(distance, map(from_srgb, PATCHES), meant)) > 6


def test_grey_is_converted_by_its_profile() -> None:
    """Half of the light is sRGB's 188."""
    grey = Image.new("L", (400, 300), 128)
    grey.paste(0, (0, 0, 200, 300))
    shown = picture(look_at(saved(grey, "PNG", icc_profile=straight_grey())))
    assert math.dist(pixel_at(shown, 300, 150), (188, 188, 188)) < 4
    assert math.dist(pixel_at(shown, 100, 150), (0, 0, 0)) < 4


def test_inks_are_converted_by_their_profile_and_without_one_by_convention() -> None:
    cyan = Image.new("CMYK", (400, 300), (255, 0, 0, 0))
    cyan.paste((0, 0, 0, 0), (0, 0, 200, 300))
    managed = picture(look_at(saved(cyan, "JPEG", quality=95, icc_profile=inks())))
    plain = picture(look_at(saved(cyan, "JPEG", quality=95)))
    assert distance(from_srgb(pixel_at(managed, 300, 150)), CYAN_IS) < 4
    assert distance(from_srgb(pixel_at(managed, 100, 150)), (100, 0, 0)) < 4
    assert distance(pixel_at(plain, 300, 150), (0, 255, 255)) < 20


# --- cut files --------------------------------------------------------------------------------------------------

CUT = {
    "JPEG": JPEG,
    "JPEG, progressive": saved(scene(), "JPEG", progressive=True),
    "PNG": PNG,
    "GIF": saved(scene(), "GIF"),
    "WebP": saved(scene(), "WEBP"),
    "AVIF": saved(scene(), "AVIF"),
    "BMP": saved(scene(), "BMP"),
    "TIFF": saved(scene(), "TIFF"),
    "TIFF, packed": saved(scene(), "TIFF", compression="tiff_lzw"),
    "ICO": saved(scene(64, 64), "ICO", sizes=[(64, 64)]),
}


@pytest.fixture(scope="module")
def cut_looks() -> dict[str, list[ImageEvidence]]:
    async def all_looks() -> dict[str, list[ImageEvidence]]:
        async with Pool(2) as pool:
            return {
                name: [(await pool.look(content[: len(content) * tenth // 10])).evidence for tenth in range(1, 10)]
                for name, content in CUT.items()
            }

    return asyncio.run(all_looks())


@pytest.mark.parametrize("name", CUT)
def test_an_image_cut_at_any_tenth_is_truncated(name: str, cut_looks: dict[str, list[ImageEvidence]]) -> None:
    assert [seen.fault for seen in cut_looks[name]] == [ImageFault.TRUNCATED] * 9


def test_an_animation_that_ends_early_still_shows_its_first_frame() -> None:
    content = saved(scene(), "GIF", save_all=True, append_images=frames(5))
    seen = look_at(content[: len(content) * 7 // 10]).evidence
    assert (seen.fault, seen.width) == (None, 200)


# --- thumbnails, and pictures that are the same -----------------------------------------------------------------


def test_thumbnails_come_in_the_widths_and_formats_asked_for() -> None:
    formats = (ThumbnailFormat.AVIF, ThumbnailFormat.JPEG)
    look = look_at(saved(with_hole(), "PNG"), LookRules(thumbnails=ThumbnailRules(widths=(80, 100), formats=formats)))
    assert [(each.width, each.height, each.format) for each in look.thumbnails] == [
        (width, height, format_) for width, height in ((80, 60), (100, 75)) for format_ in formats
    ]
    opened = [Image.open(io.BytesIO(each.content)) for each in look.thumbnails]
    assert [(image.format, image.mode) for image in opened] == [("AVIF", "RGBA"), ("JPEG", "RGB")] * 2
    assert min(pixel_at(opened[1], 5, 30)) > 250  # white, where it was transparent


def test_without_widths_there_are_no_thumbnails() -> None:
    look = look_at(JPEG, LookRules(thumbnails=ThumbnailRules(widths=())))
    assert look.thumbnails == ()
    assert look.evidence.phash is not None


SCENE = scene(800, 600)
LIKENESSES = {
    "another quality": (saved(SCENE, "JPEG", quality=30), True),
    "another format": (saved(SCENE, "WEBP"), True),
    "another size": (saved(SCENE.resize((500, 375)), "JPEG"), True),
    "grey": (saved(SCENE.convert("L"), "JPEG"), True),
    "turned": (saved(SCENE.rotate(180), "JPEG"), False),
    "mirrored": (saved(SCENE.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "JPEG"), False),
    "half of it": (saved(SCENE.crop((0, 0, 400, 600)), "JPEG"), False),
    "another picture": (saved(Image.effect_mandelbrot((800, 600), (-2, -1.5, 1, 1.5), 90), "JPEG"), False),
    "one colour": (saved(FLAT, "JPEG"), False),
}


@pytest.fixture(scope="module")
def likenesses() -> dict[str, bool]:
    """Whether each image shows what the scene shows."""

    async def all_looks() -> dict[str, bool]:
        async with Pool(2) as pool:
            first = (await pool.look(saved(SCENE, "PNG"))).evidence
            looks = {name: await pool.look(content) for name, (content, _) in LIKENESSES.items()}
        return {name: same_picture(first, look.evidence) for name, look in looks.items()}

    return asyncio.run(all_looks())


@pytest.mark.parametrize("name", LIKENESSES)
def test_the_same_picture_is_known_again(name: str, likenesses: dict[str, bool]) -> None:
    assert likenesses[name] is LIKENESSES[name][1]
