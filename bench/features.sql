-- The benchmark's features for DuckDB, natively and in the tab; defined in crates/bench/src/features.rs.
-- LOG stands for the table function that reads the log.
select sum(n)::double as queries, count(*)::double as domains, sum(u)::double as "distinct",
       sum(l)::double as length, sum(m)::double as longest, sum(e)::double as entropy
from (select domain, count(*) as n, count(distinct query) as u, sum(l) as l, max(l) as m, sum(e) as e
      from (select query, regexp_extract(query, '[^.]*\.?[^.]*$') as domain, strlen(query) as l,
                   list_aggregate(string_split(query, ''), 'entropy') as e
            from LOG where query is not null)
      group by domain)
