-- SPDX-License-Identifier: GPL-2.0-or-later
-- Associations that went bad: when the last good authenticator was seen, and the first bad one.
SELECT association, count(*) FILTER (verdict = 'good') AS good, count(*) FILTER (verdict <> 'good') AS not_good,
    max(time) FILTER (verdict = 'good') AS last_good, min(time) FILTER (verdict <> 'good') AS first_not_good
FROM 'report.parquet'
WHERE association IS NOT NULL
GROUP BY association
HAVING not_good > 0
ORDER BY not_good DESC, association;
