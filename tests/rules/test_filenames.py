"""T37: names of files are for the eyes and for saving again; they lead nowhere and do not deceive."""

from __future__ import annotations

import pytest

from workflows.rules.filenames import clean_name

JPG = (".jpg", ".jpeg")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("现场照片.JPG", "现场照片.jpg"), ("a.jpeg", "a.jpeg"), ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\李\\照片.jpg", "照片.jpg"),
        ("photo\u202egnp.exe", "photognp.exe.jpg"),
        ("..", "附件.jpg"),
        ("", "附件.jpg"), (".jpg", "附件.jpg"), ("a\x00b\r\nSet-Cookie: x.jpg", "abSet-Cookie_ x.jpg"),
        ('a"b<c>|?*.jpg', "a_b_c____.jpg"), ("\ud800坏.jpg", "坏.jpg"), ("x.html", "x.html.jpg"),
        ("名 . .jpg", "名.jpg"),
        ("\U00020bb7㐀\U0003106c.jpg", "\U00020bb7㐀\U0003106c.jpg"), ("e\u0301.jpg", "\u00e9.jpg"),
        ("CON.", "CON.jpg"),
    ],
)
def test_a_name_is_made_fit(given: str, shown: str) -> None:
    assert clean_name(given, JPG) == shown


def test_a_long_name_keeps_its_ending_in_255_bytes() -> None:
    for letter in ("a", "长", "\U00020bb7"):
        name = clean_name(letter * 300 + ".jpeg", JPG)
        assert name.endswith(letter + ".jpeg")
        assert 250 < len(name.encode()) <= 255
