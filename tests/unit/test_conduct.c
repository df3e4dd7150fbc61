/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

/* A row overrides what its macro says, and leaves out what is zero. */
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define STEPS 24
#define EXPECTS 6

struct expect {
    enum mipro_rule rule; /* MIPRO_RULES ends the list */
    uint64_t frame;
    uint64_t related[MIPRO_RELATED];
};

/* What a history must find, all of it and nothing else. */
struct row {
    const char *name;
    struct step steps[STEPS];
    struct expect expects[EXPECTS];
    bool field; /* with the default tolerance, within which the order of frames says nothing */
};

#define NOTHING                                                                                    \
    {                                                                                              \
        {                                                                                          \
            MIPRO_RULES, 0, { 0 }                                                                  \
        }                                                                                          \
    }
#define FIND(rule, frame, ...)                                                                     \
    {                                                                                              \
        { MIPRO_RULE_##rule, frame, { __VA_ARGS__ } },                                             \
        {                                                                                          \
            MIPRO_RULES, 0, { 0 }                                                                  \
        }                                                                                          \
    }
#define ALSO(rule, frame, ...)                                                                     \
    {                                                                                              \
        MIPRO_RULE_##rule, frame, { __VA_ARGS__ }                                                  \
    }
#define LAST                                                                                       \
    {                                                                                              \
        MIPRO_RULES, 0, { 0 }                                                                      \
    }

/* Time passes, and nobody does anything that a rule looks at. */
#define LATER(ms)                                                                                  \
    {                                                                                              \
        ms, TUN, CN2, FA3, .home = HOME2                                                           \
    }

#define UPDATE(ms, ...)                                                                            \
    {                                                                                              \
        ms, BU, HA, CN, .life = 60, .coa = FA2, .flags = A, __VA_ARGS__                            \
    }
#define ACK(ms, ...)                                                                               \
    {                                                                                              \
        ms, BA, CN, HA, __VA_ARGS__                                                                \
    }

/* clang-format off */
static const struct row rows[] = {
    /* forged-accepted, genuine-refused */
    { "a forged update is accepted",
      { UPDATE(0, .id = 7, .verdict = MIPRO_BAD), ACK(10, .id = 7) },
      FIND(FORGED_ACCEPTED, 2, 1) },
    { "a forged update without A is accepted",
      { UPDATE(0, .id = 7, .flags = 0, .verdict = MIPRO_BAD), ACK(10, .id = 7) },
      FIND(FORGED_ACCEPTED, 2, 1) },
    { "a forged update is refused",
      { UPDATE(0, .id = 7, .verdict = MIPRO_BAD), ACK(10, .id = 7, .status = 131) },
      NOTHING },
    { "a forged update is refused, then accepted",
      { UPDATE(0, .id = 7, .verdict = MIPRO_BAD), ACK(10, .id = 7, .status = 131), ACK(20, .id = 7) },
      FIND(FORGED_ACCEPTED, 3, 1) },
    { "nobody answers a forged update",
      { UPDATE(0, .id = 7, .verdict = MIPRO_BAD), LATER(9000) },
      NOTHING },
    { "a genuine update is accepted, its forged copy is not answered",
      { UPDATE(0, .id = 7), UPDATE(5, .id = 7, .coa = FA3, .verdict = MIPRO_BAD), ACK(10, .id = 7) },
      NOTHING },
    { "a forged copy comes first, and the genuine one is accepted",
      { UPDATE(0, .id = 7, .coa = FA3, .verdict = MIPRO_BAD), UPDATE(5, .id = 7), ACK(10, .id = 7) },
      NOTHING },
    { "a genuine update and its forged copy are both accepted",
      { UPDATE(0, .id = 7), UPDATE(5, .id = 7, .coa = FA3, .verdict = MIPRO_BAD), ACK(10, .id = 7), ACK(11, .id = 7) },
      FIND(FORGED_ACCEPTED, 4, 2) },
    { "a forged copy is refused, the genuine one is accepted",
      { UPDATE(0, .id = 7), UPDATE(5, .id = 7, .coa = FA3, .verdict = MIPRO_BAD), ACK(10, .id = 7, .status = 131), ACK(11, .id = 7) },
      NOTHING },
    { "an update that cannot be checked is accepted",
      { UPDATE(0, .id = 7, .verdict = MIPRO_NO_KEY), ACK(10, .id = 7) },
      NOTHING },
    { "a forged acknowledge accepts a forged update",
      { UPDATE(0, .id = 7, .verdict = MIPRO_BAD), ACK(10, .id = 7, .mac = 1, .verdict = MIPRO_BAD) },
      NOTHING },
    { "a genuine update is refused as forged",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .status = 131) },
      FIND(GENUINE_REFUSED, 2, 1) },
    { "a genuine update is refused for another reason",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .status = 129) },
      NOTHING },
    { "a genuine update is refused as forged, and late",
      { UPDATE(0, .id = 7), ACK(6000, .id = 7, .status = 131) },
      { ALSO(GENUINE_REFUSED, 2, 1), ALSO(UPDATE_UNACKNOWLEDGED, 1), LAST } },
    { "an update that cannot be checked is refused",
      { UPDATE(0, .id = 7, .verdict = MIPRO_NO_KEY), ACK(10, .id = 7, .status = 131) },
      NOTHING },
    { "an update whose key has expired is refused",
      { UPDATE(0, .id = 7, .verdict = MIPRO_EXPIRED), ACK(10, .id = 7, .status = 131) },
      NOTHING },

    /* update-unacknowledged */
    { "no acknowledge within the limit",
      { UPDATE(0, .id = 7), LATER(5001) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "an acknowledge at the limit",
      { UPDATE(0, .id = 7), ACK(5000, .id = 7), LATER(20000) },
      NOTHING },
    { "an acknowledge behind the limit is late, not unsolicited",
      { UPDATE(0, .id = 7), ACK(5001, .id = 7), LATER(20000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "the capture ends before the limit",
      { UPDATE(0, .id = 7), LATER(4999) },
      NOTHING },
    { "retransmissions are one that waits, under its first frame",
      { UPDATE(0, .id = 7), UPDATE(1000, .id = 7), UPDATE(3000, .id = 7), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1, 2, 3) },
    { "a retransmission is acknowledged",
      { UPDATE(0, .id = 7), UPDATE(3000, .id = 7), ACK(5000, .id = 7), LATER(20000) },
      NOTHING },
    { "a retransmission is acknowledged, too late for the first",
      { UPDATE(0, .id = 7), UPDATE(3000, .id = 7), ACK(5001, .id = 7), LATER(20000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1, 2) },
    { "an update sent again and again is found once",
      { UPDATE(0, .id = 7), UPDATE(4000, .id = 7), UPDATE(8000, .id = 7), UPDATE(12000, .id = 7), UPDATE(16000, .id = 7), LATER(60000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1, 2) },
    { "an update sent again long after it was given up is reported once",
      { UPDATE(0, .id = 7), LATER(9000), UPDATE(20000, .id = 7), LATER(60000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "a request sent again and again is found once",
      { { 0, BR, CN, HA, .id = 7 }, { 4000, BR, CN, HA, .id = 7 }, { 8000, BR, CN, HA, .id = 7 }, { 12000, BR, CN, HA, .id = 7 }, LATER(60000) },
      FIND(REQUEST_UNANSWERED, 1, 2) },
    { "a request is answered late, and with timestamps of its own",
      { UPDATE(0, .id = 7, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP), { 1, BR, CN, HA, .id = 5 }, UPDATE(7000, .id = 5, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING },
    { "an update after a request was given up is no odd answer",
      { { 1, BR, CN, HA, .id = 5 }, UPDATE(7000, .id = 6, .flags = 0), LATER(60000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "a warning sent again and again is found once",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, { 4000, BW, FA1, HA, .target = { CN, CN2 } }, { 8000, BW, FA1, HA, .target = { CN, CN2 } },
        { 12000, BW, FA1, HA, .target = { CN, CN2 } }, LATER(60000) },
      FIND(WARNING_UNANSWERED, 1, 2) },
    { "an update that does not ask",
      { UPDATE(0, .id = 7, .flags = 0), LATER(9000) },
      NOTHING },
    { "two updates, the second is acknowledged",
      { UPDATE(0, .id = 7), UPDATE(10, .id = 8), ACK(20, .id = 8), LATER(9000) },
      NOTHING },
    { "two updates to two nodes, one acknowledges",
      { UPDATE(0, .id = 7), { 1, BU, HA, CN2, .id = 7, .flags = A, .life = 60, .coa = FA2 }, ACK(20, .id = 7), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 2) },
    { "an update without its authenticator asks for nothing",
      { UPDATE(0, .id = 7, .verdict = MIPRO_MISSING), LATER(9000) },
      NOTHING },
    { "an update with an extension that nobody knows is discarded: it asks for nothing",
      { UPDATE(0, .id = 7, .behind = 60), LATER(9000) },
      NOTHING },
    { "an update with an extension that only a registration knows is discarded too",
      { UPDATE(0, .id = 7, .behind = 44), LATER(9000) },
      NOTHING },
    { "an update with an extension that may be skipped asks for its acknowledge",
      { UPDATE(0, .id = 7, .behind = 200), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "an update without a time waits for nothing",
      { UPDATE(NO_TIME, .id = 7), LATER(9000) },
      NOTHING },
    { "time runs backwards between update and acknowledge",
      { UPDATE(10000, .id = 7), ACK(9990, .id = 7), LATER(30000) },
      NOTHING },
    { "the clock of the capture is set back by hours, and goes on",
      { LATER(90000000), LATER(-10), UPDATE(0, .id = 7), LATER(6000) },
      FIND(UPDATE_UNACKNOWLEDGED, 3) },

    /* acknowledge-unsolicited */
    { "an acknowledge of nothing",
      { ACK(0, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 1) },
    { "an acknowledge of an update that did not ask",
      { UPDATE(0, .id = 7, .flags = 0), ACK(10, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2, 1) },
    { "an acknowledge from a node that was not told",
      { UPDATE(0, .id = 7), { 10, BA, CN2, HA, .id = 7 }, ACK(11, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge to a node that did not tell",
      { UPDATE(0, .id = 7), { 10, BA, CN, FA3, .id = 7 }, ACK(11, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge comes twice",
      { UPDATE(0, .id = 7), ACK(10, .id = 7), ACK(11, .id = 7) },
      NOTHING },
    { "an acknowledge with another identification when all are answered",
      { UPDATE(0, .id = 7), ACK(10, .id = 7), ACK(11, .id = 9) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 3) },

    { "an acknowledge comes twice, and between an update that does not ask",
      { UPDATE(0), ACK(10), UPDATE(15, .flags = 0, .coa = FA3), ACK(20) },
      NOTHING },
    { "an acknowledge from a node that was not told, of an update that did not ask",
      { UPDATE(0, .id = 7, .flags = 0), { 10, BA, CN2, HA, .id = 7 } },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge of an update that was not to be heeded",
      { UPDATE(0, .id = 7, .verdict = MIPRO_MISSING), ACK(10, .id = 7, .status = 131) },
      NOTHING },
    /* acknowledge-mismatch */
    { "an acknowledge with another identification",
      { UPDATE(0, .id = 7), ACK(10, .id = 8), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "an acknowledge that lacks the identification",
      { UPDATE(0, .id = 7), ACK(10), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "an acknowledge with an identification that was not asked for",
      { UPDATE(0), ACK(10, .id = 8), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "an acknowledge with another home address",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .home = HOME2), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "acknowledges in the order that they were not asked in",
      { UPDATE(0, .id = 7), UPDATE(1, .id = 8), ACK(10, .id = 8), ACK(11, .id = 7), LATER(9000) },
      NOTHING },
    { "the capture cut the identification of an acknowledge",
      { UPDATE(0, .id = 7), ACK(10, .id = 8, .lacks = 4), LATER(9000) },
      NOTHING },
    { "no identification, and none",
      { UPDATE(0), ACK(10), LATER(9000) },
      NOTHING },

    { "an acknowledge with another identification is one of the last update",
      { UPDATE(0, .id = 7), UPDATE(1, .id = 8), ACK(10, .id = 9), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 3, 2) },
    { "one acknowledge without identification does for an update and the one that superseded it",
      { UPDATE(0), UPDATE(1, .coa = FA3), ACK(10), LATER(9000) },
      NOTHING },
    { "none for the one that superseded it",
      { UPDATE(0, .id = 7), UPDATE(1, .coa = FA3), ACK(10, .id = 7), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 2) },
    { "an acknowledge with another home address, then the right one",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .home = HOME2), ACK(20, .id = 7), LATER(9000) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge with another home address from a node that was not told",
      { UPDATE(0, .id = 7), { 10, BA, CN2, HA, .home = HOME2, .id = 7 }, ACK(20, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an octet behind the acknowledge is another rule's",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .tail = true), LATER(9000) },
      NOTHING },
    { "an acknowledge of an update that many followed, and nobody knows when",
      { UPDATE(NO_TIME, .id = 1), UPDATE(NO_TIME, .id = 2), UPDATE(NO_TIME, .id = 3), UPDATE(NO_TIME, .id = 4), UPDATE(NO_TIME, .id = 5),
        UPDATE(NO_TIME, .id = 6), ACK(NO_TIME, .id = 1) },
      NOTHING },
    { "an acknowledge that fits none of many updates",
      { UPDATE(NO_TIME, .id = 1), UPDATE(NO_TIME, .id = 2), UPDATE(NO_TIME, .id = 3), UPDATE(NO_TIME, .id = 4), UPDATE(NO_TIME, .id = 5),
        UPDATE(NO_TIME, .id = 6), ACK(NO_TIME, .id = 99) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 7) },
    { "an acknowledge that comes too late, and after others",
      { UPDATE(0, .id = 1), UPDATE(3000, .id = 2), ACK(3001, .id = 2), UPDATE(6000, .id = 3), ACK(6001, .id = 3), UPDATE(9000, .id = 4),
        ACK(9001, .id = 4), UPDATE(12000, .id = 5), ACK(12001, .id = 5), ACK(12500, .id = 1), LATER(30000) },
      NOTHING },
    { "an acknowledge of an update that waits while others come and go",
      { UPDATE(0, .id = 1), UPDATE(500, .id = 2), ACK(501, .id = 2), UPDATE(1000, .id = 3), ACK(1001, .id = 3), UPDATE(1500, .id = 4),
        ACK(1501, .id = 4), UPDATE(2000, .id = 5), ACK(2001, .id = 5), ACK(9000, .id = 1), LATER(30000) },
      NOTHING },

    /* the first fragment of a message, and no other */
    { "the answer was begun, and acknowledged",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .begun = true), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "the answer was begun, and put together",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .begun = true), UPDATE(11, .id = 7), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "an update to another node was begun",
      { { 0, BR, CN, HA, .id = 7 }, { 10, BU, HA, CN2, .id = 7, .life = 60, .coa = FA2, .begun = true }, LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "an acknowledge was begun",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .begun = true), LATER(9000) },
      NOTHING },
    { "an acknowledge was begun, and put together",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .begun = true), ACK(11, .id = 7), LATER(9000) },
      NOTHING },
    { "an acknowledge by another node was begun",
      { UPDATE(0, .id = 7), { 10, BA, CN2, HA, .id = 7, .begun = true }, LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "an update to the target of a warning was begun",
      { { 0, BW, FA1, HA, .target = { CN } }, UPDATE(10, .flags = 0, .begun = true), LATER(9000) },
      NOTHING },
    { "an update to the previous agent was begun",
      { { 0, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 } }, { 5, RRP, HA, FA2, .life = 600, .id = 1 },
        { 10, BU, FA2, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77, .begun = true }, LATER(9000) },
      NOTHING },

    { "of the answer no more than its type was captured",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .flags = 0, .lacks = 41), LATER(9000) },
      NOTHING },
    { "of an update to another node no more than its type was captured",
      { { 0, BR, CN, HA, .id = 7 }, { 10, BU, HA, CN2, .id = 7, .life = 60, .coa = FA2, .lacks = 41 }, LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "of the answer the care-of address was not captured",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .lacks = 32), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "of an acknowledge no more than its type was captured",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .lacks = 15), LATER(9000) },
      NOTHING },

    /* request-unanswered, answer-mismatch */
    { "a request without an answer",
      { { 0, BR, CN, HA, .id = 7 }, LATER(5001) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "a request sent twice without an answer",
      { { 0, BR, CN, HA, .id = 7 }, { 1000, BR, CN, HA, .id = 7 }, LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1, 2) },
    { "a request with its answer",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .flags = 0), LATER(9000) },
      NOTHING },
    { "an answer about another home address",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .flags = 0, .home = HOME2), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "an answer to another node",
      { { 0, BR, CN, HA, .id = 7 }, { 10, BU, HA, CN2, .id = 7, .life = 60, .coa = FA2 }, LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "a forged answer",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .flags = 0, .verdict = MIPRO_BAD), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "a forged request",
      { { 0, BR, CN, HA, .id = 7, .mac = 1, .verdict = MIPRO_BAD }, LATER(9000) },
      NOTHING },
    { "an answer with another identification",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0), LATER(9000) },
      FIND(ANSWER_MISMATCH, 2, 1) },
    { "an answer with another identification at the end of the capture",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0) },
      NOTHING },
    { "a request sent twice, and an answer with another identification",
      { { 0, BR, CN, HA, .id = 7 }, { 5, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0), LATER(9000) },
      FIND(ANSWER_MISMATCH, 3, 1, 2) },
    { "an answer without identification",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .flags = 0), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "an update that goes on with the home agent's own timestamps is no answer",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "a node that was told a moment ago asks, and the home agent holds back",
      { UPDATE(0, .flags = 0), { 9000, BR, CN, HA, .id = 7 }, LATER(20000) },
      NOTHING },
    { "a node that was told long ago asks in vain",
      { UPDATE(0, .flags = 0), { 10000, BR, CN, HA, .id = 7 }, LATER(20000) },
      FIND(REQUEST_UNANSWERED, 2) },
    { "a node that was told a moment ago is named in a warning",
      { UPDATE(0, .flags = 0), { 9000, BW, FA1, HA, .target = { CN } }, LATER(20000) },
      NOTHING },
    { "an update that crosses the request, then the answer",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0), UPDATE(20, .id = 7, .flags = 0), LATER(9000) },
      NOTHING },
    { "an update that a warning called for is no answer",
      { { 0, BW, FA1, HA, .target = { CN } }, { 1, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 2) },
    { "two requests, two answers",
      { { 0, BR, CN, HA, .id = 7 }, { 1, BR, CN, HA, .id = 8 }, UPDATE(10, .id = 8, .flags = 0), UPDATE(11, .id = 7, .flags = 0), LATER(9000) },
      NOTHING },
    { "two requests, the second is answered",
      { { 0, BR, CN, HA, .id = 7 }, { 1, BR, CN, HA, .id = 8 }, UPDATE(10, .id = 8, .flags = 0), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },

    /* warning-unanswered */
    { "a warning that nobody heeds",
      { { 0, BW, FA1, HA, .target = { CN } }, LATER(5001) },
      FIND(WARNING_UNANSWERED, 1) },
    { "a warning that is heeded",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, UPDATE(10, .flags = 0), { 11, BU, HA, CN2, .life = 60, .coa = FA2 }, LATER(9000) },
      NOTHING },
    { "a warning of which one target is told: one finding",
      { { 0, BW, FA1, HA, .target = { CN, CN2, FA3 } }, UPDATE(10, .flags = 0), LATER(9000) },
      FIND(WARNING_UNANSWERED, 1) },
    { "a warning that is sent again",
      { { 0, BW, FA1, HA, .target = { CN } }, { 1000, BW, FA1, HA, .target = { CN } }, LATER(9000) },
      FIND(WARNING_UNANSWERED, 1, 2) },
    { "a warning with a target that is no node",
      { { 0, BW, FA1, HA, .target = { 0xe0000001u } }, LATER(9000) },
      NOTHING },
    { "a warning heeded by a forger",
      { { 0, BW, FA1, HA, .target = { CN } }, UPDATE(10, .flags = 0, .verdict = MIPRO_BAD), LATER(9000) },
      FIND(WARNING_UNANSWERED, 1) },

    { "two warnings that nobody heeds are two",
      { { 0, BW, FA1, HA, .target = { CN } }, { 1000, BW, FA2, HA, .target = { CN } }, LATER(9000) },
      { ALSO(WARNING_UNANSWERED, 1), ALSO(WARNING_UNANSWERED, 2), LAST } },
    { "two warnings in one breath that nobody heeds are two",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, { 0, BW, FA1, HA, .target = { CN2, FA3 } }, { 0, BW, FA1, HA, .home = HOME2, .target = { CN2 } }, LATER(9000) },
      { ALSO(WARNING_UNANSWERED, 1), ALSO(WARNING_UNANSWERED, 2), ALSO(WARNING_UNANSWERED, 3), LAST } },
    { "one update heeds two warnings",
      { { 0, BW, FA1, HA, .target = { CN } }, { 1000, BW, FA2, HA, .target = { CN } }, UPDATE(2000, .flags = 0), LATER(9000) },
      NOTHING },
    { "a forged warning",
      { { 0, BW, FA1, HA, .target = { CN }, .mac = 1, .verdict = MIPRO_BAD }, LATER(9000) },
      NOTHING },
    /* rate-updates, rate-warnings */
    { "five updates in ten seconds",
      { UPDATE(0, .id = 1, .flags = 0), UPDATE(100, .id = 2, .flags = 0), UPDATE(200, .id = 3, .flags = 0), UPDATE(300, .id = 4, .flags = 0),
        UPDATE(400, .id = 5, .flags = 0), UPDATE(10000, .id = 6, .flags = 0) },
      NOTHING },
    { "six updates in less than ten seconds",
      { UPDATE(0, .id = 1, .flags = 0), UPDATE(100, .id = 2, .flags = 0), UPDATE(200, .id = 3, .flags = 0), UPDATE(300, .id = 4, .flags = 0),
        UPDATE(400, .id = 5, .flags = 0), UPDATE(9999, .id = 6, .flags = 0) },
      FIND(RATE_UPDATES, 6, 1, 2, 3, 4, 5) },
    { "retransmissions count, and each that is too many is found",
      { UPDATE(0, .flags = 0), UPDATE(100, .flags = 0), UPDATE(200, .flags = 0), UPDATE(300, .flags = 0),
        UPDATE(400, .flags = 0), UPDATE(500, .flags = 0), UPDATE(600, .flags = 0) },
      { ALSO(RATE_UPDATES, 6, 1, 2, 3, 4, 5), ALSO(RATE_UPDATES, 7, 2, 3, 4, 5, 6), LAST } },
    { "six updates to two nodes",
      { UPDATE(0, .flags = 0), UPDATE(100, .flags = 0), UPDATE(200, .flags = 0), UPDATE(300, .flags = 0),
        UPDATE(400, .flags = 0), { 500, BU, HA, CN2, .life = 60, .coa = FA2 } },
      NOTHING },
    { "six updates about two home addresses",
      { UPDATE(0, .flags = 0), UPDATE(100, .flags = 0), UPDATE(200, .flags = 0), UPDATE(300, .flags = 0),
        UPDATE(400, .flags = 0), UPDATE(500, .flags = 0, .home = HOME2) },
      NOTHING },
    { "six updates without times",
      { UPDATE(NO_TIME, .flags = 0), UPDATE(NO_TIME, .flags = 0), UPDATE(NO_TIME, .flags = 0), UPDATE(NO_TIME, .flags = 0),
        UPDATE(NO_TIME, .flags = 0), UPDATE(NO_TIME, .flags = 0) },
      NOTHING },
    { "six warnings in less than ten seconds",
      { { 0, BW, FA1, HA, .target = { CN } }, { 100, BW, FA1, HA, .target = { CN } }, { 200, BW, FA1, HA, .target = { CN } },
        { 300, BW, FA1, HA, .target = { CN } }, { 400, BW, FA1, HA, .target = { CN } }, { 500, BW, FA1, HA, .target = { CN } } },
      FIND(RATE_WARNINGS, 6, 1, 2, 3, 4, 5) },
    { "six warnings from two agents",
      { { 0, BW, FA1, HA, .target = { CN } }, { 100, BW, FA1, HA, .target = { CN } }, { 200, BW, FA1, HA, .target = { CN } },
        { 300, BW, FA2, HA, .target = { CN } }, { 400, BW, FA1, HA, .target = { CN } }, { 500, BW, FA1, HA, .target = { CN } } },
      NOTHING },

    /* replay */
#define STAMP .replay = MIPRO_REPLAY_TIMESTAMP, .flags = 0
    { "an identification is used again in a new message",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 7, .coa = FA3, STAMP) },
      FIND(REPLAY, 2, 1) },
    { "a timestamp goes backwards",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 6, .coa = FA3, STAMP) },
      FIND(REPLAY, 2, 1) },
    { "an old message returns after a newer one",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 8, .coa = FA3, STAMP), UPDATE(20, .id = 7, STAMP) },
      FIND(REPLAY, 3, 1) },
    { "a retransmission is no replay",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 7, STAMP), UPDATE(20, .id = 8, .coa = FA3, STAMP) },
      NOTHING },
    { "timestamps of two nodes are two lines",
      { UPDATE(0, .id = 7, STAMP), { 10, BU, HA, CN2, .life = 60, .coa = FA2, .id = 6, STAMP } },
      NOTHING },
    { "a new home address is a new line",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 6, .home = HOME2, STAMP) },
      NOTHING },
    { "a replayed message is refused, by whatever status",
      { UPDATE(0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(1, .id = 7), UPDATE(10, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(11, .id = 8),
        UPDATE(20, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(21, .id = 7, .status = 131), LATER(20000) },
      FIND(REPLAY, 5, 1) },
    { "nobody answers a replayed message, and it tells nothing",
      { UPDATE(0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(1, .id = 7), UPDATE(10, .id = 8, .coa = FA3, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(11, .id = 8),
        UPDATE(20, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), { 1000, TUN, CN, FA3 }, LATER(20000) },
      FIND(REPLAY, 5, 1) },
    { "an association without a replay method",
      { UPDATE(0, .id = 7, .flags = 0), UPDATE(10, .id = 6, .coa = FA3, .flags = 0), UPDATE(20, .id = 7, .flags = 0) },
      NOTHING },
    { "a forged message does not move the line",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 99, .coa = FA3, .verdict = MIPRO_BAD, STAMP), UPDATE(20, .id = 8, STAMP) },
      NOTHING },
    { "a message that cannot be checked does not move the line",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 99, .coa = FA3, .verdict = MIPRO_NO_KEY, STAMP), UPDATE(20, .id = 8, STAMP) },
      NOTHING },
    { "an expired association has a line too",
      { UPDATE(0, .id = 7, .verdict = MIPRO_EXPIRED, STAMP), UPDATE(10, .id = 6, .verdict = MIPRO_EXPIRED, STAMP) },
      FIND(REPLAY, 2, 1) },
    { "timestamps wrap",
      { UPDATE(0, .id = UINT64_MAX, STAMP), UPDATE(10, .id = 5, STAMP) },
      NOTHING },
    { "an answer bears the clock of the requester",
      { UPDATE(0, .id = 7, STAMP), { 10, BR, CN, HA, .id = 5 }, UPDATE(20, .id = 5, STAMP), UPDATE(30, .id = 8, STAMP) },
      NOTHING },
    { "an answer to a clock that is ahead does not move the line",
      { UPDATE(0, .id = 7, STAMP), { 10, BR, CN, HA, .id = 5000 }, UPDATE(20, .id = 5000, STAMP), UPDATE(30, .id = 8, STAMP) },
      NOTHING },
    { "a request sent again is answered with what is left",
      { { 0, BR, CN, HA, .id = 5 }, UPDATE(10, .id = 5, STAMP), { 2000, BR, CN, HA, .id = 5 }, UPDATE(2010, .id = 5, .life = 58, STAMP) },
      NOTHING },
    { "an old answer returns after a newer one",
      { { 0, BR, CN, HA, .id = 5 }, UPDATE(10, .id = 5, STAMP), { 20, BR, CN, HA, .id = 6 }, UPDATE(30, .id = 6, STAMP, .coa = FA3), UPDATE(40, .id = 5, STAMP) },
      FIND(REPLAY, 5, 2) },
    { "what was refused as out of time does not count",
      { UPDATE(0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(10, .id = 7),
        UPDATE(20, .id = 5000, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(30, .id = 5000, .status = 133),
        UPDATE(40, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(50, .id = 8) },
      NOTHING },
#define STAMPED .replay = MIPRO_REPLAY_TIMESTAMP
    { "what was refused leaves the line where it was",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(20, .id = 5000, STAMPED), ACK(30, .id = 5000, .status = 133),
        UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6), LATER(9000) },
      FIND(REPLAY, 5, 1) },
    { "a clock that was set back, of which its receiver told",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6, .status = 133), LATER(9000) },
      NOTHING },
    { "the same, and its receiver accepts it",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "the same without A: nobody refuses it",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .flags = 0, .id = 6, STAMPED), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "what was refused first leaves no line",
      { UPDATE(20, .id = 5000, STAMPED), ACK(30, .id = 5000, .status = 133), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6) },
      NOTHING },
    { "what was refused for another reason counts",
      { UPDATE(20, .id = 5000, STAMPED), ACK(30, .id = 5000, .status = 130), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6) },
      FIND(REPLAY, 3, 1) },
    { "nobody answers a message that goes backwards",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 6, .coa = FA3, STAMPED), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "nobody answers a message that uses an identification again",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 7, .coa = FA3, STAMPED), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "a replayed registration makes nobody private",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 7, STAMPED }, { 5, RRP, HA, HOME, .life = 600, .id = 7 },
        { 9, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 6, .flags = P, STAMPED }, { 10, RRP, HA, HOME, .life = 600, .id = 6 }, UPDATE(20, .flags = 0) },
      FIND(REPLAY, 3, 1) },
    { "a registration passed on, and again after a newer one",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, STAMPED, .foreign = 1 }, { 1, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, STAMPED, .foreign = 2 },
        { 2, RRQ, HOME, FA1, .life = 500, .coa = FA1, .id = 8, STAMPED, .foreign = 1 }, { 3, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, STAMPED, .foreign = 2 } },
      FIND(REPLAY, 4, 1) },
    { "a registration that was refused for another reason counts",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 5000, STAMPED }, { 5, RRP, HA, HOME, .status = 130, .id = 5000 },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 8, STAMPED }, { 15, RRP, HA, HOME, .life = 600, .id = 8 } },
      FIND(REPLAY, 3, 1) },
    { "a registration by a clock that was set back, of which its home agent tells",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x900000007, STAMPED }, { 5, RRP, HA, HOME, .life = 600, .id = 0x900000007 },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x500000008, STAMPED },
        { 15, RRP, HA, HOME, .status = 133, .id = 0x900000008 }, LATER(9000) },
      NOTHING },
    { "the same, and what becomes of it is not captured",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x900000007, STAMPED }, { 5, RRP, HA, HOME, .life = 600, .id = 0x900000007 },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x500000008, STAMPED }, LATER(9000) },
      NOTHING },
    { "a registration returns through another agent after a newer one",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 5, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 },
        { 5000, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 9000, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      FIND(REPLAY, 4, 1) },
    { "registrations that a foreign agent passes on are not replayed, even if they overlap",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 2, RRQ, HOME, FA1, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 5, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 },
        { 6, RRQ, FA1, HA, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      NOTHING },
    { "replies bear the identifications of requests, and of the home agent's clock",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x900000007, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 5, RRP, HA, HOME, .status = 133, .id = 0x500000007, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x500000008, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 15, RRP, HA, HOME, .life = 600, .id = 0x500000008, .replay = MIPRO_REPLAY_TIMESTAMP } },
      NOTHING },
    { "an old reply returns after a newer one",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 5, RRP, HA, HOME, .life = 600, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, RRQ, HOME, HA, .life = 0, .coa = HOME, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 15, RRP, HA, HOME, .life = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 9000, RRP, HA, HOME, .life = 600, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 5, 2) },
    { "a registration is under way for longer than the limit",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 2, RRQ, HOME, FA1, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 5001, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      FIND(REPLAY, 3, 1) },
    { "a registration is passed on as the limit runs out",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 2, RRQ, HOME, FA1, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 5000, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      NOTHING },
    { "a registration is passed on once, and then again",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 2, RRQ, HOME, FA1, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 3, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 },
        { 4, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      FIND(REPLAY, 4, 1) },
    { "a registration comes again on the same hop, after a newer one",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 2, RRQ, HOME, HA, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 3, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 3, 1) },
    { "an update on another hop is not passed on",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 }, { 1, BU, FA2, FA1, .life = 60, .coa = FA3, .id = 8, .replay = HOME_FA1 },
        { 2, BU, HOME, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 } },
      FIND(REPLAY, 3, 1) },
    { "who sends for the mobile node has its time line",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 }, { 10, BU, HOME, FA1, .life = 60, .coa = FA3, .id = 6, .replay = HOME_FA1 } },
      FIND(REPLAY, 2, 1) },
    { "and another previous agent has another",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 }, { 10, BU, HOME, FA1 + 1, .life = 60, .coa = FA3, .id = 6, .replay = HOME_FA1 } },
      NOTHING },
    { "one line is found again behind another",
      { UPDATE(0, .id = 7, STAMP), { 10, BU, HA, CN2, .life = 60, .coa = FA2, .id = 6, STAMP }, UPDATE(20, .id = 6, .coa = FA3, STAMP),
        { 30, BU, HA, CN2, .life = 60, .coa = FA3, .id = 5, STAMP } },
      { ALSO(REPLAY, 3, 1), ALSO(REPLAY, 4, 2), LAST } },
    { "a request is used again, where an authenticator vouches for it",
      { { 0, BR, CN, HA, .id = 7, .mac = 1, .replay = MIPRO_REPLAY_TIMESTAMP }, { 5, BR, CN, HA, .id = 8, .mac = 2, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, BR, CN, HA, .id = 7, .mac = 1, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 3, 1) },
    { "a request goes backwards, where an authenticator vouches for it",
      { { 0, BR, CN, HA, .id = 7, .mac = 1, .replay = MIPRO_REPLAY_TIMESTAMP }, { 5, BR, CN, HA, .id = 6, .mac = 2, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 2, 1) },
    { "with nonces an old message returns after a newer one",
      { UPDATE(0, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE, .flags = 0), UPDATE(10, .id = 0x300000002, .replay = MIPRO_REPLAY_NONCE, .flags = 0),
        UPDATE(20, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE, .flags = 0) },
      FIND(REPLAY, 3, 1) },

    /* nonce-chain */
#define NONCE .replay = MIPRO_REPLAY_NONCE, .flags = 0
    { "a chain of nonces",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x900000002, NONCE), UPDATE(20, .id = 0x400000009, NONCE) },
      NOTHING },
    { "a nonce that was not announced: one break, one finding",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x900000003, NONCE), UPDATE(20, .id = 0x400000009, NONCE) },
      FIND(NONCE_CHAIN, 2, 1) },
    { "a retransmission breaks no chain",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(5, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x900000002, NONCE) },
      NOTHING },
    { "a request resynchronizes",
      { UPDATE(0, .id = 0x200000001, NONCE), { 5, BR, CN, HA, .id = 0x7700000066 }, UPDATE(10, .id = 0x7700000066, NONCE), UPDATE(20, .id = 0x400000077, NONCE) },
      NOTHING },
    { "an answer leaves the chain as it was",
      { UPDATE(0, .id = 0x200000001, NONCE), { 5, BR, CN, HA, .id = 0x7700000066 }, UPDATE(10, .id = 0x7700000066, NONCE), UPDATE(20, .id = 0x400000002, NONCE) },
      NOTHING },
    { "a forged update breaks no chain",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(5, .id = 0x800000003, .verdict = MIPRO_BAD, NONCE), UPDATE(10, .id = 0x900000002, NONCE) },
      NOTHING },
    { "a nonce is used again",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x200000001, .coa = FA3, NONCE) },
      FIND(REPLAY, 2, 1) },

    { "the nonce before is not announced any more",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x900000002, NONCE), UPDATE(20, .id = 0x400000002, NONCE) },
      FIND(NONCE_CHAIN, 3, 2) },
    { "registrations have nonces of another kind",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x700000005, .replay = MIPRO_REPLAY_NONCE } },
      NOTHING },
    { "a nonce that was refused: the one announced before it still holds",
      { UPDATE(0, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE), ACK(1, .id = 0x200000001), UPDATE(10, .id = 0x900000007, .replay = MIPRO_REPLAY_NONCE),
        ACK(11, .id = 0x900000007, .status = 133), UPDATE(20, .id = 0x400000002, .replay = MIPRO_REPLAY_NONCE), ACK(21, .id = 0x400000002) },
      FIND(NONCE_CHAIN, 3, 1) },
    { "a nonce that was refused: its sender may go on from it",
      { UPDATE(0, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE), ACK(1, .id = 0x200000001), UPDATE(10, .id = 0x900000007, .replay = MIPRO_REPLAY_NONCE),
        ACK(11, .id = 0x900000007, .status = 133), UPDATE(20, .id = 0x400000009, .replay = MIPRO_REPLAY_NONCE), ACK(21, .id = 0x400000009) },
      FIND(NONCE_CHAIN, 3, 1) },
    { "an update made from a notification bears the registration's nonces",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 0x200000001, .replay = HOME_FA1_NONCE }, { 10, BU, FA3, FA1, .life = 60, .coa = FA3, .id = 0x700000005, .replay = HOME_FA1_NONCE } },
      NOTHING },
    { "the mobile node's own updates are a chain",
      { { 0, BU, HOME, FA1, .life = 60, .coa = FA2, .id = 0x200000001, .replay = HOME_FA1_NONCE }, { 5, BU, FA3, FA1, .life = 60, .coa = FA3, .id = 0x700000005, .replay = HOME_FA1_NONCE },
        { 10, BU, HOME, FA1, .life = 60, .coa = FA3, .id = 0x700000002, .replay = HOME_FA1_NONCE }, { 20, BU, HOME, FA1, .life = 60, .coa = FA2, .id = 0x700000003, .replay = HOME_FA1_NONCE } },
      FIND(NONCE_CHAIN, 4, 3) },
    /* privacy */
#define PRIVATE(ms) { ms, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 }, { ms + 5, RRP, HA, HOME, .life = 600, .id = 1 }
    { "the binding of a private node is told",
      { PRIVATE(0), UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 3, 1, 2) },
    { "the care-of address alone is told",
      { PRIVATE(0), UPDATE(10, .flags = 0, .life = 0) },
      FIND(PRIVACY, 3, 1, 2) },
    { "a lifetime alone is told",
      { PRIVATE(0), UPDATE(10, .flags = 0, .coa = HOME) },
      FIND(PRIVACY, 3, 1, 2) },
    { "a private node's correspondent is told to delete",
      { PRIVATE(0), UPDATE(10, .flags = 0, .life = 0, .coa = HOME) },
      NOTHING },
    { "another node tells",
      { PRIVATE(0), { 10, BU, FA2, FA1, .life = 60, .coa = FA2 } },
      NOTHING },
    { "a forger tells",
      { PRIVATE(0), UPDATE(10, .flags = 0, .verdict = MIPRO_BAD) },
      NOTHING },
    { "a node that is private no longer",
      { PRIVATE(0), { 20, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 25, RRP, HA, HOME, .life = 600, .id = 2 }, UPDATE(30, .flags = 0) },
      NOTHING },
    { "a node that would be private no longer, and is not heard",
      { PRIVATE(0), { 20, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 25, RRP, HA, HOME, .life = 600, .id = 2, .status = 130 }, UPDATE(30, .flags = 0) },
      FIND(PRIVACY, 5, 1, 2) },
    { "a node that would be private, and is refused",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 }, { 5, RRP, HA, HOME, .life = 600, .id = 1, .status = 129 }, UPDATE(10, .flags = 0) },
      NOTHING },
    { "a forged registration makes nobody private",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1, .verdict = MIPRO_BAD }, { 5, RRP, HA, HOME, .life = 600, .id = 1 }, UPDATE(10, .flags = 0) },
      FIND(FORGED_ACCEPTED, 2, 1) },
    { "a forged registration is refused",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1, .verdict = MIPRO_BAD }, { 5, RRP, HA, HOME, .life = 0, .id = 1, .status = 131 }, UPDATE(10, .flags = 0) },
      NOTHING },
    { "a registration without an authenticator is granted, through a foreign agent",
      { { 0, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 1, .verdict = MIPRO_MISSING }, { 2, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 1, .verdict = MIPRO_MISSING },
        { 5, RRP, HA, FA2, .life = 600, .id = 1 }, { 6, RRP, FA2, HOME, .life = 600, .id = 1 } },
      FIND(FORGED_ACCEPTED, 3, 1) },
    { "a good registration is refused as forged, through a foreign agent",
      { { 0, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 1 }, { 2, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 1 },
        { 5, RRP, HA, FA2, .life = 0, .id = 1, .status = 131 }, { 6, RRP, FA2, HOME, .life = 0, .id = 1, .status = 131 } },
      FIND(GENUINE_REFUSED, 3, 1) },
    { "a reply has another identification",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .life = 600, .id = 0x100000002 }, { 12000, TUN, CN, FA3 } },
      FIND(REPLY_MISMATCH, 2, 1) },
    { "a reply has another identification, and the right one follows",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .life = 600, .id = 0x100000002 },
        { 9, RRP, HA, HOME, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      NOTHING },
    { "a reply has another home address",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .home = HOME2, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      FIND(REPLY_MISMATCH, 2, 1) },
    { "a reply has another home agent",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .agent = FA3, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      FIND(REPLY_MISMATCH, 2, 1) },
    { "the home agent that broadcast finds names itself",
      { { 0, RRQ, HOME, 0x0a0100ff, .agent = 0x0a0100ff, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      NOTHING },
    { "a reply that refuses the identification has the low half alone, with timestamps",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001, .replay = MIPRO_REPLAY_TIMESTAMP }, { 5, RRP, HA, HOME, .status = 133, .id = 0x900000001, .replay = MIPRO_REPLAY_TIMESTAMP }, { 12000, TUN, CN, FA3 } },
      NOTHING },
    { "a grant has the low half alone, with timestamps",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001, .replay = MIPRO_REPLAY_TIMESTAMP }, { 5, RRP, HA, HOME, .life = 600, .id = 0x900000001, .replay = MIPRO_REPLAY_TIMESTAMP }, { 12000, TUN, CN, FA3 } },
      FIND(REPLY_MISMATCH, 2, 1) },
    { "a reply is captured before its request",
      { { 0, RRP, HA, HOME, .life = 600, .id = 0x100000001 }, { 300, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001, .flags = P }, { 12000, TUN, CN, FA3 } },
      NOTHING },
    { "a forged reply grants nothing",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 }, { 5, RRP, HA, HOME, .life = 600, .id = 1, .verdict = MIPRO_BAD }, UPDATE(10, .flags = 0) },
      NOTHING },
    { "code 1 grants too, through a foreign agent",
      { { 0, RRQ, HOME, FA2, .flags = P, .life = 600, .coa = FA2, .id = 1, .foreign = 1 }, { 2, RRQ, FA2, HA, .flags = P, .life = 600, .coa = FA2, .id = 1, .foreign = 2 },
        { 5, RRP, HA, FA2, .life = 600, .status = 1, .id = 1 }, { 6, RRP, FA2, HOME, .life = 600, .status = 1, .id = 1 }, UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 5, 1, 3) },
    { "with nonces the reply bears the low half",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 0x100000005 }, { 5, RRP, HA, HOME, .life = 600, .id = 0x200000005 }, UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 3, 1, 2) },
    { "a reply whose request was not captured says nothing of privacy",
      { { 5, RRP, HA, HOME, .life = 600, .id = 1 }, UPDATE(10, .flags = 0) },
      NOTHING },

    { "of two requests the private one is granted",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 }, { 1, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 },
        { 5, RRP, HA, HOME, .life = 600, .id = 1 }, UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 4, 1, 3) },
    { "of two requests the public one is granted",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 }, { 1, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 },
        { 5, RRP, HA, HOME, .life = 600, .id = 2 }, UPDATE(10, .flags = 0) },
      NOTHING },
    { "an identification that was used again goes with its last request",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 1 }, { 1, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 },
        { 5, RRP, HA, HOME, .life = 600, .id = 1 }, UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 4, 2, 3) },
    { "two home agents, and private with one of them",
      { PRIVATE(0), { 10, RRQ, HOME, FA3, .agent = FA3, .life = 600, .coa = FA2, .id = 0x500000001 }, { 15, RRP, FA3, HOME, .agent = FA3, .life = 600, .id = 0x600000001 },
        { 20, BU, FA3, CN, .life = 60, .coa = FA2 }, UPDATE(30, .flags = 0) },
      FIND(PRIVACY, 6, 1, 2) },
    { "what is told of a private node is one fault, however long it lasts",
      { PRIVATE(0), UPDATE(10, .flags = 0, .life = 900) },
      FIND(PRIVACY, 3, 1, 2) },
    /* lifetime-exceeds */
#define REGISTERED(ms, life_) { ms, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 1 }, { ms + 5, RRP, HA, HOME, .life = life_, .id = 1 }
    { "an update outlives what was granted, though not what was asked for",
      { REGISTERED(0, 300), UPDATE(10, .flags = 0, .life = 303) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "an update lasts as long as what was granted",
      { REGISTERED(0, 300), UPDATE(400, .flags = 0, .life = 300) },
      NOTHING },
    { "an update outlives what is left",
      { REGISTERED(0, 300), UPDATE(101000, .flags = 0, .life = 203) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "an update lasts as long as what is left",
      { REGISTERED(0, 300), UPDATE(101000, .flags = 0, .life = 200) },
      NOTHING },
    { "an update after the registration, of which a renewal may be missing",
      { REGISTERED(0, 300), UPDATE(400000, .flags = 0, .life = 1) },
      NOTHING },
    { "an update that was two seconds under way",
      { REGISTERED(0, 300), UPDATE(101000, .flags = 0, .life = 202) },
      NOTHING },
    { "an update for ever",
      { REGISTERED(0, 300), UPDATE(10, .flags = 0, .life = 0xffff) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "an update for ever of a registration for ever",
      { REGISTERED(0, 0xffff), UPDATE(10, .flags = 0, .life = 0xffff) },
      NOTHING },
    { "a deletion outlives nothing",
      { REGISTERED(0, 300), UPDATE(400000, .flags = 0, .life = 60, .coa = HOME), UPDATE(401000, .flags = 0, .life = 0) },
      NOTHING },
    { "an update from another than the home agent",
      { REGISTERED(0, 300), { 10, BU, FA2, FA1, .life = 900, .coa = FA2 } },
      NOTHING },
    { "a retransmission has the lifetime that it had",
      { REGISTERED(0, 300), UPDATE(400, .id = 7, .life = 300), UPDATE(4300, .id = 7, .life = 300), ACK(4310, .id = 7) },
      NOTHING },
    { "a registration renewed",
      { REGISTERED(0, 300), { 200000, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 200005, RRP, HA, HOME, .life = 300, .id = 2 },
        UPDATE(201000, .flags = 0, .life = 299) },
      NOTHING },
    { "the reply alone says how long",
      { { 5, RRP, HA, HOME, .life = 300, .id = 1 }, UPDATE(10, .flags = 0, .life = 303) },
      FIND(LIFETIME_EXCEEDS, 2, 1) },
    { "a reply passed on does not begin anew",
      { { 0, RRQ, HOME, FA2, .life = 300, .coa = FA2, .id = 1, .foreign = 1 }, { 5, RRP, HA, FA2, .life = 300, .id = 1 }, { 3000, RRP, FA2, HOME, .life = 300, .id = 1 },
        UPDATE(6000, .flags = 0, .life = 299) },
      FIND(LIFETIME_EXCEEDS, 4, 1, 2) },

    { "a reply passed on whose request was not captured does not begin anew",
      { { 5, RRP, HA, FA2, .life = 300, .id = 1 }, { 3000, RRP, FA2, HOME, .life = 300, .id = 1 }, UPDATE(6000, .flags = 0, .life = 299) },
      FIND(LIFETIME_EXCEEDS, 3, 1) },
    { "without times, more than was ever granted",
      { { NO_TIME, RRP, HA, HOME, .life = 300, .id = 1 }, UPDATE(NO_TIME, .flags = 0, .life = 303), UPDATE(NO_TIME, .flags = 0, .life = 300) },
      FIND(LIFETIME_EXCEEDS, 2, 1) },
    { "times that run backwards leave all that was granted",
      { { 90000, RRP, HA, HOME, .life = 300, .id = 1 }, UPDATE(80000, .flags = 0, .life = 300), UPDATE(80001, .flags = 0, .life = 303) },
      NOTHING },
    /* handoffs */
#define MOVE(ms, ...) { ms, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 }, __VA_ARGS__ }
#define MOVED(ms) { ms, RRP, HA, FA2, .life = 600, .id = 1 }
#define TELL(ms, ...) { ms, BU, FA2, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77, __VA_ARGS__ }
    { "a smooth handoff, acknowledged to the mobile node",
      { MOVE(0), TELL(5), { 8, BA, FA1, HOME }, MOVED(10), LATER(20000) },
      NOTHING },
    { "a smooth handoff, acknowledged to the sender and to the mobile node",
      { MOVE(0), MOVED(5), TELL(10), { 18, BA, FA1, FA2 }, { 19, BA, FA1, HOME }, LATER(20000) },
      NOTHING },
    { "a smooth handoff, which the mobile node itself tells again",
      { MOVE(0), MOVED(5), TELL(10), { 3000, BU, HOME, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77 }, { 3010, BA, FA1, HOME }, LATER(4000) },
      NOTHING },
    { "a smooth handoff that the mobile node tells again before it is acknowledged",
      { MOVE(0), MOVED(5), TELL(10), { 2000, BU, HOME, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77 }, { 2010, BA, FA1, HOME }, LATER(20000) },
      NOTHING },
    { "the previous agent is not told",
      { MOVE(0), MOVED(5), LATER(5100) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the previous agent is not told, and code 1 grants",
      { MOVE(0), { 5, RRP, HA, FA2, .life = 600, .status = 1, .id = 1 }, LATER(5100) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the limit for the update runs from the reply",
      { MOVE(0), MOVED(4900), TELL(9900), { 9905, BA, FA1, HOME }, LATER(20000) },
      NOTHING },
    { "of two requests one is granted, and the previous agent is not told",
      { MOVE(0), MOVE(100, .id = 2, .pfan = { FA3, FA2, 30, 0x78 }), { 105, RRP, HA, FA2, .status = 130, .id = 2 }, MOVED(110), LATER(9000) },
      FIND(HANDOFF_NO_UPDATE, 1, 4) },
    { "of two previous agents one is told",
      { MOVE(0, .pfan = { FA3, FA2, 30, 0x78 }), MOVED(5), MOVE(100, .id = 2), { 105, RRP, HA, FA2, .life = 600, .id = 2 }, TELL(110), { 115, BA, FA1, HOME }, LATER(9000) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the update of a notification answers no request",
      { { 0, BR, FA1, FA2, .id = 9 }, MOVE(1), TELL(5), { 8, BA, FA1, HOME }, MOVED(10), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "what comes after a refusal is not the notification's",
      { MOVE(0), { 5, RRP, HA, FA2, .status = 130, .id = 1 }, TELL(900, .life = 31, .verdict = MIPRO_BAD), LATER(9000) },
      NOTHING },
    { "what comes after all was given up is not the notification's",
      { MOVE(0), MOVED(5), LATER(9000), TELL(9001, .life = 31, .verdict = MIPRO_BAD), LATER(20000) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the update is captured before its notification",
      { TELL(0), { 1, BA, FA1, HOME }, MOVE(4999), MOVED(5005), LATER(15000) },
      NOTHING },
    { "what comes longer before the request is not the notification's",
      { TELL(0), { 1, BA, FA1, HOME }, MOVE(5000), MOVED(5005), LATER(15000) },
      FIND(HANDOFF_NO_UPDATE, 3, 4) },
    { "an update that was answered is sent again, and its answer was lost",
      { UPDATE(0, .id = 7), ACK(10, .id = 7), UPDATE(500, .id = 7), LATER(9000) },
      NOTHING },
    { "two requests with one notification, and one update",
      { MOVE(0), MOVED(5), MOVE(1000, .id = 2), { 1005, RRP, HA, FA2, .life = 600, .id = 2 }, TELL(1010), { 1015, BA, FA1, HOME }, LATER(9000) },
      NOTHING },
    { "a previous agent that nobody can be told of",
      { MOVE(0, .pfan = { 0xe0000001u, FA2, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "a previous agent that is the loopback",
      { MOVE(0, .pfan = { 0x7f000001u, FA2, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "a previous agent that is where the node is now",
      { MOVE(0, .coa = FA3, .pfan = { FA3, FA3, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "the previous agent is not told; the request was passed on",
      { MOVE(0), { 3, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 } }, MOVED(5), LATER(5100) },
      FIND(HANDOFF_NO_UPDATE, 1, 2, 3) },
    { "a registration that was refused",
      { MOVE(0), { 5, RRP, HA, FA2, .life = 600, .id = 1, .status = 129 }, LATER(9000) },
      NOTHING },
    { "a registration that nobody answered",
      { MOVE(0), LATER(9000) },
      NOTHING },
    { "a registration granted as the capture ends",
      { MOVE(0), MOVED(5), LATER(4000) },
      NOTHING },
    { "another node is told",
      { MOVE(0), MOVED(5), { 10, BU, FA2, CN, .life = 30, .coa = FA2, .mac = 0x77 }, LATER(9000) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the previous agent is asked for no acknowledge",
      { MOVE(0), TELL(5, .flags = 0), MOVED(10), LATER(9000) },
      FIND(HANDOFF_NO_A, 2, 1) },
    { "another lifetime than the mobile node's",
      { MOVE(0), TELL(5, .life = 31, .verdict = MIPRO_BAD), MOVED(10), LATER(9000) },
      FIND(HANDOFF_ALTERED, 2, 1) },
    { "another care-of address than the mobile node's",
      { MOVE(0), TELL(5, .coa = FA3, .verdict = MIPRO_BAD), MOVED(10), LATER(9000) },
      FIND(HANDOFF_ALTERED, 2, 1) },
    { "another SPI than the mobile node's",
      { MOVE(0), TELL(5, .spi = 0x1001, .verdict = MIPRO_NO_KEY), { 8, BA, FA1, FA2 }, MOVED(10), LATER(9000) },
      FIND(HANDOFF_ALTERED, 2, 1) },
    { "another authenticator than the mobile node's",
      { MOVE(0), TELL(5, .mac = 0x78, .verdict = MIPRO_BAD), MOVED(10), LATER(9000) },
      FIND(HANDOFF_ALTERED, 2, 1) },
    { "no authenticator at all is another rule's",
      { MOVE(0), TELL(5, .verdict = MIPRO_MISSING), MOVED(10), LATER(9000) },
      NOTHING },
    { "only the first update is the PFAN's",
      { MOVE(0), TELL(5), { 8, BA, FA1, HOME }, MOVED(10), TELL(900, .life = 9, .mac = 0x12, .flags = 0) },
      NOTHING },
    { "the home agent tells the previous agent for its own reasons",
      { MOVE(0), { 3, BU, HA, FA1, .life = 60, .coa = FA2 }, TELL(5), { 8, BA, FA1, HOME }, MOVED(10) },
      NOTHING },
    { "two requests, two notifications: each update is its own",
      { MOVE(0), MOVE(1000, .id = 2, .pfan = { FA1, FA2, 29, 0x88 }), TELL(1005), TELL(1006, .life = 29, .mac = 0x88), { 1008, BA, FA1, HOME },
        { 1009, BA, FA1, HOME }, MOVED(1010), { 1011, RRP, HA, FA2, .life = 600, .id = 2 }, LATER(9000) },
      NOTHING },
    { "two requests, and one update for the later",
      { MOVE(0), MOVED(1), MOVE(1000, .id = 2, .pfan = { FA1, FA2, 29, 0x88 }), TELL(1006, .life = 29, .mac = 0x88), { 1008, BA, FA1, HOME },
        { 1011, RRP, HA, FA2, .life = 600, .id = 2 }, LATER(9000) },
      NOTHING },
    { "a notification that nobody can act on is no promise",
      { MOVE(0, .tail = true), TELL(9000, .life = 1, .mac = 9), { 9001, BA, FA1, FA2 }, LATER(20000) },
      NOTHING },
    { "a request to go back where it is, and later an update to there",
      { MOVE(0, .pfan = { FA2, FA2, 30, 0x77 }), MOVED(5), { 9000, BU, HOME, FA2, .life = 1, .coa = FA2, .mac = 9 } },
      NOTHING },
    { "a request to go back where it is",
      { MOVE(0, .pfan = { FA2, FA2, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "an agent that does not advertise it is asked for a smooth handoff",
      { { 0, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F }, MOVE(5), TELL(6), { 8, BA, FA1, HOME } },
      FIND(HANDOFF_ADVERTISED, 2, 1) },
    { "an agent that advertises it is asked",
      { { 0, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F }, { 1, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F | MIPRO_ADV_S }, MOVE(5), TELL(6), { 8, BA, FA1, HOME } },
      NOTHING },
    { "an agent that was not heard is asked",
      { { 0, ADV, FA3, ROUTER, .flags = MIPRO_ADV_F }, MOVE(5), TELL(6), { 8, BA, FA1, HOME } },
      NOTHING },
    { "an agent that does not advertise it passes the request on",
      { { 0, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F }, { 3, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 } }, TELL(6), { 8, BA, FA1, HOME } },
      FIND(HANDOFF_ADVERTISED, 2, 1) },
    { "an agent that does not advertise it is asked, and passes it on: one finding",
      { { 0, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F }, MOVE(1), { 3, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 } }, TELL(6), { 8, BA, FA1, HOME } },
      FIND(HANDOFF_ADVERTISED, 2, 1) },
    { "a request passed on to a home agent that does not advertise it",
      { { 0, ADV, HA, ROUTER, .flags = MIPRO_ADV_H | MIPRO_ADV_F }, { 3, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 } }, TELL(6), { 8, BA, FA1, HOME } },
      NOTHING },

    /* stale-forwarding */
    { "a node goes on tunnelling to the old care-of address",
      { UPDATE(0, .flags = 0, .coa = FA1), { 500, TUN, CN, FA1 }, UPDATE(1000, .flags = 0), { 1010, TUN, CN, FA1 }, { 1020, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 3) },
    { "a packet behind the acknowledge",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000), ACK(1001), { 1002, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 2) },
    { "the care-of address before the last two",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .flags = 0, .coa = FA3), { 3000, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 3) },
    { "the care-of address before the last one of three",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .flags = 0, .coa = FA3), { 3000, TUN, CN, FA2 } },
      FIND(STALE_FORWARDING, 4, 3) },
    { "a care-of address that it was never told of",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), { 1500, TUN, CN, FA3 } },
      NOTHING },
    { "the node would not have the third",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .coa = FA3), ACK(2010, .status = 130), { 2020, TUN, CN, FA2 }, { 2500, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 6, 2) },
    { "another node, which was told nothing",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), { 1500, TUN, CN2, FA1 } },
      NOTHING },
    { "another home address",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), { 1500, TUN, CN, FA1, .home = HOME2 } },
      NOTHING },
    { "the node has come back to where it was",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .flags = 0, .coa = FA1), { 2500, TUN, CN, FA1 } },
      NOTHING },
    { "the node is at home, and is tunnelled to",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0, .coa = HOME, .life = 0), { 1500, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 3, 2) },
    { "a forger told of the new one",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0, .verdict = MIPRO_BAD), { 1500, TUN, CN, FA1 } },
      NOTHING },
    { "the node would not have it",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000), ACK(1010, .status = 130), { 1500, TUN, CN, FA1 } },
      NOTHING },

    /* clocks that cannot be believed; more than a day */
#define DAYS 100000000
    { "one frame is stamped far in the future",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(10), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "one frame is stamped far in the future, and the answer is late all the same",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(10), ACK(5001, .id = 7) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "one frame is stamped far in the past, and there is no answer",
      { UPDATE(DAYS, .id = 7), LATER(0), LATER(DAYS + 5001) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "each other frame has another clock",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(2000), LATER(DAYS + 2000), LATER(4000), LATER(DAYS + 4000), LATER(5001) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "each other frame has another clock, and the others are in disorder",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(-1), LATER(DAYS + 1), LATER(-2), LATER(DAYS + 2), LATER(5001) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "the clock is set forward, and nobody knows how long that took",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(DAYS + 10), LATER(DAYS + 9000) },
      NOTHING },
    { "the clock is set back, and nobody knows how long that took",
      { UPDATE(DAYS, .id = 7), LATER(0), LATER(10), LATER(9000) },
      NOTHING },
    { "when one asked whose stamp is broken, nobody knows",
      { LATER(0), UPDATE(DAYS, .id = 7), ACK(20000, .id = 7), LATER(30000) },
      NOTHING },
    { "when one was granted a handoff, nobody knows",
      { MOVE(0), MOVED(DAYS), LATER(5001), LATER(20000) },
      NOTHING },
    { "a request that has no time is answered, with timestamps of its own",
      { UPDATE(0, .id = 7, STAMP), { NO_TIME, BR, CN, HA, .id = 5 }, UPDATE(10, .id = 5, STAMP) },
      NOTHING },
    { "a request that has no time is not judged",
      { LATER(0), { NO_TIME, BR, CN, HA, .id = 5 }, LATER(9000) },
      NOTHING },
    { "time passes between the frames that agree on a leap",
      { REGISTERED(0, 300), LATER(DAYS), LATER(DAYS + 101000), UPDATE(DAYS + 101000, .flags = 0, .life = 203) },
      FIND(LIFETIME_EXCEEDS, 5, 1, 2) },
    { "the clock is set forward, and the answer comes behind that",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(DAYS + 10), ACK(DAYS + 20, .id = 7) },
      NOTHING },
    { "what is sent again after the clock was set is judged anew",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(DAYS + 10), UPDATE(DAYS + 20, .id = 7), LATER(DAYS + 9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 4) },
    { "an update to another clock answers a request from before it was set",
      { UPDATE(0, .id = 7, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP), { 1, BR, CN, HA, .id = 5 }, LATER(DAYS), LATER(DAYS + 10),
        UPDATE(DAYS + 20, .id = 5, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING },
    { "the clock is set, and a registration was not told to the previous agent",
      { MOVE(0), MOVED(10), LATER(DAYS), LATER(DAYS + 10), LATER(DAYS + 9000) },
      NOTHING },
    { "the clock is set, and a warning was not answered",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, LATER(DAYS), LATER(DAYS + 10), LATER(DAYS + 9000) },
      NOTHING },
    { "an update that a warning from before the clock was set calls for is no odd answer",
      { { 0, BW, FA1, HA, .target = { CN } }, LATER(DAYS), LATER(DAYS + 10), { DAYS + 20, BR, CN, HA, .id = 5 },
        UPDATE(DAYS + 30, .id = 6, .flags = 0), LATER(DAYS + 9000) },
      FIND(REQUEST_UNANSWERED, 4) },
    { "a silence of less than a day",
      { UPDATE(0, .id = 7), LATER(3600001), LATER(3610000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "the acknowledge is the first after a silence: the clock may have been set",
      { UPDATE(0, .id = 7), ACK(3600001, .id = 7), LATER(3610000) },
      NOTHING },
    { "a silence that is no more than that",
      { UPDATE(0, .id = 7), LATER(3600000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "an update is stamped after its registration has lapsed, by a clock that nobody believes",
      { REGISTERED(0, 300), UPDATE(DAYS, .flags = 0, .life = 300) },
      NOTHING },
    { "an update the next hour is still told from its registration",
      { REGISTERED(0, 7200), UPDATE(4000000, .flags = 0, .life = 3601) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "a registration is passed on by a frame whose clock nobody believes",
      { { 0, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { DAYS, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP } },
      NOTHING },
    { "a packet that may have been on its way: it has no time",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(100000, .flags = 0), { NO_TIME, TUN, CN, FA1 } },
      NOTHING },
    { "a packet on its way, stamped by a clock that nobody believes",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(100000, .flags = 0), { 100000 + DAYS, TUN, CN, FA1 } },
      NOTHING },

    /* In the field: frames closer than a second have no order. */
    { "a packet under way",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(2000, .flags = 0), { 2999, TUN, CN, FA1 } },
      NOTHING, .field = true },
    { "a packet that was not under way",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(2000), ACK(2010), { 3000, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 2), .field = true },
    { "an update overtakes another",
      { UPDATE(0, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(999, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING, .field = true },
    { "a timestamp goes back after a second",
      { UPDATE(0, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(1000, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      FIND(REPLAY, 2, 1), .field = true },
    { "a timestamp goes back behind one of a second ago, a younger one between them",
      { UPDATE(0, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(900, .flags = 0, .id = 9, .replay = MIPRO_REPLAY_TIMESTAMP),
        UPDATE(1100, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      FIND(REPLAY, 3, 1), .field = true },
    { "an update comes again just after a newer one",
      { UPDATE(0, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(2000, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP),
        UPDATE(2900, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING, .field = true },
    { "an update returns a second after a newer one",
      { UPDATE(0, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(2000, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP),
        UPDATE(3000, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      FIND(REPLAY, 3, 1), .field = true },
    { "a private node's binding is told within the second",
      { PRIVATE(0), UPDATE(900, .flags = 0) },
      NOTHING, .field = true },
    { "a private node's binding is told after it",
      { PRIVATE(0), UPDATE(1005, .flags = 0) },
      FIND(PRIVACY, 3, 1, 2), .field = true },
    { "a private node asks again, and what became of it was not captured",
      { PRIVATE(0), { 5000, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, UPDATE(9000, .flags = 0) },
      NOTHING, .field = true },
    { "a private node asks again, and is refused",
      { PRIVATE(0), { 5000, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 5005, RRP, HA, HOME, .status = 129, .id = 2 }, UPDATE(9000, .flags = 0) },
      FIND(PRIVACY, 5, 1, 2), .field = true },
    { "the clock is set back while an update waits",
      { UPDATE(10000, .id = 7), LATER(11000), LATER(6000), ACK(9000, .id = 7), LATER(60000) },
      NOTHING, .field = true },
    { "the clock is set back between two updates, and the first one's care-of address is used",
      { UPDATE(100000, .flags = 0, .coa = FA1), UPDATE(103000, .flags = 0, .coa = FA2), LATER(0), LATER(10), { 5000, TUN, CN, FA1 }, LATER(9000) },
      NOTHING, .field = true },
    { "the clock is set back between an advertisement and a request",
      { { 100000, ADV, FA1, .flags = MIPRO_ADV_F }, LATER(0), LATER(10),
        { 5000, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 1, .pfan = { FA2, FA1, 30, 0x77 } }, LATER(9000) },
      NOTHING, .field = true },
    { "six updates at one time, for there is no time",
      { UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0) },
      NOTHING, .field = true },
};
/* clang-format on */

/* The octets of the message that a finding shows: offset and length, 0 where none. */
static void
check_place(const char *name, const struct mipro_finding *f)
{
    static const struct {
        enum mipro_rule rule;
        size_t off, len, or_off, or_len;
    } places[] = {
        { MIPRO_RULE_FORGED_ACCEPTED, 3, 1, 1, 1 },
        { MIPRO_RULE_GENUINE_REFUSED, 3, 1, 1, 1 },
        { MIPRO_RULE_ACKNOWLEDGE_MISMATCH, 8, 8, 4, 4 },
        { MIPRO_RULE_REPLY_MISMATCH, 12, 8, 0, 0 },
        { MIPRO_RULE_NONCE_CHAIN, 12, 8, 12, 8 },
        { MIPRO_RULE_PRIVACY, 8, 4, 2, 2 },
        { MIPRO_RULE_LIFETIME_EXCEEDS, 2, 2, 2, 2 },
        { MIPRO_RULE_HANDOFF_NO_A, 1, 1, 1, 1 },
    };

    for (size_t i = 0; i < COUNT(places); i++)
        if (f->rule == places[i].rule && (f->off != places[i].off || f->len != places[i].len) &&
            (f->off != places[i].or_off || f->len != places[i].or_len) &&
            strstr(f->text, "has no identification") == NULL &&
            strstr(f->text, "has home a") == NULL)
            fail_msg("%s: shows octets %zu, length %zu", name, f->off, f->len);
    if (f->rule == MIPRO_RULE_PRIVACY &&
        (f->off == 2) != (strstr(f->text, "address 10.1.0.9,") != NULL))
        fail_msg("%s: shows octets %zu", name, f->off);
    if (f->rule == MIPRO_RULE_REPLAY && f->len != 8)
        fail_msg("%s: shows %zu octets", name, f->len);
}

/* What the row expects of the finding's frame, whatever the order of findings; or NULL. */
static const struct expect *
expected(const struct row *r, size_t n, const struct mipro_finding *f)
{
    for (size_t i = 0; i < n; i++)
        if (r->expects[i].rule == f->rule && r->expects[i].frame == f->frame)
            return &r->expects[i];
    return NULL;
}

static void
check_row(const struct row *r)
{
    struct mipro_conduct_config config = r->field ? mipro_conduct_defaults() : history_config();
    struct history h;
    size_t n = 0;

    history_begin(&h, &config);
    if (!r->field && r->steps[0].ms >= 0 && r->steps[0].ms < 60000) /* it began a while ago */
        mipro_conduct_tick(h.c, 0, -30 * MIPRO_SECOND);
    for (size_t i = 0; i < STEPS && r->steps[i].kind != STOP; i++)
        history_step(&h, &r->steps[i], i + 1);
    history_end(&h);
    if (h.fault != NULL)
        fail_msg("%s: %s", r->name, h.fault);
    while (r->expects[n].rule != MIPRO_RULES)
        n++;
    for (size_t i = 0; i < h.n_found; i++) {
        const struct mipro_finding *f = &h.found[i];
        const struct expect *e = expected(r, n, f);

        if (e == NULL)
            fail_msg("%s: frame %u has %s (%s), and should not", r->name, (unsigned)f->frame,
                mipro_rule_def(f->rule)->id, f->text);
        for (unsigned k = 0; k < MIPRO_RELATED; k++)
            if ((k < f->n_related ? f->related[k] : 0) != e->related[k])
                fail_msg("%s: %s relates to %u as number %u, not to %u", r->name,
                    mipro_rule_def(f->rule)->id, (unsigned)f->related[k], k,
                    (unsigned)e->related[k]);
        if (f->text[0] == '\0' || f->message != (r->steps[f->frame - 1].kind == TUN      ? 0
                                                    : r->steps[f->frame - 1].kind == BW  ? 16
                                                    : r->steps[f->frame - 1].kind == BR  ? 17
                                                    : r->steps[f->frame - 1].kind == BU  ? 18
                                                    : r->steps[f->frame - 1].kind == BA  ? 19
                                                    : r->steps[f->frame - 1].kind == RRQ ? 1
                                                                                         : 3))
            fail_msg("%s: frame %u is no message %u, or nothing is said of it", r->name,
                (unsigned)f->frame, f->message);
        check_place(r->name, f);
        if (f->time != r->steps[f->frame - 1].ms * (MIPRO_SECOND / 1000) &&
            r->steps[f->frame - 1].ms != NO_TIME)
            fail_msg("%s: frame %u has another time", r->name, (unsigned)f->frame);
        if (f->src != r->steps[f->frame - 1].src || f->dst != r->steps[f->frame - 1].dst)
            fail_msg("%s: frame %u has other ends", r->name, (unsigned)f->frame);
    }
    if (h.n_found < n)
        fail_msg("%s: frame %u should have %s", r->name, (unsigned)r->expects[h.n_found].frame,
            mipro_rule_def(r->expects[h.n_found].rule)->id);
}

static void
each_history_breaks_what_it_should_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i]);
}

/* The findings by frame and rule, as one number that does not depend on their order. */
static uint64_t
found_with_ticks_every(const struct row *r, int ms)
{
    struct mipro_conduct_config config = r->field ? mipro_conduct_defaults() : history_config();
    struct history h;
    uint64_t sum = 0;

    history_begin(&h, &config);
    mipro_conduct_tick(h.c, 0, -30 * MIPRO_SECOND);
    for (size_t i = 0; i < STEPS && r->steps[i].kind != STOP; i++) {
        const struct step *s = &r->steps[i];

        history_step(&h, s, i + 1);
        if (ms == 0 || s->ms == NO_TIME || s[1].kind == STOP || s[1].ms == NO_TIME)
            continue;
        for (int t = s->ms + ms; t < s[1].ms; t += ms)
            mipro_conduct_tick(h.c, i + 1, t * (MIPRO_SECOND / 1000));
    }
    history_end(&h);
    for (size_t i = 0; i < h.n_found; i++)
        sum += (h.found[i].frame << 8 | h.found[i].rule) * UINT64_C(0x9e3779b97f4a7c15);
    return sum;
}

/* Only gaps that are no silence: the machine asks whether any frame was captured meanwhile. */
static void
what_is_due_together_is_found_as_if_it_were_due_alone(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++) {
        bool steady = true;

        for (size_t i = 1; i < STEPS && rows[r].steps[i].kind != STOP; i++)
            steady =
                steady && (int64_t)rows[r].steps[i].ms - rows[r].steps[i - 1].ms < INT64_C(60000);
        if (steady && found_with_ticks_every(&rows[r], 100) != found_with_ticks_every(&rows[r], 0))
            fail_msg(
                "%s: something else is found if the time is told in smaller steps", rows[r].name);
    }
}

static void
each_rule_over_several_messages_is_broken_by_a_history(void **state)
{
    (void)state;
    for (unsigned rule = MIPRO_RULES_ON_ONE; rule < MIPRO_RULES; rule++) {
        bool broken = false;

        for (size_t i = 0; i < COUNT(rows); i++)
            broken = broken ||
                     (rows[i].expects[0].rule == rule && rows[i].expects[1].rule == MIPRO_RULES);
        if (!broken)
            fail_msg("no history breaks %s alone", mipro_rule_def((enum mipro_rule)rule)->id);
    }
}

/* From draft -09 on P is another bit; what was P is something else. */
static void
the_private_bit_is_where_the_draft_has_it(void **state)
{
    static const struct {
        enum mipro_draft draft;
        unsigned flag;
        size_t found;
        bool reverse_tunnel;
    } bits[] = { { MIPRO_DRAFT_08, 0x02, 1 }, { MIPRO_DRAFT_08, 0x01, 0 },
        { MIPRO_DRAFT_09, 0x02, 0 }, { MIPRO_DRAFT_09, 0x01, 1 }, { MIPRO_DRAFT_11, 0x01, 1 },
        { MIPRO_DRAFT_08, 0x02, 0, true }, { MIPRO_DRAFT_09, 0x01, 1, true } };

    (void)state;
    for (size_t i = 0; i < COUNT(bits); i++) {
        const struct step steps[] = {
            { 0, RRQ, HOME, HA, .flags = bits[i].flag, .life = 600, .coa = FA2, .id = 1 },
            { 5, RRP, HA, HOME, .life = 600, .id = 1 },
            { 10, BU, HA, CN, .life = 60, .coa = FA2 },
        };
        struct mipro_conduct_config config = history_config();
        struct history h;

        config.set.reverse_tunnel = bits[i].reverse_tunnel;
        config.set.draft = bits[i].draft;
        history_begin(&h, &config);
        for (size_t k = 0; k < COUNT(steps); k++)
            history_step(&h, &steps[k], k + 1);
        history_end(&h);
        if (h.n_found != bits[i].found)
            fail_msg("row %zu: %zu findings", i, h.n_found);
    }
}

/* In draft -11 a warning without targets is about its receiver. */
static void
a_warning_that_names_no_target_is_for_its_receiver_in_draft_11(void **state)
{
    static const struct {
        enum mipro_draft draft;
        size_t found;
    } drafts[] = { { MIPRO_DRAFT_08, 0 }, { MIPRO_DRAFT_09, 0 }, { MIPRO_DRAFT_11, 1 } };

    (void)state;
    for (size_t i = 0; i < COUNT(drafts); i++) {
        static const struct step steps[] = { { 0, BW, FA1, CN }, LATER(9000) };
        struct mipro_conduct_config config = history_config();
        struct history h;

        config.set.draft = drafts[i].draft;
        history_begin(&h, &config);
        for (size_t k = 0; k < COUNT(steps); k++)
            history_step(&h, &steps[k], k + 1);
        history_end(&h);
        if (h.n_found != drafts[i].found)
            fail_msg("draft %zu: %zu findings", i, h.n_found);
    }
}

/* What a person reads: the values, and of what did not come that none was seen. */
static void
texts_say_what_is_wrong_with_the_values(void **state)
{
    /* clang-format off */
    static const struct {
        const char *text;
        struct step steps[8];
    } texts[] = {
        { "has identification 0x0000000000000008, the Binding Update has identification 0x0000000000000007",
          { UPDATE(0, .id = 7), ACK(10, .id = 8), LATER(9000) } },
        { "has no identification, the Binding Update has identification 0x0000000000000007",
          { UPDATE(0, .id = 7), ACK(10), LATER(9000) } },
        { "has home address 10.1.0.10, the Binding Update has 10.1.0.9",
          { UPDATE(0, .id = 7), ACK(10, .id = 7, .home = HOME2), LATER(9000) } },
        { "to 192.0.2.7 that asks for it seen",
          { ACK(10, .id = 7) } },
        { "no Binding Update about 10.1.0.9 to target 192.0.2.7 seen",
          { { 0, BW, FA1, HA, .target = { CN } }, LATER(9000) } },
        { "no Binding Update about 10.1.0.9 to target 192.0.2.8 and 1 more seen",
          { { 0, BW, FA1, HA, .target = { CN2, CN2, FA3 } }, LATER(9000) } },
        { "no Binding Update about 10.1.0.9 with identification 0x0000000000000007 to 192.0.2.7 seen",
          { { 0, BR, CN, HA, .id = 7 }, LATER(9000) } },
        { "answers a Binding Request about 10.1.0.9 that has identification 0x0000000000000007 with identification 0x0000000000000008",
          { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .flags = 0, .id = 8), LATER(9000) } },
        { "none about 10.1.0.9 with no identification from 192.0.2.7 seen",
          { UPDATE(0), LATER(9000) } },
        { "more than 5 Binding Updates about 10.1.0.9 to 192.0.2.7 within 10 s",
          { UPDATE(0, .flags = 0), UPDATE(1, .flags = 0), UPDATE(2, .flags = 0), UPDATE(3, .flags = 0), UPDATE(4, .flags = 0), UPDATE(5, .flags = 0) } },
        { "nonce 0x00000003 where the Binding Update before announced 0x00000002",
          { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x900000003, NONCE) } },
        { "care-of address 10.3.0.1, lifetime 60",
          { PRIVATE(0), UPDATE(10, .flags = 0) } },
        { "lifetime 203 s, and 200 s of the registration of 10.1.0.9 are left",
          { REGISTERED(0, 300), UPDATE(101000, .flags = 0, .life = 203) } },
        { "lifetime infinity, and 50 s",
          { REGISTERED(0, 300), UPDATE(250010, .flags = 0, .life = 0xffff) } },
        { "lifetime 31 not 30, care-of address 10.4.0.1 not 10.3.0.1, SPI 0x00001001 not 0x00001000, another authenticator",
          { MOVE(0), TELL(5, .life = 31, .coa = FA3, .spi = 0x1001, .mac = 3, .verdict = MIPRO_BAD) } },
        { "not as the mobile node signed it: lifetime 65534 not 65533, care-of address 210.104.100.101 not 210.103.100.102, SPI 0x00001001 not 0x00001000, another authenticator",
          { { 0, RRQ, HOME, FA2, .life = 300, .coa = FA2, .id = 1, .pfan = { FA1, 0xd2676466, 65533, 1, 0 } },
            { 1, RRP, FA2, HOME, .life = 300, .id = 1 },
            { 5, BU, FA2, FA1, .flags = A, .life = 65534, .coa = 0xd2686465, .spi = 0x1001, .mac = 3, .verdict = MIPRO_BAD } } },
        { "tunnels to 10.2.0.1 for 10.1.0.9, of which it was told to delete the binding",
          { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0, .coa = HOME), { 1500, TUN, CN, FA1 } } },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct history h;

        history_begin(&h, NULL);
        mipro_conduct_tick(h.c, 0, -30 * MIPRO_SECOND);
        for (size_t k = 0; k < COUNT(texts[i].steps) && texts[i].steps[k].kind != STOP; k++)
            history_step(&h, &texts[i].steps[k], k + 1);
        history_end(&h);
        if (h.n_found != 1 || strstr(h.found[0].text, texts[i].text) == NULL)
            fail_msg(
                "\"%s\" is not in \"%s\"", texts[i].text, h.n_found != 0 ? h.found[0].text : "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_history_breaks_what_it_should_and_nothing_else),
        cmocka_unit_test(each_rule_over_several_messages_is_broken_by_a_history),
        cmocka_unit_test(what_is_due_together_is_found_as_if_it_were_due_alone),
        cmocka_unit_test(the_private_bit_is_where_the_draft_has_it),
        cmocka_unit_test(a_warning_that_names_no_target_is_for_its_receiver_in_draft_11),
        cmocka_unit_test(texts_say_what_is_wrong_with_the_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
