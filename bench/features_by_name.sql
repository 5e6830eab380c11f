-- The same answer as features.sql, with the work done once a distinct query, as Wakeful does it.
select sum(n)::double as queries, count(*)::double as domains, sum(u)::double as "distinct",
       sum(l)::double as length, sum(m)::double as longest, sum(e)::double as entropy
from (select domain, sum(n) as n, count(*) as u, sum(n * l) as l, max(l) as m, sum(n * e) as e
      from (select query, n, regexp_extract(query, '[^.]*\.?[^.]*$') as domain, strlen(query) as l,
                   list_aggregate(string_split(query, ''), 'entropy') as e
            from (select query, count(*) as n from LOG where query is not null group by query))
      group by domain)
