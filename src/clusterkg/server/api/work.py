"""Diagnoses for the server, in a process that can be stopped: forms are taken apart there, and pages written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from clusterkg.diagnosis.model import Report
from clusterkg.diagnosis.worker import Diagnoser, Request
from clusterkg.rendering import FORMATS
from clusterkg.rendering.language import language
from clusterkg.server.api.upload import files_of
from clusterkg.workers.child import ReplyWriter


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form whose files are to be diagnosed, otherwise as `request` says (its own source is not looked at)."""

    body: bytes = field(repr=False)
    content_type: str
    request: Request


class HttpDiagnoser(Diagnoser):
    """As clusterkg.diagnosis.worker, and it knows forms and pages."""

    def work(self, request: Request | Form, reply: ReplyWriter) -> dict[str, int]:
        """Diagnose what was sent. Raises as Diagnoser.work does."""
        if isinstance(request, Form):
            request = replace(request.request, source=files_of(request.body, request.content_type))
        return super().work(request, reply)

    def written(self, report: Report, form: str, code: str) -> bytes:
        """The report in a format of clusterkg.rendering, or as a page."""
        if form == "html" and form not in FORMATS:
            from clusterkg.server.api.page import diagnosis_page

            return diagnosis_page(report, language(code)).encode("utf-8", "backslashreplace")
        return super().written(report, form, code)
