-- SPDX-License-Identifier: GPL-2.0-or-later
-- The mobile nodes with the most errors, what they are, and where to look first.
SELECT home, count(*) AS errors, string_agg(DISTINCT rule, ', ' ORDER BY rule) AS rules,
    min(time) AS first, max(time) AS last, arg_min(file, time) AS file, arg_min(frame, time) AS frame
FROM 'report.parquet'
WHERE severity = 'error' AND copy_of IS NULL
GROUP BY home
ORDER BY errors DESC, home
LIMIT 20;
