"""The script of the chapter on publishing, tiles and revisions."""

from latchstring.demo.script import Line

SCRIPT = (
    Line(
        "sandbox",
        "{developer} makes every scope work in {partner}'s sandbox",
        "Test client, real calls: coverage says which operation exercised which scope.",
    ),
    Line(
        "checked",
        "The integration's folder passes the checks",
        "README, manifest and assets/oauth_clients.json are read as a reviewer would; each check says what to do.",
    ),
    Line(
        "tile",
        "{developer} asks to publish the integration; every party approves",
        "The client was published first, the tile after: two steps. Nobody reviews their own.",
    ),
    Line(
        "install",
        "{name} of {customer} finds the tile, and installs it",
        "The Integrations page shows it to every organization now.",
    ),
    Line(
        "connect",
        "Connect Accounts leads through consent and back",
        "A flow that begins at the tile is marked on the server and needs every permission.",
    ),
    Line(
        "receipts",
        "{name} sees what it called",
        "Per scope: which operations, how often, when last. Data flows, and is told.",
    ),
    Line(
        "revision",
        "{partner} submits a revision with one scope more; it is approved",
        "Same client ID, same secret, shown to nobody. What the token of {customer} may do has not grown.",
    ),
    Line(
        "difference",
        "{name} allows the new scope",
        "The tile asks; consent shows what is new and folds what was allowed before.",
    ),
    Line(
        "uninstall",
        "{name} uninstalls it, and keeps the receipt",
        "One transaction ends authorizations and keys; the receipt names each.",
    ),
    Line(
        "dead",
        "Token and key are dead",
        "The very next call and the very next intake are refused, on every process.",
    ),
)
