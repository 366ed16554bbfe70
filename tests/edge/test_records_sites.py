"""Rule: a folder of Hugo, Jekyll, Astro or Eleventy is read as it is. What its files hold is known as they are written:
each address that is a link stands between « and » in the templates below, `N` is a number that differs."""

# ruff: noqa: E501 (a row of a table reads best on one line)
from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from archiver.model import Role
from archiver.records import ReadingRules, read
from tests.unit.records.builders import at, marked

FILES = 50


class Page(NamedTuple):
    path: str  # `N` is a number
    text: str
    role: dict[str, Role] | None = None
    problems: tuple[int | None, ...] = ()  # their lines
    records: int = 1


class Site(NamedTuple):
    pages: tuple[Page, ...]  # as often as it takes for 50
    once: tuple[Page, ...]  # those there is one of
    left_out: tuple[Page, ...]  # those that are no records
    roles: dict[str, Role]


NOT_OURS = (
    Page("node_modules/a/README.md", "https://e.com/no"),
    Page("package.json", '{"homepage": "https://e.com/no"}'),
    Page("package-lock.json", '{"packages": {"a": {"resolved": "https://e.com/no"}}}'),
    Page("tsconfig.json", '{"$schema": "https://e.com/no", // a comment\n}'),
    Page(".git/notes.md", "https://e.com/no"),
)

HUGO = Site(
    pages=(
        Page(
            "content/posts/N.md",
            "+++\ntitle = 'A # N'  # https://e.com/no\ndate = 2020-01-02T03:04:05Z\ndraft = false\ntags = ['a', \"b\"]\n"
            'canonical = "«https://e.com/N/a»"\n[params]\n  cover = \'«/N.png»\'\n[[resources]]\n  src = "x.png"\n'
            "[[resources]]\n  src = '«https://e.com/N/r»'\n[params.more]\nx = '''«https://e.com/N/m»'''\n+++\n\n"
            'Text [a](«https://e.com/N/b») {{< ref "no.md" >}} [c]({{< relref "no" >}}) «https://e.com/N/d».\n\n'
            '{{< figure src="«https://e.com/N/e.png»" title="https" >}}\n{{< youtube w7Ft2ymGmfc >}}\n\n'
            "{{< highlight html >}}\n<a href='https://e.com/no'>\n{{< /highlight >}}\n",
        ),
        Page(
            "content/docs/bundle-N/index.md",
            "---\ntitle: «https://e.com/N/title»\naliases: [/old, /older]\nparams: {cover: '«cover.png»'}\n---\n"
            "{{% notice %}}**[a](«https://e.com/N/a»)**{{% /notice %}} ![rel](a.png)\n\n"
            "| a | b |\n|---|---|\n| «https://e.com/N/b» | `https://e.com/no` |\n\n[^1]: Seen at «https://e.com/N/c»\n",
        ),
        Page(
            "content/news/N.md",
            '{\n  "title": "N",\n  "link": "«https://e.com/N/a»"\n}\n\n<p>\n<a href="«https://e.com/N/b»">a</a>\n</p>\n',
        ),
        Page(
            "content/pages/N.html",
            "---\ntitle: N\n---\n<p><a href='«https://e.com/N/a»'>https://e.com/no</a>\n{{< x url=\"«https://e.com/N/b»\" >}}\n",
        ),
        Page("content/empty/N.md", "---\ntitle: N\npublishDate: 2020-01-01\n---\n"),
    ),
    once=(
        Page("content/_index.md", "---\n---\nWelcome to <«https://e.com/a»>\n"),
        Page("content/about.markdown", "About\n=====\n\n    https://e.com/no\n", records=0),
        Page(
            "archetypes/default.md",
            '---\ntitle: "{{ replace .Name "-" " " | title }}"\ndate: {{ .Date }}\n---\n',
            problems=(2,),
            records=0,
        ),
        Page(
            "archetypes/news.md",
            "+++\ntitle = '{{ replace .File.ContentBaseName \"-\" \" \" }}'\ndate = '{{ .Date }}'\n+++\n",
        ),
        Page(
            "layouts/index.html",
            '{{ define "main" }}<a href="{{ .Permalink }}">{{ .Title }}</a><a href="«https://e.com/l»">{{ end }}',
        ),
        Page("data/authors.yaml", "ann:\n  cover: «/ann.png»\n  home: «https://e.com/ann»\n"),
        Page("data/sites.json", '[{"url": "«https://e.com/s»"}, {"url": "«https://e.com/t»"}]', records=2),
    ),
    left_out=(
        Page("hugo.toml", "baseURL = 'https://e.com/no'"),
        Page("data/x.toml", "x = 'https://e.com/no'"),
        *NOT_OURS,
    ),
    roles={"cover": Role.IMAGE},
)

JEKYLL = Site(
    pages=(
        Page(
            "_posts/2020-01-02-N.md",
            "---\nlayout: post\ntitle:  \"N: 'a'\"\ndate:   2020-01-02 03:04:05 +0100\nexternal: «https://e.com/N/e»\n"
            "header:\n  image: «/assets/N.png»\n  overlay: &o «https://e.com/N/o»\n---\n"
            'A [link](«https://e.com/N/a»){:target="_blank"} and {{ site.url }}/no and [b]({{ site.url }}/no).\n'
            "{: .note}\n\n{% include figure.html src=\"«https://e.com/N/b»\" caption='see https://e.com/no' %}\n\n"
            "{% highlight ruby linenos %}\nputs 'https://e.com/no'\n\n# https://e.com/no\n{% endhighlight %}\n\n"
            "{% comment %}\n<«https://e.com/no».>\n{% endcomment %}\n".replace(
                "«https://e.com/no».", "https://e.com/no"
            )
            + "[ref]: «https://e.com/N/c» (Title)\n*[HTML]: https://e.com\n".replace("https://e.com\n", "Hyper\n"),
        ),
        Page(
            "_posts/2020-01-03-N.markdown",
            "---\ntitle: |\n  N\n  text\nexcerpt: see https://e.com/no\n...\n\nFirst.<!-- more https://e.com/no -->\n\n"
            '1. one «https://e.com/N/a»\n\n   ```\n   https://e.com/no\n   ```\n\n   two <img src="«https://e.com/N/b»" />\n\n'
            "~~~\nhttps://e.com/no\n~~~\n\n![a][b]\n\n  [b]: «https://e.com/N/c.png»\n  'Title'\n",
        ),
        Page("_drafts/N.md", "---\npublished: false\nurl: https://e.com/no\n---\nhttps://e.com/no\n", records=0),
        Page(
            "pages/N.html",
            '---\nlayout: null\n---\n{% for p in site.posts %}<a href="{{ p.url }}">a</a>{% endfor %}<img src="«//e.com/N/a»">',
        ),
        Page("notes/N.md", "No front matter: «https://e.com/N/a», [b](«https://e.com/N/b_(c)»).\n"),
    ),
    once=(
        Page(
            "_config.yml",
            "title: A\nurl: «https://e.com»\nbaseurl: ''\nplugins:\n  - jekyll-feed\nheader: {image: «/a.png»}\n",
        ),
        Page("_data/links.yml", "- name: a\n  url: «https://e.com/l»\n- name: b\n  url: «http://e.com/m»\n", records=2),
        Page(
            "_layouts/default.html",
            '<!DOCTYPE html><head><link rel="a" href="https://e.com/no"></head><body>{{ content }}<a href=«https://e.com/f»>f</a>',
        ),
        Page("README.md", "# Site\n\n[![a](«https://e.com/badge.svg»)](«https://e.com/ci»)\n"),
        Page("broken.md", "---\ntitle: a\n\turl: https://e.com/no\n---\n", problems=(3,), records=0),
        Page("unclosed.md", "---\ntitle: a\n\nText https://e.com/no\n", problems=(1,), records=0),
    ),
    left_out=(Page("_site/index.html", "<a href='https://e.com/no'>"), Page("feed.xml", "https://e.com/no"), *NOT_OURS),
    roles={"header.image": Role.IMAGE},
)

ASTRO = Site(
    pages=(
        Page(
            "src/content/blog/N.mdx",
            "---\ntitle: 'N'\npubDate: 'Jul 08 2022'\nheroImage: «../../assets/N.png»\ncanonicalURL: «https://e.com/N/c»\n---\n"
            "import Image from 'https://e.com/no'\nexport const a = {\n\n  b: 'https://e.com/no',\n}\n\n"
            '# Hello {frontmatter.title}\n\n<Image src="«https://e.com/N/a»" alt={`b`} width={1} />\n\n'
            "<Tabs client:load>\n  <Tab link={'«https://e.com/N/b»'} style={{ color: 'red' }}>\n    [c](«https://e.com/N/d»)\n  </Tab>\n</Tabs>\n\n"
            '{/* https://e.com/no */}\n\n<Code code={`\n[a](https://e.com/no)\n`} lang="md" />\n\nMore at «https://e.com/N/e»; `https://e.com/no`\n',
        ),
        Page(
            "src/content/docs/N.md",
            "---\ntitle: N\n---\n:::note\n«https://e.com/N/a»\n:::\n\n- [ ] [b](«https://e.com/N/b»)\n- [x] <details><a href='«https://e.com/N/c»'>d</a></details>\n",
        ),
        Page(
            "src/content/authors/N.json",
            '{"name": "N", "heroImage": "«./N.png»", "links": ["«https://e.com/N/a»", "mailto:a@e.com"]}',
        ),
        Page("src/content/more/N.yaml", "name: N\nsite: «https://e.com/N/a»\n"),
    ),
    once=(
        Page("src/pages/about.md", "---\nlayout: ../layouts/A.astro\n---\n[a]({x}) «https://e.com/a»\n"),
        Page(
            "public/legacy.htm", "<A HREF='«HTTPS://E.com/a»'><img srcset='«https://e.com/b» 1x, https://e.com/no 2x'>"
        ),
    ),
    left_out=(
        Page("src/pages/index.astro", "<a href='https://e.com/no'>"),
        Page("src/content.config.ts", "'https://e.com/no'"),
        *NOT_OURS,
    ),
    roles={"heroImage": Role.IMAGE},
)

ELEVENTY = Site(
    pages=(
        Page(
            "posts/N.md",
            '---json\n{\n  "title": "N",\n  "cover": {"src": "«/N.png»"},\n  "source": "«https://e.com/N/s»"\n}\n---\n'
            "{% image \"«https://e.com/N/a»\", 'alt' %}\n{# https://e.com/no #}\n{% raw %}«https://e.com/N/b»{% endraw %}\n"
            "{{ 'https://e.com/no' | url }} {% set x = 1 %}[c](«https://e.com/N/c»)\n",
        ),
        Page(
            "notes/N.md",
            "---\ntitle: N\ntags: note\ndate: Last Modified\neleventyComputed:\n  a: '{{ b }}'\ncover: {src: «https://e.com/N.png»}\n---\n> «https://e.com/N/a»\n\nb<br>«https://e.com/N/b»\n",
        ),
        Page(
            "pages/N.html",
            "---toml\ntitle = 'N'\n---\n{% for a in b %}<a href=\"{{ a.url }}\">{% endfor %}<a href='«https://e.com/N/a?b&amp;c»'>",
        ),
        Page(
            "plain/N.html",
            "<p>«»".replace("«»", "") + '<a href="«http://e.com/N/a»">\n<!-- <a href="https://e.com/no"> -->\n',
        ),
    ),
    once=(
        Page("posts/posts.11tydata.json", '{"layout": "post", "cover": {"src": "«/a.png»"}}'),
        Page("_data/site.json", '{"url": "«https://e.com/»"}'),
        Page("scripted.md", "---js\n{ title: 'a' }\n---\nhttps://e.com/no\n", problems=(1,), records=0),
        Page("twice.md", "---\nsource: https://e.com/no\nsource: «https://e.com/twice»\n---\n", problems=(3,)),
    ),
    left_out=(Page("index.njk", "https://e.com/no"), Page("_site/a.html", "<a href='https://e.com/no'>"), *NOT_OURS),
    roles={"cover.src": Role.IMAGE},
)

SITES = {"Hugo": HUGO, "Jekyll": JEKYLL, "Astro": ASTRO, "Eleventy": ELEVENTY}


class Written(NamedTuple):
    """What a site's files hold."""

    places: Counter[tuple[str, int, int]]
    problems: set[tuple[str, int | None]]
    records: int
    unpublished: int


def write_site(folder: Path, site: Site, chance: random.Random) -> Written:
    """Write a site of 50 files and what is none of them, and give what they hold."""
    many = [page._replace(path=page.path.replace("N", f"n{number}")) for number in range(FILES) for page in site.pages]
    pages = [*site.once, *many[: FILES - len(site.once)]]
    places: Counter[tuple[str, int, int]] = Counter()
    for number, page in enumerate(pages):
        text, found = marked(page.text.replace("N", str(number)))
        path = folder / page.path
        places.update((path.as_posix(), line, column) for line, column in found)
        write(path, chance.choice(["", "\ufeff"]) + text, newline=chance.choice(["\n", "\r\n"]))
    for page in site.left_out:
        write(folder / page.path, page.text, newline="\n")
    return Written(
        places=places,
        problems={((folder / page.path).as_posix(), line) for page in pages for line in page.problems},
        records=sum(page.records for page in pages),
        unpublished=sum("published: false" in page.text for page in pages),
    )


def write(path: Path, text: str, *, newline: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline=newline)


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
@pytest.mark.parametrize("seed", range(3))
def test_a_site_against_counts_known_beforehand(tmp_path: Path, site: Site, seed: int) -> None:
    written = write_site(tmp_path, site, random.Random(seed))
    reading = read([str(tmp_path)], ReadingRules(roles_by_field=site.roles))
    assert {(problem.record, problem.line) for problem in reading.problems} == written.problems
    assert Counter((link.record, link.line, link.column) for link in reading.links) == written.places
    assert (reading.records, reading.unpublished) == (written.records, written.unpublished)
    assert len(written.places) > 2 * FILES
    for link in reading.links:
        assert at(Path(link.record).read_text("utf-8"), link).startswith(link.url.replace("&", "&amp;"))
        assert (link.fault is not None) == (link.role is Role.IMAGE and not link.url.startswith("http"))


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_with_a_base_no_link_of_a_site_is_at_fault(tmp_path: Path, site: Site) -> None:
    written = write_site(tmp_path, site, random.Random(7))
    reading = read([str(tmp_path)], ReadingRules(roles_by_field=site.roles, base_url="https://site.example/a/"))
    places = {(link.record, link.line, link.column) for link in reading.links}
    assert places >= set(written.places)
    assert [link for link in reading.links if link.fault] == []
    assert all(link.url in ("a.png", "no.md") or not link.url.startswith("http") for link in reading.links
               if (link.record, link.line, link.column) not in written.places)  # fmt: skip
