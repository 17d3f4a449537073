"""How a plan reads in a terminal: what is made, changed and left, field by field; what can't be comes last."""

from collections.abc import Iterator

from latchstring.apps.imports import Applied
from latchstring.apps.plan import Change, Plan, Step

_SIGNS = {"create": "+", "change": "~", "unchanged": "="}
_LONGEST = 200


def plan_lines(plan: Plan, *, leaves_out: bool) -> Iterator[str]:
    """The lines of a plan."""
    for noun, step in (("app", plan.app), *(("client", one) for one in plan.clients)):
        if step is not None:
            yield from _step_lines(noun, step)
    for name in plan.others:
        yield f"  client {_text(name)}: not in the file, stays"
    for place in plan.ignored:
        yield f"  {_text(place, quoted=False)}: means nothing here, ignored"
    if plan.problems:
        yield "Left out, since it can't be done here:" if leaves_out else "Can't be done here:"
    for problem in plan.problems:
        yield f"! {_text(problem.place, quoted=False)} {_text(problem.value)}: {problem.reason}"
    yield _sum(plan)


def applied_lines(applied: Applied, *, leaves_out: bool) -> Iterator[str]:
    """What was done, the ids, and each new client's secret."""
    yield from plan_lines(applied.plan, leaves_out=leaves_out)
    yield f"app {applied.app.id} {_text(applied.app.name)}"
    for one in applied.clients:
        yield f"client {one.client.id} {_text(one.client.name)}"
        if one.client_secret is not None:
            yield f"  secret, shown this once: {one.client_secret}"


def _step_lines(noun: str, step: Step) -> Iterator[str]:
    yield f"{_SIGNS[step.kind]} {noun} {_text(step.name)}: {step.kind}"
    for change in step.changes:
        yield from _change_lines(change)


def _change_lines(change: Change) -> Iterator[str]:
    if isinstance(change.after, str):
        before = "" if change.before is None else f"{_text(str(change.before))} -> "
        yield f"    {change.field}: {before}{_text(change.after)}"
        return
    before_items = change.before if isinstance(change.before, tuple) else ()
    yield f"    {change.field}:"
    yield from (f"      + {_text(one)}" for one in change.after if one not in before_items)
    yield from (f"      - {_text(one)}" for one in before_items if one not in change.after)


def _sum(plan: Plan) -> str:
    steps = [step for step in (plan.app, *plan.clients) if step is not None]
    counts = [f"{sum(step.kind == kind for step in steps)} to {kind}" for kind in ("create", "change")]
    unchanged = sum(step.kind == "unchanged" for step in steps)
    return f"Plan: {', '.join(counts)}, {unchanged} unchanged, {len(plan.problems)} can't be done."


def _text(text: str, *, quoted: bool = True) -> str:
    """A stranger's text on one line, with nothing in it that a terminal would obey."""
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in shown)
    return f'"{shown}"' if quoted else shown
