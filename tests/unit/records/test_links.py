from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.model import DeclaredImage, Expectation, Reason, Role
from tests.unit.records.builders import one_link, read_text

A = "https://example.com/a"

ROLES = {
    "originalUrl": (f"originalUrl: {A}", "originalUrl", Role.ORIGINAL),
    "webUrl": (f"webUrl: {A}", "webUrl", Role.WEB),
    "ampWebUrl": (f"ampWebUrl: {A}", "ampWebUrl", Role.AMP),
    "cdnAmpWebUrl": (f"cdnAmpWebUrl: {A}", "cdnAmpWebUrl", Role.CDN_AMP),
    "image": (f"images: [{{width: 1}}, {{url: '{A}'}}]", "images[1].url", Role.IMAGE),
    "plain image": (f"images: ['{A}']", "images[0]", Role.IMAGE),
    "provider's image": (f"provider: {{images: [{{url: '{A}'}}]}}", "provider.images[0].url", Role.PROVIDER_IMAGE),
    "provider's plain image": (f"provider: {{images: ['{A}']}}", "provider.images[0]", Role.PROVIDER_IMAGE),
    "embed": (f'featuredContent: <p><iframe src="{A}"></iframe>', "featuredContent", Role.EMBED),
    "embedded address": (f"featuredContent: {A}", "featuredContent", Role.EMBED),
    "any other": (f"author: {{url: '{A}'}}", "author.url", Role.OTHER),
    "deep other": (f"a: [[{{b c: '{A}'}}]]", "a[0][0].b c", Role.OTHER),
    "known name, other place": (f"author: {{webUrl: '{A}'}}", "author.webUrl", Role.OTHER),
    "one image for many": (f"images: {A}", "images", Role.OTHER),
    "related address": (f"related: ['{A}']", "related[0]", Role.OTHER),
    "upper case": ("x: HTTPS://EXAMPLE.com/a", "x", Role.OTHER),
    "no scheme": ("webUrl: //example.com/a", "webUrl", Role.WEB),
}


@pytest.mark.parametrize(("text", "field", "role"), ROLES.values(), ids=ROLES)
def test_a_field_has_a_role(text: str, field: str, role: Role) -> None:
    link = one_link(text)
    assert (link.item, link.field, link.role, link.target) == ("article", field, role, A)


NO_LINKS = {
    "null": "webUrl: null\nampWebUrl: ~\noriginalUrl:\nimages: null\nrelated: null\nprovider: null",
    "empty": "webUrl: ''\nampWebUrl: []\noriginalUrl: {}\nimages: []\nfeaturedContent: ''",
    "blank": "webUrl: '  '\nimages: ['  ', null]",
    "prose": f"excerpt: see {A}\nbody: '{A} and more'",
    "other schemes in other fields": "mail: mailto:a@example.com\nfile: ftp://example.com/a\nid: urn:a:b",
    "secured": f"secured: {A}\nrelated: [{{secured: {{webUrl: '{A}'}}}}]\nauthor: {{secured: ['{A}']}}",
    "embeds that are not of the web": 'featuredContent: \'<img src=a.png><img src="data:image/png;base64,AA"><img>'
    '<iframe src="about:blank"></iframe><video src="javascript:x()"></video>\'',
    "embedded prose": f"featuredContent: <a href='{A}'>here</a>",
    "an embed that is none": "featuredContent: false",
}


@pytest.mark.parametrize("text", NO_LINKS.values(), ids=NO_LINKS)
def test_no_link(text: str) -> None:
    assert read_text(text) == ([], [])


FAULTS = {
    "relative": ("webUrl: /a/b", "/a/b", Reason.BAD_URL),
    "word": ("webUrl: soon", "soon", Reason.BAD_URL),
    "fragment": ("webUrl: '#top'", "#top", Reason.BAD_URL),
    "mailto": ("webUrl: mailto:a@example.com", "mailto:a@example.com", Reason.BAD_SCHEME),
    "javascript": ("webUrl: javascript:void(0)", "javascript:void(0)", Reason.BAD_SCHEME),
    "ftp with a password": ("webUrl: ftp://me:pw@a.example/b", "ftp://***@a.example/b", Reason.BAD_SCHEME),
    "number": ("webUrl: 0x1F", "0x1F", Reason.BAD_URL),
    "bool": ("webUrl: yes", "yes", Reason.BAD_URL),
    "date": ("webUrl: 2021-08-23", "2021-08-23", Reason.BAD_URL),
    "mapping": ("webUrl: {secured: x}", "{…}", Reason.BAD_URL),
    "list": ("images: [{url: [1, 2]}]", "[…]", Reason.BAD_URL),
    "number for an image": ("images: [5]", "5", Reason.BAD_URL),
    "bad port": ("webUrl: https://a.example:99999/", "https://a.example:99999/", Reason.BAD_URL),
    "bad port in another field": ("x: https://me:pw@a.example:x/", "https://***@a.example:x/", Reason.BAD_URL),
    "too long": (f"webUrl: {A}{'a' * 100_000}", f"{A}{'a' * 100_000}", Reason.BAD_URL),
}


@pytest.mark.parametrize(("text", "target", "fault"), FAULTS.values(), ids=FAULTS)
def test_what_is_no_address_is_at_fault(text: str, target: str, fault: Reason) -> None:
    link = one_link(text)
    assert (link.url, link.target, link.fault) == (target, target, fault)


def test_a_mapping_is_at_fault_and_what_it_holds_is_a_link() -> None:
    found, _ = read_text(f"webUrl:\n  href: {A}\n")
    assert [(link.field, link.fault, link.line, link.column) for link in found] == [
        ("webUrl", Reason.BAD_URL, 2, 9),
        ("webUrl.href", None, 2, 9),
    ]


def test_user_info_is_masked_and_the_target_is_normalised() -> None:
    link = one_link("webUrl: HTTP://me:pw@Example.com:80/a/../b#c")
    assert (link.url, link.target) == ("HTTP://***@Example.com:80/a/../b#c", "http://example.com/b")


def test_every_element_of_an_embed_is_a_link() -> None:
    html = "<iframe src='//a.example/?x=1&amp;y=2'></iframe><img src=https://b.example/>"
    html += "<video src=http://c.example/><source src=https://d.example/ ></video>"
    found, _ = read_text(f'featuredContent: "{html}"')
    assert [link.url for link in found] == [
        "//a.example/?x=1&y=2",
        "https://b.example/",
        "http://c.example/",
        "https://d.example/",
    ]
    assert {(link.line, link.column) for link in found} == {(1, 18)}


def test_a_huge_embed_is_a_problem() -> None:
    found, (problem,) = read_text(f"title: a\nfeaturedContent: {'<div>' * 100_000}\nwebUrl: {A}")
    assert problem.line == 2
    assert [link.field for link in found] == ["webUrl"]


def test_related_items_to_any_depth() -> None:
    text = f'{{"value": [null, {{"related": [{{"related": [{{}}, {{"webUrl": "{A}"}}]}}, {{"webUrl": "{A}"}}]}}]}}'
    found, _ = read_text(text, "a.json")
    assert [(link.item, link.field) for link in found] == [
        ("value[1].related[0].related[1]", "webUrl"),
        ("value[1].related[1]", "webUrl"),
    ]


ITEMS = f"""
title: Outer
excerpt: 1984
publishedDateTime: 2021-08-23T11:27:00+02:00
provider: {{domain: outer.example}}
heat: 88
quality: 58
webUrl: {A}
images: ['{A}']
related:
- title: Inner
  publishedDateTime: "2021-08-22"
  quality: 5
  webUrl: {A}
  related:
  - {{heat: 7, publishedDateTime: soon, provider: Sky, webUrl: '{A}'}}
"""


def test_a_link_is_held_against_its_own_item() -> None:
    outer, image, inner, innermost = read_text(ITEMS)[0]
    published_at = datetime(2021, 8, 23, 9, 27, tzinfo=UTC)
    assert outer.expected == Expectation(
        title="Outer", excerpt="1984", published_at=published_at, provider_domain="outer.example"
    )
    assert image.expected == Expectation()
    assert inner.expected == Expectation(title="Inner", published_at=datetime(2021, 8, 22, tzinfo=UTC))
    assert innermost.expected == Expectation()


def test_a_link_has_its_own_items_rank_and_the_enclosing_items_heat() -> None:
    assert [link.rank for link in read_text(ITEMS)[0]] == [
        (88.0, 58.0, 1629710820.0),
        (88.0, 58.0, 1629710820.0),
        (88.0, 5.0, 1629590400.0),
        (7.0, 0.0, 0.0),
    ]


DATES = {
    "seven decimals": ('"2021-08-23T09:27:00.0000000Z"', datetime(2021, 8, 23, 9, 27, tzinfo=UTC)),
    "offset": ('"2021-08-23T01:27:00-08:00"', datetime(2021, 8, 23, 9, 27, tzinfo=UTC)),
    "no offset": ('"2021-08-23T09:27:00"', datetime(2021, 8, 23, 9, 27, tzinfo=UTC)),
    "day": ('"2021-08-23"', datetime(2021, 8, 23, tzinfo=UTC)),
    "before all time": ('"0001-01-01T00:00:00+14:00"', None),
    "no such day": ('"2021-02-30"', None),
    "number": ("20210823", None),
    "bool": ("true", None),
    "null": ("null", None),
    "list": ("[1]", None),
}


@pytest.mark.parametrize(("written", "published_at"), DATES.values(), ids=DATES)
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_dates(written: str, published_at: datetime | None, name: str) -> None:
    link = one_link(f'{{"publishedDateTime": {written}, "webUrl": "{A}"}}', name)
    assert link.expected.published_at == published_at


def test_plain_yaml_dates_are_dates() -> None:
    assert one_link(f"publishedDateTime: 2021-08-23\nwebUrl: {A}").rank[2] == 1629676800.0
    assert one_link(f"publishedDateTime: 2021-02-30\nwebUrl: {A}").rank[2] == 0.0


@pytest.mark.parametrize("heat", ["null", "true", '"88"', "NaN", "Infinity", "1" + "0" * 400, "{}"])
def test_heat_that_is_no_number_counts_as_none(heat: str) -> None:
    assert one_link(f'{{"heat": {heat}, "webUrl": "{A}"}}', "a.json").rank == (0.0, 0.0, 0.0)


# --- what is said of an image ---------------------------------------------------------------------------------

DECLARED = {
    "both": ("width: 16, height: 9", DeclaredImage(width=16, height=9, says_size=True)),
    "texts": ("width: '16', height: \"9\"", DeclaredImage(width=16, height=9, says_size=True)),
    "one": ("height: 9", DeclaredImage(height=9, says_size=True)),
    "null": ("width: null, height: ~", DeclaredImage()),
    "no pixels": ("width: 100%, height: [9]", DeclaredImage(says_size=True)),
    "no size of an image": ("width: 0, height: -9", DeclaredImage(says_size=True)),
    "a fraction": ("width: 16.5, height: true", DeclaredImage(says_size=True)),
    "cached": ("isCached: true", DeclaredImage(is_cached=True)),
    "not cached": ("isCached: false, width: 16", DeclaredImage(width=16, says_size=True, is_cached=False)),
    "cached in words": ("isCached: 'yes please'", DeclaredImage()),
}


@pytest.mark.parametrize(("said", "expected"), DECLARED.values(), ids=DECLARED)
def test_an_image_comes_with_what_is_said_of_it(said: str, expected: DeclaredImage) -> None:
    for text in (f"images: [{{url: '{A}', {said}}}]", f"provider: {{images: [{{{said}, url: '{A}'}}]}}"):
        assert one_link(text).declared == expected


def test_what_is_said_of_something_else_is_no_images() -> None:
    roles = {"cover": Role.IMAGE, "gallery[].src": Role.IMAGE}
    text = f"width: 16\nheight: 9\ncover: {A}\nwebUrl: {A}\ngallery: [{{src: '{A}', width: 4}}]\nimages: ['{A}']"
    links, _ = read_text(text, roles_by_field=roles)
    declared = {link.field: link.declared for link in links}
    assert declared == dict.fromkeys(declared, DeclaredImage()) | {
        "gallery[0].src": DeclaredImage(width=4, says_size=True)
    }
