"""Findings: what stopped a submission or lowers its mark, in a fixed vocabulary.

A finding keeps its facts, so that it can be said again in another language; `message` and `hint`
are the sentences in the language of the run. A sentence may name facts in braces; a fact that is
itself a sentence of ours is kept in every language, as "when" and "when.zh".
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from grader.evidence.document import Document
from grader.evidence.severity import Severity
from grader.evidence.vocabulary import VOCABULARY
from grader.language import LANGUAGES, Sentence, by_language, fill, translator

BILINGUAL = ("hint", "expected", "actual")  # facts that come from a teacher's check
# Sentences that came to a finding in a later version: evidence of an earlier one has none.
ADDED = ("public", "course", "scale", "confused", "namesake", "where", "weights", "others", "rest")
BETWEEN_IDS = "/"  # in the fact `ids`: names of files, so none holds it


class Finding(Document):
    """One finding. `code` is a key of VOCABULARY."""

    code: str  # a key of VOCABULARY
    severity: Severity  # how it weighs
    message: str  # what happened, in the language of the run
    hint: str  # what to do, in the language of the run
    facts: dict[str, str] = Field(default_factory=dict)  # what fills the braces of both sentences

    def said_in(self, language: str) -> Finding:
        """The same finding with its sentences in `language`."""
        return make_finding(self.code, self.facts, language=language, severity=self.severity)


def make_finding(
    code: str,
    known: Mapping[str, object] | None = None,
    /,
    *,
    language: str = "en",
    severity: Severity | None = None,
    **facts: object,
) -> Finding:
    """A finding of the vocabulary with its facts (`known` and named ones) filled in; those that
    are missing read as "?", those of ADDED as nothing. Those in BILINGUAL may have a line in each
    language. A fact `cure` is said in place of the hint.

    Raises KeyError for a code that is not in the vocabulary.
    """
    usual, message, hint = VOCABULARY[code]
    told: dict[str, str] = {}
    for name, value in {**(known or {}), **facts}.items():
        if isinstance(value, Sentence):
            told[name] = value.said_in(LANGUAGES[0])
            told |= {f"{name}.{other}": value.said_in(other) for other in LANGUAGES[1:]}
        else:
            told[name] = str(value)
    shown = dict.fromkeys(ADDED, "")
    shown |= {name: told.get(f"{name}.{language}", text) for name, text in told.items()}
    shown |= {name: by_language(told[name])[language] for name in BILINGUAL if name in told}
    say = translator(language)
    return Finding(
        code=code,
        severity=severity or usual,
        message=fill(say(message), shown),
        hint=shown.get("cure") or fill(say(hint), shown),
        facts=told,
    )
