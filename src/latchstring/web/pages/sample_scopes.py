"""Scopes, areas and organizations that the samples of the pages show."""

from __future__ import annotations

from dataclasses import replace

from latchstring.contract.model import Access, Risk
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.scopes import OrganizationChoice, ScopeGroup, ScopeLine


def scope_line(
    name: str, title: str, sentence: str, access: Access = "read", risk: Risk = "low"
) -> ScopeLine:
    return ScopeLine(name=name, title=title, sentence=sentence, access=access, risk=risk)


READ_MONITORS = scope_line(
    "monitors_read", "Read monitors", "See your monitors, their current state and the downtimes set on them"
)
WRITE_MONITORS = scope_line(
    "monitors_write", "Write monitors", "Create, change and permanently delete your monitors", "write", "high"
)
MAKE_KEYS = scope_line(
    "api_keys_write",
    "Create API keys",
    "Create an API key in your organization so that it can send metrics, events and logs",
    "write",
    "high",
)
MONITORS_READ = ScopeGroup("Monitors", (READ_MONITORS,))
MONITORS_LACKING = ScopeGroup("Monitors", (READ_MONITORS, replace(WRITE_MONITORS, held=False)))
DASHBOARDS = ScopeGroup(
    "Dashboards",
    (
        scope_line("dashboards_read", "Read dashboards", "See dashboards and what is on them"),
        scope_line(
            "dashboards_public_share",
            "Share dashboards",
            "Share dashboards with anyone who has the link",
            "write",
            "high",
        ),
    ),
)
ORGANIZATIONS = (
    OrganizationChoice(a.sample_id(1), "Acme Staging", "Standard"),
    OrganizationChoice(a.sample_id(2), a.KOREAN, "Admin"),
    OrganizationChoice(a.sample_id(3), a.LONG, "Read Only"),
)


def every_area() -> tuple[ScopeGroup, ...]:
    areas = (
        "Monitors",
        "Dashboards",
        "Events",
        "Metrics",
        "Incidents",
        "Hosts",
        "Service catalog",
        "Cases",
        "Users",
        "Usage",
    )
    return (
        *tuple(
            ScopeGroup(
                area,
                (
                    scope_line(f"{number}_read", f"Read {area}", f"See {area.lower()} and their settings"),
                    scope_line(
                        f"{number}_write",
                        f"Write {area}",
                        f"Create, change and delete {area.lower()}",
                        "write",
                    ),
                ),
            )
            for number, area in enumerate(areas)
        ),
        ScopeGroup("Sending data", (MAKE_KEYS,)),
    )
