"""Whatever goes wrong becomes a page in plain words, or problem+json for a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import orjson
from flask import Flask, Response, current_app, make_response, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from portal.errors import Invalid, Missing, Problem, Refused, Stale
from portal.web.exports import Busy
from portal.web.i18n import lazy, translated
from portal.web.logs import log, request_id
from portal.web.pages import page

TRY_LATER_SECONDS = "30"
LIMIT_SECONDS = "60"
Text = tuple[str, str]
CHECK = lazy("Check what you entered, then try again.")
#: What was being written when the database went away may be there or not: nobody can tell.
TRY_LATER = lazy("Try again later. If you sent something, look whether it was saved first.")
#: Title and first sentence for each status; any other status takes OTHER_4XX or OTHER_5XX.
TEXTS: dict[int, Text] = {
    400: (lazy("Sorry, we could not read your request"), CHECK),
    401: (lazy("You need to sign in"), lazy("You need to sign in to see this page.")),
    403: (lazy("You cannot see this page"), lazy("You do not have permission to do this.")),
    404: (
        lazy("Page not found"),
        lazy(
            "If you typed the web address, check it is correct. If you pasted it, check you "
            "copied all of it."
        ),
    ),
    405: (
        lazy("You cannot do that on this page"),
        lazy("This page does not accept that kind of request. Go back and try again."),
    ),
    406: (
        lazy("This page is not available in that format"),
        lazy("Pages are available as HTML, and lists and records as JSON and CSV."),
    ),
    408: (lazy("Your request took too long"), lazy("Check your connection, then try again.")),
    409: (
        lazy("Someone else has changed this"),
        lazy(
            "The record changed after you opened it. Open it again to see what changed, then "
            "make your change."
        ),
    ),
    410: (lazy("This page has been removed"), lazy("It is no longer available.")),
    411: (lazy("Sorry, we could not read your request"), lazy("It did not say how long it is.")),
    412: (lazy("This has changed since you last read it"), lazy("Open it again, then try again.")),
    413: (
        lazy("What you sent is too large"),
        lazy("Send a smaller file or a shorter text, then try again."),
    ),
    414: (lazy("The web address is too long"), lazy("Use fewer filters or a shorter search.")),
    415: (lazy("We cannot use that type of file"), lazy("Send it in a format the page asks for.")),
    416: (lazy("That part of the file does not exist"), lazy("Download the whole file instead.")),
    422: (lazy("There is a problem with what you entered"), CHECK),
    429: (lazy("You have made too many requests"), lazy("Wait a minute, then try again.")),
    431: (
        lazy("Your browser sent too much information"),
        lazy("Clear the cookies for this website, then try again."),
    ),
    500: (lazy("Sorry, there is a problem with this service"), TRY_LATER),
    501: (lazy("This is not available"), lazy("This service does not do what was asked.")),
    502: (lazy("Sorry, there is a problem with this service"), TRY_LATER),
    503: (
        lazy("Sorry, this service is unavailable"),
        lazy(
            "You will be able to use it shortly. Try again in a minute. If you sent something, "
            "look whether it was saved first."
        ),
    ),
    504: (lazy("Sorry, this service took too long to answer"), TRY_LATER),
}
OTHER_4XX: Text = (lazy("Sorry, we could not do that"), CHECK)
OTHER_5XX: Text = (lazy("Sorry, there is a problem with this service"), TRY_LATER)
EXPIRED: Text = (
    lazy("This page has expired"),
    lazy("Go back, reload the page and send it again. This protects you from forged requests."),
)
BUSY: Text = (
    lazy("Other downloads are running"),
    lazy("Large files are sent one after the other. Try again in a minute."),
)
PROBLEMS: tuple[tuple[type[Problem], int], ...] = (
    (Missing, 404), (Refused, 403), (Stale, 409), (Invalid, 422), (Problem, 400),
)  # fmt: skip


#: Where functions wait that know where a missing page has gone.
LEADS = "portal_leads"


def lead_on(app: Flask, find: Callable[[], AnyResponse | None]) -> None:
    """Ask a function where a missing page is now, before saying that there is none."""
    app.extensions.setdefault(LEADS, []).append(find)


#: Where functions wait that answer some requests in a form of their own.
OWN = "portal_own_errors"


def answered_by(app: Flask, answers: Callable[[int, str], Response | None]) -> None:
    """Ask a function for the answer to a request that went wrong, from the status and a sentence;
    where it gives None, the answer is as everywhere.
    """
    app.extensions.setdefault(OWN, []).append(answers)


def install(app: Flask) -> None:
    """Catch everything that a view, a lower package or Werkzeug raises."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Problem, _problem)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_away)


def _http(error: HTTPException) -> Response:
    if isinstance(error, RequestRedirect) or error.response is not None:
        return make_response(error.get_response())
    status = error.code or 500
    if isinstance(error, CSRFError):
        return answer(status, text=EXPIRED)
    if isinstance(error, Busy):
        return _with_headers(answer(status, text=BUSY), error)
    if status == 429:
        response = answer(status)
        response.headers["Retry-After"] = LIMIT_SECONDS
        return response
    if isinstance(error, InternalServerError) or status < 500:
        return _with_headers(answer(status), error)
    log.warning("http_error", status=status, endpoint=request.endpoint)
    return _with_headers(answer(status), error)


def _with_headers(response: Response, error: HTTPException) -> Response:
    # Allow, Retry-After, WWW-Authenticate and the like belong to the status.
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers.setdefault(name, value)
    return response


def _problem(error: Problem) -> AnyResponse:
    if isinstance(error, Missing):
        for find in current_app.extensions.get(LEADS, ()):
            if (elsewhere := find()) is not None:
                return cast(AnyResponse, elsewhere)
    status = next(status for kind, status in PROBLEMS if isinstance(error, kind))
    field = error.field if isinstance(error, Invalid) else None
    # What was refused or missing is not said: it may be nobody's business that it exists.
    detail = translated(error) if status in (400, 409, 422) else None
    return answer(status, detail=detail, field=field)


def _database_away(error: Exception) -> Response:
    log.error("database_unavailable", endpoint=request.endpoint, error=_cause(error))
    response = answer(503)
    response.headers["Retry-After"] = TRY_LATER_SECONDS
    return response


def _cause(error: Exception) -> str:
    # The driver's own words, without SQLAlchemy's statement and parameters.
    return str(getattr(error, "orig", None) or type(error).__name__)[:300]


def answer(
    status: int, detail: str | None = None, field: str | None = None, text: Text | None = None
) -> Response:
    """The page, or problem+json, for a status.

    Args:
        status: the HTTP status.
        detail: a sentence for the reader; the usual one for the status without it.
        field: the input it belongs to, told to programs.
        text: title and sentence in place of the usual ones.
    """
    title, sentence = text or TEXTS.get(status) or (OTHER_4XX if status < 500 else OTHER_5XX)
    sentence = detail or sentence
    for own in current_app.extensions.get(OWN, ()):
        made: Response | None = own(status, str(sentence))
        if made is not None:
            return made
    if wants_json():
        return _json(status, str(title), str(sentence), field)
    try:
        return page(
            "errors/error.html",
            title=title,
            section=None,
            sentence=sentence,
            code=status,
            request_id=request_id(),
            status=status,
        )
    except (TemplateError, RuntimeError, KeyError):
        log.exception("error_page_failed", status=status)
        return Response(f"{title}. {sentence}\n", status, mimetype="text/plain")


def wants_json() -> bool:
    """True for an address that ends .json, and for a reader that prefers JSON to HTML."""
    if request.path.endswith(".json"):
        return True
    accepted = request.accept_mimetypes
    json = max(accepted["application/json"], accepted["application/problem+json"])
    return json > accepted["text/html"]


def _json(status: int, title: str, detail: str, field: str | None) -> Response:
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id(),
    }
    if field is not None:
        body["field"] = field
    return Response(orjson.dumps(body), status, mimetype="application/problem+json")
