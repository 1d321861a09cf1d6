"""What the product looks like, and what a phone pays for it, on the demo's own night.

    .venv/bin/python -m tests.face.pictures      # draws the README anew
    .venv/bin/python -m tests.face.lighthouse    # needs `npx lighthouse`

Both play the night of 2013 in a temporary folder and need Chromium. Neither is
collected by the test command.
"""
