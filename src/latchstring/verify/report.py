"""The report as text, JSON and JUnit XML. Results hold no secret, so neither does it."""

import json
import xml.etree.ElementTree as Xml
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from latchstring.verify.verdicts import Result, State

_SIGNS: dict[State, str] = {"passed": "✓", "failed": "✗", "skipped": "-", "not offered": "·"}
_NOT_IN_XML = {number: "\ufffd" for number in range(32) if number not in (9, 10, 13)}


def held(results: Sequence[Result]) -> bool:
    """Whether nothing failed, and something passed."""
    states = {one.state for one in results}
    return "failed" not in states and "passed" in states


def summary(results: Sequence[Result]) -> str:
    """How many of each, in one line."""
    counts = Counter(one.state for one in results)
    return ", ".join(f"{counts[state]} {state}" for state in _SIGNS if counts[state]) or "nothing was checked"


def line(result: Result) -> str:
    """One result for people; a failure says what was expected, and under which id the site can explain it."""
    told = f"{_SIGNS[result.state]} {result.title} [{' '.join(result.rows)}]"
    if result.state != "failed":
        return f"{told}: {result.told}"
    said = f"{told}\n    expected {result.expected}\n    received {result.received}"
    return said + (f"\n    request  {result.request_id}" if result.request_id else "")


def as_text(results: Sequence[Result]) -> str:
    """A section for each site, then the counts."""
    sections = []
    for site in dict.fromkeys(one.site for one in results):
        lines = [line(one) for one in results if one.site == site]
        sections.append("\n".join([f"{site}", *lines]))
    return "\n\n".join([*sections, summary(results)]) + "\n"


def as_json(results: Sequence[Result]) -> str:
    """Everything, for programs."""
    body = {"verified": held(results), "results": [asdict(one) for one in results]}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def as_junit(results: Sequence[Result]) -> str:
    """A test suite for each site."""
    suites = Xml.Element("testsuites", name="latchstring verify")
    for site in dict.fromkeys(one.site for one in results):
        suites.append(_suite(site, [one for one in results if one.site == site]))
    return Xml.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _suite(site: str, results: Sequence[Result]) -> Xml.Element:
    counts = Counter(one.state for one in results)
    suite = Xml.Element(
        "testsuite",
        name=site,
        tests=str(len(results)),
        failures=str(counts["failed"]),
        skipped=str(counts["skipped"] + counts["not offered"]),
        time=f"{sum(one.seconds for one in results):.3f}",
    )
    for one in results:
        suite.append(_case(one))
    return suite


def _case(result: Result) -> Xml.Element:
    name = f"{result.title} [{' '.join(result.rows)}]"
    case = Xml.Element("testcase", classname=f"verify.{result.site}", name=name, time=f"{result.seconds:.3f}")
    told = result.told.translate(_NOT_IN_XML)
    if result.state == "failed":
        Xml.SubElement(case, "failure", message=told).text = f"request {result.request_id or 'without an id'}"
    elif result.state != "passed":
        Xml.SubElement(case, "skipped", message=f"{result.state}: {told}")
    return case


FORMATS = {"text": as_text, "json": as_json, "junit": as_junit}
_SUFFIXES = {".json": "json", ".xml": "junit"}


def write(results: Sequence[Result], file: Path) -> None:
    """Write the report in the form that the file's name asks for."""
    form = FORMATS[_SUFFIXES.get(file.suffix, "text")]
    file.write_text(form(results), "utf-8")
