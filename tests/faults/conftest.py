"""One house for all the faults of this room: it is put right before each test."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from events.models import Message, SendingHold
from events.outbox import epoch
from tests.faults.house import House, running_house
from tests.faults.machines import speaking_to
from tests.journeys.conftest import let_sqlite_empty_tables
from tests.stack import Process


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """SQLite empties tables by DELETE, which triggers of ledger and logs refuse."""
    let_sqlite_empty_tables(django_db_blocker)


@pytest.fixture(scope="package")
def one_house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[House]:
    with django_db_blocker.unblock(), running_house() as house:
        yield house


@pytest.fixture
def house(
    transactional_db: None, one_house: House, settings: Settings
) -> Iterator[House]:
    """The house, healthy; our own ORM is in its database until the test is over."""
    settings.SITE_URL = one_house.stack.url
    settings.STRIPE_API_BASE = one_house.stack.stripe.base_url
    settings.CELERY_BROKER_URL = one_house.broker.url
    with speaking_to(one_house.database):
        one_house.heal()
        SendingHold.objects.all().delete()
        # Its tables were copied from another database, and nothing would leave.
        epoch.begin(timezone.now())
        yield one_house
        print(Counter(Message.objects.values_list("state", "last_error", "attempts")))
        for process in one_house.stack.processes.values():
            print(f"--- {process.name}", *last_words(process), sep="\n")


def last_words(process: Process) -> list[str]:
    """Of its log: what is not a task or a page that went well, and not all of that."""
    return [line[:300] for line in process.told().splitlines()[-15:]]
