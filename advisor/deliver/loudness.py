"""How each service is asked to ring, to show or to stay silent: its own word for it, in the address of one message.

A service that is not named here knows one loudness only. What an address says itself holds for all messages.
"""

from __future__ import annotations

from collections.abc import Mapping

from advisor.model import Loudness

_WAKE, _NOTIFY, _DIGEST = Loudness.WAKE, Loudness.NOTIFY, Loudness.DIGEST


def _said(key: str, wake: str, notify: str, digest: str) -> Mapping[Loudness, tuple[str, str]]:
    return {_WAKE: (key, wake), _NOTIFY: (key, notify), _DIGEST: (key, digest)}


# Values as Apprise 2.2 takes them; that each is understood is tested.
_SERVICES: Mapping[str, Mapping[Loudness, tuple[str, str]]] = {
    "bark": _said("level", "critical", "active", "passive"),
    "discord": {_DIGEST: ("flags", "4096")},  # SUPPRESS_NOTIFICATIONS
    "fcm": _said("priority", "max", "normal", "low"),
    "gotify": _said("priority", "emergency", "normal", "moderate"),  # low is shown nowhere
    "join": _said("priority", "emergency", "normal", "low"),
    "nctalk": {_DIGEST: ("silent", "yes")},
    "ntfy": _said("priority", "max", "default", "low"),
    "opsgenie": _said("priority", "emergency", "normal", "low"),
    "pagerduty": _said("severity", "critical", "warning", "info"),
    "pagertree": _said("urgency", "critical", "medium", "low"),
    "pover": _said("priority", "high", "normal", "moderate"),  # emergency repeats, low is shown nowhere
    "prowl": _said("priority", "emergency", "normal", "low"),
    "psafer": _said("priority", "emergency", "normal", "low"),
    "tgram": {_DIGEST: ("silent", "yes")},
}  # fmt: skip
_ALSO = {"barks": "bark", "gotifys": "gotify", "nctalks": "nctalk", "ntfys": "ntfy", "psafers": "psafer"}


def rings(scheme: str, loudness: Loudness) -> tuple[str, str] | None:
    """The parameter and its value by which a service of this scheme is told how loud; None: it cannot be told."""
    return _SERVICES.get(_ALSO.get(scheme, scheme), {}).get(loudness)
