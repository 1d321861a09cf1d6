"""The post room: letters tried on people nobody invited, held back, sent again."""

from guests.post_room.deciding import hold, release, send_again

__all__ = ["hold", "release", "send_again"]
