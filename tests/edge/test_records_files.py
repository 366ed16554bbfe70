from __future__ import annotations

import json
import os
import random
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import yaml

from archiver.model import Role
from archiver.records import ReadingRules, read
from archiver.urls import normalise
from tests.unit.records.builders import at, front_matter

if TYPE_CHECKING:
    from collections.abc import Iterator

Record: TypeAlias = dict[str, Any]

NOBODY = 65_534

SEEDS = Path(__file__).parents[2] / "seeds"
TELEGRAPH = "www.telegraph.co.uk/news/2021/08/22/facial-recognition-tech-rolled-police-without-parliaments-oversight/"
DAILY_MAIL = "Civil-liberties-groups-demand-ban-facial-recognition-technology.html"
SKY = "civil-liberties-groups-demand-government-bans-facial-recognition-cameras-12388513"

SEED = [
    ("article", "originalUrl", Role.ORIGINAL, 6, 15, f"https://news.sky.com/story/{SKY}"),
    ("article", "webUrl", Role.WEB, 7, 10, f"https://news.sky.com/story/{SKY}"),
    ("article", "ampWebUrl", Role.AMP, 8, 13, f"https://news.sky.com/story/amp/{SKY}"),
    ("article", "cdnAmpWebUrl", Role.CDN_AMP, 9, 16, "https://news-sky-com.cdn.ampproject.org/c/s/news.sky.com/"),
    ("article", "images[0].url", Role.IMAGE, 24, 11, "https://e3.365dm.com/21/08/1600x900/skynews-facial"),
    ("related[0]", "webUrl", Role.WEB, 33, 14, f"https://{TELEGRAPH}"),
    ("related[0]", "ampWebUrl", Role.AMP, 34, 17, f"https://{TELEGRAPH}amp/"),
    ("related[0]", "cdnAmpWebUrl", Role.CDN_AMP, 35, 20, "https://www-telegraph-co-uk.cdn.ampproject.org/c/s/"),
    ("related[0]", "images[0].url", Role.IMAGE, 42, 15, "https://www.telegraph.co.uk/content/dam/news/2021/"),
    ("related[1]", "webUrl", Role.WEB, 49, 14, "https://www.computerweekly.com/news/252505711/Campaign"),
    ("related[1]", "images[0].url", Role.IMAGE, 56, 15, "https://cdn.ttgtmedia.com/visuals/German/article/CCTV"),
    ("related[2]", "webUrl", Role.WEB, 63, 14, f"https://www.dailymail.co.uk/news/article-9918055/{DAILY_MAIL}"),
    ("related[2]", "ampWebUrl", Role.AMP, 64, 17, f"https://www.dailymail.co.uk/news/article-9918055/amp/{DAILY_MAIL}"),
    ("related[2]", "cdnAmpWebUrl", Role.CDN_AMP, 65, 20, "https://www-dailymail-co-uk.cdn.ampproject.org/c/s/"),
    ("related[2]", "images[0].url", Role.IMAGE, 72, 15, "https://i.dailymail.co.uk/1s/2021/08/23/10/46991959-0"),
]


def test_the_seed_record() -> None:
    reading = read([str(SEEDS)])
    (path,) = SEEDS.glob("*.md")
    assert (reading.records, reading.unpublished, reading.problems) == (1, 0, ())
    assert len({link.target for link in reading.links}) == 14
    for link, (item, field, role, line, column, url) in zip(reading.links, SEED, strict=True):
        assert (link.item, link.field, link.role, link.line, link.column) == (item, field, role, line, column)
        assert link.url.startswith(url)
        assert at(path.read_text(), link).startswith(f'{link.url}"')
        assert link.record == path.as_posix()
    assert "294Ez5Ie9ko3xvPGD9yDbR" not in repr(reading)


# --- a thousand records, counted as they are made ---------------------------------------------------------------


def make_record(chance: random.Random, depth: int = 0) -> tuple[Record, int]:
    """Give a record and the number of its links."""
    number = chance.randrange(10**9)
    record: Record = {
        "title": chance.choice(["plain", "näive: 'yes'", "\U0001f600 “so”", "# no"]),
        "heat": number % 100,
    }
    fields = [
        name for name in ("originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl", "sourceUrl") if chance.random() < 0.6
    ]
    record |= {name: f"https://{name.lower()}.example/{number}?q=ü" for name in fields}
    record |= {
        "featuredContent": None,
        "secured": "https://secret.example/",
        "excerpt": "see https://no.example/ there",
    }
    images = [{"url": f"https://i.example/{number}/{index}.png", "width": 9} for index in range(chance.randrange(3))]
    record |= {"images": images, "provider": {"domain": "a.example", "images": [{"url": None}]}}
    related = [make_record(chance, depth + 1) for _ in range(chance.randrange(3) if depth < 2 else 0)]
    record["related"] = [inner for inner, _ in related]
    return record, len(fields) + len(images) + sum(count for _, count in related)


def as_yaml(record: Record, chance: random.Random) -> str:
    style = chance.choice([None, "'"])
    return yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=10_000, default_style=style)


def write_records(folder: Path, chance: random.Random, total: int) -> tuple[int, int]:
    """Write records in every format, and give the numbers of links and of unpublished records."""
    links = unpublished = written = 0
    while written < total:
        kind = chance.choice([".md", ".yaml", ".json", ".jsonl", ".feed.json", ".feed.yml"])
        made = [make_record(chance) for _ in range(1 if kind in (".md", ".yaml", ".json") else chance.randint(1, 9))]
        made = made[: total - written]
        for index, (record, count) in enumerate(made):
            hidden = chance.random() < 0.1
            made[index] = (record | {"published": not hidden}, count)
            unpublished += hidden
            links += 0 if hidden else count
        path = folder / f"section-{written % 7}" / f"{written}{kind}"
        path.parent.mkdir(exist_ok=True)
        newline = chance.choice(["\n", "\r\n"])
        mark = chance.choice(["", "\ufeff"])
        path.write_text(mark + as_text(kind, [record for record, _ in made], chance), "utf-8", newline=newline)
        written += len(made)
    return links, unpublished


def as_text(kind: str, records: list[Record], chance: random.Random) -> str:
    if kind == ".md":
        return front_matter(as_yaml(records[0], chance))
    if kind == ".yaml":
        return as_yaml(records[0], chance)
    if kind == ".feed.yml":
        return as_yaml({"value": records}, chance)
    if kind == ".jsonl":
        return "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    content = records[0] if kind == ".json" else {"value": records}
    return json.dumps(content, ensure_ascii=False, indent=chance.choice([None, 2]))


def test_a_thousand_records_against_counts_known_beforehand(tmp_path: Path) -> None:
    links, unpublished = write_records(tmp_path, random.Random(2), 1000)
    reading = read([str(tmp_path)])
    assert reading.problems == ()
    assert (reading.records, reading.unpublished, len(reading.links)) == (1000 - unpublished, unpublished, links)
    texts = {record: Path(record).read_text("utf-8") for record in {link.record for link in reading.links}}
    for link in reading.links:
        assert at(texts[link.record], link).startswith(link.url)
        assert link.target == normalise(link.url)
    everything = read([str(tmp_path)], ReadingRules(unpublished=True))
    assert (everything.records, everything.unpublished) == (1000, 0)
    assert len(everything.links) > links


# --- files, folders, globs --------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with records and what is none."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.md", "a.md", "sub/c.MD", "sub/deep/d.md", ".hidden/e.md", ".f.md", "node_modules/p/g.md", "h.txt"):
        path = tmp_path / "posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(front_matter("webUrl: https://example.com/"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "[slug].md").write_text(front_matter("webUrl: https://example.com/"))
    return tmp_path


ALL = ["posts/a.md", "posts/b.md", "posts/sub/c.MD", "posts/sub/deep/d.md"]
NAMED = {
    "folder": (["posts"], ALL),
    "folder with a slash": (["posts/"], ALL),
    "here": (["."], ["[slug].md", *ALL]),
    "file": (["posts/b.md"], ["posts/b.md"]),
    "hidden, but named": (["posts/.f.md", "posts/.hidden"], ["posts/.f.md", "posts/.hidden/e.md"]),
    "a file twice": (
        ["posts/b.md", "./posts/b.md", "posts/../posts/b.md", "posts"],
        ["posts/b.md", *ALL[:1], *ALL[2:]],
    ),
    "name that looks like a pattern": (["[slug].md"], ["[slug].md"]),
    "pattern": (["posts/*.md"], ALL[:2]),
    "pattern that matches folders": (["posts/*"], ALL),
    "pattern over folders": (["posts/**/*.[mM]*"], ALL),
    "two stars": (["po*/**"], ALL),
    "pattern that names what is hidden": (["posts/.hidden/*"], ["posts/.hidden/e.md"]),
}


@pytest.mark.parametrize(("paths", "records"), NAMED.values(), ids=NAMED)
@pytest.mark.usefixtures("site")
def test_what_paths_name(paths: list[str], records: list[str]) -> None:
    reading = read(paths)
    assert not reading.problems
    assert sorted(link.record for link in reading.links) == sorted(records)
    assert reading.records == len(records)


@pytest.mark.usefixtures("site")
def test_a_folders_files_come_sorted() -> None:
    assert [link.record for link in read(["posts"]).links] == ALL


def test_absolute_patterns(site: Path) -> None:
    assert [link.record for link in read([f"{site}/posts/?.md"]).links] == [f"{site}/{name}" for name in ALL[:2]]


MISSING = {
    "no such file": ("nowhere.md", "there is no such file or folder"),
    "no records": ("empty", "the folder holds no records"),
    "no match": ("posts/*.yaml", "no record matches this pattern"),
    "no pattern": ("posts/a**b", "no record matches this pattern"),
    "matches that are no records": ("posts/*.txt", "no record matches this pattern"),
    "kind": (
        "posts/h.txt",
        "files of this kind are not read, only .md .markdown .mdx .html .htm .yaml .yml .json .jsonl",
    ),
    "null": ("a\0.md", "there is no such file or folder"),
}


@pytest.mark.parametrize(("path", "message"), MISSING.values(), ids=MISSING)
@pytest.mark.usefixtures("site")
def test_what_is_not_there_is_a_problem_and_the_rest_is_read(path: str, message: str) -> None:
    reading = read([path, "posts/a.md"])
    (problem,) = reading.problems
    assert (problem.record, problem.message, problem.line) == (path, message, None)
    assert len(reading.links) == 1


def test_links_and_special_files(site: Path) -> None:
    posts = site / "posts"
    (posts / "dangling.md").symlink_to("nowhere")
    (posts / "loop.md").symlink_to("loop.md")
    (posts / "again.md").symlink_to("a.md")
    (posts / "around").symlink_to(".")
    os.mkfifo(posts / "pipe.json")
    reading = read(["posts"])
    assert {(problem.record, problem.message) for problem in reading.problems} == {
        ("posts/dangling.md", "the symbolic link leads nowhere"),
        ("posts/loop.md", "the symbolic link leads nowhere"),
        ("posts/pipe.json", "this is not a regular file"),
    }
    assert reading.records == len(ALL)


@contextmanager
def nobody_in_particular(folder: Path) -> Iterator[None]:
    """Be somebody whom permissions concern: root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    folder.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read(site: Path) -> None:
    (site / "posts" / "a.md").chmod(0)
    (site / "posts" / "sub").chmod(0)
    (site / "through").symlink_to("posts/sub/deep")
    with nobody_in_particular(site):
        reading = read(["posts", "posts/sub/c.MD", "through", "posts/sub/*.md"])
    (site / "posts" / "sub").chmod(0o755)
    denied = "it cannot be read: permission denied"
    assert [(problem.record, problem.message) for problem in reading.problems] == [
        ("posts/sub", denied),
        ("posts/a.md", denied),
        ("posts/sub/c.MD", denied),
        ("through", denied),
        ("posts/sub/*.md", denied),
    ]
    assert [link.record for link in reading.links] == ["posts/b.md"]


def test_a_file_that_is_not_utf_8_or_too_large(site: Path) -> None:
    (site / "latin.md").write_bytes("---\ntitle: a\nexcerpt: é\n---\n".encode("latin-1"))
    with (site / "large.json").open("wb") as large:
        large.truncate(50_000_001)
    latin, large_one = read(["latin.md", "large.json"]).problems
    assert (latin.record, latin.line, latin.message) == ("latin.md", 3, "the byte 0xE9 is not UTF-8")
    assert (large_one.line, large_one.message) == (None, "the file is over 50 MB")


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_a_name_that_is_not_utf_8_can_be_printed(site: Path) -> None:
    name = os.fsdecode(b"caf\xe9.md")
    try:
        (site / name).write_text(front_matter("webUrl: https://example.com/"))
    except OSError:
        pytest.skip("this file system wants UTF-8")
    (link,) = read([name]).links
    assert link.record == "caf\ufffd.md"


PUBLISHED = {
    "false": 0,
    "no": 0,
    "!!bool 'false'": 0,
    "true": 1,
    "null": 1,
    "'false'": 1,
    "0": 1,
    "[]": 1,
    "!!bool x": 1,
    "!!timestamp x": 1,
    "!!int ''": 1,
}


@pytest.mark.parametrize(("written", "records"), PUBLISHED.items(), ids=PUBLISHED)
def test_unpublished_records_are_left_out_and_counted(tmp_path: Path, written: str, records: int) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"webUrl: https://example.com/\npublished: {written}\nrelated: [{{published: false}}]\n")
    reading = read([str(path)])
    assert (reading.records, reading.unpublished, len(reading.links)) == (records, 1 - records, records)
    assert read([str(path)], ReadingRules(unpublished=True)).records == 1
