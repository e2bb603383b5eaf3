"""A log_format as users paste it: bare, or any part of nginx's configuration."""

import pytest

from transforms.access_logs.log_format import Token, read_log_format
from transforms.errors import ConfigurationError

BARE = '$remote_addr [$time_local] "$request" $status'
TOKENS = read_log_format(BARE).tokens


def test_variables_and_the_text_between_them():
    assert read_log_format(BARE).tokens == (
        Token("remote_addr", is_variable=True),
        Token(" ["),
        Token("time_local", is_variable=True),
        Token('] "'),
        Token("request", is_variable=True),
        Token('" '),
        Token("status", is_variable=True),
    )


@pytest.mark.parametrize(
    "pasted",
    [
        f"  {BARE}\n",
        f"'{BARE}'",
        f"log_format main '{BARE}';",
        f"log_format main escape=default '{BARE}';",
        "'$remote_addr [$time_local] '\n   '\"$request\" $status'",
        "log_format main '$remote_addr [$time_local] ' # who\n '\"$request\" $status';",
        r'log_format "main" "$remote_addr [$time_local] \"$request\" $status";',
        r'"$remote_addr [$time_local] \"$request\" $status"',
        '${remote_addr} [${time_local}] "$request" ${status}',
    ],
)
def test_all_ways_to_paste_it_give_the_same(pasted):
    assert read_log_format(pasted).tokens == TOKENS
    assert read_log_format(pasted).escape == "default"


LTSV = r"time:$time_iso8601\treq:$request\tstatus:$status"


@pytest.mark.parametrize(
    "pasted",
    [
        LTSV,
        f'"{LTSV}"',
        f"'{LTSV}'",
        f'log_format ltsv "{LTSV}";',
        LTSV.replace(r"\t", "\t"),
        '"time:$time_iso8601"\n  "\\treq:$request"\n  "\\tstatus:$status";',
    ],
)
def test_a_tab_is_one_however_it_is_pasted(pasted):
    tokens = read_log_format(pasted).tokens
    assert [token.text for token in tokens if not token.is_variable] == [
        "time:",
        "\treq:",
        "\tstatus:",
    ]


def test_double_quoted_lines_are_those_of_a_configuration():
    pasted = '"$remote_addr [$time_local] "\n"$request_method $status"'
    assert read_log_format(pasted).tokens[-2] == Token(" ")
    assert read_log_format(pasted).tokens[0] == Token("remote_addr", is_variable=True)


def test_a_bare_format_may_consist_of_quoted_values():
    tokens = read_log_format('"$time_local" "$request" "$status"').tokens
    assert [token.text for token in tokens if not token.is_variable] == ['"', '" "', '" "', '"']


@pytest.mark.parametrize("escape", ["json", "none", "default"])
def test_the_escaping_is_read(escape):
    assert read_log_format(f"escape={escape} '{BARE}'").escape == escape
    assert read_log_format(f"log_format x escape={escape} '{BARE}';").escape == escape
    assert read_log_format(f"escape={escape} {BARE}").tokens == TOKENS


def test_an_unknown_escaping_is_refused():
    with pytest.raises(ConfigurationError, match=r"escape=html.*escape=default"):
        read_log_format(f"escape=html '{BARE}'")


def test_a_dollar_without_a_name_is_text():
    assert read_log_format("$ $status").tokens[0] == Token("$ ")
