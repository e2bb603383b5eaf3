import pytest

from transforms.selects import one_select


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM orders",
        "with a as (select 1 as id) select id from a",
        "SELECT ';' AS a, 'it''s -- /* INTO' AS b, \"update\" FROM orders",
        "SELECT changed_at AS update_at, share FROM orders WHERE note LIKE '%:a%'",
        "SELECT a #> '{b}' FROM orders",
    ],
)
def test_one_select_is_taken_as_it_is(text):
    assert one_select(text) == text


def test_the_last_semicolon_goes():
    assert one_select("\n SELECT 1 AS id ; \n") == "SELECT 1 AS id"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no SELECT"),
        ("DELETE FROM orders", "is no SELECT"),
        ("(SELECT 1)", "is no SELECT"),
        ("selected FROM orders", "is no SELECT"),
        ("WITH a AS (VALUES (1)) TABLE a", "is no SELECT"),
        ("SELECT 1; SELECT 2", "has several statements"),
        ("SELECT 1 -- what", "has a comment"),
        ("SELECT 1 /*! INTO x */", "has a comment"),
        ("SELECT 1) AS a, (SELECT 2", "has parentheses that do not match"),
        ("SELECT (1", "has parentheses that do not match"),
        ("SELECT 'a", "has a text that does not end"),
        ("SELECT $a$;$a$", "or one in dollar signs"),
        (r"SELECT '\'' ; DROP TABLE a; SELECT '\''", "has a quote after a backslash"),
        ("WITH a AS (DELETE FROM b RETURNING id) SELECT id FROM a", "says DELETE, and the new"),
        ("SELECT id INTO copy FROM orders", "says INTO"),
        ("SELECT id FROM orders FOR UPDATE", "says UPDATE"),
        ("SELECT id FROM orders FOR  SHARE", "says FOR  SHARE"),
    ],
)
def test_anything_else_is_refused(text, says):
    with pytest.raises(ValueError, match="write one SELECT such as") as caught:
        one_select(text)
    assert says in str(caught.value)
