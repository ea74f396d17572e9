"""The shapes that engines see: of each profile, with thresholds filled in and conditions added; hashed, as a diagnosis names them."""

from __future__ import annotations

from functools import cache

from pyoxigraph import RdfFormat, parse
from starlette.requests import Request
from starlette.responses import Response

from clusterkg.baking import BakedShapes, bake
from clusterkg.diagnosis import Settings as Check
from clusterkg.namespaces import ROOT
from clusterkg.resources import resource
from clusterkg.rulebook import RuleBook
from clusterkg.rules import Rule
from clusterkg.server.linked_data.addresses import Address, unknown
from clusterkg.server.linked_data.formats import makers_of, written
from clusterkg.server.linked_data.names import Words, pick
from clusterkg.server.linked_data.pages import Pages
from clusterkg.server.linked_data.replies import Makers, Offer, answer

_PATH = ROOT + "shapes"


def shapes(request: Request, address: Address) -> Response:
    """The shapes of a profile; of the default one at `/shapes`.

    Raises:
        Problem: 404 for a profile that does not exist.
    """
    code = address.iri.removeprefix(_PATH).strip("/") or Check().profile
    if code not in _book().profiles:
        raise unknown(address.iri)

    def html() -> str:
        return _page(Pages(request), address, code, makers)

    def data(ending: str) -> bytes:
        return _written(ending, code)

    makers: Makers = makers_of(html, data)
    return answer(request, Offer(address, makers))


def _page(pages: Pages, address: Address, code: str, makers: Makers) -> str:
    speaks, book = pages.speaks, _book()
    profile = book.profile(code)
    title = pick(profile.label, speaks)
    by_error: dict[str, list[tuple[Rule, Words]]] = {}
    for rule in book.applied(code):
        by_error.setdefault(rule.concerns, []).append((rule, pick(rule.label, speaks)))
    profiles = [(one.code, pick(one.label, speaks)) for one in book.profiles.values()]
    trail = [(Words(speaks("menu.rules")), _PATH)] if address.iri != _PATH else []
    return pages.render(
        "shapes.html.j2",
        address,
        makers,
        title=title,
        trail=trail,
        profile=profile,
        groups=by_error,
        description=pick(profile.description, speaks),
        baked=_baked(code),
        profiles=profiles,
        base=_PATH + "/",
    )


@cache
def _book() -> RuleBook:
    return RuleBook.load(resource("shapes"))


@cache
def _baked(code: str) -> BakedShapes:
    return bake(_book().applied(code))


@cache
def _written(ending: str, code: str) -> bytes:
    return written(ending, [quad.triple for quad in parse(_baked(code).ntriples, format=RdfFormat.N_TRIPLES)])
