"""What runs the product on a server: the Procfile, units, and the files beside them."""

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = ROOT / "losers_lounge" / "deployment"


def procfile() -> dict[str, str]:
    """Each process type and its command, for a shell."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def unit(name: str) -> ConfigParser:
    """A systemd unit; of a key that stands twice the last value."""
    found = ConfigParser(strict=False, interpolation=None, delimiters="=")
    found.optionxform = str
    found.read_string((DEPLOYMENT / name).read_text())
    return found


def units(suffix: str) -> dict[str, ConfigParser]:
    return {path.name: unit(path.name) for path in DEPLOYMENT.glob(f"*.{suffix}")}


def variables(name: str) -> dict[str, str]:
    """The environment file: NAME=value, one a line."""
    lines = (DEPLOYMENT / name).read_text().splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in named)
