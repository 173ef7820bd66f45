"""Summaries of usual markup are read by patterns as the HTML parser would read them; all other markup is left to it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.read import html

TAGS = (
    "<p>", "</p>", "<P>", "<p class=\"lead\">", "<p class='a' id=\"b\">", "<p\n style=\"x\">", "<br>", "<br/>", "<br />", "</br>",
    "<a href=\"https://courier.example/a?b=1\">", "</a>", "<a>", "<b>", "</b>", "<i>", "</i>", "<strong>", "</strong >", "<em>",
    "<img src=\"https://courier.example/a.jpg\" alt=\"A photo\" />", "<img src='x'>", "<span dir='rtl'>", "</span>", "<u>", "<small>",
    "<p", "<", ">", "<p/>", "<a href=x>", "<a href=\"a>b\">", "<a href=\"&lt;\">", "<abbr>", "<pre>", "<B >", "<a/href=\"x\">", "<br\t>",
    "<div>", "</div>", "<script>", "</script>", "<style>", "<table>", "<td>", "<!-- no -->", "<![CDATA[", "<?x?>", "<title>",
    "<textarea>", "<select>", "<svg>", "<plaintext>", "<li>", "<h2>", "<blockquote>", "<img", "<p class=\"a\"id=\"b\">", "<body>",
)  # fmt: skip
WORDS = (
    "Embassy says: leave", " ", "\n", "\r\n", "  spaced  ", "Zürich – Genève", "中文", "\x0c", "\x00", "\u200b", "\ue000", "\ue001",
    "\xa0", "\u2028", "a & b", "&", "&amp;", "&amp", "&lt;b&gt;", "&lt", "&nbsp;", "&quot;", "&#39;", "&#039;", "&#8217;", "&#x2019;",
    "&#x2014;", "&#160;", "&#128;", "&#13;", "&#0;", "&#55296;", "&#57344;", "&#1234567;", "&eacute;", "&notit;", "&copy", "&#", "&x",
    "&amp;amp;", "&ampere;", "&#38;lt;", "x < y", "5 > 3", "R&D", "?a=1&b=2",
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from((*TAGS, *WORDS)), max_size=8).map("".join))
def test_what_patterns_read_is_what_the_parser_reads(markup):
    markup = html._CONTROL.sub("", markup)
    assert html._simple(markup) in {None, html._visible(markup)}


@pytest.mark.parametrize(
    "markup",
    [
        "<p>One &amp; two</p>", "<p class='x'>One<br/>two</p>\n<p>three</p>", "<a href=\"https://a.example/?b=1\">Link</a>&nbsp;text",
        "<img src='https://a.example/b.jpg' alt='A photo'/><b>Bold</b> &#8217; &#x2019; & more",
    ],
)  # fmt: skip
def test_usual_summaries_need_no_parser(markup):
    assert html._simple(markup) == html._visible(markup)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from((*TAGS, *WORDS)), max_size=8).map("".join))
def test_tidying_tidy_text_changes_nothing(markup):
    assert html.tidy(html.plain(markup)) == html.tidy(html.tidy(html.plain(markup)))
