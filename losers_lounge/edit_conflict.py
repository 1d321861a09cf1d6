"""What a form was drawn from, in one word that it carries along.

Two people who change one thing at the same time: who saves second is shown what the
first one wrote, and nothing is overwritten unseen.
"""

import hashlib
import json

from django.forms import Form


def mark(*values: object) -> str:
    """Another word for any other values, or for the same in another order."""
    text = json.dumps(values, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def show_what_stands(form: Form, stands: str, words: str) -> None:
    """Somebody was faster: say so, and let the next press go by what `stands` now."""
    form.add_error(None, words)
    form.data = form.data.copy()
    form.data["seen"] = stands
