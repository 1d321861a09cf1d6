"""The broker's transport: kombu's for Redis, which does not fall over its own closing.

A worker that loses Redis with tasks in hand closes its connection more than once. The
later closing asks a connection that is gone already where Redis is, and the answer, an
AttributeError, ended the worker (kombu issue 582; seen with kombu 5.7.0). Said as what
it is, a lost connection, it is what Celery knows how to go on from.
"""

from typing import Any

from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(kombu_redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("This connection was closed before.")
        return super()._connparams(asynchronous=asynchronous)


class Transport(kombu_redis.Transport):
    Channel = Channel
