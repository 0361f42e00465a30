"""`snakemake --report`: opened in a browser, from the start page to a figure and a table."""

from __future__ import annotations

import zipfile

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from chromium import needs_chromium, severe
from workflow_project import EVERY_SET

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def page(finished, tmp_path_factory):
    """The unpacked report's start page, and the names of all its files."""
    folder = tmp_path_factory.mktemp("report")
    run = finished.snakemake("--report", str(folder / "report.zip"), *EVERY_SET)
    assert run.returncode == 0, run.stdout[-2000:]
    with zipfile.ZipFile(folder / "report.zip") as archive:
        archive.extractall(folder)
        return folder / "report/report.html", archive.namelist()


def click(browser, xpath: str) -> None:
    wait = WebDriverWait(browser, 20)
    wait.until(lambda driver: driver.find_elements(By.XPATH, xpath))[0].click()


def open_result(browser, page, result: str) -> None:
    """From the start page by menus to one figure or table of problem 1."""
    browser.get(page.as_uri())
    for words in ("Results", "CSCI 5527 HW 2", "p1_subspace"):
        click(browser, f"//*[normalize-space(text())='{words}']")
    click(browser, f"//tr[.//*[normalize-space(text())='{result}']]//a[@iconname='eye']")


def test_every_figure_and_table_is_in_it(finished, page):
    _, names = page
    for kind, suffix in (("figures", "svg"), ("tables", "md")):
        made = finished.folder.glob(f"results/csci5527_hw2/*/{kind}/*.{suffix}")
        for path in made:
            wanted = f"{path.parts[-3]}/{path.stem}.{'svg' if kind == 'figures' else 'html'}"
            assert any(name.endswith(wanted) for name in names), wanted


def test_a_click_leads_to_a_figure_with_its_caption(browser, page):
    open_result(browser, page[0], "convergence")
    wait = WebDriverWait(browser, 20)
    image = wait.until(
        lambda driver: driver.find_elements(By.XPATH, "//img[contains(@src, 'svg')]")
    )
    wait.until(lambda driver: int(image[0].get_attribute("naturalWidth")) > 0)
    click(browser, "//tr[.//*[normalize-space(text())='convergence']]//a[2]")
    wait.until(
        lambda driver: "Relative excess loss" in driver.find_element(By.TAG_NAME, "body").text
    )
    assert severe(browser) == []


def test_a_click_leads_to_the_graph_of_the_workflow(browser, page):
    browser.get(page[0].as_uri())
    assert "Deep-learning problem sets" in browser.find_element(By.TAG_NAME, "body").text
    click(browser, "//*[normalize-space(text())='Workflow']")
    wait = WebDriverWait(browser, 20)
    graph = wait.until(lambda driver: driver.find_elements(By.TAG_NAME, "canvas"))[0]
    # It is drawn as pixels, from the rules that the page names.
    ink = (
        "const [canvas] = arguments; return canvas.getContext('2d')"
        ".getImageData(0, 0, canvas.width, canvas.height).data.filter(value => value > 0).length"
    )
    wait.until(lambda driver: driver.execute_script(ink, graph) > 1000)
    source = page[0].read_text(encoding="utf-8")
    for rule in ("csci5527_hw2_p1_subspace", "data", "render", "csci5527_hw2_notebooks"):
        assert f'"{rule}"' in source
    assert severe(browser) == []


def test_a_click_leads_to_a_table(browser, page):
    open_result(browser, page[0], "starts")
    wait = WebDriverWait(browser, 20)
    frame = wait.until(lambda driver: driver.find_elements(By.TAG_NAME, "iframe"))
    browser.switch_to.frame(frame[0])
    wait.until(lambda driver: len(driver.find_elements(By.TAG_NAME, "tr")) > 2)
    assert severe(browser) == []
