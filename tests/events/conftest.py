"""Who sits at the results desk, and when."""

from datetime import datetime

import pytest
from django.utils import timezone

from events.models import User
from tests.factories import make_user


@pytest.fixture
def dana(db: None) -> User:
    return make_user("Dana")


@pytest.fixture
def ravi(db: None) -> User:
    return make_user("Ravi")


@pytest.fixture
def at() -> datetime:
    return timezone.now()
