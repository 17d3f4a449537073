"""Who plays in the demo: organizations, people, and what is theirs."""

from dataclasses import dataclass

PASSWORD = "let the string out"
PARTNER = "Pagewell"
CUSTOMER = "Acme"
OTHER_CUSTOMER = "Harbor Coffee"
HOST = "Beacon"
EU_CUSTOMER = "Nordlicht"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in: a role in each of their organizations."""

    email: str
    name: str
    roles: tuple[tuple[str, str], ...]

    @property
    def tells(self) -> str:
        """Their roles, as people say it."""
        return ", ".join(f"{role} of {organization}" for organization, role in self.roles)


ADMINISTRATOR = Person("mina@acme.example", "Mina Park", ((CUSTOMER, "Admin"),))
DEVELOPER = Person("dev@pagewell.example", "Dana Reyes", ((PARTNER, "Admin"),))
#: The host's own people, and the party that each of them answers for.
REVIEWERS = {
    "partnerships": Person("sam@beacon.example", "Sam Okafor", ((HOST, "Standard"),)),
    "security": Person("ines@beacon.example", "Ines Moreau", ((HOST, "Standard"),)),
}
INSTALLER = Person("rosa@acme.example", "Rosa Silva", ((CUSTOMER, "Read Only"), (OTHER_CUSTOMER, "Admin")))
PEOPLE = (
    ADMINISTRATOR,
    Person("jun@acme.example", "Jun Lee", ((CUSTOMER, "Standard"),)),
    INSTALLER,
    DEVELOPER,
    *REVIEWERS.values(),
)

#: At the other site: a customer of its own, and the partner's sandbox there, under the same address.
EU_ADMINISTRATOR = Person("lena@nordlicht.example", "Lena Vogt", ((EU_CUSTOMER, "Admin"),))
EU_PEOPLE = (EU_ADMINISTRATOR, DEVELOPER)
EU_MONITORS = {
    EU_CUSTOMER: (("Ferry is late", "avg(last_5m):avg:ferry.delay{route:north} > 12"),),
}

#: Monitors of each customer: name and query.
MONITORS = {
    CUSTOMER: (
        ("Checkout is slow", "avg(last_5m):avg:checkout.latency{env:prod} > 0.8"),
        ("Payments fail", "sum(last_10m):sum:payments.failed{env:prod}.as_count() > 20"),
        ("Disk of the database fills up", "avg(last_15m):max:disk.used{role:db} by {host} > 90"),
    ),
    OTHER_CUSTOMER: (("Oven is cold", "avg(last_5m):avg:oven.temperature{shop:harbor} < 180"),),
}
