"""`/api/profiles`, `/api/rules`, `/api/errors`: what there is to check."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from clusterkg.cli.library import Library, library
from clusterkg.cli.listing import profile_tree, rule_tree
from clusterkg.diagnosis.worker import DEFAULT_PROFILE
from clusterkg.rendering.language import Language
from clusterkg.server.api import parameters as given
from clusterkg.server.api.documented import problems
from clusterkg.server.api.media import wanted_type
from clusterkg.server.api.models import (
    ErrorList,
    ErrorSummary,
    ProfileList,
    ProfileSummary,
    Remedy,
    RuleList,
    RuleSummary,
)

router = APIRouter(tags=["knowledge"])
_READ = (400, 406, 422)


@router.get("/profiles", operation_id="listProfiles", summary="Profiles", responses=problems(*_READ))
def list_profiles(request: Request, language: Annotated[Language, Depends(given.reader)]) -> ProfileList:
    """The sets of rules and thresholds to check against."""
    wanted_type(request, ("application/json",))
    shelf = library()
    trees = [profile_tree(shelf, profile, language) for profile in shelf.book.profiles.values()]
    return ProfileList(items=[ProfileSummary.model_validate(tree) for tree in trees])


@router.get("/rules", operation_id="listRules", summary="Rules of a profile", responses=problems(*_READ))
def list_rules(
    request: Request,
    language: Annotated[Language, Depends(given.reader)],
    profile: given.Profile = DEFAULT_PROFILE,
) -> RuleList:
    """The rules of a profile, with inherited ones and its own thresholds."""
    wanted_type(request, ("application/json",))
    shelf = library()
    chosen = shelf.book.profile(profile)
    trees = [rule_tree(shelf, rule, chosen, language) for rule in chosen.rules]
    return RuleList(profile=chosen.code, items=[RuleSummary.model_validate(tree) for tree in trees])


@router.get("/errors", operation_id="listErrors", summary="Errors", responses=problems(*_READ))
def list_errors(
    request: Request,
    language: Annotated[Language, Depends(given.reader)],
    profile: given.Profile = DEFAULT_PROFILE,
) -> ErrorList:
    """The errors that the rules of a profile speak of, with the success that is the other side of each."""
    wanted_type(request, ("application/json",))
    shelf = library()
    return ErrorList(profile=shelf.book.profile(profile).code, items=errors_of(shelf, profile))


def errors_of(shelf: Library, profile: str) -> list[ErrorSummary]:
    """The errors of a profile, by code. Raises UsageError for an unknown profile."""
    rules: dict[str, list[str]] = {}
    for rule in shelf.book.profile(profile).rules:
        rules.setdefault(rule.concerns, []).append(rule.code)
    entries = sorted((e for iri, e in shelf.knowledge.errors.items() if iri in rules), key=lambda entry: entry.code)
    return [
        ErrorSummary(
            code=entry.code,
            iri=entry.iri,
            label=dict(entry.label),
            success=dict(entry.success),
            remedies=[Remedy(iri=one.iri, label=dict(one.text)) for one in entry.remedies],
            rules=rules[entry.iri],
        )
        for entry in entries
    ]
