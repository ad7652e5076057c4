"""Uses what most jobs use of Spark, then ends its Java in order, which is when Java writes its archive of classes."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "glue"))
from session import open_session

STATEMENTS = [
    "create table lake.silver.trained (id bigint, name string, day date, at timestamp, price decimal(10,2)) "
    "using iceberg partitioned by (days(day), bucket(4, id)) tblproperties ('format-version' = '2')",
    "insert into lake.silver.trained select id, concat('n', id), date '2024-06-25', timestamp '2024-06-25 10:00:00', "
    "cast(id as decimal(10,2)) from range(20)",
    "alter table lake.silver.trained create branch b",
    "delete from lake.silver.trained.branch_b where id < 5",
    "call lake.system.fast_forward('silver.trained', 'main', 'b')",
    "select name, count(*), sum(price), count(distinct day) from lake.silver.trained group by name order by name",
    "select operation, summary from lake.silver.trained.snapshots",
    "select * from (select t.*, row_number() over (partition by t.day order by t.at, t.id) as n from lake.silver.trained t "
    "join lake.silver.trained o on t.id = o.id left join range(3) r on r.id = t.id) where n < 4 and regexp_like(name, '^n[0-9]+$')",
    "drop table lake.silver.trained",
]


def main(argv: list[str]) -> None:
    folder = Path(argv[0])
    spark = open_session()
    for statement in STATEMENTS:
        spark.sql(statement).collect()
    rows = spark.range(10).selectExpr("id", "cast(id as string) as name", "id % 2 as part")
    for form in ("parquet", "csv", "json"):
        path = str(folder / form)
        rows.write.mode("overwrite").format(form).partitionBy("part").save(path)
        spark.read.format(form).schema(rows.schema).load(path).collect()
    spark.createDataFrame([(1, "a")], "id bigint, name string").rdd.map(tuple).collect()
    gateway = spark.sparkContext._gateway
    spark.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
