"""`advisor silence`, `ack`, `retract`, `notify-test`: what people do about alerts and receivers."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Mapping
from datetime import timedelta

from advisor.clock import utc_now
from advisor.config.rule_files import own_kinds
from advisor.config.settings import load_settings, settings_file
from advisor.config.values import countries, duration
from advisor.correlate import retract
from advisor.deliver.channel import open_channel
from advisor.errors import AdvisorError, UsageError
from advisor.model import Kind, Loudness, Message, Outcome, Silence
from advisor.store import open_store

_LONGEST_SILENCE = timedelta(days=90)  # a silence that nobody remembers is a dead alarm


def run(options: argparse.Namespace) -> int:
    settings = load_settings(settings_file(options.config, os.environ))
    if options.command == "notify-test":
        receiver = settings.receivers.get(options.receiver)
        if receiver is None:
            raise UsageError(f"no receiver is called {options.receiver!r} (known: {', '.join(settings.receivers)})")
        message = Message(f"TEST: receiver {receiver.name}", "A test message from Advisor. Nothing has happened.")
        attempt = open_channel(receiver).send(message, Loudness(options.loudness))
        if attempt.outcome is Outcome.DELIVERED:
            print(f"{receiver.name}: delivered")
            return 0
        print(f"{receiver.name}: not delivered: {attempt.sentence}", file=sys.stderr)
        return 1
    now = utc_now()
    kinds = frozenset(Kind) | (own_kinds(settings.rules) or frozenset())
    with open_store(settings.database, now) as store:
        if options.command == "ack":
            who = " ".join((options.by or "").split()) or getpass.getuser()
            known = store.alert(options.alert)
            if known is not None and known.closed_by == "retracted":
                raise AdvisorError(f"{known.id} was withdrawn: there is nothing to take care of")
            alert = store.acknowledge(options.alert, who, instead=options.instead)
            if alert is None:
                raise AdvisorError(f"no alert is called {options.alert!r}; `advisor alerts` lists them")
            if alert.acknowledged_by != who:
                raise AdvisorError(f"{alert.id}: {alert.acknowledged_by} has it; --instead takes it over")
            print(f"{alert.id}: acknowledged by {who}")
            return 0
        if options.command == "retract":
            if not options.why.strip():
                raise UsageError("--why: say what was wrong; those who were told will read it")
            known = store.alert(options.alert)
            if known is not None and known.closed_by == "retracted":
                raise AdvisorError(f"{options.alert} was withdrawn already")
            change = store.retract(options.alert, now, lambda alert: retract(alert, options.why, now))
            if change is None:
                raise AdvisorError(f"no alert is called {options.alert!r}; `advisor alerts` lists them")
            heard = "those who were told hear it with the next pass" if change.message else "nobody was told of it"
            print(f"{options.alert}: withdrawn; {heard}")
            return 0
        if options.id is not None and options.action != "expire":
            raise UsageError(f"silence {options.action}: what is {options.id}? Only `expire` takes a number")
        if options.action == "add":
            matcher = _matcher(options, kinds)
            until = now + _span(options.duration)
            silence = store.add_silence(matcher, until, now, options.by or getpass.getuser(), options.why or "")
            print(f"silence {silence.id} until {until:%Y-%m-%d %H:%M} UTC")
        elif options.action == "expire":
            if options.id is None:
                raise UsageError("give the number of the silence; `advisor silence list` shows them")
            if not store.expire_silence(options.id, now):
                raise AdvisorError(f"no active silence has the number {options.id}")
            print(f"silence {options.id} is over; what it held goes out with the next pass")
        else:
            asked = _matcher(options, kinds, needed=False)
            silences = [silence for silence in store.silences(now) if _holds(silence, asked)]
            if not silences and not options.json:
                print("no silences")
            for silence in silences:
                print(_silence(silence, options.json))
    return 0


def _silence(silence: Silence, as_json: bool) -> str:
    until = f"{silence.until:%Y-%m-%dT%H:%M:%SZ}"
    if as_json:
        fields = {"id": silence.id, "matcher": silence.matcher, "until": until, "by": silence.by, "why": silence.why}
        return json.dumps(fields, ensure_ascii=False)
    what = ", ".join(f"{key} {' '.join(value)}" for key, value in silence.matcher.items())
    return f"{silence.id}  until {until}  {what}  {silence.by}  {silence.why}".rstrip()


def _holds(silence: Silence, asked: Mapping[str, list[str]]) -> bool:
    """Whether a silence can hold something of what is asked for."""
    return all(key not in silence.matcher or set(silence.matcher[key]) & set(named) for key, named in asked.items())


def _matcher(options: argparse.Namespace, known_kinds: frozenset[str], *, needed: bool = True) -> dict[str, list[str]]:
    try:
        kinds = list(options.kind or ())
        if unknown := set(kinds) - known_kinds:
            raise UsageError(f"unknown kind {min(unknown)!r} ({', '.join(sorted(known_kinds))})")
        matcher = {
            "destination": sorted(countries(options.destination or [])),
            "issuer": sorted(countries(options.issuer or [])),
            "kind": kinds,
        }
    except ValueError as error:
        raise UsageError(str(error)) from error
    matcher = {key: value for key, value in matcher.items() if value}
    if not matcher and needed:
        raise UsageError(
            "a silence without --destination, --issuer or --kind would hold everything; name what it holds"
        )
    return matcher


def _span(text: str) -> timedelta:
    try:
        span = duration(text)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from error
    if not timedelta() < span <= _LONGEST_SILENCE:
        raise UsageError(f"--for: more than nothing and at most {_LONGEST_SILENCE.days} days")
    return span
