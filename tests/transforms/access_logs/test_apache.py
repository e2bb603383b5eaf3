"""Apache's LogFormat to a parser; its golden cases are in test_golden."""

import pytest

from tests.transforms.access_logs.lines import lines
from transforms.access_logs.apache import compile_apache
from transforms.access_logs.apache_format import Item, read_apache_format
from transforms.access_logs.pieces import plain_pattern
from transforms.errors import ConfigurationError

FORMAT = '%h %t "%r" %>s'
LINE = '203.0.113.9 [18/May/2021:20:14:05 +0200] "GET /a HTTP/1.1" 200'


@pytest.mark.parametrize(
    "pasted",
    [
        FORMAT,
        r"%h %t \"%r\" %>s",
        r'"%h %t \"%r\" %>s"',
        "'%h %t \"%r\" %>s'",
        r'"%h %t \"%r\" %>s" mine',
        r'LogFormat "%h %t \"%r\" %>s"',
        r'  logformat   "%h %t \"%r\" %>s" mine' + "\n",
        'LogFormat "%h %t \\\n    \\"%r\\" %>s" mine',
    ],
)
def test_a_format_is_taken_as_it_stands_in_the_configuration_or_bare(pasted):
    assert read_apache_format(pasted) == read_apache_format(FORMAT)


def test_a_bare_format_may_begin_and_end_with_a_quoted_value():
    first, *_, last = read_apache_format('"%r" %>s "%{User-Agent}i"')
    assert first == last == Item('"')


def test_modifiers_stand_in_any_order():
    assert read_apache_format("%!400,501{User-agent}>i") == (
        Item(
            spelled="%!400,501{User-agent}>i",
            letter="i",
            parameter="User-agent",
            of=">",
            is_conditional=True,
        ),
    )


@pytest.mark.parametrize(
    ("log_format", "says"),
    [
        ('%h "%r" %>s', r"lacks the time \(%t"),
        ("%t %>s %m", r"lacks the request \(%r"),
        ('%t "%r" "%{User-Agent}i"', r"lacks the status \(%>s\); it has %t, %r, %{User-Agent}i"),
        ('%t "%r" %400s', r"lacks the status"),
        ("just text", "lacks the time .* and the request .* and the status .*; it has no direc"),
        ('%{%Y-%m-%d}t %h %{%T %z}t "%r" %s', r"side by side"),
        ('%{%Y-%m-%d %H:%M}t "%r" %s', r"lacks the time"),
        ('%{%Y-%m-%d %H:%M:%S %z %Q}t "%r" %s', r"lacks the time"),
        ('%{%F %T}t "%r" %>s', r"no offset \(%z\), so the entry needs a timezone"),
        (r'%t "%r"\n%>s', "line break"),
        ('%t "%r" %>s 100% sure', "a % that begins no directive.*written %%"),
    ],
)
def test_a_format_without_what_every_request_needs_is_refused(log_format, says):
    with pytest.raises(ConfigurationError, match=says):
        compile_apache(log_format, None)


def test_a_time_with_an_offset_is_taken_before_a_finer_one_without():
    found = compile_apache('%t %{%F %T.}t%{usec_frac}t "%r" %>s', "Europe/Berlin")
    both = compile_apache('%t "%r" %>s %{%F %T.}t%{usec_frac}t', "Europe/Berlin")
    line = '[18/May/2021:20:14:05 +0200] "GET /a HTTP/1.1" 200 2021-05-18 20:14:05.123456'
    assert found.pieces[1].spelled == "%t] %{%F %T.}t%{usec_frac}t"
    assert str(both.parse(lines(line)).requests["at"].item()) == "2021-05-18 18:14:05+00:00"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE.replace(" 200", " -"), "\"%r\" ', then '%>s' is missing"),
        (LINE.replace("[", "("), "as far as '%h', then ' [' is missing"),
        (LINE + " more", "something comes after it"),
    ],
)
def test_a_mismatch_is_located(line, says):
    assert says in compile_apache(FORMAT, None).explain_mismatch(line)


def test_the_usual_formats_have_a_quick_way_to_the_time_and_to_the_values():
    for log_format in (None, "vhost_combined", '%{%F %T}t.%{usec_frac}t%{%z}t "%r" %>s'):
        compiled = compile_apache(log_format, None)
        assert compiled.by_position is not None
        assert plain_pattern(compiled.pieces, ["time"]) is not None
