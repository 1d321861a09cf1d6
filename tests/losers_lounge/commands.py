"""Run a command of ours, and hear what it says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def run(*words: object) -> tuple[str, str]:
    """What a command wrote to stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command(*map(str, words), stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def failure(*words: object) -> str:
    """The one line of a command that could not."""
    with pytest.raises(CommandError) as failed:
        run(*words)
    assert failed.value.returncode != 0
    assert "\n" not in str(failed.value)
    return str(failed.value)
