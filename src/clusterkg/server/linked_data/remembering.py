"""What is costly to count is kept as long as the store's state is the same."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from clusterkg.store.base import Store

_T = TypeVar("_T")

_KEPT: WeakKeyDictionary[Store, tuple[str, dict[str, Any]]] = WeakKeyDictionary()
_LOCK = Lock()


def remembered(store: Store, key: str, make: Callable[[], _T]) -> _T:
    """What `make` returned for the present state of the store; made anew when the state has changed, or cannot be told."""
    state = store.state().sha256
    if not state:
        return make()
    with _LOCK:
        known_state, kept = _KEPT.get(store, ("", {}))
        if known_state == state and key in kept:
            found: _T = kept[key]
            return found
    made = make()
    with _LOCK:
        known_state, kept = _KEPT.get(store, ("", {}))
        kept = kept if known_state == state else {}
        kept[key] = made
        _KEPT[store] = (state, kept)
    return made
