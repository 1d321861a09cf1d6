"""Static files under names that say their contents, also in our modules' imports."""

from collections.abc import Iterable
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""(?P<matched>from ["'](?P<url>\./[^"']+)["'];)"""


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """`import ... from "./other.js"` in our own modules names the other's hashed file.

    Only in ours: Django's own switch for this reads comments of vendored files too.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((IMPORT, 'from "%(url)s";'),)),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._known: dict[tuple[str, bool], str] = {}

    def compress_files(self, paths: set[str]) -> Iterable[tuple[str, str]]:
        """Those that pages name; nobody asks for a file by its plain name."""
        return super().compress_files(paths & set(self.hashed_files.values()))

    def url(self, name: str, force: bool = False) -> str:
        """Django's own; each page asks a dozen, which stand for the process's life."""
        if (name, force) not in self._known:
            self._known[name, force] = super().url(name, force)
        return self._known[name, force]
