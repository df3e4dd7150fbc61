-- SPDX-License-Identifier: GPL-2.0-or-later
-- The records of a report in columns; what else is in it stays there. Types are given, not guessed:
-- a member that first appears after a million lines must still have its column, and a time its nanoseconds.
COPY (
    SELECT * FROM read_json('report.jsonl', format = 'newline_delimited', columns = {
        record: 'VARCHAR', file: 'VARCHAR', frame: 'UBIGINT', time: 'TIMESTAMP_NS',
        source: 'VARCHAR', destination: 'VARCHAR', home: 'VARCHAR',
        message: 'UTINYINT', message_name: 'VARCHAR',
        extension: 'UTINYINT', spi: 'UINTEGER', verdict: 'VARCHAR', association: 'VARCHAR',
        algorithm: 'VARCHAR', coverage: 'VARCHAR', why: 'VARCHAR',
        clock_difference: 'BIGINT', clock_of: 'VARCHAR', nai: 'VARCHAR',
        rule: 'VARCHAR', severity: 'VARCHAR', section: 'VARCHAR', text: 'VARCHAR',
        reading: 'VARCHAR', copy_of: 'UBIGINT', related: 'UBIGINT[]', related_files: 'VARCHAR[]',
        baseline: 'VARCHAR', reason: 'VARCHAR', until: 'VARCHAR' })
    WHERE record IN ('authenticator', 'finding', 'error', 'absent')
) TO 'report.parquet' (FORMAT parquet, COMPRESSION zstd);
