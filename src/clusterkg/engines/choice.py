"""Which engine to use: the fastest that is installed; the referee is there always (docs/decisions/0004-engines.md)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from clusterkg.engines.base import Engine
from clusterkg.errors import UsageError, nearest, text

# Engine name → (distribution's module, our module, our class); the fastest first.
_ENGINES = {
    "shacl": ("shacl", "fast", "Fast"),
    "pyshacl-turbo": ("pyshacl_turbo", "turbo", "Turbo"),
    "pyshacl": ("pyshacl", "referee", "Referee"),
}


def available_engines() -> tuple[str, ...]:
    """Names of the engines that can be used here, the preferred one first."""
    return tuple(name for name, (module, _, _) in _ENGINES.items() if find_spec(module))


def choose_engine(name: str | None = None) -> Engine:
    """The engine of that name; without a name, the fastest that is installed.

    Raises:
        UsageError: for a name that is unknown or not installed here.
    """
    names = available_engines()
    chosen = name or names[0]
    if chosen not in names:
        near = nearest(chosen, names)
        known = ", ".join(names)
        raise UsageError(
            text(
                f"No hay motor «{chosen}» en esta instalación.", f"There is no engine “{chosen}” in this installation."
            ),
            hint=text(
                f"Motores: {known}." + (f" ¿Quiso decir «{near}»?" if near else ""),
                f"Engines: {known}." + (f" Did you mean “{near}”?" if near else ""),
            ),
        )
    _, module, cls = _ENGINES[chosen]
    engine: Engine = getattr(import_module(f"clusterkg.engines.{module}"), cls)()
    return engine
