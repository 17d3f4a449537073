"""The Markdown of the documentation: complete, the same in both languages, and true to the code."""

import ast
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from latchstring.protocol.faults import all_causes
from latchstring.web.documentation.blanks import BLANKS
from latchstring.web.documentation.document import DocumentInvalid, compile_document, document
from latchstring.web.documentation.remedies import remedy_anchor, remedy_path
from latchstring.web.documentation.sources import PAGE_NAMES, read_source
from latchstring.web.translations import LOCALES, Locale

PAGES = [pytest.param(name, locale, id=f"{name}-{locale}") for name in PAGE_NAMES for locale in LOCALES]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: The exact texts of the troubleshooting rows that have one.
ERRORS = {
    "t2": "invalid_request - Invalid client_id parameter value",
    "t3": '{"errors":["Forbidden"]}',
    "t4": "invalid_grant - Invalid refresh token",
    "t6": "Hostname/IP does not match certificate's altnames",
    "t7": "invalid_request - Mismatching redirect URI",
    "t9": "Invalid code or code verifier",
}


def fences(name: str, locale: Locale) -> list[tuple[str, str]]:
    """The examples of a page, with something in each blank."""
    source = re.sub(r"\{\{(\w+)\}\}", "filled_in", read_source(name, locale))
    return FENCE.findall(source)


@pytest.mark.row("B12")
@pytest.mark.parametrize("name", PAGE_NAMES)
def test_a_page_says_the_same_in_both_languages(name: str) -> None:
    """The same headings with the same anchors in the same order, the same examples, the same blanks and links."""
    english, korean = (read_source(name, locale) for locale in LOCALES)
    for pattern in (r"^(#+) .*?(?:\{#([a-z0-9_-]+)\})?$", r"\]\(([^)]+)\)", r"(?m)^(\d+\.|- |\| )"):
        assert re.findall(pattern, english, re.MULTILINE) == re.findall(pattern, korean, re.MULTILINE)
    assert fences(name, "en") == fences(name, "ko")
    assert sorted(re.findall(r"\{\{\w+\}\}", english)) == sorted(re.findall(r"\{\{\w+\}\}", korean))


@pytest.mark.parametrize(("name", "locale"), PAGES)
def test_a_page_is_well_made(name: str, locale: Locale) -> None:
    """It compiles, its anchors are unique, and examples stand where they can be copied from."""
    read = document(name, locale)
    anchors = re.findall(r"\{#([a-z0-9_-]+)\}", read_source(name, locale))
    assert len(set(anchors)) == len(anchors) > 0
    assert "<a " not in read.lead
    assert not re.search(r"^[ \t]+```", read_source(name, locale), re.MULTILINE)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_korean_is_written_in_the_formal_style(name: str) -> None:
    """Sentences end in 합니다체."""
    text = FENCE.sub("", read_source(name, "ko"))
    assert not re.search(r"(해요|세요|어요|아요|이다|한다|된다|있다|없다)\.", text)


@pytest.mark.parametrize(("name", "locale"), PAGES)
def test_every_example_can_be_read_by_its_language(name: str, locale: Locale, tmp_path: Path) -> None:
    """Python, shell, TOML and JSON parse, and JavaScript where Node.js is there to say so."""
    for number, (language, code) in enumerate(fences(name, locale)):
        match language:
            case "python":
                ast.parse(code)
            case "json":
                json.loads(code)
            case "toml":
                tomllib.loads(code)
            case "sh":
                subprocess.run(["sh", "-n"], input=code.encode(), check=True)
            case "javascript" if node := shutil.which("node"):
                file = tmp_path / f"{number}.mjs"
                file.write_text(code)
                subprocess.run([node, "--check", str(file)], check=True)
            case other:
                assert other in {"text", "http", "javascript"}


@pytest.mark.row("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11")
@pytest.mark.parametrize("locale", LOCALES)
def test_every_trouble_has_a_section_with_its_exact_text(locale: Locale) -> None:
    """T1 to T11 in order, with the exact error text, a cause and a remedy."""
    sections = re.split(r"^## ", read_source("troubleshooting", locale), flags=re.MULTILINE)
    rows = [section for section in sections if re.match(r"T\d+: ", section)]
    cause, remedy = {"en": ("**Cause.**", "**Remedy.**"), "ko": ("**원인.**", "**해결.**")}[locale]
    for number, section in enumerate(rows, 1):
        assert section.partition("\n")[0].endswith(f"{{#t{number}}}")
        assert cause in section
        assert remedy in section
        assert ERRORS.get(f"t{number}", "") in section
    assert len(rows) == 11


@pytest.mark.row("B1")
@pytest.mark.parametrize("locale", LOCALES)
def test_every_cause_of_refusal_is_explained_where_explanations_link_to(locale: Locale) -> None:
    """Each cause has a line in its family's table, and the section that it is linked to exists."""
    source = read_source("troubleshooting", locale)
    for name in all_causes():
        assert f"`{name}`" in source, f"{name}: write a line into docs/partners/{locale}/troubleshooting.md"
        assert f"{{#{remedy_anchor(name)}}}" in source
        assert remedy_anchor(name) != "find-out", f"{name}: give it a section in documentation/remedies.py"
    assert remedy_path("code_used") == "/docs/troubleshooting#t9"
    assert remedy_path("something_new") == "/docs/troubleshooting#find-out"


def test_what_is_written_in_markdown_is_inert() -> None:
    """HTML is text, and no link leads to a script."""
    read = compile_document(
        "# Title\n\nLead <b>\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) <img src=x onerror=y>"
    )
    whole = str(read.lead) + "".join(str(block.html) for block in read.blocks if hasattr(block, "html"))
    assert "<script" not in whole
    assert "<img" not in whole
    assert "<b>" not in whole
    assert 'href="javascript' not in whole


@pytest.mark.parametrize(
    "source",
    [
        "Text",
        "## No title\n\nText",
        "# Title\n\n## No lead",
        "# Title\n\nLead\n\n## No anchor",
        "# Title\n\nLead\n\n[a](nowhere.md)",
    ],
)
def test_a_page_that_is_not_well_made_is_refused(source: str) -> None:
    """No title, no lead, a heading without an anchor, a link to a page that does not exist."""
    with pytest.raises(DocumentInvalid):
        compile_document(source)


def test_only_known_blanks_are_accepted() -> None:
    """A blank that nobody fills in is found when the page is read."""
    with pytest.raises(KeyError, match="client_secret"):
        compile_document("# Title\n\nLead {{client_secret}}")
    assert "client_secret" not in BLANKS


def test_buttons_are_called_as_on_the_pages() -> None:
    """A bold name of a button or tab is said in the language of the pages."""
    source = (
        "# Title\n\nLead\n\n**Allow**, **+Sign in**, **Organization Settings → API Keys**, **anything else**"
    )
    names = {"Allow": "허용", "Sign in": "로그인", "API Keys": "API 키"}
    (prose,) = compile_document(source, lambda name: names.get(name, name)).blocks
    assert (
        "<strong>허용</strong>, <strong>+로그인</strong>, <strong>Organization Settings → API 키</strong>"
        in prose.html
    )  # type: ignore[union-attr]
    assert "<strong>anything else</strong>" in prose.html  # type: ignore[union-attr]
    korean = "".join(str(b.html) for b in document("quick-start", "ko").blocks if hasattr(b, "html"))
    assert "<strong>허용</strong> 버튼" in korean
