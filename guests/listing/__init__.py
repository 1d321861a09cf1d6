"""The guest list as a host works with it: asked for, walked, changed, taken along."""
