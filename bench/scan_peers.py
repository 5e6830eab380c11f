"""Other tools' reading of a Zeek log, one job a run, and of a dns.log the benchmark's features.

In: a job's name and a log with a header. Out: a line of JSON: seconds (without starting Python and importing)
and the answer, rows or the features that crates/bench/src/features.rs defines.
"""
import json
import math
import sys
import time
from collections import Counter
from pathlib import Path

JOB, LOG = sys.argv[1:3]
NUMBERS = {"time": "DOUBLE", "interval": "DOUBLE", "double": "DOUBLE", "port": "BIGINT", "count": "BIGINT", "int": "BIGINT"}


def columns():
    """Names and types, from the header."""
    found = {}
    with open(LOG, "rb") as file:
        for line in file:
            if not line.startswith(b"#"):
                break
            word, *values = line.decode().rstrip("\n").split("\t")
            found[word] = values
    return list(zip(found["#fields"], found["#types"]))


def entropy(text):
    data = text.encode()
    return -sum(n / len(data) * math.log2(n / len(data)) for n in Counter(data).values())


def domain(text):
    return ".".join(text.rsplit(".", 2)[-2:])


def zat(features):
    from zat.log_to_dataframe import LogToDataFrame

    start = time.perf_counter()
    frame = LogToDataFrame().create_dataframe(LOG)
    answer = {"rows": len(frame)}
    if features:
        frame = frame["query"].dropna().astype(str).to_frame("query")
        frame["entropy"] = frame["query"].map(entropy)
        frame["length"] = frame["query"].map(lambda query: len(query.encode()))
        frame["domain"] = frame["query"].map(domain)
        by = frame.groupby("domain").agg(
            queries=("query", "size"), distinct=("query", "nunique"), length=("length", "sum"),
            longest=("length", "max"), entropy=("entropy", "sum"))
        answer = by.sum().to_dict() | {"domains": len(by)}
    return time.perf_counter() - start, answer


def polars(features):
    import polars as pl

    start = time.perf_counter()
    types = {"DOUBLE": pl.Float64, "BIGINT": pl.Int64}
    log = pl.scan_csv(LOG, separator="\t", has_header=False, comment_prefix="#", quote_char=None, null_values=["-"],
                      schema={name: types.get(NUMBERS.get(kind), pl.String) for name, kind in columns()})
    if not features:
        # Every column is asked for: what is not, polars does not read.
        sums = [pl.col(name).sum() if kind in NUMBERS else pl.col(name).max() for name, kind in columns()]
        rows = log.select(pl.len(), *sums).collect()["len"][0]
        return time.perf_counter() - start, {"rows": rows}
    query = pl.col("query")
    # Entropy without a list for each row would need a function of Python's.
    letters = query.str.split("").list.eval(pl.element().unique_counts().entropy(base=2, normalize=True))
    by = (log.filter(query.is_not_null())
          .select(query, letters.list.first().alias("entropy"), query.str.len_bytes().alias("length"),
                  query.str.extract(r"([^.]*\.?[^.]*)$").alias("domain"))
          .group_by("domain")
          .agg(pl.len().alias("queries"), query.n_unique().alias("distinct"), pl.col("length").sum(),
               pl.col("length").max().alias("longest"), pl.col("entropy").sum()))
    answer = by.select(pl.exclude("domain").sum(), pl.len().alias("domains")).collect().to_dicts()[0]
    return time.perf_counter() - start, answer


def duckdb(way):
    import duckdb

    start = time.perf_counter()
    types = ", ".join(f"'{name}': '{NUMBERS.get(kind, 'VARCHAR')}'" for name, kind in columns())
    log = (f"read_csv('{LOG}', delim='\t', quote='', escape='', header=false, auto_detect=false, strict_mode=false, "
           f"comment='#', nullstr='-', columns={{{types}}})")
    if way == "read":
        # Every column is read, and what is a number is added up; a table in memory takes three times as long.
        sums = ", ".join(f'sum("{name}")' if kind in NUMBERS else f'max("{name}")' for name, kind in columns())
        rows = duckdb.execute(f"select count(*), {sums} from {log}").fetchone()[0]
        return time.perf_counter() - start, {"rows": rows}
    text = Path(__file__).with_name(f"{way}.sql").read_text()
    result = duckdb.execute(sql(text, log))
    answer = dict(zip((column[0] for column in result.description), result.fetchone()))
    return time.perf_counter() - start, answer


def sql(text, log):
    """The statement without its comments, with the log in its place."""
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return "\n".join(lines).replace("LOG", log)


JOBS = {
    "zat": lambda: zat(False),
    "zat-features": lambda: zat(True),
    "polars": lambda: polars(False),
    "polars-features": lambda: polars(True),
    "duckdb": lambda: duckdb("read"),
    "duckdb-features": lambda: duckdb("features"),
    "duckdb-by-name": lambda: duckdb("features_by_name"),
}
seconds, answer = JOBS[JOB]()
print(json.dumps({"seconds": seconds} | {key: float(value) for key, value in answer.items()}))
