"""The judge of the wire: the pinned `stripe` package, and nothing of the stand-in.

Every request is held against the package's parameter types, every answer against its
resource types; which types belong to an address is read from the package's services.
The stand-in has a validator of its own. It is judged here, it does not judge.
"""
