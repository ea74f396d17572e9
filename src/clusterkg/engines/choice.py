"""Which engine to use: the fast one where it is installed, else the referee."""

from __future__ import annotations

from importlib.util import find_spec

from clusterkg.engines.base import Engine
from clusterkg.errors import UsageError, nearest, text


def available_engines() -> tuple[str, ...]:
    """Names of the engines that can be used here, the preferred one first."""
    return ("shacl", "pyshacl") if find_spec("shacl") else ("pyshacl",)


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
            hint=text(f"Motores: {known}.", f"Engines: {known}." + (f" Did you mean “{near}”?" if near else "")),
        )
    if chosen == "shacl":
        from clusterkg.engines.fast import Fast

        return Fast()
    from clusterkg.engines.referee import Referee

    return Referee()
