"""What a person may write into a rules file, and the rule that it becomes; completion in editors comes from it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from advisor.detect.knowledge import Need, Rule, Rung, TagSpec, Undoing
from advisor.model import Kind, Severity


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def listed(value: Any) -> Any:
    """One word or a list of words."""
    return value.split() if isinstance(value, str) else [] if value is None else value


Words = Annotated[
    tuple[str, ...],
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


def _severity(name: str) -> str:
    return str(Severity.of(name))


SeverityName = Annotated[
    str, AfterValidator(_severity), WithJsonSchema({"type": "string", "enum": [str(it) for it in Severity]})
]


class ExampleModel(Strict):
    """An article of a few words, and what must be found in it."""

    title: str = ""
    text: str = ""
    lang: str | None = None
    published: str | None = None
    publisher: str | None = None
    official: Annotated[str | None, Field(description="code of the government whose own source this is")] = None
    issuer: Annotated[str | None, Field(description="expected: code of the government that speaks")] = None
    destination: Annotated[str | None, Field(description="expected: code of the country")] = None
    severity: SeverityName | None = None
    official_severity: SeverityName | None = None
    area: str | None = None
    means: Words | None = None
    deadline: str | None = None
    contact: str | None = None
    audience: str | None = None
    mission_status: str | None = None
    manner: str | None = None

    def example(self) -> dict[str, object]:
        """Only what was written."""
        written = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in written.items()}


_GIVEN = frozenset({"title", "text", "lang", "published", "publisher", "official"})
EXPECTED = frozenset(ExampleModel.model_fields) - _GIVEN  # what an example may say that must be found
Examples = dict[Literal["match", "no_match", "known_miss"], tuple[ExampleModel, ...]]


class NeedModel(Strict):
    """A tag that must (or must not) stand near the act."""

    tag: Annotated[Words, Field(description="category or category/value; several: any of them")]
    within: Annotated[float, Field(gt=0, le=60, description="distance in words; punctuation adds to it")] = 12.0
    side: Annotated[Literal["any", "before", "after"], Field(description="of the act, or of `near`")] = "any"
    near: Annotated[str, Field(description="`act`, or the tag of an earlier need")] = "act"
    rivals: Annotated[Words, Field(description="tags that take the act for themselves when they stand nearer")] = ()

    def need(self) -> Need:
        specs = tuple(TagSpec.of(text) for text in self.tag)
        rivals = tuple(TagSpec.of(text) for text in self.rivals)
        return Need(specs, self.within, self.side, self.near, specs[0].category, rivals)


class RungModel(Strict):
    """A step of the severity ladder; the last one has no tag."""

    is_: Annotated[SeverityName, Field(alias="is")]
    tag: Words = ()
    within: Annotated[float, Field(gt=0, le=60)] = 12.0
    side: Literal["any", "before", "after"] = "any"
    near: str = "act"

    def rung(self) -> Rung:
        severity = Severity.of(self.is_)
        if not self.tag:
            return Rung(severity)
        return Rung(severity, Need(tuple(TagSpec.of(text) for text in self.tag), self.within, self.side, self.near))


class RuleModel(Strict):
    """One rule: what a text must say to carry an advisory of one kind."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    why: str = ""
    kind: Kind
    act: Words
    needs: tuple[NeedModel, ...] = ()
    unless: tuple[NeedModel, ...] = ()
    severity: Annotated[tuple[RungModel, ...], Field(min_length=1)]
    voice: Literal["any", "official"] = "any"
    opening: Annotated[
        Literal["clause", "colon"] | None, Field(description="the act begins its clause, as an imperative")
    ] = None
    headline: Annotated[bool, Field(description="read in headlines only")] = False
    destination: Annotated[float, Field(ge=0, le=10, description="least certainty of the destination")] = 0.0
    issuer: Annotated[float, Field(ge=0, le=10, description="least certainty of who speaks")] = 0.0
    own: Annotated[bool, Field(description="the people must be named as the issuer's own a sentence away")] = False
    references: tuple[str, ...] = ()
    examples: Examples = {}

    def rule(self) -> Rule:
        return Rule(
            self.id, self.title, self.kind, tuple(TagSpec.of(text) for text in self.act),
            tuple(need.need() for need in self.needs), tuple(need.need() for need in self.unless),
            tuple(rung.rung() for rung in self.severity), self.voice, self.opening, self.headline, self.destination,
            self.issuer,
            self.own, why=self.why, references=self.references,
            examples={kind: tuple(item.example() for item in some) for kind, some in self.examples.items()},
        )  # fmt: skip


class UndoingModel(Strict):
    """What takes an act back, in every rule."""

    id: str
    why: str = ""
    tag: Words
    within: Annotated[float, Field(gt=0, le=60)] = 6.0
    side: Literal["any", "before", "after"] = "any"
    near: str = "act"
    effect: Literal["drop", "recalled"] = "drop"
    kinds: tuple[Kind, ...] = ()
    headline: Annotated[bool, Field(description="in the headline it undoes the whole article")] = False
    behind: Annotated[bool, Field(description="it undoes what the sentence before it tells")] = False

    def undoing(self) -> Undoing:
        need = Need(tuple(TagSpec.of(text) for text in self.tag), self.within, self.side, self.near)
        return Undoing(self.id, need, self.effect, frozenset(self.kinds or Kind), self.headline, self.behind)
