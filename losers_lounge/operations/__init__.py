"""For who runs the place: figures for a monitor, alerts with what to do about them."""
