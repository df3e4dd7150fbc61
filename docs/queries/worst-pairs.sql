-- SPDX-License-Identifier: GPL-2.0-or-later
-- The node pairs with the most that is wrong, whichever of the two sent it.
SELECT least(source, destination) AS one, greatest(source, destination) AS other,
    count(*) FILTER (severity = 'error') AS errors,
    count(*) FILTER (verdict IN ('bad', 'missing')) AS unproven,
    count(*) FILTER (verdict = 'good') AS good,
    count(DISTINCT home) AS homes, min(time) AS first, max(time) AS last
FROM 'report.parquet'
GROUP BY ALL
HAVING errors + unproven > 0
ORDER BY errors + unproven DESC, one, other
LIMIT 20;
