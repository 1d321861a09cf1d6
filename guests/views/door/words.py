"""What the door's scripts say, in the words and the language of its pages."""

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SAID = {
    "offline": _("Offline since {time}."),
    "prices": _("Prices as of {time}."),
    "no_list": _("This browser keeps no list: pair it as a phone of the door."),
    "online": _("The network is back."),
    "queued_one": _("1 scan not sent yet"),
    "queued": _("{n} scans not sent yet"),
    "kept_press": _("No answer. It is kept on this phone, and sent again."),
    "needs_network": _("This needs the network. Nothing was written down."),
    "stay": _("Not yet: scans on this phone are not sent. Wait for the network."),
    "inside": _("Inside."),
    "in_here": _("Let in here at {time} (not sent yet)."),
    "out_here": _("Went out here at {time} (not sent yet)."),
    "home_here": _("Went home here at {time} (not sent yet)."),
    "with": _("with {name}"),
    "let_in": _("Let in"),
    "let_name_in": _("Let {name} in"),
    "on_word": _("on the word of {name}"),
    "not_found": _("Not on the list."),
    "not_found_as_of": _("The list on this phone is from {time}."),
    "too_short": _("Two letters of a name are enough."),
    "more": _("There are more. Type more of the name."),
    "hold": _("Nothing is written down. Call the host, then look again."),
    "who": _("Say which host said so."),
    "wrong_code": _("This code opens nothing here. Try again, or type the name."),
    "looking": _("Hold the code in front of the camera."),
    "no_camera": _("No camera here. Type the name, or the code of the pass."),
    "camera_refused": _("The camera is not allowed. Type the name instead."),
    "green": _("Come in"),
    "gold": _("Winner"),
    "blue": _("Undecided"),
    "grey": _("Not expected"),
    "red": _("Call the host"),
}


def words() -> dict[str, str]:
    """Sentences by name; `{time}` and the like are filled in by the phone."""
    return _words_in(get_language())


@lru_cache(maxsize=32)
def _words_in(language: str | None) -> dict[str, str]:
    """Kept, since every page of the door says them."""
    return {name: str(text) for name, text in SAID.items()}
