#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sarif.py FILE... - check that each is a SARIF 2.1.0 log as mipro-verify writes it.

The public schema allows much that we never write, and we cannot ship it: this one is our own, with
what a reader of our logs may rely on, and forbids everything else.  With SARIF_SCHEMA=FILE in the
environment the public one is used as well.
"""
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)


def closed(required, **optional):
    """An object with exactly these members."""
    members = {**required, **optional}
    return {"type": "object", "properties": members, "required": list(required), "additionalProperties": False}


def several(items, least=0):
    return {"type": "array", "items": items, "minItems": least}


TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
COUNTS = {"type": "object", "additionalProperties": COUNT}
MESSAGE = closed({"text": TEXT})
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = closed({
    "id": {"type": "string", "pattern": "^[a-z][a-z-]+$"},
    "shortDescription": MESSAGE,
    "fullDescription": closed({"text": {"type": "string", "pattern": r"\.$"}}),
    "help": MESSAGE,
    "defaultConfiguration": closed({"level": {"enum": ["note", "warning", "error"]}}),
})
PLACE = {"physicalLocation": closed({
    "artifactLocation": closed({"uri": {"type": "string", "pattern": r"^[A-Za-z0-9%/._~!$&'()*+,;=@:-]+$"}}),
    "region": closed({"startLine": {"type": "integer", "minimum": 1}}),
})}
LOCATION = closed({
    **PLACE,
    "logicalLocations": several(closed({"name": {"type": "string", "pattern": "^frame [0-9]+$"}}), 1),
}, id=COUNT)
RESULT = closed({
    "ruleId": TEXT,
    "ruleIndex": COUNT,
    "kind": {"enum": ["fail", "open", "review"]},
    "level": LEVEL,
    "message": MESSAGE,
    "partialFingerprints": closed({
        "mipro/v1": TEXT, "primaryLocationLineHash": {"type": "string", "pattern": "^[0-9a-f]{16}:1$"}}),
    # What was not found is located in the baseline; a log with a result that is nowhere is refused by GitHub.
    "locations": several({"anyOf": [LOCATION, closed(PLACE)]}, 1),
}, relatedLocations=several(LOCATION, 1),
    baselineState={"enum": ["new", "unchanged", "absent"]},
    suppressions=several(closed({
        "kind": {"const": "external"}, "status": {"const": "accepted"}, "justification": TEXT}), 1),
    properties=closed({
        "frame": {"type": "integer", "minimum": 1}, "time": {"type": ["string", "null"]},
        "source": TEXT, "destination": TEXT}))
LOG = closed({
    "$schema": {"type": "string", "format": "uri"},
    "version": {"const": "2.1.0"},
    "runs": {**several(closed({
        "tool": closed({"driver": closed({
            "name": {"const": "mipro-verify"}, "version": TEXT, "rules": several(RULE, 1)})}),
        "results": several(RESULT),
        "invocations": several(closed(
            {"executionSuccessful": {"type": "boolean"}},
            toolExecutionNotifications=several(closed({"level": LEVEL, "message": MESSAGE}), 1)), 1),
        "columnKind": {"const": "utf16CodeUnits"},
        "properties": closed({
            "files": COUNT, "packets": COUNT, "authenticators": COUNTS, "findings": COUNTS,
            "undecided": COUNTS}),
    }), 1), "maxItems": 1},
})


def faults(log):
    schemas = [LOG]
    if "SARIF_SCHEMA" in os.environ:
        with open(os.environ["SARIF_SCHEMA"], encoding="utf-8") as file:
            schemas.append(json.load(file))
    for schema in schemas:
        for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(log):
            yield f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    hashes = {}
    for result in run["results"]:
        # A result that neither passed nor failed has no level (3.27.10 of the standard).
        if (result["kind"] == "fail") == (result["level"] == "none"):
            yield f"{result['ruleId']}: kind {result['kind']} with level {result['level']}"
        if rules[result["ruleIndex"]] != result["ruleId"]:
            yield f"{result['ruleId']}: its index is that of {rules[result['ruleIndex']]}"
        # One hash for each fingerprint, as GitHub looks at nothing else.
        prints = result["partialFingerprints"]
        if hashes.setdefault(prints["primaryLocationLineHash"], prints["mipro/v1"]) != prints["mipro/v1"]:
            yield f"{prints}: the hash of another fingerprint"
        frame = "logicalLocations" in result["locations"][0]
        if frame == (result.get("baselineState") == "absent"):
            yield f"{result['ruleId']}: {result.get('baselineState')} in {result['locations'][0]}"


def main():
    wrong = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            log = json.load(file)
        for fault in faults(log):
            print(f"{path}: {fault}")
            wrong += 1
    sys.exit(wrong != 0)


main()
