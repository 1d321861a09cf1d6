"""What `collectstatic` writes of a file for production."""

import re
from pathlib import Path

from losers_lounge.static_storage import ModuleStaticFilesStorage


def test_what_pages_name_is_compressed_and_once(tmp_path: Path) -> None:
    storage = ModuleStaticFilesStorage(tmp_path, "/static/")
    (tmp_path / "a.css").write_text("p { margin: 0 }\n" * 200)
    list(storage.post_process({"a.css": (storage, "a.css")}))
    names = {path.name for path in tmp_path.glob("a.*")}
    named = storage.url("a.css", force=True).removeprefix("/static/")
    assert re.fullmatch(r"a\.[0-9a-f]{12}\.css", named)
    assert names == {"a.css", named, f"{named}.br", f"{named}.gz"}
