"""What happens to accounts is written down once, and never changed; and passwords."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from events import account_trail
from events.models import AccountActivity, User
from events.passwords import LONGEST
from guests.privacy import retention
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_member, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
NEW_PASSWORD = "another long enough password"
Kind = AccountActivity.Kind


def kinds(user: User | None) -> list[tuple[str, str]]:
    found = AccountActivity.objects.filter(user=user).order_by("pk")
    return list(found.values_list("kind", "how"))


def log_in(email: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(LOGIN, {"login": email, "password": password})
    return client


def test_coming_in_and_leaving_are_one_line_each() -> None:
    user = make_user()
    log_in(user.email).post("/accounts/logout/")
    assert kinds(user) == [(Kind.LOGGED_IN, "password"), (Kind.LOGGED_OUT, "")]


def test_a_failed_log_in_is_a_line_of_whom_it_was_tried_on() -> None:
    user = make_user()
    log_in(user.email.upper(), "not the password")
    assert kinds(user) == [(Kind.LOGIN_FAILED, "password")]


def test_a_try_for_nobody_is_a_line_without_the_address() -> None:
    log_in("canary@x.example", "not the password")
    assert kinds(None) == [(Kind.LOGIN_FAILED, "password")]
    assert "canary" not in str(list(AccountActivity.objects.values()))


def test_known_and_unknown_cost_the_same_statements() -> None:
    """A difference would tell whose address is here."""
    known = User.objects.create_user("known@x.example", PASSWORD).email

    def statements(email: str) -> list[str]:
        heard: list[str] = []

        def hear(execute, sql, params, many, context):
            heard.append(sql.split()[0])
            return execute(sql, params, many, context)

        with connection.execute_wrapper(hear):
            log_in(email, "not the password")
        return heard

    assert statements(known) == statements("nobody@x.example")


def test_a_changed_password_is_a_line() -> None:
    client = signed_in(make_member())
    typed = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **typed})
    assert kinds(client.user) == [(Kind.PASSWORD_CHANGED, "")]


@pytest.fixture
def line() -> AccountActivity:
    account_trail.record(make_user(), Kind.LOGGED_IN, "password")
    return AccountActivity.objects.get()


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "logged_out"), ("how", "x"), ("at", "2020-01-01T00:00Z")],
)
def test_a_line_is_never_written_over(
    line: AccountActivity, column: str, value: str
) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AccountActivity.objects.filter(pk=line.pk).update(**{column: value})


def test_a_line_is_never_deleted_nor_given_to_somebody_else(
    line: AccountActivity,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountActivity.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountActivity.objects.update(user=make_user())
    line.user.delete()
    line.refresh_from_db()
    assert (line.user, line.kind) == (None, Kind.LOGGED_IN)


def test_a_line_is_deleted_when_its_year_is_over_and_not_before() -> None:
    """The table itself refuses the younger one, whoever asks."""
    now = timezone.now()
    user = make_user()
    for days in (367, 364):
        at = now - timedelta(days=days)
        AccountActivity.objects.create(user=user, kind=Kind.LOGGED_IN, at=at)
    retention.forget_due(now)
    (young,) = AccountActivity.objects.all()
    assert young.at == now - timedelta(days=364)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        account_trail.forget_old(now + timedelta(days=30))


def test_a_new_database_has_no_account() -> None:
    """Nobody comes in by a password that stands in a manual."""
    assert not User.objects.exists()


# --- Passwords -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        *("a" * 11, "x9!" * 3, "eleven char"),  # too short, whatever is in it
        "p" * (LONGEST + 1),
        *("password1234", "qwertyuiop123", "1234567890123"),  # everybody's
        *("Losers Lounge 2026!", "trophy-party-host", "emmyaward1234567"),  # ours
        "person.of.the.team",  # nearly their address
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    user = User(email="person.of.the.team@x.example", name="Person")
    with pytest.raises(ValidationError):
        validate_password(password, user)


@pytest.mark.parametrize(
    "password",
    [
        "four quiet words here",  # no digit, sign or capital is asked for
        "\u00e4\u00f6\u00fc \u4f60\u597d \U0001f600 \u00fcber allem",
        "x1" * (LONGEST // 2),
        " begins and ends with a space ",
        "the lounge is open at midnight",
    ],
)
def test_any_long_password_of_one_s_own_is_taken_as_it_was_typed(password: str) -> None:
    user = make_user(email=f"p{len(password)}@x.example")
    client = Client()
    client.force_login(user)
    typed = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    client.post("/accounts/password/change/", typed)
    assert log_in(user.email, password).get("/events/").status_code == 200
    assert log_in(user.email, password[:-1]).get("/events/").status_code == 302


def test_a_password_may_be_pasted_and_filled_in_by_a_manager() -> None:
    """Nothing on the page reads keys or pastes; the fields say what they are for."""
    page = Client().get(LOGIN).content.decode()
    assert 'type="password"' in page and 'autocomplete="current-password"' in page
    assert "onpaste" not in page and "maxlength" not in page.partition("password")[2]
    client = signed_in(make_member())
    change = client.get("/accounts/password/change/").content.decode()
    assert change.count('autocomplete="new-password"') == 2
