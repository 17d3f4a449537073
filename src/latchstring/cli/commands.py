"""The commands of other modules by name: a module is imported when one of its commands runs, not to list it."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

#: Name -> what the list of commands says, and the modules that register it, the one with the command first.
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "demo": (
        "Start PostgreSQL, the platform and a partner's application, and walk through the main job.",
        ("demo",),
    ),
    "explain": ("Say why a request was refused, and what to do.", ("explain",)),
    "reconcile": (
        "End what lives although it was uninstalled or a policy holds it back; exit 1 when anything was found.",
        ("reconcile",),
    ),
    "restored": (
        "End what may have been ended between the backup and now: sign-ins, codes and access tokens.",
        ("restored",),
    ),
    "verify": (
        "Play the integration against each of its sites, and say where one differs from the wire contract.",
        ("verify",),
    ),
    "operator": ("Credentials of the host's operators.", ("admin",)),
    "organization": ("Organizations: customers, and partners' sandboxes.", ("admin",)),
    "partner": ("Partners, who build apps.", ("admin",)),
    "scope": ("Private scopes, which partners may request when approved.", ("admin",)),
    "resource-server": ("Programs of the host that may introspect any token.", ("admin",)),
    "credential": ("Personal credentials for the JSON API.", ("admin",)),
    "user": ("People.", ("people",)),
    "member": ("Who belongs to an organization, with which roles.", ("people",)),
    "role": ("Roles of an organization.", ("people",)),
    "app": (
        "Apps and their OAuth clients, as manifest files.",
        ("apps", "coverage", "runs", "several"),
    ),
    "audit": ("The audit log: list it, verify it.", ("audit",)),
    "keys": ("The server's own keys: prepare, activate and retire them.", ("keys",)),
    "request": ("What partners ask of the host, such as a private scope.", ("partner_requests",)),
    "publish": ("What partners publish: checks, submissions, tiles, roll-back.", ("publish",)),
    "reviewer": ("Who reviews for the host, for which party.", ("publish",)),
    "site": ("The sites of an installation, and what is copied between them.", ("sites",)),
}


def loaded(name: str) -> Any:
    """The command of this name in COMMANDS, with its options or its own commands."""
    app = typer.Typer()
    for module in COMMANDS[name][1]:
        import_module(f"latchstring.cli.{module}").register(app)
    return get_group(app).commands[name]


class Commands(TyperGroup):
    """A group that also lists COMMANDS, and imports one when it is asked for."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        listed = {name: TyperCommand(name, help=told) for name, (told, _) in COMMANDS.items()}
        self.commands = {**self.commands, **listed}

    def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:
        """See `TyperGroup`."""
        if args[0] in COMMANDS:
            self.commands = {**self.commands, args[0]: loaded(args[0])}
        return super().resolve_command(ctx, list(args))
