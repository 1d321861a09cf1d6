"""What forms say that were refused: ours, naming the field, in both languages."""

from http import HTTPStatus

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.factories import make_event, make_member

EMPTY = SimpleUploadedFile("x.csv", b"")


class Everything(forms.Form):
    name = forms.CharField(label="Name", max_length=3)
    email = forms.EmailField(label="Mail")
    wave = forms.IntegerField(label="Wave", min_value=1, max_value=9)
    day = forms.DateField(label="Day")
    doors = forms.DateTimeField(label="Doors")
    hour = forms.TimeField(label="Hour")
    role = forms.ChoiceField(label="Role", choices=[("host", "Host")])
    agreed = forms.BooleanField(label="Agreed")
    file = forms.FileField(label="List")
    nonce = forms.CharField(widget=forms.HiddenInput)


def told(name: str, value: object = None) -> str:
    typed = {} if value is None else {name: value}
    return " ".join(
        Everything(typed, {name: value} if name == "file" else {})[name].errors
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("name", ("", "long", "a\0")),
        ("email", ("", "amy@")),
        ("wave", ("", "three", "0", "10")),
        ("day", ("", "soon")),
        ("doors", ("", "soon")),
        ("hour", ("", "soon")),
        ("role", ("", "king")),
        ("agreed", (None,)),
        ("file", (None, EMPTY)),
    ],
)
def test_every_sentence_is_ours_and_names_its_field(
    name: str, values: tuple[object, ...], language: str
) -> None:
    label = Everything.base_fields[name].label
    with translation.override(language):
        sentences = [told(name, value) for value in values]
        of_django = [" ".join(Everything({}).errors.get(name, [])) for _ in values]
    assert len(set(sentences)) == len(values)
    for sentence in sentences:
        assert "“" in sentence if language == "en" else "«" in sentence, sentence
        assert label in sentence and sentence not in of_django


def test_what_a_page_carries_is_not_laid_at_anybody_s_door() -> None:
    assert told("nonce").startswith("Something this page carries with it was lost")


def test_words_of_a_field_s_own_stand() -> None:
    class Own(forms.Form):
        name = forms.CharField(error_messages={"required": "Who are you?"})

    assert Own({})["name"].errors == ["Who are you?"]


@pytest.mark.django_db
def test_a_page_says_it_on_top_and_beside_the_field_and_keeps_what_was_typed() -> None:
    member, client = make_member(make_event()), Client()
    client.force_login(member.user)
    url = reverse("guests:guest_new", args=[member.event.slug])
    typed = {"name": "Tina Fey", "email": "tina@", "plus_ones": "many"}
    page = client.post(url, typed)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "<title>Error:" in page.text
    for field, words in (
        ("id_email", "“E-mail” takes an address like name@example.com."),
        (
            "id_plus_ones",
            "“Plus-ones allowed” is too long: 2 characters fit. Shorten it.",
        ),
    ):
        assert f'<a href="#{field}">{words}</a>' in page.text
        assert f'id="{field}"' in page.text and page.text.count(words) == 2
    for value in typed.values():
        assert f'value="{value}"' in page.text


def test_a_field_is_described_by_the_very_place_of_its_errors() -> None:
    field = Everything({})["name"]
    assert field.aria_describedby == f"{field.errors.field_id}_error" == "id_name_error"
