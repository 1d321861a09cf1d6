"""How each language writes days, times and numbers; Django reads these by name."""
