"""Who is on the list: by the file, by hand, and which nominee they are."""

import pytest
from pytest_django import DjangoAssertNumQueries

from events.models import Activity, Event
from guests import guest_list
from guests.guest_list import planning, reading
from guests.models import Contact, Guest, Invitation
from losers_lounge import csvfile
from losers_lounge.names import fold
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.factories import make_guest
from tests.guests.people import AT, YES, say


def plan_of(event: Event, text: str) -> planning.GuestPlan:
    table = csvfile.read(text.encode(), reading.COLUMNS, "name")
    rows = [reading.parse(row.line, row.cells) for row in table.rows]
    return planning.plan(event, rows)


def verdicts(event: Event, text: str) -> list[str]:
    return [row.verdict for row in plan_of(event, text).rows]


def apply(event: Event, text: str) -> list[str]:
    """Import a text; what each row turned out to be."""
    planned = plan_of(event, text)
    guest_list.apply(event, planned, AT)
    return [row.verdict for row in planned.rows]


def typed(name: str, **fields: str) -> reading.PlannedGuest:
    return reading.parse(0, {"name": name} | fields)


@pytest.mark.django_db
class TestOneRow:
    """What a row may say, and what is refused with a reason."""

    def test_a_full_row_is_a_full_guest(self, event: Event) -> None:
        apply(
            event,
            "name,email,phone,plus_ones,tags,notes,vip\n"
            "Tina Fey,TINA@Example.COM,+1 310,2,nominee;Host;host,Table 4,yes\n",
        )
        guest = Guest.objects.select_related("invitation__contact").get()
        assert (guest.name, guest.name_key) == ("Tina Fey", "tina fey")
        assert guest.tags == ["nominee", "Host", "host"]
        assert (guest.notes, guest.is_vip) == ("Table 4", True)
        assert guest.invitation.plus_ones == 2
        contact = guest.invitation.contact
        assert (contact.email, contact.phone) == ("tina@example.com", "+1 310")

    def test_only_a_name_is_needed(self, event: Event) -> None:
        assert apply(event, "name\nTina Fey\n") == ["new"]
        assert Contact.objects.get().email == ""

    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ({"name": ""}, "The name is missing."),
            ({"name": "…"}, "The name is missing."),
            ({"name": "x" * 201}, "longer than 200"),
            ({"contact_name": "x" * 201}, "longer than 200"),
            ({"notes": "x" * 2_001}, "longer than 2000"),
            ({"email": "tina"}, "is not an e-mail address"),
            ({"email": "a@b@c.org"}, "is not an e-mail address"),
            ({"email": "tina@example.com, b@c.org"}, "is not an e-mail address"),
            ({"email": "a" * 250 + "@example.com"}, "is not an e-mail address"),
            ({"contact_email": "a" * 250 + "@example.com"}, "not an e-mail address"),
            ({"email": "t@example.com Bcc: all@x.org"}, "is not an e-mail address"),
            ({"plus_ones": "21"}, "from 0 to 20"),
            ({"plus_ones": "-1"}, "from 0 to 20"),
            ({"plus_ones": "1.5"}, "from 0 to 20"),
            ({"plus_ones": "1e3"}, "from 0 to 20"),
            ({"plus_ones": "٣"}, "from 0 to 20"),
            ({"plus_ones": "9" * 40}, "from 0 to 20"),
            ({"plus_ones": "0" * 9 + "99"}, "from 0 to 20"),
            ({"vip": "maybe"}, "yes, no or empty"),
        ],
        ids=str,
    )
    def test_nonsense_is_refused_with_a_reason(
        self, event: Event, cells: dict[str, str], reason: str
    ) -> None:
        row = reading.parse(1, {"name": "Tina Fey"} | cells)
        assert row.verdict == "refused"
        assert reason in row.reason

    def test_leading_noughts_are_no_reason(self) -> None:
        assert typed("Tina", plus_ones="0" * 5_000 + "2").plus_ones == 2

    @pytest.mark.parametrize(
        "name", ["=1+1", "<img onerror=alert(1)>", "{{ x }}", "ß" * 200, "ﷺ" * 200]
    )
    def test_odd_names_are_kept_as_text(self, event: Event, name: str) -> None:
        assert apply(event, f"name\n{name}\n") == ["new"]
        assert Guest.objects.get().name == name

    def test_a_header_in_a_name_is_one_line(self, event: Event) -> None:
        apply(event, 'name\n"Tina\r\nBcc: all@example.com"\n')
        assert Guest.objects.get().name == "Tina Bcc: all@example.com"

    def test_an_assistant_is_greeted_where_the_guest_has_no_address(
        self, event: Event
    ) -> None:
        apply(
            event,
            "name,email,phone,contact_name,contact_email\n"
            "Merritt Wever,,555,Dana Fox,dana@agency.example.com\n"
            "Tina Fey,tina@example.com,,Dana Fox,dana@agency.example.com\n",
        )
        contacts = Contact.objects.order_by("pk").values_list("name", "email", "phone")
        assert list(contacts) == [
            ("Dana Fox", "dana@agency.example.com", ""),
            ("Tina Fey", "tina@example.com", ""),
        ]


@pytest.mark.django_db
class TestTheSamePerson:
    """A file read twice adds nobody, whoever is in it."""

    FILES = (
        "name,email\nMandy Moore,a@x.org\nMandy Moore,b@x.org\n",
        "name,email\nMandy Moore,\nMandy Moore,b@x.org\n",
        "name,email\nMandy Moore,b@x.org\nMandy Moore,\n",
        "name,email,contact_email\nAnn,,dana@x.org\nBob,,dana@x.org\n",
        "name,email\nZoë Kravitz,Z@X.org\n",
    )

    @pytest.mark.parametrize("before", ["", *FILES])
    @pytest.mark.parametrize("text", FILES)
    def test_a_file_read_twice_adds_nobody(
        self, event: Event, before: str, text: str
    ) -> None:
        if before:
            apply(event, before)
        apply(event, text)
        people = Guest.objects.count()
        assert set(apply(event, text)) == {"same"}
        assert Guest.objects.count() == people

    def test_two_of_one_name_are_matched_to_two_on_the_list(self, event: Event) -> None:
        make_guest(event, name="Mandy Moore")
        Contact.objects.update(email="")
        text = "name,email\nMandy Moore,a@x.org\nMandy Moore,b@x.org\n"
        assert apply(event, text) == ["changed", "new"]
        assert sorted(Contact.objects.values_list("email", flat=True)) == [
            "a@x.org",
            "b@x.org",
        ]

    def test_the_same_person_twice_in_a_file_is_told_with_the_line(
        self, event: Event
    ) -> None:
        text = "name,email\nTina,T@x.org\nTINA,t@X.org\ntina,t@x.ORG\n"
        planned = plan_of(event, text)
        assert [row.verdict for row in planned.rows] == ["new", "refused", "refused"]
        assert planned.rows[2].reason == "The same person as on line 2."

    def test_a_namesake_at_another_address_is_new_and_said_to_be_one(
        self, event: Event
    ) -> None:
        make_guest(event, name="Mandy Moore")
        (row,) = plan_of(event, "name,email\nMandy Moore,new@x.org\n").rows
        assert row.verdict == "new"
        assert "at another address" in row.reason

    def test_somebody_taken_off_the_list_may_come_back(self, event: Event) -> None:
        make_guest(event, name="Tina", removed_at=AT)
        assert verdicts(event, "name\nTina\n") == ["new"]

    def test_a_plus_one_of_that_name_is_not_on_the_list_by_themselves(
        self, event: Event
    ) -> None:
        say(make_guest(event, plus_ones=1), YES, "Tina")
        assert verdicts(event, "name\nTina\n") == ["new"]

    def test_people_of_another_event_are_others(self, event: Event) -> None:
        make_guest(make_event(), name="Tina")
        assert apply(event, "name\nTina\n") == ["new"]

    def test_an_agents_clients_share_one_contact(self, event: Event) -> None:
        text = (
            "name,contact_name,contact_email\n"
            "Ann,Dana Fox,dana@x.org\nBob,Dana Fox,DANA@x.org\n"
        )
        apply(event, text)
        apply(event, text + "Cy,Dana Fox,dana@x.org\n")
        assert Contact.objects.count() == 1
        assert Invitation.objects.count() == 3


@pytest.mark.django_db
class TestAChange:
    """A second file changes what it names, and nothing else."""

    def test_given_cells_change_and_empty_ones_do_not(self, event: Event) -> None:
        header = "name,email,phone,plus_ones,tags,notes,vip\n"
        apply(event, header + "Tina,t@x.org,555,2,host,Table 4,yes\n")
        assert apply(event, header + "Tina,t@x.org,777,,friend,,no\n") == ["changed"]
        guest = Guest.objects.select_related("invitation__contact").get()
        assert (guest.tags, guest.notes, guest.is_vip) == (["friend"], "Table 4", False)
        assert guest.invitation.plus_ones == 2
        assert guest.invitation.contact.phone == "777"

    def test_the_plan_names_what_would_change(self, event: Event) -> None:
        apply(event, "name,phone,vip\nTina,555,\n")
        planned = plan_of(event, "name,email,phone,vip\nTina,t@x.org,777,yes\n")
        assert planned.rows[0].reason == "phone, is vip, email"

    def test_many_changes_cost_as_much_as_few(
        self, event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        names = [f"Guest {number}" for number in range(40)]
        apply(event, "name,email\n" + "".join(f"{n},{n[6:]}@x.org\n" for n in names))
        text = "name,email,phone,plus_ones,tags\n"
        for chosen in (names[:4], names):
            rows = (f"{n},{n[6:]}@x.org,{len(chosen)},3,vip\n" for n in chosen)
            with django_assert_max_num_queries(20):
                assert set(apply(event, text + "".join(rows))) == {"changed"}

    def test_a_tag_that_exempts_takes_the_debt_away(self) -> None:
        event = make_event(exempt_tags=["presenter"])
        nominee = make_nominee(event, "Tina Fey")
        category = make_category(event, state="official", official_at=AT)
        make_nomination(category, nominee, outcome="won")
        apply(event, "name,tags\nTina Fey,nominee\n")
        assert Guest.objects.get().obligations.get().state == "due"
        apply(event, "name,tags\nTina Fey,presenter\n")
        assert Guest.objects.get().obligations.get().state == "void"


@pytest.mark.django_db
class TestByHand:
    def test_one_person_is_added_with_a_line_in_the_log(self, event: Event) -> None:
        guest = guest_list.add(event, typed("Tina"), by=make_user("Amy"), at=AT)
        assert guest == Guest.objects.get()
        assert str(Activity.objects.get()) == "Amy added a guest Tina"

    def test_the_same_person_again_is_nobody_new(self, event: Event) -> None:
        by = make_user()
        guest_list.add(event, typed("Tina", email="t@x.org"), by=by, at=AT)
        again = typed("TINA", email="t@x.org", phone="5")
        assert guest_list.add(event, again, by=by, at=AT) is None
        assert Guest.objects.count() == 1

    def test_adding_one_reads_only_their_namesakes(
        self, event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(30):
            make_guest(event, name=f"Guest {number}")
        with django_assert_max_num_queries(25):
            guest_list.add(event, typed("Tina"), by=make_user(), at=AT)


def test_keys_are_made_by_the_same_rule_everywhere() -> None:
    assert typed(" Zoë  KRAVITZ ").name_key == fold("zoe kravitz")
