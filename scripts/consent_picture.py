"""Takes docs/images/consent.png from a demo that is running: `make demo`, and this beside it."""

import asyncio
import os
from pathlib import Path

from playwright.async_api import async_playwright

from latchstring.demo.cast import ADMINISTRATOR, PASSWORD

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "consent.png"
NOTIFIER = os.environ.get("NOTIFIER", "http://localhost:8200")


async def take() -> None:
    """Connect as a customer would, and stop at the question."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = await browser.new_page(viewport={"width": 560, "height": 1240}, color_scheme="light")
        await page.goto(f"{NOTIFIER}/connect")
        await page.fill("input[name=email]", ADMINISTRATOR.email)
        await page.fill("input[name=password]", PASSWORD)
        await page.click("main button[type=submit], main form button.primary")
        await page.wait_for_selector("form.decision")
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURE)
        await browser.close()


asyncio.run(take())
