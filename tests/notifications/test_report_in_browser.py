"""The report as support uses it: in a browser, with the keyboard, with ten thousand customers."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.report.page import render_report
from notifications.report_data import WorklistEntry
from tests.notifications.sample import FACTS, report_data
from tests.notifications.test_safety import HOSTILE

pytestmark = pytest.mark.slow

ENGLISH = replace(FACTS, default_locale="en")
# The processor's time from a click to the new list, of ten thousand customers. About 0.2 are
# needed; machines differ.
SECONDS_AT_MOST = 1
PAINTED = (
    "document.body.offsetHeight; "
    "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
)


def entry(customer_id, name, **changed):
    given = {
        "verdicts": {"lost": 1},
        "revision": 1,
        "folder": f"notices/{customer_id}/rev-1",
        "email": f"post@{customer_id}.example",
    }
    return WorklistEntry(customer_id=customer_id, name=name, **given | changed)


FOUR = (
    entry("9", "Wehr Übersee", verdicts={"lost": 10, "review": 1}, persons_missing=4),
    entry("10", "Wehr Straße", verdicts={"lost": 9, "stale": 2}, persons_missing=3, state="sent"),
    entry("11", "Rettung Aachen", verdicts={"stale": 1}, email=None),
    entry("100", "Wehr Aachen", verdicts={"review": 1200}, state="failed"),
)


@pytest.fixture
def opened(reader, tmp_path):
    """Opens a report with this worklist."""

    def opening(worklist=FOUR, *, width=1200, **changed):
        path = tmp_path / "report.html"
        data = report_data(worklist=worklist, **{"facts": ENGLISH} | changed)
        path.write_bytes(render_report(data))
        return reader.open(path, width=width)

    return opening


def shown(page):
    return page.locator("#customers tbody th").all_text_contents()


def sort_by(page, name):
    page.get_by_role("columnheader", name=name, exact=True).get_by_role("button").click()


def test_at_first_the_most_urgent_are_at_the_top(opened):
    page = opened()
    assert shown(page) == ["9", "10", "100", "11"]
    assert page.locator("#found").text_content() == "4 of 4 customers"


def test_a_search_by_keyboard_alone(opened):
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("wehr aach")
    assert shown(page) == ["100"]
    assert page.locator("#found").text_content() == "1 of 4 customers"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Revision 1"
    page.keyboard.press("Escape")
    assert len(shown(page)) == 4
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "words"
    assert page.get_by_role("searchbox").input_value() == ""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ubersee", ["9"]),
        ("STRASSE", ["10"]),
        ("100", ["100"]),
        ("post@10.", ["10"]),
        ("nobody", []),
        ("   ", ["9", "10", "100", "11"]),
    ],
)
def test_a_search_finds_id_name_and_address_without_accents_or_case(opened, words, found):
    page = opened()
    page.get_by_role("searchbox").fill(words)
    assert shown(page) == found


def test_every_column_sorts_by_keyboard_both_ways_and_back(opened):
    page = opened()
    heads = page.locator("#customers thead th")
    buttons = heads.get_by_role("button")
    assert buttons.count() == heads.count() == 12
    at_first = shown(page)
    for number in range(heads.count()):
        ways = []
        for _ in range(3):
            buttons.nth(number).focus()
            page.keyboard.press("Enter")
            ways.append(heads.nth(number).get_attribute("aria-sort"))
        assert sorted(ways[:2]) == ["ascending", "descending"]
        assert ways[2] is None
        assert shown(page) == at_first


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("Customer", ["9", "10", "11", "100"]),
        ("Name and e-mail address", ["11", "100", "10", "9"]),
        ("Persons missing", ["9", "10", "100", "11"]),
        ("review", ["100", "9", "10", "11"]),
        ("All", ["100", "9", "10", "11"]),
        ("State", ["9", "11", "100", "10"]),
    ],
)
def test_numbers_sort_by_size_and_names_as_in_a_dictionary(opened, column, order):
    page = opened()
    sort_by(page, column)
    assert shown(page) == order


def test_filters_and_sorting_work_together_and_the_sums_are_of_what_is_found(opened):
    page = opened()
    sort_by(page, "All")
    page.get_by_label("review").check()
    assert shown(page) == ["100", "9"]
    page.get_by_label("stale").check()
    assert shown(page) == ["100", "9", "10", "11"]
    page.get_by_label("review").uncheck()
    assert shown(page) == ["10", "11"]
    sums = page.locator("#customers tfoot td").all_text_contents()
    assert [cell for cell in sums if cell] == ["3", "9", "3", "0", "0", "0", "0", "12"]
    page.get_by_label("without a usable address").check()
    assert shown(page) == ["11"]
    page.get_by_role("button", name="Clear").click()
    assert shown(page) == ["100", "9", "10", "11"]


def test_a_state_is_filtered_by_its_name(opened):
    page = opened()
    page.get_by_label("State").select_option("failed")
    assert shown(page) == ["100"]
    assert page.get_by_label("State").locator("option").all_text_contents() == [
        *("all", "draft", "failed", "sent")
    ]


def test_a_slash_is_written_where_somebody_writes(opened):
    page = opened()
    page.get_by_role("searchbox").focus()
    page.keyboard.type("a/b")
    assert page.get_by_role("searchbox").input_value() == "a/b"


def test_every_input_has_a_label_and_every_picture_a_name(opened):
    page = opened()
    inputs = "[...document.querySelectorAll('input, select')]"
    assert page.evaluate(f"{inputs}.every((one) => one.labels.length === 1)")
    assert page.locator("svg:not([aria-hidden]):not([aria-label])").count() == 0


def test_without_scripts_it_is_a_plain_table(browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(render_report(report_data(worklist=FOUR, facts=ENGLISH)))
    with browser.new_context(java_script_enabled=False, offline=True) as context:
        page = context.new_page()
        page.goto(path.as_uri())
        assert shown(page) == ["9", "10", "100", "11"]
        assert page.locator("#customers tbody tr").first.is_visible()
        assert not page.locator("#filter").is_visible()
        assert page.locator("#customers thead button").count() == 0


def test_a_script_that_got_into_the_page_does_not_run(browser, tmp_path):
    path = tmp_path / "report.html"
    injected = b'<script>window.ran = 1</script><img src=x onerror="window.ran = 2"></main>'
    document = render_report(report_data(worklist=FOUR, facts=ENGLISH))
    path.write_bytes(document.replace(b"</main>", injected))
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path.as_uri())
        page.wait_for_timeout(300)
        assert page.evaluate("window.ran") is None
        assert sum("Content Security Policy" in text for text in complaints) >= 2
        assert shown(page) == ["9", "10", "100", "11"]


@pytest.mark.parametrize(
    ("width", "locale"), [(360, "de"), (360, "en"), (800, "de"), (1100, "de"), (1600, "en")]
)
def test_the_page_never_scrolls_sideways(opened, width, locale):
    strange = tuple(entry(word, word, email=word, state="failed", done=3) for word in HOSTILE)
    page = opened((*FOUR, *strange), width=width, facts=replace(FACTS, default_locale=locale))
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_every_page_of_the_worklist_has_its_heads_and_nothing_to_click(opened):
    page = opened(tuple(entry(str(n), "Wehr") for n in range(60)))
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    texts = [one.extract_text() for one in printed.pages]
    pages = [text for text in texts if "post@" in text]
    assert len(pages) > 1
    assert all("resurrected" in text for text in pages)
    assert not any("PDF" in text or "Search" in text for text in texts)


def test_ten_thousand_customers_are_searched_and_sorted_at_once(opened):
    many = tuple(
        entry(
            str(n),
            f"Feuerwehr {'Ober' if n % 2 else 'Unter'}müller {n}",
            verdicts={"lost": n % 50 + 1, "stale": n % 7},
            email=None if n % 10 == 0 else f"post{n}@wehr.example",
        )
        for n in range(10_000)
    )
    page = opened(many)
    assert page.locator("#found").text_content() == (
        "10,000 of 10,000 customers, the first 100 are shown"
    )
    assert len(shown(page)) == 100

    clock = page.context.new_cdp_session(page)
    clock.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds(act):
        def spent():
            metrics = clock.send("Performance.getMetrics")["metrics"]
            return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

        before = spent()
        page.evaluate(f"async () => {{ {act}; {PAINTED} }}")
        return spent() - before

    sort = "document.querySelectorAll('#customers thead button')[{}].click()"
    search = (
        "const words = document.querySelector('[name=words]'); words.value = 'obermuller 99'; "
        "words.dispatchEvent(new Event('input', { bubbles: true }))"
    )
    for act in (sort.format(1), sort.format(3), search):
        assert seconds(act) < SECONDS_AT_MOST, act
    found = sum("99" in str(n) for n in range(1, 10_000, 2))
    assert page.locator("#found").text_content().startswith(f"{found} of 10,000 customers")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Show 100 more").click()
    assert len(shown(page)) == 200
