"""Code in colours: classes that the style sheet knows, no styles in the page."""

import re
from typing import Final

from markupsafe import escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import BashLexer, JavascriptLexer, JsonLexer, PythonLexer

_LEXERS: Final[dict[str, type[Lexer]]] = {
    "python": PythonLexer,
    "javascript": JavascriptLexer,
    "sh": BashLexer,
    "json": JsonLexer,
}
#: What the style sheet colours: comments, keywords, strings, numbers and names that are defined.
_PLAIN: Final = re.compile(
    r'<span class="(?:p|n|o|w|nx|nn|nb|kc|err|v|nv|si|se|ni|bp|fm|vm|na|ow|gp|go)">([^<]*)</span>'
)


def highlighted(code: str, language: str) -> str:
    """The code as HTML; a language that we have no colours for is escaped only."""
    lexer = _LEXERS.get(language)
    if lexer is None:
        return str(escape(code))
    made: str = highlight(code, lexer(stripnl=False), HtmlFormatter(nowrap=True))
    return _PLAIN.sub(r"\1", made.rstrip("\n"))
