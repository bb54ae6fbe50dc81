"""From the words and codes of a page to proposals, as a table of contents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from app.model.page_findings import Findings, PageText
from app.model.proposals import Field, Proposal
from app.recognition.fields.codes import CardCode, card_payload, dossier_numbers, read_card_code
from app.recognition.fields.dating import number_symbol, place_and_date
from app.recognition.fields.found import Found, read_right
from app.recognition.fields.heading import Heading, about_words
from app.recognition.fields.kinds import find_kind
from app.recognition.fields.labelled import OWNER, labelled
from app.recognition.fields.labels import find_labels
from app.recognition.fields.layout import Layout, Segment, Token, around, lay_out, plain
from app.recognition.fields.mending import PageVotes, is_known, mend_by_page, mend_phrases, mend_places
from app.recognition.fields.rules import KindRule, Rules
from app.recognition.fields.signing import signer
from app.recognition.fields.values import mend_name

_MENDED = frozenset({Field.TITLE, Field.SUMMARY, Field.ISSUING_AGENCY, Field.ADDRESSEE, Field.OWNER_ADDRESS})
_VOTED = frozenset(
    {Field.ISSUING_AGENCY, Field.ADDRESSEE, Field.OWNER_ADDRESS, Field.ISSUE_PLACE, Field.OWNER_NAME, Field.SIGNER}
)
# A remark in brackets beside a title is none of it: "(BẢN SAO)".
_REMARK = re.compile(r"\s*\([^)]*\)?$")
_SURE_VOTE = 0.75
_DIVIDED = 0.85
_AGREED = 0.5
_DESCRIBED = 0.7
_SAME_VALUE = 0.8
_SMALL_LETTERS = 0.12
_FROM_CODE = 0.85
_MANY_WORDS, _MOST_OF_THEM = 6, 0.6


def recognise(findings: Findings, text: PageText, rules: Rules) -> tuple[Proposal, ...]:
    """Propose values for the fields of a page, of each field the surest, in the order of the fields."""
    layout = lay_out(text)
    heading = Heading(layout, rules)
    kind, kind_found = find_kind(findings, layout, heading, rules)
    found = [kind_found] if kind_found is not None else []
    if kind is not None and kind.code == "blank":
        return tuple(one.proposal() for one in found)
    found += _heading(heading, kind, rules)
    found += labelled(layout, find_labels(layout, heading.lines, rules), kind, rules)
    found += signer(layout, kind, heading.ends, rules)
    votes = PageVotes(layout)
    found = [_mended(one, votes, rules) for one in found]
    found = [one for one in found if kind is None or one.field not in kind.without]
    found = _with_codes(found, findings, kind)
    return _surest(_checked(found))


def shown(proposals: Iterable[Proposal], rules: Rules) -> tuple[Proposal, ...]:
    """Give the proposals that are sure enough to be shown to a clerk."""
    return tuple(proposal for proposal in proposals if proposal.confidence >= rules.words.shown_from)


def _heading(heading: Heading, kind: KindRule | None, rules: Rules) -> Iterator[Found]:
    title = heading.title
    if title is not None:
        printed = _of_lines(Field.TITLE, title.lines, 0.98 * title.likeness, "title")
        yield replace(printed, value=_REMARK.sub("", printed.value))
    agency = heading.agency()
    if agency:
        yield _of_lines(Field.ISSUING_AGENCY, agency, 0.94, "agency in the heading")
    yield from _known_agency(heading.layout, kind)
    about = heading.about(kind)
    if about is not None:
        lines, strength = about
        skipped = about_words(lines[0], rules)
        found = _of_lines(Field.SUMMARY, lines, strength, "what it is about")
        yield replace(found, value=" ".join(found.value.strip("()").split()[skipped:]).lstrip(":- "))
    yield from number_symbol(heading, rules)
    yield from place_and_date(heading, kind, rules)


def _of_lines(field: Field, lines: Sequence[Segment], strength: float, rule: str) -> Found:
    tokens = tuple(token for line in lines for token in _without_specks(line))
    value = " ".join(token.text for token in tokens).strip(" .,;:-_")
    return Found(field, value, tokens, strength, rule)


def _without_specks(line: Segment) -> tuple[Token, ...]:
    """Leave out what a picture or a ruling beside a line in capitals was read as: a small letter or a sign at its end."""
    tokens = line.tokens
    while len(tokens) > 1 and line.is_upper and len(tokens[-1].text) == 1 and tokens[-1].text.islower():
        tokens = tokens[:-1]
    return tuple(token for token in tokens if token.fold or token.text in "-–")


def _known_agency(layout: Layout, kind: KindRule | None) -> Iterator[Found]:
    """Find the names of the only agencies that issue such a paper, which stand in no heading; a seal may hide some words."""
    capitals = [segment for segment in layout.segments if segment.is_upper]
    printed = {token.fold for segment in capitals for token in segment.tokens}
    whole = "".join(segment.fold for segment in capitals)
    for name in kind.agency if kind is not None else ():
        words = [plain(word) for word in name.split()]
        share = sum(word in printed for word in words) / len(words)
        if plain(name) in whole or (len(words) >= _MANY_WORDS and share >= _MOST_OF_THEM):
            lines = tuple(token for segment in capitals for token in segment.tokens if token.fold in words)
            yield Found(Field.ISSUING_AGENCY, name, (), 0.96 if share == 1 else 0.9, "known agency", around(lines))
            return


def _mended(found: Found, votes: PageVotes, rules: Rules) -> Found:
    value, strength = found.value, found.strength
    if found.field in _MENDED:
        value = mend_phrases(value, rules)
    if found.field is Field.OWNER_ADDRESS:
        value = mend_places(value, rules)
    if found.field in _VOTED:
        voted, share = mend_by_page(value, votes)
        if share >= _SURE_VOTE:
            value = voted
        else:
            strength *= _DIVIDED
    if found.field in (Field.OWNER_NAME, Field.SIGNER):
        value = mend_name(value.split(), rules)
    return replace(found, value=value, strength=strength, known=found.known or is_known(value, rules))


def _with_codes(found: list[Found], findings: Findings, kind: KindRule | None) -> list[Found]:
    """Add what the codes say; what was read from print is put right by them, or doubted."""
    if kind is not None and Field.QR in kind.without:
        return found
    if kind is not None and kind.code == "giay_tiep_nhan":
        codes = dossier_numbers(findings.barcodes)
        found = [*codes, *(one for one in found if not codes or one.field is not Field.DOSSIER_NUMBER)]
    payload = card_payload(findings.barcodes)
    card = read_card_code(payload) if payload else None
    if payload is None or card is None:
        return found
    return [Found(Field.QR, payload, (), 0.99, "card QR"), *_by_card(found, card)]


def _by_card(found: Sequence[Found], card: CardCode) -> Iterator[Found]:
    """Correct print that says nearly what the card's code says; what the print lacks is proposed from the code."""
    says = {
        Field.OWNER_ID: card.id,
        Field.OWNER_NAME: card.name,
        Field.OWNER_BIRTH_DATE: card.birth_date,
        Field.OWNER_ADDRESS: card.address,
    }
    for one in found:
        value = says.get(one.field)
        if not value:
            yield one
        elif Levenshtein.normalized_similarity(plain(value), plain(one.value)) >= _SAME_VALUE:
            spelled = value.upper() if one.value.isupper() else value
            yield replace(one, value=spelled, tokens=one.tokens, rule=f"{one.rule}, card QR").surer(_AGREED)
        else:
            yield one
    present = {one.field for one in found}
    for field, value in says.items():
        if value and field not in present:
            yield Found(field, value, (), _FROM_CODE, "card QR")


def _checked(found: list[Found]) -> list[Found]:
    """Let fields speak for each other.

    An applicant signs himself, so two readings of one name mend each other; of whom an ID number, a birth date or an address
    is told, the paper is about.
    """
    names = [one for one in found if one.field is Field.OWNER_NAME]
    signers = [one for one in found if one.field is Field.SIGNER]
    pairs = [(name, sign) for name in names for sign in signers if plain(name.value) == plain(sign.value)]
    agreed = {id(one): _agreed(one, pair) for pair in pairs for one in pair}
    described = any(one.field in OWNER and one.field is not Field.OWNER_NAME for one in found)
    checked = [agreed.get(id(one), one) for one in found]
    return [one.surer(_DESCRIBED) if described and one.field is Field.OWNER_NAME else one for one in checked]


def _agreed(one: Found, pair: tuple[Found, Found]) -> Found:
    """Spell a name as it was read more surely; in capitals more accents are lost, so small letters count for surer."""
    if pair[0].value.lower() == pair[1].value.lower():
        return one.surer(_AGREED)
    surer = max(pair, key=lambda found: read_right(found.tokens) + (0 if found.value.isupper() else _SMALL_LETTERS))
    return replace(one, value=surer.value.upper() if one.value.isupper() else surer.value.title()).weaker(_DIVIDED)


def _surest(found: Sequence[Found]) -> tuple[Proposal, ...]:
    proposals = [one.proposal() for one in found if one.value]
    best: list[Proposal] = []
    for field in Field:
        of_field = [proposal for proposal in proposals if proposal.field is field]
        if of_field:
            best.append(max(of_field, key=lambda proposal: proposal.confidence))
    return tuple(best)
