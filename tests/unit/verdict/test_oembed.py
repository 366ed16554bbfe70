"""Embeds: their providers say whether they are still there."""

from __future__ import annotations

import pytest

from archiver.verdict.oembed import inquiry, judge_embed

TUBE = "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D"


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("https://www.youtube.com/watch?v=abcdefghijk", f"{TUBE}abcdefghijk"),
        ("https://m.youtube.com/watch?list=x&v=abcdefghijk&t=3", f"{TUBE}abcdefghijk"),
        ("https://www.youtube.com/embed/abcdefghijk?rel=0", f"{TUBE}abcdefghijk"),
        ("https://www.youtube-nocookie.com/embed/abcdefghijk", f"{TUBE}abcdefghijk"),
        ("https://youtu.be/abcdefghijk", f"{TUBE}abcdefghijk"),
        ("https://player.vimeo.com/video/12345678", "https://vimeo.com/api/oembed.json?url=https%3A%2F%2Fvimeo.com%2F12345678"),
        ("https://open.spotify.com/embed/track/abcdefghijkl", "https://open.spotify.com/oembed?url=https%3A%2F%2Fopen.spotify.com%2Ftrack%2Fabcdefghijkl"),
        ("https://x.com/somebody/status/123456", "https://publish.twitter.com/oembed?url=https%3A%2F%2Ftwitter.com%2Fsomebody%2Fstatus%2F123456"),
        ("https://www.tiktok.com/@a.b/video/1234567", "https://www.tiktok.com/oembed?url=https%3A%2F%2Fwww.tiktok.com%2F%40a.b%2Fvideo%2F1234567"),
        ("https://dai.ly/x7tgad0", "https://www.dailymotion.com/services/oembed?format=json&url=https%3A%2F%2Fwww.dailymotion.com%2Fvideo%2Fx7tgad0"),
        ("https://soundcloud.com/artist/song", "https://soundcloud.com/oembed?format=json&url=https%3A%2F%2Fsoundcloud.com%2Fartist%2Fsong"),
        ("https://www.flickr.com/photos/a@N01/12345/", "https://www.flickr.com/services/oembed/?format=json&url=https%3A%2F%2Fwww.flickr.com%2Fphotos%2Fa%40N01%2F12345"),
    ],
)  # fmt: skip
def test_where_a_provider_is_asked(target: str, asked: str) -> None:
    found = inquiry(target)
    assert found is not None
    assert found.url == asked


@pytest.mark.parametrize(
    "target",
    [
        "https://www.youtube.com/",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://notyoutube.com/watch?v=abcdefghijk",
        "https://example.com/?u=https://youtu.be/abcdefghijk",
        "https://vimeo.com/about",
        "https://x.com/somebody",
    ],
)
def test_what_is_no_embed_is_not_asked_for(target: str) -> None:
    assert inquiry(target) is None


@pytest.mark.parametrize(
    ("target", "status", "expected"),
    [
        ("https://youtu.be/abcdefghijk", 200, None),
        ("https://youtu.be/abcdefghijk", 204, None),
        ("https://youtu.be/abcdefghijk", 302, ("unknown", "uncertain")),
        ("https://youtu.be/abcdefghijk", 404, ("soft_404", "says_missing")),
        ("https://youtu.be/abcdefghijk", 400, ("soft_404", "says_missing")),
        ("https://youtu.be/abcdefghijk", 401, ("restricted", "login")),
        ("https://vimeo.com/12345678", 403, ("restricted", "login")),
        ("https://vimeo.com/12345678", 410, ("soft_404", "says_missing")),
        ("https://vimeo.com/12345678", 400, ("unknown", "uncertain")),
        ("https://vimeo.com/12345678", 429, ("unknown", "uncertain")),
        ("https://vimeo.com/12345678", 503, ("unknown", "uncertain")),
        ("https://vimeo.com/12345678", None, ("unknown", "uncertain")),
    ],
)
def test_what_an_oembed_answer_tells(target: str, status: int | None, expected: tuple[str, str] | None) -> None:
    asked = inquiry(target)
    assert asked is not None
    said = judge_embed(asked, status)
    assert (said and (said.outcome, said.reason)) == expected
    answers = "gives no answer" if status is None else f"answers {status}"
    assert said is None or said.note == f"{asked.provider.name} {answers} at its oEmbed address"
