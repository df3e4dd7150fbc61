-- SPDX-License-Identifier: GPL-2.0-or-later
-- Findings by rule, and authenticators that are not good, in each hour.
SELECT date_trunc('hour', time) AS hour, coalesce(rule, 'authenticator ' || verdict) AS what,
    count(*) AS count, count(DISTINCT home) AS homes
FROM 'report.parquet'
WHERE rule IS NOT NULL OR verdict <> 'good'
GROUP BY ALL
ORDER BY hour, count DESC, what;
