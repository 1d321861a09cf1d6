"""Why the desk cannot do what was pressed."""


class ResultsRefused(Exception):
    """The desk cannot do that; the text says why and what stands."""


class StaleCategory(ResultsRefused):
    """Somebody else changed the category since the page was shown."""


class AlreadyOfficial(ResultsRefused):
    """These very winners are official; there is nothing to announce."""


class TooLate(ResultsRefused):
    """The hold is over, or nothing stands to undo: only a correction helps now."""
