"""The HTML edition in headless Chromium: read, searched and followed, with pointer and keyboard."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from chromium import look_as, needs_chromium

pytestmark = [pytest.mark.slow, needs_chromium]

PHONE, DESKTOP = (320, 640), (1400, 900)
on_both = pytest.mark.parametrize(
    "opened", [PHONE, DESKTOP], ids=["phone", "desktop"], indirect=True
)
AXE = "4.14.1"
WIDE = """
<!-- no check: a formula that is wide, and nothing else -->

$$
f(x) = a_0 + a_1 x + a_2 x^2 + a_3 x^3 + a_4 x^4 + a_5 x^5 + a_6 x^6 + a_7 x^7 + a_8 x^8 + a_9 x^9
$$

and @eq-sample-hw-wide:

$$
\\begin{aligned}
a + b + c + d &= 0 \\quad \\text{for every } e, \\\\
f &= \\mathcal F^{-1} ( \\mathcal F ( \\mathbf{Z}_1 \\text{ turned} )
  \\odot \\mathcal F ( \\mathbf{Z}_2 ) )
\\end{aligned}
$$ {#eq-sample-hw-wide}

and $g(x) = b_0 + b_1 x + b_2 x^2 + b_3 x^3 + b_4 x^4 + b_5 x^5 + b_6 x^6 + b_7 x^7$ in a line.
"""


@pytest.fixture(scope="module")
def page(sample_to_read) -> str:
    """The address of the sample's page, with formulas that are wider than a phone."""
    sample_to_read.append(WIDE)
    sample_to_read.page()
    return (sample_to_read.results / "page.html").as_uri()


@pytest.fixture(scope="session")
def axe(tmp_path_factory) -> str:
    """The text of axe-core, from npm; kept below the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "proofsheet-tests")
    script = cache / f"axe-core-{AXE}.js"
    if not script.is_file():
        if not shutil.which("npm"):
            pytest.skip("no npm here to fetch axe-core with")
        folder = tmp_path_factory.mktemp("npm")
        command = f"npm install --no-audit --no-fund --ignore-scripts axe-core@{AXE}".split()
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            pytest.skip("npm cannot fetch axe-core here")
        cache.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "node_modules/axe-core/axe.min.js", script)
    return script.read_text(encoding="utf-8")


@pytest.fixture
def opened(request, browser, page):
    """The page as on a desk, or as wide as a test asks; whatever is done, the console is silent."""
    look_as(browser, *getattr(request, "param", DESKTOP))
    browser.get(page)
    yield browser
    assert browser.get_log("browser") == []


def one(browser, selector: str):
    return browser.find_element(By.CSS_SELECTOR, selector)


def shown(browser, selector: str) -> list[str]:
    return [e.text for e in browser.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()]


def in_sight(browser, selector: str) -> bool:
    """Does an element begin on the screen?"""
    top = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
    return 0 <= browser.execute_script(top, selector) < browser.get_window_size()["height"]


def open_contents(browser) -> None:
    if one(browser, "#menu").is_displayed():
        one(browser, "#menu").click()


@on_both
def test_no_axe_rule_is_broken(opened, axe):
    opened.set_script_timeout(300)
    for scheme in ("light", "dark"):
        size = opened.execute_script("return [innerWidth, innerHeight]")
        look_as(opened, *size, prefers_color_scheme=scheme)
        # What is folded is judged, too.
        opened.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        opened.execute_script(axe)
        found = opened.execute_async_script(
            "const done = arguments[0];"
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
            ".then(r => done({rules: r.passes.length, broken: r.violations.map("
            "v => [v.id, ...v.nodes.map(n => n.html)])}))"
        )
        assert found["broken"] == []
        assert found["rules"] > 15


def test_axe_would_find_a_mistake(opened, axe):
    opened.execute_script("document.querySelector('svg.drawing').removeAttribute('aria-label')")
    opened.execute_script(axe)
    found = opened.execute_async_script(
        "axe.run({runOnly: ['wcag2a']}).then(r => arguments[0](r.violations.map(v => v.id)))"
    )
    assert "svg-img-alt" in found


@on_both
def test_text_does_not_scroll_sideways_but_wide_formulas_do(opened):
    assert opened.execute_script("return document.documentElement.scrollWidth - innerWidth") <= 0
    width, hidden, reached = opened.execute_script(
        "const all = [...document.querySelectorAll('.equation, math')];"
        "const wide = all.filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0);"
        "return [innerWidth, wide.length, wide.every(e => e.tabIndex === 0)]"
    )
    assert (hidden >= 2) == (width == PHONE[0])
    assert reached


@pytest.mark.parametrize("opened", [PHONE], ids=["phone"], indirect=True)
def test_columns_are_aligned_and_no_formula_covers_its_number(opened):
    gaps = opened.execute_script("""
      const box = (element) => element.getBoundingClientRect();
      const columns = [...document.querySelectorAll('mtd[columnalign="right"]:not(:empty)')];
      const numbered = [...document.querySelectorAll(".equation[id]")];
      return [
        columns.map((cell) => box(cell).right - box(cell.lastElementChild).right),
        numbered.map((equation) => box(equation.querySelector(".number")).left
          - Math.max(...[...equation.querySelectorAll("mi, mn, mo")].map((m) => box(m).right))),
      ]""")
    assert len(gaps[0]) >= 4
    assert max(gaps[0]) < 1
    assert len(gaps[1]) >= 3
    assert min(gaps[1]) > 0


@on_both
def test_a_search_keeps_the_parts_with_all_words(opened):
    open_contents(opened)
    before = shown(opened, "#contents li > a")
    one(opened, "#search").send_keys("residuals trend")
    assert shown(opened, "#contents li > a") == [before[0], before[1], "(b) How it looks"]
    assert one(opened, "#found").text == "Parts with these words: 1"
    one(opened, "#search").send_keys(Keys.ENTER)
    assert in_sight(opened, "#sec-sample-hw-p1-b")
    open_contents(opened)
    one(opened, "#search").send_keys(" nowhere")
    assert shown(opened, "#contents li > a") == []
    one(opened, "#search").clear()
    one(opened, "#search").send_keys("x", Keys.BACKSPACE)
    assert shown(opened, "#contents li > a") == before


def test_a_reference_leads_to_its_figure(opened):
    link = opened.find_element(By.XPATH, "//a[contains(., 'Figure') and contains(., '2b')]")
    link.click()
    assert in_sight(opened, "#fig-sample-hw-p1-two-b")


@on_both
@pytest.mark.parametrize("way", ["pointer", "keyboard"])
def test_a_number_tells_where_it_comes_from(opened, way):
    value = opened.find_element(By.XPATH, "//*[@data-metric and text() = '0.9877']")
    if way == "pointer":
        ActionChains(opened).scroll_to_element(value).move_to_element(value).perform()
    else:
        opened.execute_script("arguments[0].focus()", value)
    assert shown(opened, "#tip") == [
        "sample_hw/p1_lines: slope = 0.98765\n"
        "run solve.py; seeds 0; device cpu (config.yaml); preset full"
    ]
    assert value.get_attribute("aria-describedby") == "tip"
    left, right = opened.execute_script(
        "const box = document.querySelector('#tip').getBoundingClientRect();"
        "return [box.left, innerWidth - box.right]"
    )
    assert min(left, right) >= 0
    # It can be pointed at, and sent away without moving.
    ActionChains(opened).move_to_element(one(opened, "#tip")).perform()
    assert len(shown(opened, "#tip")) == 1
    ActionChains(opened).send_keys(Keys.ESCAPE).perform()
    assert shown(opened, "#tip") == []


@on_both
def test_a_mark_opens_the_row_of_its_check_and_a_caption_its_script(opened):
    one(opened, "a.check").click()
    text = one(opened, "#panel").text
    for words in ("✓1 a = xᵀy / xᵀx", "sampled, autograd", "100", "3.2 × 10⁻¹⁵", "10⁻¹²",
                  "sample_hw/p1_lines/derivations.py", "def slope(rng"):  # fmt: skip
        assert words in text
    ActionChains(opened).send_keys(Keys.ESCAPE).perform()
    assert shown(opened, "#panel") == []
    assert opened.switch_to.active_element == one(opened, "a.check")
    one(opened, "a.source").send_keys(Keys.ENTER)
    text = one(opened, "#panel").text
    assert "workflow/problems/sample_hw/p1_lines/figures.py" in text
    assert "Commit not under git" in text
    assert "Draws the <line>." in text
    opened.find_element(By.XPATH, "//dialog//button").click()
    assert shown(opened, "#panel") == []


@on_both
def test_the_keyboard_reaches_everything_and_is_seen_doing_it(opened):
    ActionChains(opened).send_keys(Keys.TAB).perform()
    assert opened.switch_to.active_element.text == "Skip to the text"
    ActionChains(opened).send_keys(Keys.ENTER).perform()
    assert opened.switch_to.active_element.get_attribute("id") == "text"
    reached = set()
    for _ in range(100):
        ActionChains(opened).send_keys(Keys.TAB).perform()
        focused = opened.switch_to.active_element
        if focused.tag_name == "body":  # the end of the page
            break
        reached.add((focused.get_attribute("class") or focused.tag_name).split()[0])
        outline = focused.value_of_css_property("outline-style")
        assert outline != "none", (focused.tag_name, focused.get_attribute("id"), focused.text[:60])
    assert {"value", "check", "source", "a", "summary"} <= reached


def test_figures_follow_the_color_scheme_and_nothing_moves(opened):
    size = opened.execute_script("return [innerWidth, innerHeight]")
    seen = {}
    for scheme in ("light", "dark"):
        look_as(opened, *size, prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
        body, drawing = one(opened, "body"), one(opened, "svg.drawing")
        seen[scheme] = (
            body.value_of_css_property("background-color"), drawing.value_of_css_property("filter")
        )  # fmt: skip
    assert seen["light"] == ("rgba(255, 255, 255, 1)", "none")
    assert seen["dark"] == ("rgba(18, 20, 23, 1)", "invert(1) hue-rotate(180deg)")
    moving = """return [...document.querySelectorAll('*')].map(e => getComputedStyle(e)).filter(
      s => s.transitionDuration !== '0s' || s.animationName !== 'none'
        || s.scrollBehavior !== 'auto').length"""
    assert opened.execute_script(moving) == 0


def test_on_paper_there_is_the_text_alone(opened):
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    for selector in ("header", ".source", "#scripts", ".skip"):
        assert shown(opened, selector) == []
    assert shown(opened, "main h3")[0] == "Problem 1: Lines through points"
