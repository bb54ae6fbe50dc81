"""What a dossier must have before it is finished: pure rules, each with its reason in both languages.

The policy of the settings says of each rule whether it blocks, warns or is off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.filing.checks_of_case import case_findings
from app.filing.checks_of_pages import page_findings
from app.filing.checks_of_papers import paper_findings
from app.filing.errors import IncompleteDossier
from app.filing.facts import ALWAYS, Facts, Finding, Found
from app.model.dossier import Dossier
from app.settings import Rule, Settings


def check_dossier(facts: Facts, settings: Settings) -> tuple[Finding, ...]:
    """Give all findings, blocks first. Page numbers in the texts count from 1 in the dossier's order."""
    return tuple(sorted(_judged(facts, settings), key=lambda finding: finding.severity))


def incomplete(dossier: Dossier, findings: Iterable[Finding]) -> IncompleteDossier | None:
    """Give the error that says what blocks a dossier; None where nothing does."""
    blocks = [found.text for found in findings if found.severity == "block"]
    if not blocks:
        return None
    reasons_vi, reasons_en = "; ".join(text.vi for text in blocks), "; ".join(text.en for text in blocks)
    return IncompleteDossier(dossier=dossier.shown_number, reasons_vi=reasons_vi, reasons_en=reasons_en)


def _judged(facts: Facts, settings: Settings) -> Iterator[Finding]:
    found: list[Found] = [*case_findings(facts), *paper_findings(facts), *page_findings(facts, settings.filing)]
    for item in found:
        rule = Rule.BLOCK if item.check in ALWAYS else getattr(settings.checks, item.check)
        if rule is not Rule.OFF:
            yield Finding("block" if rule is Rule.BLOCK else "warn", item.text, item.page_id, item.check, item.component)
