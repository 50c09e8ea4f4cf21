"""The text part of mails."""

from __future__ import annotations

import pytest

from app.adapters.mail.plain_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", "\n"),
        ("<p>One\n  line</p><p>Two</p>", "One line\n\nTwo\n"),
        (" One \n  line\r\n\tand  more ", "One line and more\n"),
        ("a\u00a0 b\u2028c", "a\u00a0 b\u2028c\n"),
        ("a&nbsp; b", "a\u00a0 b\n"),
        ("a \n b <i>c </i>\n d", "a b c d\n"),
        ("1 &lt; 2", "1 < 2\n"),
        ("1 &lt 2", "1 < 2\n"),
        ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("<div>a</div><div></div><div>b</div>", "a\nb\n"),
        ("<p>a &amp; b &lt;c&gt;&nbsp;d</p>", "a & b <c>\u00a0d\n"),
        ("<p>see <b>this</b> and <i>that</i>.</p>", "see this and that.\n"),
        ("<ul>\n <li>one</li>\n <li>two</li>\n</ul>end", "- one\n- two\n\nend\n"),
        ("<a href='https://x/1'>open</a>", "open (https://x/1)\n"),
        ("<a href='https://x/1'>https://x/1</a>", "https://x/1\n"),
        ("<a href='https://x/1'><img src='data:,'></a>", "https://x/1\n"),
        ("<a href='mailto:a@x'>a@x</a> <a href='mailto:b@x'>Bob</a>", "a@x Bob (b@x)\n"),
        ("<a>no address</a>", "no address\n"),
        ("<table><tr><th>k</th><td>v</td></tr>\n<tr><th>l</th>\n<td>w</td></tr></table>", "k v\nl w\n"),
        ("<head><title>T</title><style>p{}</style></head><p>a</p><script>x()</script>", "a\n"),
        ("</style></a></p>text", "text\n"),
    ],
)
def test_html_reads_as_text(html: str, text: str) -> None:
    assert plain_text(html) == text
