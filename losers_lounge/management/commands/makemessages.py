"""`makemessages --locale es`: bring the file for translators up to the code."""

from typing import Any

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Django's own, as this project wants it: no guesses, no lines that move."""

    # `noop` marks words of the log, which is kept in English and told when it is read.
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=noop"]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        options.update(no_wrap=True, no_obsolete=True, add_location="file")
        options["ignore_patterns"] += ["tests", ".venv", "var", "staticfiles"]
        super().handle(*args, **options)
