"""Each act that security asks about leaves one line that nobody rewrites (ASVS 16.3).

Log-ins and factors stand in the accounts' own trail (tests/events/test_accounts.py);
that lines are never changed is held by triggers (tests/events/test_activity.py).
"""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Activity
from guests.door import pins
from tests.factories import make_member
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

Act = Callable[[Scene], None]


def press(person: str, route: str, **typed: str) -> Act:
    def act(scene: Scene) -> None:
        answer = scene.member(person).post(scene.url(route), typed)
        assert answer.status_code == 302, answer.status_code

    return act


def take(role: str, name: str) -> Act:
    def act(scene: Scene) -> None:
        assert b"".join(scene.member(role).get(scene.url(name)).streaming_content)

    return act


def role_change(scene: Scene) -> None:
    member = make_member(scene.event, "door")
    url = reverse("events:member_role", args=[scene.event.slug, member.pk])
    assert scene.member("host").post(url, {"role": "results"}).status_code == 302


def override_by_pin(scene: Scene) -> None:
    """A host's wrong PIN on somebody else's phone."""
    host = scene.event.members.filter(role="host").first()
    pins.set_pin(host, "402817", by=host.user, at=timezone.now())
    with pytest.raises(pins.WrongPin):
        pins.check(scene.event, host.pk, "402818", "device/1")


def resend_receipts(scene: Scene) -> None:
    typed = {"nonce": "n" * 8, "number": scene.arguments["number"]}
    press("finance", "donations:receipts_send", **typed)(scene)


# What is done, and the words of the line it leaves.
ACTS: dict[str, tuple[Act, str]] = {
    "the guest list is taken": (take("host", "guests:export_csv"), "took a file"),
    "as a workbook": (take("host", "guests:export_xlsx"), "took a file"),
    "the venue's list": (take("host", "guests:venue_csv"), "took a file"),
    "the log itself": (take("host", "guests:activity_csv"), "took a file"),
    "the books": (take("finance", "donations:statement_pdf"), "took a file"),
    "the journal": (take("finance", "donations:journal_csv"), "took a file"),
    "a letter goes again": (press("host", "guests:message_again"), "again"),
    "a link is retired": (press("host", "guests:link_rotate"), "retired a link"),
    "a winner is let off": (
        press("host", "guests:obligation_decide", do="waive", reason="Friend"),
        "waived",
    ),
    "somebody is kept out": (press("host", "guests:block", blocked="yes"), "block"),
    "receipts go again": (resend_receipts, "receipt again"),
    "a phone is shut out": (press("host", "guests:device_revoke"), "shut out a phone"),
    "a newcomer joins": (
        press("host", "events:team", name="A", email="a@x.example", role="door"),
        "put on the team",
    ),
    "a role is changed": (role_change, "changed a role"),
    "a wrong PIN is typed": (override_by_pin, "typed a wrong PIN"),
    "mail is held": (press("host", "guests:mail_hold"), "held the mail"),
}


@pytest.mark.parametrize("what", ACTS)
def test_an_act_leaves_one_line(scene: Scene, what: str) -> None:
    act, words = ACTS[what]
    before = Activity.objects.filter(event=scene.event, verb__icontains=words).count()
    act(scene)
    lines = Activity.objects.filter(event=scene.event, verb__icontains=words)
    assert lines.count() == before + 1, list(
        scene.event.activities.values_list("verb", flat=True)[:5]
    )
    line = lines.latest("pk")
    assert line.actor_name and line.at
