"""Images of a run: which checks wait for which, and what they say together."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from archiver.crawl.pictures import Pictures, size_note
from archiver.crawl.viewing import Viewings, covers, image_targets
from archiver.model import (
    CachedImage,
    Caution,
    Check,
    DeclaredImage,
    ImageRules,
    KeptThumbnail,
    Outcome,
    Role,
    SeenImage,
    ThumbnailFormat,
    ThumbnailRules,
    Viewing,
)
from tests.builders import DIGEST, NOW, check, link, seen_image

HELD = replace(seen_image(path="images/0f/0f.jpg"), etag='"1"')
FAR = {"phash": "0" * 16, "dhash": "0" * 16}


def url(name: str, host: str = "a.example") -> str:
    return f"https://{host}/{name}.jpg"


def shows(name: str, image: SeenImage | None = None, host: str = "a.example", **given: Any) -> Check:
    return replace(check(target=url(name, host), image=image or HELD), **given)


def cached(image: SeenImage = HELD) -> CachedImage:
    return CachedImage(current=image, since=NOW, latest=image, latest_at=NOW, url=url("one"))


# --- who waits ------------------------------------------------------------------------------------------------


def test_checks_wait_until_their_host_is_complete() -> None:
    pictures = Pictures([url("one"), url("two"), url("one", "b.example")], {})
    pictures.hold(shows("one"))
    assert pictures.released() == []
    pictures.hold(shows("one", host="b.example"))
    assert [done.target for done in pictures.released()] == [url("one", "b.example")]
    pictures.hold(shows("two"))
    assert [done.target for done in pictures.released()] == [url("one"), url("two")]
    assert pictures.released(is_last=True) == []


def test_what_shows_no_image_waits_for_nothing() -> None:
    pictures = Pictures([url("one"), url("two")], {})
    gone = check(Outcome.GONE, "status_404", target=url("one"))
    pictures.hold(gone)
    assert pictures.released() == [gone]


def test_the_end_of_a_run_releases_all() -> None:
    pictures = Pictures([url("one"), url("two")], {})
    pictures.hold(shows("one"))
    assert [done.target for done in pictures.released(is_last=True)] == [url("one")]


@pytest.mark.parametrize(
    ("names", "reasons"),
    [
        (["one", "two"], ["ok"] * 2),
        (["one", "two", "three"], ["image_placeholder"] * 3),
        (["320x200/one", "640x400/one", "ONE"], ["ok"] * 3),
    ],
    ids=["two", "three", "sizes of one"],
)
def test_one_picture_under_three_unrelated_addresses_is_a_placeholder(names: list[str], reasons: list[str]) -> None:
    pictures = Pictures(map(url, names), {})
    for name in names:
        pictures.hold(shows(name))
    assert [done.reason for done in pictures.released()] == reasons


# --- what an image was before -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "image", "accepts", "warnings", "is_current"),
    [
        pytest.param(None, HELD, False, (), True, id="the first"),
        pytest.param(None, seen_image(), False, (), False, id="not kept"),
        pytest.param(cached(), HELD, False, (), True, id="the same"),
        pytest.param(cached(), replace(seen_image("sha256:b", path="b")), False, (), True, id="saved again"),
        pytest.param(cached(), seen_image("sha256:b", path="b", **FAR), False, ("image_changed",), False, id="another"),
        pytest.param(cached(), seen_image("sha256:b", path="b", **FAR), True, ("image_changed",), True, id="accepted"),
    ],
)
def test_another_picture_does_not_take_the_place_by_itself(
    before: CachedImage | None,
    image: SeenImage,
    accepts: bool,  # noqa: FBT001 (a table's column)
    warnings: tuple[str, ...],
    is_current: bool,  # noqa: FBT001 (a table's column)
) -> None:
    pictures = Pictures([url("one")], {url("one"): before} if before else {}, accepts=accepts)
    pictures.hold(shows("one", image))
    (done,) = pictures.released()
    assert done.image
    assert (done.warnings, done.image.is_current) == (warnings, is_current)
    assert bool(done.note) == bool(warnings)


def test_a_wrong_content_type_is_told() -> None:
    pictures = Pictures([url("one")], {})
    pictures.hold(shows("one", seen_image(content_type_matches=False), content_type="text/html"))
    (done,) = pictures.released()
    assert (done.warnings, done.note) == ((Caution.CONTENT_TYPE,), "sent as text/html, is JPEG")


def test_a_size_is_a_matter_of_what_is_shown() -> None:
    place = link(role=Role.IMAGE, declared=DeclaredImage(width=1600, height=900, says_size=True))
    assert size_note(place, shows("one")) == "declared 1600x900, is 1200x675, the same ratio"
    assert size_note(place, check(Outcome.GONE, "status_404")) is None
    assert size_note(place, shows("one", outcome=Outcome.SOFT_404)) is None


# --- what is looked into ----------------------------------------------------------------------------------------

LINKS = [
    link("https://a.example/image", role=Role.IMAGE),
    link("https://a.example/logo", role=Role.PROVIDER_IMAGE),
    link("https://a.example/page", role=Role.WEB),
    link("https://a.example/both", role=Role.IMAGE),
    link("https://a.example/both", role=Role.AMP),
    link("https://a.example/in-the-text", role=Role.BODY),
]


def test_images_are_what_records_take_for_nothing_else() -> None:
    assert image_targets(LINKS) == {"https://a.example/image", "https://a.example/logo"}


@pytest.mark.parametrize(
    ("target", "address", "keeps", "expected"),
    [
        ("https://a.example/image", "https://a.example/image", True, Viewing(held=HELD, is_kept=True)),
        ("https://a.example/image", "https://cdn.example/i", True, Viewing(held=HELD, is_kept=True)),
        ("https://a.example/elsewhere", "https://a.example/logo", True, Viewing(held=HELD, is_kept=True)),
        ("https://a.example/image", "https://a.example/image", False, Viewing()),
        ("https://a.example/page", "https://a.example/page", True, None),
        ("https://a.example/both", "https://a.example/both", True, None),
    ],
    ids=["an image", "where it leads", "what a page needs", "only checked", "a page", "both"],
)
def test_a_hop_is_told_what_is_held(
    target: str,
    address: str,
    keeps: bool,  # noqa: FBT001 (a table's column)
    expected: Viewing | None,
) -> None:
    viewings = Viewings(LINKS, ImageRules(), lambda _: HELD, keeps=keeps)
    assert viewings.of(target, address) == expected


def thumbnails(*widths: int) -> SeenImage:
    made = (
        KeptThumbnail(width=width, height=1, format=ThumbnailFormat.WEBP, path=f"{DIGEST}-{width}") for width in widths
    )
    return replace(HELD, thumbnails=tuple(made))


@pytest.mark.parametrize(
    ("there", "wanted", "is_covered"),
    [
        ((320, 640, 1200), (320, 640, 1280), True),
        ((320, 640, 1200), (320,), True),
        ((320, 640), (320, 640, 1280), False),
        ((320, 640), (160, 320), False),
        ((), (320,), True),
    ],
)
def test_an_image_is_looked_into_again_for_thumbnails_it_has_not(
    there: tuple[int, ...],
    wanted: tuple[int, ...],
    is_covered: bool,  # noqa: FBT001 (a table's column)
) -> None:
    """One that has none at all, as a strip too long for them, is not asked for them again and again."""
    assert covers(thumbnails(*there), ThumbnailRules(widths=wanted)) is is_covered
    assert not covers(thumbnails(320), ThumbnailRules(widths=(320,), formats=(ThumbnailFormat.AVIF,)))
