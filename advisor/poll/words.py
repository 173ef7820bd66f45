"""Addresses and errors as people may read them: nothing secret, one line."""

from __future__ import annotations

import re

import httpcore
import httpx

_SECRET_NAME = re.compile(r"key|token|secret|pass|pwd|auth|sig|session|credential|code|user|login", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"[A-Za-z0-9_\-.~+/=%]{20,}")


def shown(url: str | httpx.URL) -> str:
    """`url` without user, password, fragment and query values that may be secrets; bounded length."""
    try:
        parsed = httpx.URL(url)
        query = "&".join(_parameter(name, value) for name, value in parsed.params.multi_items())
        port = f":{parsed.port}" if parsed.port else ""
        host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
        path = parsed.path.split("?")[0]
    except (httpx.InvalidURL, ValueError, UnicodeError):
        return "an address that cannot be read"
    whole = f"{parsed.scheme}://{host}{port}{path}" + (f"?{query}" if query else "")
    return re.sub(r"[\x00-\x20\x7f-\x9f]", " ", whole)[:300]


def _parameter(name: str, value: str) -> str:
    hidden = _SECRET_NAME.search(name) or _SECRET_VALUE.fullmatch(value)
    return f"{name}=..." if hidden else f"{name}={value}"


def network_failure(host: str, error: Exception) -> str:
    """What went wrong on the way to `host`, in one sentence."""
    if isinstance(error, httpcore.PoolTimeout):
        return "no connection was free in time"
    if isinstance(error, httpcore.ConnectTimeout):
        return f"{host} did not accept a connection in time"
    if isinstance(error, httpcore.ConnectError):
        return f"no connection to {host}: {error}"
    if isinstance(error, httpcore.TimeoutException):
        return f"{host} did not finish its answer in time"
    if isinstance(error, httpcore.ProtocolError):
        return f"{host} broke off or answered with something that is not HTTP: {str(error)[:120]}"
    return f"the connection to {host} broke: {str(error)[:120] or type(error).__name__}"
