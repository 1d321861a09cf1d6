"""Cookies of their own: a guest's browser, a paired phone. Never request.user."""
