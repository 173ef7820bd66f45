"""Rules for languages whose words stand in another order than English ones: what is looked for where, and how far."""

from __future__ import annotations

from dataclasses import replace

from advisor.detect.knowledge import Need, Rule, Undoing

_CLAUSE = 25.0  # tokens between a subject and the verb that ends its clause
_VERB_FINAL = 1.7  # how much further than in English the subject stands from a closing verb


def stretched(rule: Rule) -> Rule:
    """The rule for languages whose verb closes the sentence: what it needs stands further from it."""
    return replace(rule, needs=tuple(replace(need, within=_VERB_FINAL * need.within) for need in rule.needs))


def turned(rule: Rule) -> Rule:
    """The rule for languages whose verb comes last: what stands before the act in English may stand behind it."""
    return replace(
        rule,
        needs=tuple(_before_the_clause(_on_any_side(need, "urge")) for need in rule.needs),
        unless=tuple(
            _on_any_side(_on_any_side(_on_any_side(need, "lift"), "urge"), "unless_needed") for need in rule.unless
        ),
        ladder=tuple(replace(rung, need=rung.need and replace(rung.need, side="any")) for rung in rule.ladder),
    )


def led(rule: Rule) -> Rule:
    """The rule for languages whose verb comes first: what tells is said before what it tells."""
    needs = (
        replace(need, side="sooner") if need.name == "urge" and need.side == "any" else need for need in rule.needs
    )
    return replace(rule, needs=tuple(needs))


def _before_the_clause(need: Need) -> Need:
    """Who tells opens the clause, the word of telling closes it."""
    return replace(need, within=_CLAUSE) if need.near == "urge" and need.side == "before" else need


def _on_any_side(need: Need, category: str) -> Need:
    return replace(need, side="any") if any(spec.category == category for spec in need.tags) else need


def undone_behind(undoing: Undoing) -> Undoing:
    """The undoing for languages whose verb comes last: "not" and "may" stand behind what they undo."""
    need = undoing.need
    if undoing.effect == "recalled":  # the year opens the sentence
        return replace(undoing, need=replace(need, within=_VERB_FINAL * need.within))
    return replace(undoing, need=replace(need, side="after")) if need.side == "before" else undoing
