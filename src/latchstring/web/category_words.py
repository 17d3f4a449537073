"""What the usual categories of integrations are called; a category that a partner made up is called as it is."""

from typing import Final

from latchstring.web.translations import Text, Words

_USUAL: Final = {
    text.message: text
    for text in (
        Text("Alerting"),
        Text("Automation"),
        Text("Cloud"),
        Text("Collaboration"),
        Text("Compliance"),
        Text("Configuration & Deployment"),
        Text("Containers"),
        Text("Cost Management"),
        Text("Data Stores"),
        Text("Developer Tools"),
        Text("Event Management"),
        Text("Incidents"),
        Text("Issue Tracking"),
        Text("Languages"),
        Text("Log Collection"),
        Text("Message Queues"),
        Text("Metrics"),
        Text("Mobile"),
        Text("Network"),
        Text("Notifications"),
        Text("Orchestration"),
        Text("Provisioning"),
        Text("Security"),
        Text("Testing"),
        Text("Tracing"),
    )
}


def category_words(name: str) -> Words:
    """The name of a category, to be said in the reader's language."""
    return _USUAL.get(name, name)
