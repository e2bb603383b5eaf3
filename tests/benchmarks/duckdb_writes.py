"""What DuckDB does of the extraction: the values of all lines that may be writes, into Parquet.

python -m tests.benchmarks.duckdb_writes FILE nginx
"""

import sys
from importlib import import_module

PATTERNS = {
    "nginx": r'^(\S+) - \S+ \[([^\]]+)\] "([A-Z]+) (\S+) [^"]*" (\d+)',
    "json": r'"time":"([^"]+)","remote_ip":"([^"]+)".*:"(\w+)","uri":"([^"]+)".*"status":(\d+)',
}
QUERY = """
    COPY (
        SELECT regexp_extract(line, '{pattern}', ['a', 'b', 'c', 'd', 'e'])
        FROM read_csv(
            '{path}', columns = {{'line': 'VARCHAR'}}, header = false, auto_detect = false,
            delim = chr(1), quote = '', escape = '', strict_mode = false
        )
        WHERE regexp_matches(line, '"(POST|PUT|PATCH|DELETE)')
    ) TO '{path}.parquet' (FORMAT parquet)
"""


def main() -> None:
    path, log_format = sys.argv[1:]
    duckdb = import_module("duckdb")
    duckdb.sql(QUERY.format(path=path, pattern=PATTERNS[log_format]))


if __name__ == "__main__":
    main()
