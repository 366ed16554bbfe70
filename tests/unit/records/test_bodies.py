"""Rule: every address of a body is a link of its own, at the line and column of its first character."""

# ruff: noqa: E501 (a row of a table reads best on one line)
from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Reason, Role
from tests.unit.records.builders import at, marked, read_text

MARKDOWN = {
    "link": "See [a](«https://e.com/a») and [b]( «https://e.com/b» 'title' ).",
    "in angle brackets": "[a](<«https://e.com/a»>)",
    "brackets in the address": "[a](«https://e.com/a_(b)») [b](«https://e.com/b(c(d))»)",
    "image": "![a](«https://e.com/a.png»)",
    "image within a link": "[![a](«https://e.com/a.png»)](«https://e.com/a»)",
    "link in a link's text": "[https://e.com/no](«https://e.com/a»)",
    "definition": '[a]\n\n[a]: «https://e.com/a» "title"\n',
    "definition, used twice": "[a] [b][a]\n\n[a]: <«https://e.com/a»>\n",
    "definition over lines": "> [a]:\n>    «https://e.com/a»\n>    'title'\n",
    "two definitions, one label": "[a]: «https://e.com/a»\n[A]: «https://e.com/b»\n",
    "footnotes": "Text[^1].\n\n[^1]: «https://e.com/a»\n[^2]: See «https://e.com/b».\n",
    "autolink": "<«https://e.com/a»>, <«HTTP://e.com»>",
    "bare": "«https://e.com/a»",
    "bare, punctuation": "(«https://e.com/a»), «https://e.com/b». «https://e.com/c»! “«https://e.com/d»”, '«https://e.com/e»';",
    "bare, brackets": "(see «https://e.com/a_(b)») [«https://e.com/c»] «https://e.com/?a[]=1»",
    "bare, emphasis": "**«https://e.com/a»** _«https://e.com/b_c»_ ~~«https://e.com/d»~~ *«https://e.com/e*f»*",
    "bare, beyond ASCII": "见«https://e.com/路径»。又「«https://e.com/b»」",
    "bare, entity at the end": "«https://e.com/a»&gt; «https://e.com/b»&quot;",
    "bare, in a heading": "# A «https://e.com/a» #\n\nB «https://e.com/b»\n===\n",
    "bare, placeholders": "https://... http://<host>/ https:// http://{host}/ xhttps://e.com",
    "table": "| a | b |\n|--|--|\n| «https://e.com/a» | [x](«https://e.com/a») |\n| «https://e.com/a» | «https://e.com/a» |\n",
    "table, escaped bar": "a | b\n-|-\n[x\\|y](«https://e.com/a») | a \\| b «https://e.com/b»\n",
    "quote and list": "> - a [a](«https://e.com/a»)\n>   b «https://e.com/b»\nlazy «https://e.com/c»\n\n1. «//e.com»\n".replace(
        "«//e.com»", "[x](«//e.com/d»)"
    ),
    "tabs": "-\t[a](«https://e.com/a»)\n\n\t«https://e.com/b»\n",
    "one address twice": "[a](«https://e.com/a») [b](«https://e.com/a»)\n\n«https://e.com/a»",
    "CRLF": "a\r\n[a](«https://e.com/a»)\r\nb «https://e.com/b»\r\n\r\n[c]: «https://e.com/c»\r\n",
    "CR": "a\r\r[a](«https://e.com/a»)\rb «https://e.com/b»\r",
    "null": "\0[a](«https://e.com/a»)",
    "hard break": "a  \n«https://e.com/a»\\\n«https://e.com/b»",
    "code span": "`https://e.com/no` ``[a](https://e.com/no) ` `` «https://e.com/a»",
    "fence": "```\nhttps://e.com/no\n```\n~~~ js\n[a](https://e.com/no)\n~~~\n«https://e.com/a»",
    "indented code": "a\n\n    https://e.com/no\n\nb «https://e.com/a»",
    "comment": "<!-- [a](https://e.com/no)\n\nhttps://e.com/no -->\n\na <!-- https://e.com/no --> «https://e.com/a»",
    "escaped": "\\[a](https) \\<«https://e.com/a»> \\`«https://e.com/b»\\`",
    "no links": "[a](/a) [b](#b) [c](mailto:c@e.com) [d](tel:1) [e](data:text/plain,a) [f](javascript:f()) [g](g.md) [h]()",
    "inline HTML": 'a <a href="«https://e.com/a»">https://e.com/no</a> <img\nsrc=«https://e.com/b»> [c](«https://e.com/c»)',
    "HTML": "<p>\n <a href='«https://e.com/a»'>https://e.com/no</a>\n [no](https://e.com/no)\n</p>\n\n«https://e.com/b»\n",
    "HTML in a quote": '> <p>\n>  <a href="«https://e.com/a»">\n> </p>\n',
    "code in HTML": "a <code>https://e.com/no</code> «https://e.com/a» <kbd>https://e.com/no</kbd>",
    "script": "<script>\nvar a = 'https://e.com/no'\n\n<a href='https://e.com/no'>\n</script>\n\n«https://e.com/a»",
    "shortcodes": '{{< figure src="«https://e.com/a»" link=\'«https://e.com/b»\' >}}\n{{% x "«https://e.com/c»" %}}\n',
    "shortcode over lines": '{{< figure\n    src="«https://e.com/a»"\n    alt="b" >}}\n',
    "shortcode in HTML": '<div>\n{{< x "«https://e.com/a»" >}}\n<!-- {{< x "https://e.com/no" >}} -->\n</div>\n',
    "Liquid tag": "{% include image.html url='«https://e.com/a»' %} {%- x \"«https://e.com/b»\" -%}",
    "shortcode with a text": '{{< x title="see https://e.com/no there" >}}«https://e.com/a»{{< /x >}}',
    "documented shortcode": '{{</* x "https://e.com/no" */>}} `{{< x "https://e.com/no" >}}`',
    "expressions": '{{ "https://e.com/no" | x }} {{ site.url }}/a [a](https://e.com/{{ page.x }}/no) https://e.com/{{ no }}',
    "expression as an address": '[a]({{ site.url }}/a) [b]({{< ref "b.md" >}}) <a href="https://{{ x }}/no">b</a>',
    "expression that does not end": "{{ a {% b [a](«https://e.com/a»)\n\n}} %} «https://e.com/b»",
    "highlight": "{% highlight js %}\nhttps://e.com/no\n\nhttps://e.com/no\n{% endhighlight %}\n«https://e.com/a»",
    "highlight in Hugo": "{{< highlight js >}}\nhttps://e.com/no\n\nhttps://e.com/no\n{{< /highlight >}}\n«https://e.com/a»",
    "Liquid comment": "{% comment %}https://e.com/no{% endcomment %}{# https://e.com/no #} «https://e.com/a»",
    "attributes": '[a](«https://e.com/a»){:target="_blank"}\n\n## B {#b}\n\n«https://e.com/b»\n{: .c}\n',
}

MDX = {
    "modules": 'import A from "https://e.com/no"\nexport const b = {\n\n  c: "https://e.com/no",\n}\n\n«https://e.com/a»',
    "component": 'A <Image src="«https://e.com/a»" alt="b" /> <Card.Item to={"«https://e.com/b»"} note="see https://e.com/no" />',
    "element": '<a href="«https://e.com/a»">b</a> <svg xmlns="http://www.w3.org/2000/svg" /> <img srcSet="«https://e.com/b» 2x" />',
    "Markdown in a component": "<Tabs>\n  <Tab url={`«https://e.com/a»`}>\n    [b](«https://e.com/b»)\n  </Tab>\n</Tabs>\n",
    "expressions": '{/* https://e.com/no\n\nhttps://e.com/no */}\n\n{"https://e.com/no"} <A b={{ c: "https://e.com/no" }}>«https://e.com/a»</A>',
    "code in an attribute": '<Code text={`\n[a](https://e.com/no)\n\n}`}\n  href="«https://e.com/a»"\n/>\n\n«https://e.com/b»',
    "no indented code": "<A>\n\n      [a](«https://e.com/a»)\n\n    ```\n    https://e.com/no\n    ```\n</A>",
    "comment": "<!-- https://e.com/no\n\nhttps://e.com/no -->\n\na <!-- https://e.com/no --> «https://e.com/a»",
    "greater than": '<A on={() => b > 1} url="«https://e.com/a»" {...c}>«https://e.com/b»</A>',
    "code": "`<A url='https://e.com/no' />` <code>https://e.com/no</code>\n\n```\n<A url='https://e.com/no' />\n```\n",
    "braces that do not close": "a { b [c](«https://e.com/c») <A { d «https://e.com/d»",
    "no templates": '<A style={{ b: "c" }} /> [a](«https://e.com/a») }}',
}

HTML = {
    "elements": "<a href=\"«https://e.com/a»\"><img src=«https://e.com/b»></a><iframe src='«//e.com/c»'>https://e.com/no</iframe>"
    '<video src="«https://e.com/d»" poster="«https://e.com/e»"><source src="«https://e.com/f»"></video>'
    '<audio src="«https://e.com/g»"></audio><embed src="«https://e.com/h»"><object data="«https://e.com/i»"></object>'
    '<blockquote cite="«https://e.com/j»"></blockquote><AREA HREF="«https://e.com/k»">',
    "sets": '<img srcset="«https://e.com/a,w_1» 1x, https://e.com/b 2x" src="«https://e.com/c»"><source srcset=" «https://e.com/d», b">',
    "what is not for readers": '<link rel="stylesheet" href="https://e.com/no"><base href="https://e.com/no">'
    '<script src="https://e.com/no"></script><form action="https://e.com/no"><p title="https://e.com/no">https://e.com/no',
    "raw text": "<script>'<a href=\"https://e.com/no\">'</script><style><a href='https://e.com/no'></STYLE><a href='«https://e.com/a»'>",
    "comments": "<!-- <a href='https://e.com/no'> > --><a href='«https://e.com/a»'><!-- <a href='https://e.com/no'>",
    "spread tags": "<a\n  class='b'\n  href =\n  ' «https://e.com/a» '\n>",
    "odd tags": "<a title=it's href=«https://e.com/a»><a x='>' href=«https://e.com/b/»><a href=«https://e.com/c» href=https://e.com/no>",
    "unclosed": "<a href='«https://e.com/a»'><a href='https://e.com/no",
    "templates": "<a href='{{ url }}'>{{ 'https://e.com/no' }}</a>{% x \"«https://e.com/a»\" %}<!-- {% x 'https://e.com/no' %} -->"
    "<a href='https://e.com/{{ no }}'><a href='«https://e.com/b»'>",
    "no Markdown": "[a](https://e.com/no) <https://e.com/no>\n\n    <a href='«https://e.com/a»'>",
    "front matter": "---\nlayout: a\n---\n<a href='«https://e.com/a»'>",
    "CRLF": "<p>\r\n<a href='«https://e.com/a»'>\r\n\r\n<img\r\n src='«https://e.com/b»'>",
}

PLACED = [
    pytest.param(name, text, id=f"{name} {what}")
    for name, rows in (("a.md", MARKDOWN), ("a.mdx", MDX), ("a.html", HTML))
    for what, text in rows.items()
]


@pytest.mark.parametrize(("name", "text"), PLACED)
def test_each_address_is_found_in_its_place_and_nothing_else(name: str, text: str) -> None:
    plain, places = marked(text)
    found, problems = read_text(plain, name)
    assert not problems
    assert [(link.line, link.column) for link in found] == places
    for link in found:
        assert (link.role, link.field, link.item) == (Role.BODY, "body", "article")
        assert at(plain, link).startswith(link.url)
        assert f"«{link.url}»" in text.replace("\0", "")


@pytest.mark.parametrize(
    "opening", ["---\r\ntitle: a\r\n---\r\n", "+++\ntitle = 'a'\n+++\n", '{"title": "a"}\n', "\ufeff---\n---\n"]
)
@pytest.mark.parametrize(
    "text", [MARKDOWN[name] for name in ("link", "definition", "quote and list", "HTML", "shortcodes")]
)
def test_front_matter_moves_the_lines_alone(opening: str, text: str) -> None:
    plain, places = marked(text)
    found, _ = read_text(opening + plain, "a.md")
    lines = opening.count("\n")
    assert [(link.line - lines, link.column) for link in found] == places


DECODED = {
    "entity": ("a.md", "[a](https://e.com/?a=1&amp;b=2)", "https://e.com/?a=1&b=2"),
    "escape": ("a.md", "[a](https://e.com/a\\_b\\(c)", "https://e.com/a_b(c"),
    "bare": ("a.md", "https://e.com/a\\_b?c&amp;d", "https://e.com/a_b?c&d"),
    "no entity": ("a.md", "https://e.com/?a=1&copy=2", "https://e.com/?a=1&copy=2"),
    "definition": ("a.md", "[a]: https://e.com/?a&#38;b", "https://e.com/?a&b"),
    "escaped scheme": ("a.md", "[a](https\\://e.com)", "https://e.com"),
    "attribute": ("a.html", '<a href="https://e.com/?a&amp;b&copy=1&lt">', "https://e.com/?a&b&copy=1&lt"),
    "attribute in Markdown": ("a.md", '<a href="https://e.com/?a&amp;b">', "https://e.com/?a&b"),
    "attribute in MDX": ("a.mdx", '<A url="https://e.com/?a&amp;b" />', "https://e.com/?a&b"),
    "shortcode": ("a.md", '{{< a "https://e.com/?a&amp;b" >}}', "https://e.com/?a&b"),
}


@pytest.mark.parametrize(("name", "text", "url"), DECODED.values(), ids=DECODED)
def test_escapes_and_entities_are_decoded(name: str, text: str, url: str) -> None:
    ((link,), problems) = read_text(text, name)
    assert (link.url, link.fault, problems) == (url, None, [])
    assert at(text, link).startswith("http")


BAD = {
    "port": ("[a](https://e.com:99999/)", "https://e.com:99999/", Reason.BAD_URL),
    "space": ("[a](<https://e .com/>)", "https://e .com/", Reason.BAD_URL),
    "no host": ("[a](https://)", "https://", Reason.BAD_URL),
    "long": (f"https://e.com/{'a' * 100_000}", f"https://e.com/{'a' * 100_000}", Reason.BAD_URL),
    "secret": ("<https://me:pw@e.com:x/>", "https://***@e.com:x/", Reason.BAD_URL),
}


@pytest.mark.parametrize(("text", "url", "fault"), BAD.values(), ids=BAD)
def test_a_web_address_that_cannot_be_is_at_fault(text: str, url: str, fault: Reason) -> None:
    (link,), problems = read_text(text, "a.md")
    assert (link.url, link.fault, problems) == (url, fault, [])


def test_line_breaks_within_an_address_are_none() -> None:
    (link,), _ = read_text('<a href="https://e.com/\n  a">', "a.html")
    assert link.target == "https://e.com/%20%20a"


RESOLVED = {
    "a.md": "[a](a/b) [b](/b?c) ![c](../c.png) [d](?d) [e](#e) [f](mailto:f@e.com) <a href='g.html'> [h](//h.com/h)\n\n[i]: i.md\n",
    "a.mdx": "[a](a/b) [b](/b?c) ![c](../c.png) [d](?d) [e](#e) [f](mailto:f@e.com) <a href='g.html' /> [h](//h.com/h)\n\n[i]: i.md\n",
    "a.html": "<a href=a/b><a href=/b?c><img src=../c.png><a href=?d><a href=#e><a href=mailto:f@e.com>"
    "<a href=g.html><a href=//h.com/h><a href=i.md>",
}


@pytest.mark.parametrize(("name", "text"), RESOLVED.items(), ids=RESOLVED)
def test_relative_addresses_are_resolved_where_a_base_is_given(name: str, text: str) -> None:
    found, _ = read_text(text, name, base_url="http://e.com/blog/post/")
    assert [(link.target, link.fault) for link in found] == [
        ("http://e.com/blog/post/a/b", None),
        ("http://e.com/b?c", None),
        ("http://e.com/blog/c.png", None),
        ("http://e.com/blog/post/?d", None),
        ("http://e.com/blog/post/g.html", None),
        ("https://h.com/h", None),
        ("http://e.com/blog/post/i.md", None),
    ]
    assert [link.url for link in read_text(text, name)[0]] == ["//h.com/h"]


def test_a_body_has_its_records_rank_and_no_expectation() -> None:
    text = "---\ntitle: a\nheat: 7\nrelated: [{heat: 9, webUrl: 'https://e.com/r'}]\n---\nhttps://e.com/b"
    related, body = read_text(text, "a.md")[0]
    assert (related.item, body.item) == ("related[0]", "article")
    assert (body.rank[0], body.expected.title) == (7.0, None)


# --- laws ------------------------------------------------------------------------------------------------------

PARTS = [
    "[a](",
    ")",
    "https://e.com/",
    "*",
    "`",
    "<",
    ">",
    '<a href="',
    '"',
    "\n",
    "\n\n",
    "- ",
    "> ",
    "    ",
    "\t",
    "|",
    "\\",
    "&amp;",
]
PARTS += [
    "{{",
    "}}",
    "{% x 'https://e.com/' %}",
    "{",
    "}",
    "<!--",
    "-->",
    "<A b=",
    "[b]: ",
    "![",
    "]",
    "\r\n",
    "|-|\n",
    "```",
    "é\U0001f600",
    "\0",
]


def test_an_address_beside_an_expression_in_a_quote() -> None:
    """The parser takes the quote mark off a line, of which a filler stands for the expression."""
    text = "body\n> {% x 'https://e.com/' %}https://e.com/a"
    found, _ = read_text(text, "a.md")
    assert [(at(text, link), link.url) for link in found] == [
        ("https://e.com/' %}https://e.com/a", "https://e.com/"),
        ("https://e.com/a", "https://e.com/a"),
    ]


@pytest.mark.parametrize("name", ["a.md", "a.mdx", "a.html"])
@given(parts=st.lists(st.sampled_from(PARTS), max_size=30))
def test_law_whatever_stands_in_a_body_a_place_shows_an_address(name: str, parts: list[str]) -> None:
    text = "body " + "".join(parts)
    found, problems = read_text(text, name)
    assert not problems
    assert [(link.line, link.column) for link in found] == sorted((link.line, link.column) for link in found)
    for link in found:
        assert at(text, link)[:3] in ("htt", link.url[:3])


# --- time ------------------------------------------------------------------------------------------------------

COUNT = 100_000
HOSTILE = [
    "[", "![", "*", "*a ", "_a_ ", "<", "<a ", "(", "[a](", "`a", "]", "> ", "- ", "&", "\\", "a\n", "<!--", "<![CDATA[", "![[]()",
    "{", "{{", "{%", "{# ", "{% comment %}", "{{< highlight >}}", "<A {", "<A b={`", "{`", "{'", "<script>", '<a "', "<a b=", "<!--\n", "{\n",
    "export {\n", "https://", "https://a(", "http:", "![a][", "[a]: <", "[a]: https://x 'b\n", "<a href=//e.com>", "|https://e.com",
]  # fmt: skip


@pytest.mark.parametrize("name", ["a.md", "a.mdx", "a.html"])
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_body_costs_little_time(name: str, piece: str) -> None:
    text = f"[a](https://e.com/a)\n\nhttps://e.com/b {piece * (COUNT // len(piece))} <a href='https://e.com/c'>"
    started_at = process_time()
    read_text(text, name)
    assert process_time() - started_at < 5  # 1 s here


@pytest.mark.parametrize("line", ["a" * 1_000_000, "ab " * 333_333, "[" * 1_000_000, "https://e.com/a " * 62_500])
def test_a_line_of_a_megabyte(line: str) -> None:
    started_at = process_time()
    found, problems = read_text(f"https://e.com/a\n\n{line} https://e.com/b\n\nhttps://e.com/c", "a.md")
    assert process_time() - started_at < 5
    assert (found[0].url, found[-1].url) == ("https://e.com/a", "https://e.com/c")
    assert [problem.line for problem in problems] == ([3] if "[" in line else [])


def test_a_long_body_is_read_in_good_time() -> None:
    piece = "# A title\n\nSome *words* and a [link](https://e.com/a_b?c=1&amp;d=2 'e') and `code`, and more.\n\n- one\n- two\n\n```\na\n```\n\n"
    text = piece * (200_000 // len(piece))
    started_at = process_time()
    found, _ = read_text(text, "a.md")
    assert process_time() - started_at < 2  # 0.2 s here
    assert len(found) == 200_000 // len(piece)


def test_braces_made_to_be_searched_again_and_again_are_a_problem() -> None:
    found, (problem,) = read_text("a " + "{ " * 50_000 + "https://e.com/a", "a.mdx")
    assert (len(found), problem.line) == (1, 1)
    assert "braces" in problem.message
