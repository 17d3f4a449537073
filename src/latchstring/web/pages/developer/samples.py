"""The app and the client that the samples of these pages show."""

from __future__ import annotations

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer.head import AppHead, ClientHead

APP_PATH = f"/developer/apps/{a.sample_id(1)}"
HEAD = AppHead(a.sample_id(1), "On-call Notifier", APP_PATH)
CLIENT = ClientHead(a.sample_id(7), "On-call Notifier", f"{APP_PATH}/clients/{a.sample_id(7)}")
