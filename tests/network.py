"""A test speaks to this machine and to nobody else."""

import ipaddress
import socket
from typing import Any

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class StrangerCalled(Exception):
    """A test tried to leave the machine."""


def refuse_strangers() -> None:
    """From now on connections and look-ups end at loopback, in the whole process."""
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = getaddrinfo


def is_loopback(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def check(sock: socket.socket, address: Any) -> None:
    if sock.family != getattr(socket, "AF_UNIX", None) and not is_loopback(address[0]):
        raise StrangerCalled(f"A test tried to reach {address}")


def connect(sock: socket.socket, address: Any) -> None:
    check(sock, address)
    _connect(sock, address)


def connect_ex(sock: socket.socket, address: Any) -> int:
    check(sock, address)
    return _connect_ex(sock, address)


def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
    if not is_loopback(host):
        raise StrangerCalled(f"A test tried to look up {host}")
    return _getaddrinfo(host, *args, **options)
