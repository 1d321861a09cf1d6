"""The door's pages: who may stand there, what they see, press, ask and hand in."""
