"""A host, a workbook with titles of its own, and second thoughts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from events.models import Event, Member
from tests.browser import LAPTOP, PHONE
from tests.factories import make_event, make_member
from tests.guests.factories import make_guest
from tests.journeys.people import sign_in
from tests.journeys.phones import fits, follow_link

ROWS = (
    ("Who", "E-mail", "Bringing", "Publicist", "Publicist email", "Shoe size"),
    ("Downey, Robert", "r@agency.example", 1, None, None, 44),
    ("Merritt Wever", None, 0, "Dana Fox", "dana@agency.example", 38),
    ("Lena Dunham", None, 1, "Dana Fox", "dana@agency.example", 39),
    ("Jon Hamm", "not an address", None, None, None, None),
)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    path = tmp_path / "party.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (LAPTOP, "dark")], ids=["phone", "laptop"]
)
def test_a_workbook_is_mapped_reviewed_imported_and_taken_back(
    open_browser: Callable[..., Page],
    workbook: Path,
    size: dict[str, int],
    scheme: str,
) -> None:
    event = make_event()
    robert = make_guest(event, name="Robert Downey Jr.")
    host = make_member(event, Member.Role.HOST).user
    page = sign_in(open_browser(size, color_scheme=scheme), host)
    page.goto(f"/events/{event.slug}/guests/import/")
    fits(page)
    page.get_by_label("CSV or Excel file").set_input_files(str(workbook))
    page.get_by_role("button", name="Show me what it would do").click()
    the_columns_are_said(page)
    the_names_are_reviewed(page)
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_role("heading", name="This is what happened")).to_be_visible()
    fits(page)
    page.get_by_label("Dana Fox").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Dana Fox")).to_be_checked()
    robert.refresh_from_db()
    assert robert.aliases == ["Robert Downey"]
    assert names_of(event) == ["Lena Dunham", "Merritt Wever", "Robert Downey Jr."]
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("2 taken off the list, 1 put back")).to_be_visible()
    fits(page)
    assert names_of(event) == ["Robert Downey Jr."]


def the_columns_are_said(page: Page) -> None:
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    fits(page)
    page.get_by_label("Who").select_option("Name")
    page.get_by_label("Bringing").select_option("Plus-ones allowed")
    page.get_by_role("button", name="Show me what it would do").click()
    expect(page.get_by_text("“not an address” is not an e-mail")).to_be_visible()
    fits(page)


def the_names_are_reviewed(page: Page) -> None:
    follow_link(page, "Look at them side by side")
    fits(page)
    page.get_by_text("The same person as Robert Downey Jr., on the list").click()
    page.get_by_role("button", name="Save").click()
    expect(
        page.get_by_role("heading", name="This is what would happen")
    ).to_be_visible()


def names_of(event: Event) -> list[str]:
    people = event.guests.on_the_list().order_by("name_key")
    return list(people.values_list("name", flat=True))
