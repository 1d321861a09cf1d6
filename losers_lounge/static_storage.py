"""Static files under names that say their contents, also in our modules' imports."""

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
