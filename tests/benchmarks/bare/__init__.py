"""Plain Django, as `startproject` makes it: what the same work costs at the least."""
