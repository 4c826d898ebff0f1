"""Files in and out over HTTP: what was sent, and how it is handed out so that no browser makes a page of it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from workflows.attach import Opened, Upload
from workflows.errors import Invalid

#: Files of one form.
MOST_FILES = 10
#: Nothing in a file is run or loaded, wherever it is opened.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"


def uploads(sent: Iterable[FileStorage]) -> list[Upload]:
    """The files of a form; a field left empty is none. Raises Invalid for too many."""
    files = [file for file in sent if file.filename]
    if len(files) > MOST_FILES:
        raise Invalid(fields={"file": ["files_too_many"]})
    return [Upload(file.filename or "", file.stream.read()) for file in files]


def handed_out(file: Opened, *, shown: bool = False) -> Response:
    """The file, streamed, to be saved under its name; `shown`: a picture of our own encoding, to be looked at."""
    as_picture = shown and file.media_type.startswith("image/")
    response = send_file(
        file.path, file.media_type, as_attachment=not as_picture, download_name=file.name, conditional=False,
        etag=False, last_modified=None, max_age=None,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
