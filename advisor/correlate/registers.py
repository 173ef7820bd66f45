"""A register against what is held of it: which entries are news, which wait, and when the source is at fault.

    sights (entries with the calls in their texts) + held -> held after it, findings, fault

Pure. Only changes are findings; what is missing says nothing. A changed level waits until it holds (`believed`),
unless the text makes a new call or the announcement says itself that the level moved. What no government does
(half its list at once, an empty list) is a fault of the source: held back and named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from advisor.correlate.reading import LEVELS
from advisor.model import Advisory, AnyKind, Kind, Severity, kind_order
from advisor.model.register import Entry, Held, HeldAct, Level, Move, Pending

HOLDS = timedelta(hours=1)  # a changed level must be seen again after this
LOWEST_HOLDS = timedelta(hours=48)  # a fall to the lowest level is often a page that is being published
RETURN_HOLDS = timedelta(hours=48)  # so is a level that was held shortly before: two copies take turns
COPY_HOLDS = timedelta(days=7)  # and a page that was read before, at a level left since: the old copy comes back
_LAGS = timedelta(days=3)  # in which a rise waits although the old copy is shown again
_SHORTLY = timedelta(days=14)
_MASS, _MASS_SHARE, _MASS_LEAST = 15, 0.5, 5  # so many changes at once, or so large a share of the list
_FORGET = timedelta(days=30)  # a call that was in no text for so long is new when it comes again
_FORGET_NOTICES = timedelta(days=90)  # mails repeat a standing call now and then, and are silent about it in between
_COPIES = 6  # versions of a text through which an easing is carried along
_MOST_TEXTS, _MOST_DECISIONS = 40, 400
_HALF = 0.5
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATED = re.compile(
    r"\b((?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))[a-z]*\.? (?:(\d{1,2}),? )?((?:19|20)\d\d)\b"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SMALL = 8  # lists below this size are not judged by their size


@dataclass(frozen=True, slots=True)
class Sight:
    """An entry now. `known`: this text was read before; then `acts` may be left out."""

    entry: Entry
    digest: str
    acts: tuple[Advisory, ...] = ()  # what its text says
    known: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be told of one entry: new calls, and how its level moved (`before` to `after`)."""

    entry: Entry
    acts: tuple[Advisory, ...] = ()
    before: Level | None = None
    after: Level | None = None
    baseline: bool = False  # first sight: what stands
    eases: bool = False  # the text lifts a call
    easing: Advisory | None = None  # by these words, where they are known

    @property
    def fell(self) -> bool:
        return self.before is not None and self.after is not None and self.after < self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """The register after the comparison."""

    held: tuple[Held, ...]  # those that changed
    findings: tuple[Finding, ...] = ()
    fault: str = ""


def compare(
    sights: Sequence[Sight], held: Mapping[str, Held], now: datetime, *, complete: bool = True, announces: bool = False,
    first: bool = False, moved: bool = False, sampled: bool = False, whole: bool = True,
    decisions: bool = False,
) -> Comparison:  # fmt: skip
    """What changed. `complete`: the register lists every country; else only those it warns of.

    `announces`: its entries are decisions, each believed at once. `first`: the register was never read.
    `moved`: it is read from another address than before, so that differences are not news. `sampled`: `sights` are
    some of the list, looked at because it was their turn. `whole`: False where the list's size says nothing.
    `decisions`: its dates are those of decisions, so that a level with a newer date is believed at once.
    """
    known = {name: item for name, item in held.items() if item.level is not None}
    if fault := _unusable(sights, held, known, announces=announces or not whole):
        return Comparison((), (), fault)
    changed = [sight for sight in sights if _differs(sight, held, complete=complete, first=first)]
    listed = len(sights) if sampled else max(len(known), len(sights))
    # A few pages at a time, a new template comes as a trickle: what waits already counts as well.
    trickle = [name for name, item in held.items() if item.pending] if sampled else []
    mass = not announces and not first and (_is_mass(len(changed), listed) or len(changed) + len(trickle) > _MASS)
    loud = [s for s in sights if s.acts and s.entry.country in held and _new_acts(s, held[s.entry.country], now)]
    deaf = not announces and _is_mass(len(loud), listed)
    after: dict[str, Held] = {}
    findings: list[Finding] = []
    for sight in sights:
        name = sight.entry.country
        before = after.get(name) or held.get(name) or (None if complete or first else Held(name, Level()))
        if announces and before is not None and sight.digest in before.texts:
            continue  # a decision stands in the list for days and is taken once
        if announces and before is not None and before.level is None:  # only mails so far: no decision known
            before = replace(before, level=Level())
        if before is None or first or (complete and _is_unseen(before)):
            after[name], finding = _first_sight(sight, before, now, announces=announces)
        else:
            after[name], finding = _again(
                sight,
                before,
                now,
                mass=mass or moved,
                deaf=deaf,
                announces=announces,
                decided=decisions and _is_newer(sight.entry, before, now),
            )
        if finding is not None:
            findings.append(finding)
    if mass:
        for name in trickle:
            after[name] = _muted(after.get(name) or held[name])
    return Comparison(
        tuple(item for name, item in after.items() if item != held.get(name)), tuple(findings),
        _many(changed, mass, loud, deaf),
    )  # fmt: skip


def _is_unseen(item: Held) -> bool:
    """Asked for, but never read."""
    return item.level is None and item.seen is None and not item.texts


def _muted(item: Held) -> Held:
    return item if item.pending is None else replace(item, pending=replace(item.pending, mass=True))


def waiting(held: Mapping[str, Held]) -> bool:
    """Whether some level is not believed yet: the next look must not be spared."""
    return any(item.pending is not None for item in held.values())


# --- faults of the source -----------------------------------------------------------------------------------------


def _unusable(sights: Sequence[Sight], held: Mapping[str, Held], known: Mapping[str, Held], *, announces: bool) -> str:
    if announces or len(sights) == 1:  # the document of one country is no list that lost its countries
        return ""
    if len(held) >= _SMALL and len(sights) < _HALF * len(held):
        return f"lists only {len(sights)} of {len(held)} countries; nothing of it is believed"
    levels = sum(1 for sight in sights if sight.entry.level is not None)
    if len(known) >= _SMALL and levels < _HALF * len(known):
        return f"gives a level for only {levels} of {len(sights)} countries; nothing of it is believed"
    return ""


def _differs(sight: Sight, held: Mapping[str, Held], *, complete: bool, first: bool) -> bool:
    """Whether the level is another one than held, and not one that waits already."""
    level, item = sight.entry.level, held.get(sight.entry.country)
    if level is None:
        return False
    if item is None or item.level is None:
        return not complete and not first and level != Level()
    waits = item.pending is not None and item.pending.level == level
    return level != item.level and not waits


def _is_mass(changed: int, listed: int) -> bool:
    return changed > _MASS or (changed >= _MASS_LEAST and changed > _MASS_SHARE * listed)


def _many(changed: Sequence[Sight], mass: bool, loud: Sequence[Sight], deaf: bool) -> str:
    what = []
    if mass:
        what.append(f"{len(changed)} levels changed at once")
    if deaf:
        what.append(f"{len(loud)} texts make new calls at once")
    return f"{' and '.join(what)}: no government does that; held back" if what else ""


# --- one entry ----------------------------------------------------------------------------------------------------


def _first_sight(
    sight: Sight, before: Held | None, now: datetime, *, announces: bool = False
) -> tuple[Held, Finding | None]:
    """`before`: in a stream of decisions, what those before it in the same list said."""
    entry = sight.entry
    acts = tuple(act for act in _calls(sight.acts) if not _is_of_old(act, now))
    texts = (*(before.texts if before else ()), *((sight.digest,) if entry.text or announces else ()))
    level = entry.level or (before.level if before else None)
    easings = tuple(act for act in sight.acts if act.kind is Kind.EASING)
    remembered = _merged(before.acts if before else (), sight, (*_calls(sight.acts), *easings), now)
    item = Held(entry.country, level, None, remembered, texts, (), entry.revision, now, entry.published)
    stands = bool(acts) or (entry.level is not None and entry.level.part >= 3)
    return item, Finding(entry, acts, None, entry.level, baseline=True) if stands else None


def _again(
    sight: Sight, before: Held, now: datetime, *, mass: bool, deaf: bool, announces: bool, decided: bool = False
) -> tuple[Held, Finding | None]:
    entry = sight.entry
    if (
        not before.texts and not announces and before.seen is not None
    ):  # its first text: what it says stands, as at first sight
        late, found = _first_sight(sight, before, now)
        before = replace(before, texts=late.texts, acts=late.acts)
        sight = replace(sight, known=True)
        if found is not None and found.acts:
            return replace(late, level=before.level or late.level, pending=before.pending), found
    eased = _eases(sight, before)
    calls = _calls(sight.acts)
    if any(
        act.kind is Kind.EASING for act in sight.acts
    ):  # what is lifted stands in the text as well: "ordered on 30 October ... is lifted"
        calls = tuple(act for act in calls if act.kind not in {Kind.STAFF_DEPARTURE, Kind.MISSION_CLOSURE})
    if announces and entry.move is Move.KEPT and entry.level is not None:
        before = replace(before, level=entry.level)
    fresh = () if deaf else _new_acts(replace(sight, acts=calls), before, now)
    level, pending, past = _believed(
        sight,
        before,
        now,
        mass=mass,
        at_once=bool(fresh) or eased or announces or decided,
        lifted=_lifts(sight, before),
    )
    remembered = tuple(act for act in before.acts if act.kind is Kind.EASING) if eased else before.acts
    easings = tuple(act for act in sight.acts if act.kind is Kind.EASING)
    after = Held(
        country=entry.country,
        level=level,
        pending=pending,
        acts=_merged(remembered, sight, (*calls, *easings), now),
        texts=_texts(sight, before, announces=announces),
        past=past,
        revision=entry.revision,
        seen=now if entry.text or not before.acts else before.seen,  # without its text it says nothing about calls
        dated=max((at for at in (entry.published, before.dated) if at), default=None),
    )
    silent = before.pending is not None and before.pending.mass
    moved = (
        (level != before.level or _announced(sight, before, level, announces=announces))
        and not silent
        and level is not None
    )
    stands = calls if eased or (moved and _falls(before.level, level)) else fresh
    if announces and entry.move is Move.KEPT:
        moved = False
    if not (moved and _matters(before.level, level)) and not fresh and not eased:
        return after, None
    finding = Finding(entry, stands, before.level if moved else level, level, eases=eased)
    return after, replace(finding, easing=easings[0]) if easings and (eased or finding.fell) else finding


def _texts(sight: Sight, before: Held, *, announces: bool) -> tuple[str, ...]:
    """The texts that were read, this one among them."""
    if sight.digest in before.texts or not (sight.entry.text or announces):
        return before.texts
    return (*before.texts, sight.digest)[-(_MOST_DECISIONS if announces else _MOST_TEXTS) :]


def _believed(
    sight: Sight, before: Held, now: datetime, *, mass: bool, at_once: bool, lifted: bool
) -> tuple[Level | None, Pending | None, tuple[Pending, ...]]:
    """The level that counts now, the one that waits, and those that counted shortly before."""
    level = sight.entry.level
    if level is None:
        return before.level, before.pending, before.past
    if level == before.level:  # a copy that lags behind does not refute what the newer one shows
        kept = before.pending if _is_copy(sight) and _rises_of_late(before, now) else None
        return level, kept and replace(kept, steady=False), before.past
    if before.level is None:
        return level, None, before.past
    waits = before.pending
    if waits is None or waits.level != level:
        waits = Pending(level, now, mass, steady=not _is_copy(sight))
    copy = _is_copy(sight) and not waits.steady
    past = tuple(
        replace(old, since=now) if copy and old.level == level else old
        for old in before.past if now - old.since < _SHORTLY
    )  # fmt: skip
    if not mass and (
        _is_decided(sight, before, at_once, lifted) or now - waits.since >= _patience(level, before, past, waits, copy)
    ):
        return level, None, (*past, Pending(before.level, now))
    return before.level, waits, past


def _is_decided(sight: Sight, before: Held, at_once: bool, lifted: bool) -> bool:
    """Whether the publication itself says that the level moved this way."""
    level, move = sight.entry.level, sight.entry.move
    if level is None or before.level is None or sight.known:
        return False
    if move is Move.KEPT:
        return False
    if move is not None:
        return (level > before.level) == (move is Move.RAISED)
    return (at_once and level > Level(1, 2)) or (lifted and level < before.level)


def _is_copy(sight: Sight) -> bool:
    """Whether this very page was read before: of two copies that take turns, the old one."""
    return sight.known and bool(sight.entry.text)


def _rises_of_late(before: Held, now: datetime) -> bool:
    waits = before.pending
    return waits is not None and before.level is not None and waits.level > before.level and now - waits.since < _LAGS


def _patience(level: Level, before: Held, past: Sequence[Pending], waits: Pending, copy: bool) -> timedelta:
    if copy and any(old.level == level for old in past):
        return COPY_HOLDS
    if waits.mass or (before.level is not None and level < before.level and level.whole == 1):
        return LOWEST_HOLDS
    return RETURN_HOLDS if any(old.level == level for old in past) else HOLDS


def _is_newer(entry: Entry, before: Held, now: datetime) -> bool:
    """Whether it is dated later than before; of one that was not listed before, whether it is dated of late."""
    if entry.published is None:
        return False
    if before.dated is None:
        return before.seen is None and now - entry.published < _SHORTLY
    return entry.published > before.dated


def _announced(sight: Sight, before: Held, level: Level | None, *, announces: bool) -> bool:
    """Whether a new text says that a warning was raised or widened, though its strongest level is what it was."""
    entry = sight.entry
    if sight.known or entry.lasting or entry.move is not Move.RAISED:
        return False
    if announces:
        return (entry.moved_to or 1) >= 3
    newer = entry.published is not None and before.dated is not None and entry.published > before.dated
    return newer and level == before.level == entry.level


def _falls(before: Level | None, after: Level | None) -> bool:
    return before is not None and after is not None and after < before


def _matters(before: Level | None, after: Level | None) -> bool:
    """Whether people are told: rises to "only essential" or more, falls from there."""
    if before is None or after is None:
        return False
    return max(before.part, after.part, before.whole, after.whole) >= 3


# --- calls in texts -----------------------------------------------------------------------------------------------


def _calls(acts: Sequence[Advisory]) -> tuple[Advisory, ...]:
    """The calls among the advisories: levels come from the list itself, easings end calls."""
    return tuple(act for act in acts if act.kind not in LEVELS and act.kind is not Kind.EASING)


def _eases(sight: Sight, before: Held) -> bool:
    """Whether a new text lifts a call that was held, and none of late did. What it says of levels shows in them."""
    if sight.known or sight.entry.notice or not any(act.kind is Kind.EASING for act in sight.acts):
        return False
    kinds = {act.kind for act in before.acts if act.kind is not Kind.EASING or _is_late(act, before)}
    return bool(kinds - {Kind.EASING}) and Kind.EASING not in kinds


def _lifts(sight: Sight, before: Held) -> bool:
    """Whether a new text takes a travel level back in words ("no longer advises against"), and none of late did.

    A level that falls beside such words is no page that is being published. What lifts a call to leave or an order
    to staff says nothing about the level.
    """
    if sight.known or not any(act.kind is Kind.EASING and act.quote("level") for act in sight.acts):
        return False
    return not any(act.kind is Kind.EASING and _is_late(act, before) for act in before.acts)


def _is_late(easing: HeldAct, before: Held) -> bool:
    """Whether the easing was in the newest of the texts that were read: then the next text repeats it."""
    return easing.text in before.texts[-_COPIES:]


def _new_acts(sight: Sight, before: Held, now: datetime) -> tuple[Advisory, ...]:
    """Calls of a new text that were in none of late, or are stronger now."""
    if sight.known:
        return ()
    forget = _FORGET_NOTICES if sight.entry.notice else _FORGET
    last = before.seen or now  # time in which nobody looked makes nobody forget
    late = (act for act in before.acts if last - act.seen < forget)
    known: dict[AnyKind, Severity] = {act.kind: act.severity for act in late}
    if before.level is not None and before.level.part >= 5:  # the level itself is a standing call to leave
        known[Kind.LEAVE] = Severity.EXTREME
    if sight.entry.stands:
        known[Kind.LEAVE] = Severity.EXTREME
    calls = (act for act in _calls(sight.acts) if not _is_of_old(act, now))
    return tuple(act for act in calls if act.kind not in known or act.severity > known[act.kind])


def _is_of_old(act: Advisory, now: datetime) -> bool:
    """Whether its own sentence dates the call: "On July 27, 2023, the Department ordered ..." stands since then."""
    sentence = act.quote("sentence") or ""
    days = [
        date for month, day, year in _DATED.findall(sentence)
        if (date := _day(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day or 28))) is not None
    ]  # fmt: skip
    if days:
        return now - max(days) > _FORGET
    years = [int(year) for year in _YEAR.findall(sentence)]
    return bool(years) and max(years) < (now - _FORGET).year


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _merged(before: Sequence[HeldAct], sight: Sight, calls: Sequence[Advisory], now: datetime) -> tuple[HeldAct, ...]:
    """The calls remembered: those of this text as seen now, the others as they were."""
    acts = {act.kind: replace(act, seen=now) if sight.digest in (act.text, *act.others) else act for act in before}
    for call in calls:
        known = acts.get(call.kind)
        severity = max(call.severity, known.severity) if known else call.severity
        others = dict.fromkeys((*known.others, known.text)) if known else {}
        others.pop(sight.digest, None)
        acts[call.kind] = HeldAct(call.kind, severity, now, sight.digest, tuple(others)[-_MOST_TEXTS:])
    return tuple(acts[kind] for kind in sorted(acts, key=kind_order))
