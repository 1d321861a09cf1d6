"""A whole night, played from a script on a copy of an event, and its books compared."""
