"""Templates keep to the content security policy and to the layouts."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.shape.source import ROOT, templates

LAYOUTS = ("layout/page.html", "layout/bare.html")
TAG = re.compile(r"<(?!!--)[a-zA-Z][^>]*>", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


@pytest.mark.parametrize("name", sorted(templates()))
def test_no_template_has_inline_code(name: str) -> None:
    text = COMMENT.sub("", templates()[name])
    assert "<style" not in text
    for tag in TAG.findall(text):
        assert not re.search(r"\sstyle\s*=", tag), tag
        assert not re.search(r"\son[a-z]+\s*=", tag), tag
        assert not re.search(r"\shx-on", tag), tag
        assert "javascript:" not in tag, tag
        if tag.startswith("<script"):
            assert " src=" in tag, tag


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_template_compiles(app: Flask, name: str) -> None:
    app.jinja_env.get_template(name.removeprefix("templates/"))


def test_only_layouts_write_headings_of_the_first_level_and_titles() -> None:
    others = {name: text for name, text in templates().items() if not name.startswith("templates/layout/")}
    assert not [name for name, text in others.items() if re.search(r"<h1\b|<title\b|<html\b", COMMENT.sub("", text))]


def test_every_page_extends_a_layout_and_has_a_title() -> None:
    for name, text in templates().items():
        if "{% extends" in text and not name.startswith("templates/layout/"):
            assert "{% block title %}" in text or "{% extends \"layout/" not in text, name


def test_scripts_and_styles_come_from_here() -> None:
    elsewhere = {
        name for name, text in templates().items() if re.search(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", text)
    }
    assert not elsewhere


def test_style_is_understood_by_old_browsers() -> None:
    """Government desktops run Chromium 90 (promises: target browsers)."""
    css = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "hotline/static/css").glob("*.css"))
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    assert not re.search(r":has\(|color-mix|light-dark|@layer|@container|oklch", css)
