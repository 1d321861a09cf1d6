"""The scene that every test of this room stands on."""

import pytest
from django.test import Client

from tests.factories import make_member
from tests.security.scene import Scene, make_scene


@pytest.fixture
def scene(db: None) -> Scene:
    """One event on which everything has happened, its total open to the public."""
    scene = make_scene()
    scene.event.total_is_public = True
    scene.event.save()
    return scene


@pytest.fixture
def everyone(scene: Scene) -> Client:
    """One browser that may open every room, and came in by a guest's link."""
    client = scene.member("host")
    for role in ("results", "door", "finance"):
        make_member(scene.event, role, client.user)
    client.get(scene.url("guests:link"))
    return client
