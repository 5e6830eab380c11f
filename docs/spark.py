"""Wakeful over a folder of logs on a Spark cluster.

    python docs/spark.py --master URL WAKEFUL FOLDER > report.json

WAKEFUL is the command line's program and FOLDER holds the logs; both under the same path on every machine.
Each task reads its share of the files with `wakeful partial` and gives one line of text; `wakeful merge`
folds the lines into the report that `wakeful scan --format json FOLDER` gives.
"""
import argparse
import os
import shlex
import subprocess
import sys

from pyspark import SparkConf, SparkContext


def logs(folder):
    """All files below a folder, sorted."""
    found = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
    return sorted(found)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--master", default="local[*]", help="the cluster (local[*])")
    arguments.add_argument("--tasks", type=int, help="how many tasks (one a file)")
    arguments.add_argument("wakeful")
    arguments.add_argument("folder")
    given = arguments.parse_args()

    paths = logs(given.folder)
    if not paths:
        sys.exit(f"There is no file below {given.folder}; name the folder that holds the logs.")
    spark = SparkContext(conf=SparkConf().setMaster(given.master).setAppName("wakeful"))
    spark.setLogLevel("WARN")
    # checkCode: a task that could not read its files fails, and Spark tries it again.
    partial = f"{shlex.quote(given.wakeful)} partial --paths - --format base64"
    lines = spark.parallelize(paths, given.tasks or len(paths)).pipe(partial, checkCode=True).collect()
    spark.stop()
    merge = [given.wakeful, "merge", "--format", "json", "-"]
    sys.exit(subprocess.run(merge, input="\n".join(lines), text=True).returncode)


if __name__ == "__main__":
    main()
