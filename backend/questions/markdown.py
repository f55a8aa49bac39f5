"""Markdown of a question to HTML that is safe to show.

Authors are trusted less than our own page, and a bank may come from anywhere: what this returns
has gone through an allow-list, whatever the Markdown held.
"""

import html
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "br", "pre", "div"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"),
    *("a", "code", "span", "em", "strong", "s"),
}
_ATTRIBUTES = {
    "*": {"class"},
    "a": {"href"},
    "th": {"style"},
    "td": {"style"},
    "ol": {"start"},
    "pre": {"tabindex"},
}


@lru_cache(maxsize=512)
def render(markdown: str) -> str:
    """HTML: code carries Pygments' classes (the page's style sheet knows them for light and dark),
    math stays TeX in elements of class "math"."""
    return nh3.clean(
        _parser().render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        filter_style_properties={"text-align"},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer",
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
    parser.enable(["table", "strikethrough"])
    parser.use(deflist_plugin)
    # "$5 and $6" is money: an opening dollar before a space or after a digit is none.
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.add_render_rule("math_inline", _inline_math)
    parser.add_render_rule("math_inline_double", _display_math)
    parser.add_render_rule("math_block", _display_math)
    parser.add_render_rule("math_block_label", _display_math)
    parser.add_render_rule("fence", _fence)
    return parser


def _inline_math(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return f'<span class="math">{html.escape(tokens[index].content.strip())}</span>'


def _display_math(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return f'<div class="math">{html.escape(tokens[index].content.strip())}</div>\n'


def _fence(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    token = tokens[index]
    language = token.info.strip().split(" ")[0]
    # Wide code scrolls sideways, and what scrolls must be reachable by keyboard.
    return (
        f'<pre class="highlight" tabindex="0"><code>'
        f"{_highlight(token.content, language, '')}</code></pre>\n"
    )


def _highlight(code: str, language: str, attributes: str) -> str:
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        return html.escape(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))
