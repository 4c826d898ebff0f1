"""T37: what is taken and what is refused, by content alone."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from tests.attach import files
from workflows.attach.content import look_through
from workflows.errors import Invalid

PIXELS = 40_000_000
LINKED = '<Relationship Id="a" TargetMode="External" Target="https://evil.example/t" Type="http://x/{}"/>'


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as no:
        look_through(data, PIXELS)
    return no.value.fields["file"][0]


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (files.picture("JPEG"), "image/jpeg"), (files.picture("PNG"), "image/png"),
        (files.picture("WEBP"), "image/webp"),
        (files.pdf(), "application/pdf"), (files.mpeg4(), "video/mp4"), (files.mpeg4(b"M4A "), "audio/mp4"),
        (files.mp3(), "audio/mpeg"),
        (files.workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (files.document(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_on_the_list_is_known_by_its_content(data: bytes, media_type: str) -> None:
    assert look_through(data, PIXELS).media_type == media_type


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<?php system($_GET[0]);", b"MZ" + bytes(200), b"%!PS-Adobe-3.0", b"GIF89a" + bytes(50) + b"<script>",
        b"#!/bin/sh\nrm -rf /", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"plain words",
        b"\x1f\x8b" + bytes(99),
        files.package({"a.txt": "b"}), b"  %PDF-1.7", b"BM" + bytes(100),
    ],
)
def test_what_is_not_on_the_list_is_refused(data: bytes) -> None:
    assert refused(data) == "file_kind_refused"


def test_nothing_but_pixels_is_left_of_a_photograph() -> None:
    found = look_through(files.photograph(), PIXELS)
    assert (found.width, found.height) == (16, 24)
    assert not dict(Image.open(io.BytesIO(found.kept)).getexif())
    assert all(words not in found.kept for words in (b"SecretCamera", b"hidden words", b"Exif"))


def test_what_hides_behind_a_picture_stays_behind() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        both = files.picture(kind) + files.package({"run.js": "alert(1)"}) + b"<script>alert(1)</script>"
        kept = look_through(both, PIXELS).kept
        assert b"script" not in kept
        assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    assert refused(files.huge_png(20_000)) == "picture_too_large"
    assert refused(files.huge_png(7_000)) == "picture_too_large"
    assert look_through(files.picture(size=(100, 100)), 10_000).width == 100


@pytest.mark.parametrize(
    "data",
    [
        files.picture("PNG")[:60], files.picture()[:40], files.pdf()[:120], files.workbook()[:-60], files.mpeg4()[:-1],
        files.mpeg4(rest=files.package({"a.js": "b"})), files.mp3()[:300], b"\xff\xd8\xff" + bytes(30),
        files.huge_png(50),
    ],
)
def test_what_is_not_whole_is_refused(data: bytes) -> None:
    assert refused(data) == "file_broken"


@pytest.mark.parametrize(
    "data",
    [
        files.document(word__vbaProject=b"x"), files.document(word__embeddings__oleObject1=b"x"),
        files.document(word__activeX__activeX1=b"x"), files.document(xl__externalLinks__externalLink1=b"x"),
        files.document(word___rels__document=b"", word__settings=b"", word__a__="", **{"word/_rels/settings.xml.rels":
                       files.RELATIONS.format(LINKED.format("attachedTemplate"))}),
        files.package({"[Content_Types].xml": "<Override ContentType='x.macroEnabled.y'/>", "word/document.xml": "",}),
        files.pdf(script="app.alert(1)"), files.pdf(file=b"MZ"),
    ],
)
def test_what_acts_by_itself_is_refused(data: bytes) -> None:
    assert refused(data) == "file_active"


def test_a_link_that_waits_for_a_click_is_no_harm() -> None:
    rels = files.RELATIONS.format(LINKED.format("hyperlink"))
    assert look_through(files.document(**{"word/_rels/document.xml.rels": rels}), PIXELS).extensions == (".docx",)


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_is() -> None:
    assert refused(files.document(word__media__a=bytes(210 * 1024 * 1024))) == "file_bomb"
    assert refused(files.document(**{"word/_rels/document.xml.rels": bytes(3 * 1024 * 1024)})) == "file_bomb"
    assert refused(files.document(**{f"word/{n}.xml": "" for n in range(2_001)})) == "file_bomb"


def test_entities_and_paths_in_packages_are_refused() -> None:
    laughs = '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Relationships>&b;</Relationships>'
    assert refused(files.document(**{"word/_rels/document.xml.rels": laughs})) == "file_broken"
    assert refused(files.document(**{"../../etc/passwd": "x"})) == "file_broken"


def test_a_locked_document_is_refused() -> None:
    assert refused(files.pdf(password="secret")) == "file_locked"
