"""The pages of an import: hand in a file, name its columns, try it, take it, watch it, stop it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels, queues
from hotline.access import current_actor
from hotline.choices import typed_name
from hotline.forms import Typed, keeps, load
from hotline.imports.schemas import MOST_WORDS, ChoicesForm, Deed, choices_of_form
from hotline.pages import MOST, Key, csv_response, fragment, paginate
from workflows import imports
from workflows.engine.long_work import UNDER_WAY
from workflows.errors import Invalid
from workflows.imports import FIELDS, HEADINGS
from workflows.model.reference import reference
from workflows.model.work import Job, JobReject

bp = Blueprint("imports", __name__, url_prefix="/imports")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rejected rows shown on the page; the file holds them all.
SHOWN = 50


def list_page(typed: Typed | None = None) -> str:
    """Imports, newest first, and the form that hands in a file."""
    page = paginate(imports.listed(current_actor()), [Key(Job.id, descending=True)])
    return render_template("imports/list.html", page=page, typed=typed or Typed())


@bp.get("/")
def index() -> ResponseReturnValue:
    """Imports, newest first."""
    return list_page()


@bp.post("/")
@keeps(list_page)
def upload() -> ResponseReturnValue:
    """Take in a file."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(fields={"file": ["required"]})
    folder = Path(current_app.config["VAR"]) / "imports"
    job_id = imports.receive(file.stream, file.filename, folder, current_actor())
    return redirect(url_for("imports.job", job_id=job_id), code=303)


def _on_record(job: Job) -> Typed:
    chosen = imports.choices_of(job.params)
    return Typed({
        **{f"column_{name}": place for name, place in chosen.columns.items()},
        "default_kind": str(chosen.kind) if chosen.kind else "", "category_id": chosen.category_id,
        "area_id": chosen.area_id,
    })


def job_page(job_id: int, typed: Typed | None = None) -> str:
    """One import: its progress, its choices while they are open, what was rejected and why."""
    job = imports.find(job_id, current_actor())
    typed, words = typed or _on_record(job), imports.unknown_words(job)
    return render_template(
        "imports/job.html", typed=typed, fields=FIELDS, category=typed_name(typed, "category_id", "categories"),
        area=typed_name(typed, "area_id", "areas"), header=list(enumerate(job.params["header"])),
        classes=list(islice(words.classes.items(), MOST_WORDS)), kinds=list(islice(words.kinds.items(), MOST_WORDS)),
        before=imports.taken_before(job), matters=matters(), **_progress(job),
    )


def matters() -> list[tuple[int, str]]:
    """The matters in use, as options: few enough for a list, and a type-ahead for sixty rows would be too much."""
    ref = reference()
    nodes = sorted((c for c in ref.categories.values() if c.active), key=lambda c: c.code)
    return [(c.id, f"{c.code} {ref.category_name(c.id)}") for c in nodes]


def _progress(job: Job) -> dict[str, Any]:
    report = job.params.get("report", {})
    ref = reference()
    return {
        "job": job, "under_way": job.state in UNDER_WAY, "dry": job.params["dry"], "report": report,
        "rejects": imports.rejects(job.id, most=SHOWN), "reasons": reasons,
        "routes": [(ref.unit_name(int(unit)) if unit.isdecimal() else gettext("待派单"), n)
                   for unit, n in sorted(report.get("routes", {}).items(), key=lambda pair: -pair[1])],
    }


def reasons(reject: JobReject) -> list[str]:
    """Why a row was rejected, field by field, in words."""
    return [
        f"{labels.label(why['field'], 'ImportField')}{gettext('：')}{labels.problem_text(why['code'])}"
        for why in reject.reasons
    ]


@bp.get("/<int:job_id>")
def job(job_id: int) -> ResponseReturnValue:
    """One import."""
    return job_page(job_id)


@bp.get("/<int:job_id>/progress")
def progress(job_id: int) -> ResponseReturnValue:
    """How far it is, for the refresh; once it is over the whole page is to be read again."""
    found = imports.find(job_id, current_actor())
    answer = fragment(render_template("imports/progress.html", **_progress(found)))
    if found.state not in UNDER_WAY:
        answer = Response(headers={"HX-Refresh": "true"})
    return answer


@bp.post("/<int:job_id>")
@keeps(job_page)
def begin(job_id: int) -> ResponseReturnValue:
    """Keep the choices, and try the file or take it."""
    actor = current_actor()
    found, form = imports.find(job_id, actor), load(ChoicesForm)
    if found.params["dry"]:  # once rows were taken for good the choices stand, and the run only goes on
        imports.choose(job_id, choices_of_form(form, imports.choices_of(found.params)), actor)
    imports.begin(job_id, actor, dry=form["deed"] is Deed.TRY)
    queues.begin_soon(current_app.config["REDIS_URL"], "workflows.jobs.run_import", job_id)
    return redirect(url_for("imports.job", job_id=job_id), code=303)



@bp.post("/<int:job_id>/cancel")
@keeps(job_page)
def cancel(job_id: int) -> ResponseReturnValue:
    """Stop it after the present batch."""
    imports.cancel(job_id, current_actor())
    flash(gettext("已要求停止，当前一批处理完即停。"), "info")
    return redirect(url_for("imports.job", job_id=job_id), code=303)


@bp.get("/<int:job_id>/rejects.csv")
def rejects_csv(job_id: int) -> ResponseReturnValue:
    """All rejected rows with the reasons, as a file."""
    found = imports.find(job_id, current_actor())
    name = f"{found.file_name} {gettext('未导入的行')}"
    return csv_response(name, [gettext("行号"), gettext("原因")], _rejected(found.id))


def _rejected(job_id: int) -> Iterator[list[Any]]:
    beyond = 0
    while rows := imports.rejects(job_id, beyond=beyond, most=MOST):
        yield from ([row.row_no, gettext("；").join(reasons(row))] for row in rows)
        beyond = rows[-1].row_no


@bp.get("/template.<any(csv,xlsx):form>")
def template(form: str) -> ResponseReturnValue:
    """An empty file with the headings that are understood without being told."""
    name = gettext("导入模板")
    if form == "csv":
        return csv_response(name, HEADINGS, [])
    return send_file(_workbook(HEADINGS), XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def _workbook(headings: Sequence[str]) -> BytesIO:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.set_column(0, len(headings) - 1, 16, book.add_format({"num_format": "@"}))  # a number stays as typed
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
    file.seek(0)
    return file
