"""A part of a page that is drawn anew takes nothing from whoever is in it."""

from django.conf import settings
from playwright.sync_api import Page, expect

PART = """<div id="part"><form action="/a"><details><summary>Say more</summary>
<label>Words <input name="words"></label></details>{button}</form>
<p data-news>{news}</p></div>"""
BUTTON = "<button>Admit</button>"
PAGE = "<!doctype html><title>T</title><main>{}</main><p id='said' role='status'></p>"
DRAW = """fresh => {
  const kept = window.remember(document.body);
  document.getElementById("part").outerHTML = fresh;
  window.restore(kept, document.body);
}"""


def test_focus_words_and_what_is_open_outlive_news_that_are_said_once(
    page: Page,
) -> None:
    module = (settings.BASE_DIR / "static/js/keeping.js").read_text()
    page.set_content(
        PAGE.format(PART.format(button=BUTTON, news="Nothing is waiting."))
    )
    page.add_script_tag(
        type="module",
        content=f"{module}\nObject.assign(window, {{remember, restore}});",
    )
    page.wait_for_function("() => Boolean(window.restore)")
    page.get_by_text("Say more").press("Enter")
    page.get_by_label("Words").press_sequentially("a friend of the house")
    page.evaluate(DRAW, PART.format(button=BUTTON, news="Nothing is waiting."))
    expect(page.get_by_label("Words")).to_have_value("a friend of the house")
    expect(page.get_by_label("Words")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("")
    page.keyboard.press("Tab")
    page.evaluate(DRAW, PART.format(button=BUTTON, news="Tina waits."))
    expect(page.get_by_role("button", name="Admit")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Tina waits.")
    # Gone: the next Tab goes on from the part it stood in, not from the top.
    page.evaluate(DRAW, PART.format(button="", news="Tina waits."))
    expect(page.locator("#part")).to_be_focused()
