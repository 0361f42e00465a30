"""Headless Chromium for the tests of pages; skipped by name where there is none."""

import shutil
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

needs_chromium = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="no chromium and chromedriver here",
)


def start(profile: Path) -> webdriver.Chrome:
    """A browser that asks nothing of the network; `profile` is a folder that it may fill."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for option in (
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync",
        "disable-background-networking", "disable-component-update", "window-size=1400,900",
        f"user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(f"--{option}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def look_as(browser, width: int = 1400, height: int = 900, **media: str) -> None:
    """Look at pages with a screen of this size, and with `prefers_color_scheme="dark"` and such."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def first_paint(browser, address: str) -> float:
    """Milliseconds until a page shows something."""
    script = "return performance.getEntriesByType('paint').map(entry => entry.startTime)"
    browser.get(address)
    return min(WebDriverWait(browser, 60).until(lambda driver: driver.execute_script(script)))
