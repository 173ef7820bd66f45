"""Challenge pages: HTML that a firewall sends in place of what was asked for, often with status 200.

Recognised by content and headers, never by words of one language: the visible text comes in the language of
the client ("Just a moment ...", "Et øjeblik ...").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOOKED_AT = 200_000  # bytes
_SHORT_TEXT = 1_500  # visible characters; a real page that merely embeds a captcha says more

# Sure by themselves. Vendors: Cloudflare, Imperva, DataDome, PerimeterX, Akamai, AWS WAF, Sucuri, F5,
# DDoS-Guard, Radware. Cloudflare's /cdn-cgi/challenge-platform/scripts/jsd/ is on ordinary pages too.
_CERTAIN = re.compile(
    rb"_cf_chl_opt|/cdn-cgi/challenge-platform/h/[bg]/orchestrate|cf-browser-verification|id=\"cf-error-details\""
    rb"|_Incapsula_Resource\?SWUDNSAI|Incapsula incident ID|geo\.captcha-delivery\.com|captcha\.px-cdn\.net"
    rb"|errors\.edgesuite\.net|token\.awswaf\.com|gokuProps|Sucuri WebSite Firewall"
    rb"|The requested URL was rejected\. Please consult|ddos-guard\.net/|/js-challenge|perfdrive\.com"
    rb"|<title>\s*(?:Just a moment|Attention Required! \| Cloudflare|DDoS-Guard|Access Denied"
    rb"|Pardon Our Interruption|Robot Check|Vercel Security Checkpoint|Checking your browser"
    rb"|Are you a robot\?|Human Verification)",
    re.IGNORECASE,
)
# Only together with little text.
_LIKELY = re.compile(
    rb"g-recaptcha|h-captcha|hcaptcha\.com|cf-turnstile|challenges\.cloudflare\.com|captcha"
    rb"|enable JavaScript and cookies to continue",
    re.IGNORECASE,
)
_UNSEEN = re.compile(rb"<(script|style|noscript)\b.*?</\1\s*>|<[^>]{0,5000}>", re.IGNORECASE | re.DOTALL)


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this answer asks for proof of being human instead of giving what was asked for."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if headers.get("x-amzn-waf-action", "").lower() in {"challenge", "captcha"}:
        return True
    head = body[:_LOOKED_AT]
    if not _looks_like_html(head):
        return False
    if _CERTAIN.search(head):
        return True
    return len(body) <= _LOOKED_AT and bool(_LIKELY.search(head)) and _visible(head) < _SHORT_TEXT


def _looks_like_html(head: bytes) -> bool:
    start = head[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<script", b"<title"))


def _visible(page: bytes) -> int:
    return len(b" ".join(_UNSEEN.sub(b" ", page).split()))
