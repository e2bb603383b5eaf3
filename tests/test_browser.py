"""Whoever opens pages for the tests must notice what no page of ours may do."""

import pytest

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize(
    "page",
    [
        "<img src='http://elsewhere.example/pixel.png'>",
        "<link rel=stylesheet href=https://elsewhere.example/fonts.css>",
        "<script>new WebSocket('ws://elsewhere.example')</script>",
        "<script>throw Error('forgotten')</script>",
        "<script>console.error('noticed')</script>",
    ],
)
def test_what_reaches_out_or_fails_is_noticed(reader, tmp_path, page):
    path = tmp_path / "page.html"
    path.write_text(page)
    window = reader.open(path)
    # Chromium tells of some of these a while after the page has loaded.
    for _ in range(100):
        if reader.complaints:
            break
        window.wait_for_timeout(50)
    assert reader.complaints
    reader.complaints.clear()


def test_a_page_of_its_own_is_left_in_peace(reader, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<title>Still</title><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>")
    assert reader.open(path, width=360).evaluate("innerWidth") == 360
