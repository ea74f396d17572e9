"""Who may write: bearer tokens (RFC 6750), kept as hashes in a file.

A token is 256 bits of the system's randomness, shown once. It cannot be guessed or found in a list of passwords, so that one
HMAC-SHA-256, keyed with the file's own random pepper, protects it at rest as well as a slow hash would, and costs microseconds a
request instead of giving everybody a lever to tire the server with. The pepper makes hashes of different files incomparable.

The file is JSON: {"format": 1, "pepper": hex, "tokens": [{"name", "scope", "hash", "created", "expires", "revoked"}]}; the three
last ones are instants in UTC, or null. A revoked name stays taken, so that the audit log cannot be misread.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request

from clusterkg.errors import ConfigurationError, UsageError, text
from clusterkg.server.problems import Problem

SCOPES = ("read", "write", "admin")
"""Each holds those before it."""

_FORMAT = 1
_PREFIX = "ckg_"  # lets scanners for leaked secrets know one
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token a request bears."""

    name: str
    scope: str


@dataclass(frozen=True, slots=True)
class Token:
    """One token as it is kept."""

    name: str
    scope: str
    hash: str
    created: str
    expires: str | None = None
    revoked: str | None = None

    def valid(self, now: str) -> bool:
        """Whether it still opens anything at this instant."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Tokens:
    """A file of tokens; read again when it has changed, so that a revoked token is refused from the next request on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] | None = None
        self._pepper = b""
        self._tokens: tuple[Token, ...] = ()
        self._refresh()

    def all(self) -> tuple[Token, ...]:
        """Every token, revoked ones too, oldest first."""
        self._refresh()
        return self._tokens

    def identify(self, secret: str) -> Identity | None:
        """Whose token this is; None for one that is unknown, revoked or too old. Takes as long for any of them."""
        self._refresh()
        hashed, now = self._hash(secret), _now()
        found = None
        for token in self._tokens:
            if hmac.compare_digest(token.hash, hashed) and token.valid(now):
                found = Identity(token.name, token.scope)
        return found

    def add(self, name: str, scope: str, expires: str | None = None) -> str:
        """Make a token and keep its hash. What is returned is shown once and cannot be had again.

        Raises:
            UsageError: for a name that is taken or unsuitable, or a file that cannot be written.
        """
        if not _NAME.match(name):
            message = text(f"«{name}» no sirve como nombre.", f"“{name}” is no suitable name.")
            hint = text(
                "Use hasta 64 letras, cifras, puntos y guiones.", "Use up to 64 letters, digits, dots and dashes."
            )
            raise UsageError(message, hint=hint)
        with self._locked():
            if any(token.name == name for token in self.all()):
                raise UsageError(
                    text(f"Ya hay, o hubo, un token «{name}».", f"There is, or was, a token “{name}” already.")
                )
            secret = _PREFIX + secrets.token_urlsafe(32)
            self._pepper = self._pepper or secrets.token_bytes(32)
            self._write((*self._tokens, Token(name, scope, self._hash(secret), _now(), expires)))
        return secret

    def revoke(self, name: str) -> None:
        """Let a token open nothing any more. Raises UsageError where no valid one has that name."""
        with self._locked():
            if not any(token.name == name and token.revoked is None for token in self.all()):
                raise UsageError(text(f"No hay un token «{name}».", f"There is no token “{name}”."))
            now = _now()
            self._write(tuple(replace(one, revoked=now) if one.name == name else one for one in self._tokens))

    def _hash(self, secret: str) -> str:
        return hmac.digest(self._pepper, secret.encode("utf-8", "surrogateescape"), "sha256").hex()

    def _refresh(self) -> None:
        """Read the file, unless it is the one that was read last; one that has gone leaves no token valid."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._seen, self._tokens = None, ()
            return
        except OSError as error:
            raise self._unusable() from error
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen == self._seen:
            return
        if os.name == "posix" and found.st_mode & 0o022:
            raise UsageError(
                text("Otros pueden cambiar el archivo de tokens.", "Others may change the file of tokens."),
                file=str(self.path),
                hint=text("chmod 600 lo corrige.", "chmod 600 mends that."),
            )
        self._pepper, self._tokens = self._read()
        self._seen = seen

    def _read(self) -> tuple[bytes, tuple[Token, ...]]:
        try:
            content = json.loads(self.path.read_bytes())
            if content["format"] != _FORMAT:
                raise ValueError(content["format"])
            tokens = tuple(Token(**one) for one in content["tokens"])
            if any(token.scope not in SCOPES for token in tokens):
                raise ValueError("scope")
            return bytes.fromhex(content["pepper"]), tokens
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unusable() from error

    def _unusable(self) -> UsageError:
        message = text("El archivo de tokens no se puede leer.", "The file of tokens cannot be read.")
        return UsageError(message, file=str(self.path))

    def _write(self, tokens: tuple[Token, ...]) -> None:
        """Aside, then renamed; for its owner's eyes only (mkstemp makes it so)."""
        content = {"format": _FORMAT, "pepper": self._pepper.hex(), "tokens": [asdict(token) for token in tokens]}
        try:
            handle, aside = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(content, file, indent=1)
                    file.flush()
                    os.fsync(file.fileno())
                Path(aside).replace(self.path)
            except OSError:
                Path(aside).unlink(missing_ok=True)
                raise
        except OSError as error:
            message = text("El archivo de tokens no se puede escribir.", "The file of tokens cannot be written.")
            raise UsageError(message, file=str(self.path)) from error
        self._tokens, self._seen = tokens, None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One change at a time, also between processes, where the system has such locks."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path.parent / f".{self.path.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            message = text("El archivo de tokens no se puede escribir.", "The file of tokens cannot be written.")
            raise UsageError(message, file=str(self.path)) from error
        try:
            with suppress(ImportError):
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def require(request: Request, scope: str) -> Identity:
    """Whose request this is, if its token allows what is to be done.

    Raises:
        Problem: 403 where no tokens are configured or this one does not allow it, 401 without a valid one.
        ConfigurationError: where the file of tokens cannot be used.
    """
    tokens: Tokens | None = request.app.state.tokens
    if tokens is None:
        raise Problem(
            403,
            text("En este servidor la escritura está desactivada.", "Writing is off on this server."),
            hint=text(
                "Quien lo opera la activa con un archivo de tokens (clusterkg token).",
                "Whoever runs it turns it on with a file of tokens (clusterkg token).",
            ),
        )
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise _challenge(401, text("Hace falta un token.", "A token is needed."), "")
    try:
        identity = tokens.identify(secret.strip())
    except UsageError as error:  # no fault of whoever asks, who is not to learn where that file is either
        raise ConfigurationError(error.message) from error
    if identity is None:
        detail = text(
            "El token no es válido, venció o fue revocado.", "The token is not valid, has expired or was revoked."
        )
        raise _challenge(401, detail, ', error="invalid_token"')
    if SCOPES.index(identity.scope) < SCOPES.index(scope):
        detail = text(f"Este token no permite «{scope}».", f"This token does not allow “{scope}”.")
        raise _challenge(403, detail, f', error="insufficient_scope", scope="{scope}"')
    return identity


def _challenge(status: int, detail: dict[str, str], more: str) -> Problem:
    return Problem(status, detail, headers={"WWW-Authenticate": f'Bearer realm="clusterkg"{more}'})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
