/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

/* A row overrides members of its macro, and omits those that are zero. */
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define STEPS 24
#define EXPECTS 6

struct expect {
    enum mipro_rule rule; /* MIPRO_RULES ends the list */
    uint64_t frame;
    uint64_t related[MIPRO_RELATED];
};

/* A history, and exactly the findings that it must give. */
struct row {
    const char *name;
    struct step steps[STEPS];
    struct expect expects[EXPECTS];
    bool field; /* with the default tolerance, within which frames have no order */
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

/* Time passes: a packet that no rule considers. */
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
    { "a forged update is not answered",
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
    { "an acknowledge after the limit is late, not unsolicited",
      { UPDATE(0, .id = 7), ACK(5001, .id = 7), LATER(20000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "the capture ends before the limit",
      { UPDATE(0, .id = 7), LATER(4999) },
      NOTHING },
    { "retransmissions are one wait, reported at the first frame",
      { UPDATE(0, .id = 7), UPDATE(1000, .id = 7), UPDATE(3000, .id = 7), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1, 2, 3) },
    { "a retransmission is acknowledged",
      { UPDATE(0, .id = 7), UPDATE(3000, .id = 7), ACK(5000, .id = 7), LATER(20000) },
      NOTHING },
    { "a retransmission is acknowledged, too late for the first transmission",
      { UPDATE(0, .id = 7), UPDATE(3000, .id = 7), ACK(5001, .id = 7), LATER(20000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1, 2) },
    { "an update retransmitted many times is reported once",
      { UPDATE(0, .id = 7), UPDATE(4000, .id = 7), UPDATE(8000, .id = 7), UPDATE(12000, .id = 7), UPDATE(16000, .id = 7), LATER(60000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1, 2) },
    { "an update retransmitted long after its time limit is reported once",
      { UPDATE(0, .id = 7), LATER(9000), UPDATE(20000, .id = 7), LATER(60000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "a request retransmitted many times is reported once",
      { { 0, BR, CN, HA, .id = 7 }, { 4000, BR, CN, HA, .id = 7 }, { 8000, BR, CN, HA, .id = 7 }, { 12000, BR, CN, HA, .id = 7 }, LATER(60000) },
      FIND(REQUEST_UNANSWERED, 1, 2) },
    { "a request is answered late, with the home agent's own timestamp",
      { UPDATE(0, .id = 7, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP), { 1, BR, CN, HA, .id = 5 }, UPDATE(7000, .id = 5, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING },
    { "an update after the time limit of a request is not a mismatch",
      { { 1, BR, CN, HA, .id = 5 }, UPDATE(7000, .id = 6, .flags = 0), LATER(60000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "a warning retransmitted many times is reported once",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, { 4000, BW, FA1, HA, .target = { CN, CN2 } }, { 8000, BW, FA1, HA, .target = { CN, CN2 } },
        { 12000, BW, FA1, HA, .target = { CN, CN2 } }, LATER(60000) },
      FIND(WARNING_UNANSWERED, 1, 2) },
    { "an update that asks for no acknowledge",
      { UPDATE(0, .id = 7, .flags = 0), LATER(9000) },
      NOTHING },
    { "two updates, of which the second is acknowledged",
      { UPDATE(0, .id = 7), UPDATE(10, .id = 8), ACK(20, .id = 8), LATER(9000) },
      NOTHING },
    { "two updates to two nodes, of which one acknowledges",
      { UPDATE(0, .id = 7), { 1, BU, HA, CN2, .id = 7, .flags = A, .life = 60, .coa = FA2 }, ACK(20, .id = 7), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 2) },
    { "an update without authenticator need not be acknowledged",
      { UPDATE(0, .id = 7, .verdict = MIPRO_MISSING), LATER(9000) },
      NOTHING },
    { "an update with an unknown extension is discarded: it need not be acknowledged",
      { UPDATE(0, .id = 7, .behind = 60), LATER(9000) },
      NOTHING },
    { "an update with an extension that is only for registrations is discarded too",
      { UPDATE(0, .id = 7, .behind = 44), LATER(9000) },
      NOTHING },
    { "an update with an extension that may be skipped must be acknowledged",
      { UPDATE(0, .id = 7, .behind = 200), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "an update without a time has no time limit",
      { UPDATE(NO_TIME, .id = 7), LATER(9000) },
      NOTHING },
    { "time runs backwards between update and acknowledge",
      { UPDATE(10000, .id = 7), ACK(9990, .id = 7), LATER(30000) },
      NOTHING },
    { "the clock of the capture is set back by hours and runs on",
      { LATER(90000000), LATER(-10), UPDATE(0, .id = 7), LATER(6000) },
      FIND(UPDATE_UNACKNOWLEDGED, 3) },

    /* acknowledge-unsolicited */
    { "an acknowledge without an update",
      { ACK(0, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 1) },
    { "an acknowledge of an update that asked for none",
      { UPDATE(0, .id = 7, .flags = 0), ACK(10, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2, 1) },
    { "an acknowledge from a node that got no update",
      { UPDATE(0, .id = 7), { 10, BA, CN2, HA, .id = 7 }, ACK(11, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge to a node that sent no update",
      { UPDATE(0, .id = 7), { 10, BA, CN, FA3, .id = 7 }, ACK(11, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge comes twice",
      { UPDATE(0, .id = 7), ACK(10, .id = 7), ACK(11, .id = 7) },
      NOTHING },
    { "an acknowledge with another identification when all are answered",
      { UPDATE(0, .id = 7), ACK(10, .id = 7), ACK(11, .id = 9) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 3) },

    { "an acknowledge comes twice, with an update that asks for none in between",
      { UPDATE(0), ACK(10), UPDATE(15, .flags = 0, .coa = FA3), ACK(20) },
      NOTHING },
    { "an acknowledge from a node that got no update, of an update that asked for none",
      { UPDATE(0, .id = 7, .flags = 0), { 10, BA, CN2, HA, .id = 7 } },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge of an update that had to be ignored",
      { UPDATE(0, .id = 7, .verdict = MIPRO_MISSING), ACK(10, .id = 7, .status = 131) },
      NOTHING },
    /* acknowledge-mismatch */
    { "an acknowledge with another identification",
      { UPDATE(0, .id = 7), ACK(10, .id = 8), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "an acknowledge that lacks the identification",
      { UPDATE(0, .id = 7), ACK(10), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "an acknowledge with an identification, of an update without one",
      { UPDATE(0), ACK(10, .id = 8), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "an acknowledge with another home address",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .home = HOME2), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 2, 1) },
    { "acknowledges in the reverse order of their updates",
      { UPDATE(0, .id = 7), UPDATE(1, .id = 8), ACK(10, .id = 8), ACK(11, .id = 7), LATER(9000) },
      NOTHING },
    { "the identification of an acknowledge was not captured",
      { UPDATE(0, .id = 7), ACK(10, .id = 8, .lacks = 4), LATER(9000) },
      NOTHING },
    { "neither update nor acknowledge has an identification",
      { UPDATE(0), ACK(10), LATER(9000) },
      NOTHING },

    { "an acknowledge with another identification is attributed to the last update",
      { UPDATE(0, .id = 7), UPDATE(1, .id = 8), ACK(10, .id = 9), LATER(9000) },
      FIND(ACKNOWLEDGE_MISMATCH, 3, 2) },
    { "one acknowledge without identification suffices for an update and the one that superseded it",
      { UPDATE(0), UPDATE(1, .coa = FA3), ACK(10), LATER(9000) },
      NOTHING },
    { "no acknowledge for the one that superseded it",
      { UPDATE(0, .id = 7), UPDATE(1, .coa = FA3), ACK(10, .id = 7), LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 2) },
    { "an acknowledge with another home address, then the correct one",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .home = HOME2), ACK(20, .id = 7), LATER(9000) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an acknowledge with another home address from a node that got no update",
      { UPDATE(0, .id = 7), { 10, BA, CN2, HA, .home = HOME2, .id = 7 }, ACK(20, .id = 7) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 2) },
    { "an octet after the acknowledge is for another rule",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .tail = true), LATER(9000) },
      NOTHING },
    { "an acknowledge of an update that many followed, at an unknown time",
      { UPDATE(NO_TIME, .id = 1), UPDATE(NO_TIME, .id = 2), UPDATE(NO_TIME, .id = 3), UPDATE(NO_TIME, .id = 4), UPDATE(NO_TIME, .id = 5),
        UPDATE(NO_TIME, .id = 6), ACK(NO_TIME, .id = 1) },
      NOTHING },
    { "an acknowledge that fits none of many updates",
      { UPDATE(NO_TIME, .id = 1), UPDATE(NO_TIME, .id = 2), UPDATE(NO_TIME, .id = 3), UPDATE(NO_TIME, .id = 4), UPDATE(NO_TIME, .id = 5),
        UPDATE(NO_TIME, .id = 6), ACK(NO_TIME, .id = 99) },
      FIND(ACKNOWLEDGE_UNSOLICITED, 7) },
    { "an acknowledge that comes too late, after others",
      { UPDATE(0, .id = 1), UPDATE(3000, .id = 2), ACK(3001, .id = 2), UPDATE(6000, .id = 3), ACK(6001, .id = 3), UPDATE(9000, .id = 4),
        ACK(9001, .id = 4), UPDATE(12000, .id = 5), ACK(12001, .id = 5), ACK(12500, .id = 1), LATER(30000) },
      NOTHING },
    { "an acknowledge of an update while others are sent and acknowledged",
      { UPDATE(0, .id = 1), UPDATE(500, .id = 2), ACK(501, .id = 2), UPDATE(1000, .id = 3), ACK(1001, .id = 3), UPDATE(1500, .id = 4),
        ACK(1501, .id = 4), UPDATE(2000, .id = 5), ACK(2001, .id = 5), ACK(9000, .id = 1), LATER(30000) },
      NOTHING },

    /* only the first fragment of a message */
    { "only the first fragment of the answer was captured, and it was acknowledged",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .begun = true), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "the answer was captured in fragments, and reassembled",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .begun = true), UPDATE(11, .id = 7), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "only the first fragment of an update to another node was captured",
      { { 0, BR, CN, HA, .id = 7 }, { 10, BU, HA, CN2, .id = 7, .life = 60, .coa = FA2, .begun = true }, LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "only the first fragment of an acknowledge was captured",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .begun = true), LATER(9000) },
      NOTHING },
    { "an acknowledge was captured in fragments, and reassembled",
      { UPDATE(0, .id = 7), ACK(10, .id = 7, .begun = true), ACK(11, .id = 7), LATER(9000) },
      NOTHING },
    { "only the first fragment of another node's acknowledge was captured",
      { UPDATE(0, .id = 7), { 10, BA, CN2, HA, .id = 7, .begun = true }, LATER(9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "only the first fragment of an update to the target of a warning was captured",
      { { 0, BW, FA1, HA, .target = { CN } }, UPDATE(10, .flags = 0, .begun = true), LATER(9000) },
      NOTHING },
    { "only the first fragment of an update to the previous agent was captured",
      { { 0, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 } }, { 5, RRP, HA, FA2, .life = 600, .id = 1 },
        { 10, BU, FA2, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77, .begun = true }, LATER(9000) },
      NOTHING },

    { "only the type of the answer was captured",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .flags = 0, .lacks = 41), LATER(9000) },
      NOTHING },
    { "only the type of an update to another node was captured",
      { { 0, BR, CN, HA, .id = 7 }, { 10, BU, HA, CN2, .id = 7, .life = 60, .coa = FA2, .lacks = 41 }, LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "the care-of address of the answer was not captured",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 7, .lacks = 32), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "only the type of an acknowledge was captured",
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
    { "an answer with another identification, at the end of the capture",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0) },
      NOTHING },
    { "a request sent twice, and an answer with another identification",
      { { 0, BR, CN, HA, .id = 7 }, { 5, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0), LATER(9000) },
      FIND(ANSWER_MISMATCH, 3, 1, 2) },
    { "an answer without identification",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .flags = 0), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "an update that continues the home agent's own timestamps is not an answer",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "a node that just got an update asks, and the home agent limits its rate",
      { UPDATE(0, .flags = 0), { 9000, BR, CN, HA, .id = 7 }, LATER(20000) },
      NOTHING },
    { "a node that got an update long ago asks, and gets no answer",
      { UPDATE(0, .flags = 0), { 10000, BR, CN, HA, .id = 7 }, LATER(20000) },
      FIND(REQUEST_UNANSWERED, 2) },
    { "a node that just got an update is named in a warning",
      { UPDATE(0, .flags = 0), { 9000, BW, FA1, HA, .target = { CN } }, LATER(20000) },
      NOTHING },
    { "an update that crosses the request, then the answer",
      { { 0, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0), UPDATE(20, .id = 7, .flags = 0), LATER(9000) },
      NOTHING },
    { "an update that a warning caused is not an answer",
      { { 0, BW, FA1, HA, .target = { CN } }, { 1, BR, CN, HA, .id = 7 }, UPDATE(10, .id = 8, .flags = 0), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 2) },
    { "two requests, two answers",
      { { 0, BR, CN, HA, .id = 7 }, { 1, BR, CN, HA, .id = 8 }, UPDATE(10, .id = 8, .flags = 0), UPDATE(11, .id = 7, .flags = 0), LATER(9000) },
      NOTHING },
    { "two requests, of which the second, which superseded the first, is answered",
      { { 0, BR, CN, HA, .id = 7 }, { 1, BR, CN, HA, .id = 8 }, UPDATE(10, .id = 8, .flags = 0), LATER(9000) },
      NOTHING },
    { "two requests, and no answer: the second waited",
      { { 0, BR, CN, HA, .id = 7 }, { 1, BR, CN, HA, .id = 8 }, LATER(9000) },
      FIND(REQUEST_UNANSWERED, 2) },

    /* warning-unanswered */
    { "a warning that causes no update",
      { { 0, BW, FA1, HA, .target = { CN } }, LATER(5001) },
      FIND(WARNING_UNANSWERED, 1) },
    { "a warning that causes an update",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, UPDATE(10, .flags = 0), { 11, BU, HA, CN2, .life = 60, .coa = FA2 }, LATER(9000) },
      NOTHING },
    { "a warning of which only one target gets an update: one finding",
      { { 0, BW, FA1, HA, .target = { CN, CN2, FA3 } }, UPDATE(10, .flags = 0), LATER(9000) },
      FIND(WARNING_UNANSWERED, 1) },
    { "a warning that is retransmitted",
      { { 0, BW, FA1, HA, .target = { CN } }, { 1000, BW, FA1, HA, .target = { CN } }, LATER(9000) },
      FIND(WARNING_UNANSWERED, 1, 2) },
    { "a warning with a target that is not a node's address",
      { { 0, BW, FA1, HA, .target = { 0xe0000001u } }, LATER(9000) },
      NOTHING },
    { "a warning answered by a forged update",
      { { 0, BW, FA1, HA, .target = { CN } }, UPDATE(10, .flags = 0, .verdict = MIPRO_BAD), LATER(9000) },
      FIND(WARNING_UNANSWERED, 1) },

    { "two warnings that cause no update are two findings",
      { { 0, BW, FA1, HA, .target = { CN } }, { 1000, BW, FA2, HA, .target = { CN } }, LATER(9000) },
      { ALSO(WARNING_UNANSWERED, 1), ALSO(WARNING_UNANSWERED, 2), LAST } },
    { "two warnings in quick succession that cause no update are two findings",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, { 0, BW, FA1, HA, .target = { CN2, FA3 } }, { 0, BW, FA1, HA, .home = HOME2, .target = { CN2 } }, LATER(9000) },
      { ALSO(WARNING_UNANSWERED, 1), ALSO(WARNING_UNANSWERED, 2), ALSO(WARNING_UNANSWERED, 3), LAST } },
    { "one update answers two warnings",
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
    { "retransmissions count, and each one too many is reported",
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
    { "an old message is sent again after a newer one",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 8, .coa = FA3, STAMP), UPDATE(20, .id = 7, STAMP) },
      FIND(REPLAY, 3, 1) },
    { "a retransmission is not a replay",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 7, STAMP), UPDATE(20, .id = 8, .coa = FA3, STAMP) },
      NOTHING },
    { "timestamps of two nodes are separate sequences",
      { UPDATE(0, .id = 7, STAMP), { 10, BU, HA, CN2, .life = 60, .coa = FA2, .id = 6, STAMP } },
      NOTHING },
    { "a new home address is a separate sequence",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 6, .home = HOME2, STAMP) },
      NOTHING },
    { "a replayed message is refused, with any status",
      { UPDATE(0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(1, .id = 7), UPDATE(10, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(11, .id = 8),
        UPDATE(20, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(21, .id = 7, .status = 131), LATER(20000) },
      FIND(REPLAY, 5, 1) },
    { "a replayed message is not answered, and has no effect",
      { UPDATE(0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(1, .id = 7), UPDATE(10, .id = 8, .coa = FA3, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(11, .id = 8),
        UPDATE(20, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), { 1000, TUN, CN, FA3 }, LATER(20000) },
      FIND(REPLAY, 5, 1) },
    { "an association without a replay method",
      { UPDATE(0, .id = 7, .flags = 0), UPDATE(10, .id = 6, .coa = FA3, .flags = 0), UPDATE(20, .id = 7, .flags = 0) },
      NOTHING },
    { "a forged message does not change the last timestamp",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 99, .coa = FA3, .verdict = MIPRO_BAD, STAMP), UPDATE(20, .id = 8, STAMP) },
      NOTHING },
    { "a message that cannot be checked does not change the last timestamp",
      { UPDATE(0, .id = 7, STAMP), UPDATE(10, .id = 99, .coa = FA3, .verdict = MIPRO_NO_KEY, STAMP), UPDATE(20, .id = 8, STAMP) },
      NOTHING },
    { "an expired association has a last timestamp too",
      { UPDATE(0, .id = 7, .verdict = MIPRO_EXPIRED, STAMP), UPDATE(10, .id = 6, .verdict = MIPRO_EXPIRED, STAMP) },
      FIND(REPLAY, 2, 1) },
    { "timestamps wrap",
      { UPDATE(0, .id = UINT64_MAX, STAMP), UPDATE(10, .id = 5, STAMP) },
      NOTHING },
    { "an answer carries the timestamp of the requester's clock",
      { UPDATE(0, .id = 7, STAMP), { 10, BR, CN, HA, .id = 5 }, UPDATE(20, .id = 5, STAMP), UPDATE(30, .id = 8, STAMP) },
      NOTHING },
    { "an answer with the timestamp of a fast clock does not change the last timestamp",
      { UPDATE(0, .id = 7, STAMP), { 10, BR, CN, HA, .id = 5000 }, UPDATE(20, .id = 5000, STAMP), UPDATE(30, .id = 8, STAMP) },
      NOTHING },
    { "a retransmitted request is answered with the remaining lifetime",
      { { 0, BR, CN, HA, .id = 5 }, UPDATE(10, .id = 5, STAMP), { 2000, BR, CN, HA, .id = 5 }, UPDATE(2010, .id = 5, .life = 58, STAMP) },
      NOTHING },
    { "an old answer is sent again after a newer one",
      { { 0, BR, CN, HA, .id = 5 }, UPDATE(10, .id = 5, STAMP), { 20, BR, CN, HA, .id = 6 }, UPDATE(30, .id = 6, STAMP, .coa = FA3), UPDATE(40, .id = 5, STAMP) },
      FIND(REPLAY, 5, 2) },
    { "a message refused for its timestamp does not count",
      { UPDATE(0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(10, .id = 7),
        UPDATE(20, .id = 5000, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(30, .id = 5000, .status = 133),
        UPDATE(40, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), ACK(50, .id = 8) },
      NOTHING },
#define STAMPED .replay = MIPRO_REPLAY_TIMESTAMP
    { "a refused message does not change the last timestamp",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(20, .id = 5000, STAMPED), ACK(30, .id = 5000, .status = 133),
        UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6), LATER(9000) },
      FIND(REPLAY, 5, 1) },
    { "a clock was set back, and its receiver refuses the message",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6, .status = 133), LATER(9000) },
      NOTHING },
    { "the same, and its receiver accepts it",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "the same without A: it is not refused",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .flags = 0, .id = 6, STAMPED), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "a refused first message does not set the last timestamp",
      { UPDATE(20, .id = 5000, STAMPED), ACK(30, .id = 5000, .status = 133), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6) },
      NOTHING },
    { "a message refused for another reason counts",
      { UPDATE(20, .id = 5000, STAMPED), ACK(30, .id = 5000, .status = 130), UPDATE(40, .id = 6, STAMPED), ACK(50, .id = 6) },
      FIND(REPLAY, 3, 1) },
    { "a message whose timestamp goes backwards is not answered",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 6, .coa = FA3, STAMPED), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "a message that reuses an identification is not answered",
      { UPDATE(0, .id = 7, STAMPED), ACK(10, .id = 7), UPDATE(40, .id = 7, .coa = FA3, STAMPED), LATER(9000) },
      FIND(REPLAY, 3, 1) },
    { "a replayed registration does not make the node private",
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
    { "a registration by a clock that was set back, and its home agent refuses it",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x900000007, STAMPED }, { 5, RRP, HA, HOME, .life = 600, .id = 0x900000007 },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x500000008, STAMPED },
        { 15, RRP, HA, HOME, .status = 133, .id = 0x900000008 }, LATER(9000) },
      NOTHING },
    { "the same, and its outcome is not captured",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x900000007, STAMPED }, { 5, RRP, HA, HOME, .life = 600, .id = 0x900000007 },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x500000008, STAMPED }, LATER(9000) },
      NOTHING },
    { "a registration is sent again through another agent after a newer one",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 5, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 },
        { 5000, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 9000, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      FIND(REPLAY, 4, 1) },
    { "registrations that a foreign agent passes on are not replays, even if they overlap",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 2, RRQ, HOME, FA1, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 5, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 },
        { 6, RRQ, FA1, HA, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      NOTHING },
    { "replies have the identifications of requests, and the home agent's timestamp",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x900000007, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 5, RRP, HA, HOME, .status = 133, .id = 0x500000007, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 0x500000008, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 15, RRP, HA, HOME, .life = 600, .id = 0x500000008, .replay = MIPRO_REPLAY_TIMESTAMP } },
      NOTHING },
    { "an old reply is sent again after a newer one",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 5, RRP, HA, HOME, .life = 600, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, RRQ, HOME, HA, .life = 0, .coa = HOME, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 15, RRP, HA, HOME, .life = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 9000, RRP, HA, HOME, .life = 600, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 5, 2) },
    { "a registration is in transit for longer than the limit",
      { { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 2, RRQ, HOME, FA1, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 1 },
        { 5001, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP, .foreign = 2 } },
      FIND(REPLAY, 3, 1) },
    { "a registration is passed on just at the limit",
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
    { "a registration is sent again on the same hop, after a newer one",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 2, RRQ, HOME, HA, .life = 500, .coa = FA1, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 3, RRQ, HOME, HA, .life = 600, .coa = FA1, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 3, 1) },
    { "an update on another hop is not a forwarded copy",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 }, { 1, BU, FA2, FA1, .life = 60, .coa = FA3, .id = 8, .replay = HOME_FA1 },
        { 2, BU, HOME, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 } },
      FIND(REPLAY, 3, 1) },
    { "a node that sends for the mobile node shares its sequence of timestamps",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 }, { 10, BU, HOME, FA1, .life = 60, .coa = FA3, .id = 6, .replay = HOME_FA1 } },
      FIND(REPLAY, 2, 1) },
    { "another previous agent has a separate sequence",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 7, .replay = HOME_FA1 }, { 10, BU, HOME, FA1 + 1, .life = 60, .coa = FA3, .id = 6, .replay = HOME_FA1 } },
      NOTHING },
    { "two sequences in turn",
      { UPDATE(0, .id = 7, STAMP), { 10, BU, HA, CN2, .life = 60, .coa = FA2, .id = 6, STAMP }, UPDATE(20, .id = 6, .coa = FA3, STAMP),
        { 30, BU, HA, CN2, .life = 60, .coa = FA3, .id = 5, STAMP } },
      { ALSO(REPLAY, 3, 1), ALSO(REPLAY, 4, 2), LAST } },
    { "a request is replayed that has a good authenticator",
      { { 0, BR, CN, HA, .id = 7, .mac = 1, .replay = MIPRO_REPLAY_TIMESTAMP }, { 5, BR, CN, HA, .id = 8, .mac = 2, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, BR, CN, HA, .id = 7, .mac = 1, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 3, 1) },
    { "the timestamp of a request with a good authenticator goes backwards",
      { { 0, BR, CN, HA, .id = 7, .mac = 1, .replay = MIPRO_REPLAY_TIMESTAMP }, { 5, BR, CN, HA, .id = 6, .mac = 2, .replay = MIPRO_REPLAY_TIMESTAMP } },
      FIND(REPLAY, 2, 1) },
    { "with nonces, an old message is sent again after a newer one",
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
    { "a retransmission does not break the chain",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(5, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x900000002, NONCE) },
      NOTHING },
    { "a request resynchronizes",
      { UPDATE(0, .id = 0x200000001, NONCE), { 5, BR, CN, HA, .id = 0x7700000066 }, UPDATE(10, .id = 0x7700000066, NONCE), UPDATE(20, .id = 0x400000077, NONCE) },
      NOTHING },
    { "an answer does not change the chain",
      { UPDATE(0, .id = 0x200000001, NONCE), { 5, BR, CN, HA, .id = 0x7700000066 }, UPDATE(10, .id = 0x7700000066, NONCE), UPDATE(20, .id = 0x400000002, NONCE) },
      NOTHING },
    { "a forged update does not break the chain",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(5, .id = 0x800000003, .verdict = MIPRO_BAD, NONCE), UPDATE(10, .id = 0x900000002, NONCE) },
      NOTHING },
    { "a nonce is used again",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x200000001, .coa = FA3, NONCE) },
      FIND(REPLAY, 2, 1) },

    { "the previous nonce is no longer announced",
      { UPDATE(0, .id = 0x200000001, NONCE), UPDATE(10, .id = 0x900000002, NONCE), UPDATE(20, .id = 0x400000002, NONCE) },
      FIND(NONCE_CHAIN, 3, 2) },
    { "registrations have a different kind of nonces",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE },
        { 10, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x700000005, .replay = MIPRO_REPLAY_NONCE } },
      NOTHING },
    { "a nonce was refused: the one announced before it is still valid",
      { UPDATE(0, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE), ACK(1, .id = 0x200000001), UPDATE(10, .id = 0x900000007, .replay = MIPRO_REPLAY_NONCE),
        ACK(11, .id = 0x900000007, .status = 133), UPDATE(20, .id = 0x400000002, .replay = MIPRO_REPLAY_NONCE), ACK(21, .id = 0x400000002) },
      FIND(NONCE_CHAIN, 3, 1) },
    { "a nonce was refused: its sender may continue from it",
      { UPDATE(0, .id = 0x200000001, .replay = MIPRO_REPLAY_NONCE), ACK(1, .id = 0x200000001), UPDATE(10, .id = 0x900000007, .replay = MIPRO_REPLAY_NONCE),
        ACK(11, .id = 0x900000007, .status = 133), UPDATE(20, .id = 0x400000009, .replay = MIPRO_REPLAY_NONCE), ACK(21, .id = 0x400000009) },
      FIND(NONCE_CHAIN, 3, 1) },
    { "an update built from a notification has the registration's nonces",
      { { 0, BU, FA2, FA1, .life = 60, .coa = FA2, .id = 0x200000001, .replay = HOME_FA1_NONCE }, { 10, BU, FA3, FA1, .life = 60, .coa = FA3, .id = 0x700000005, .replay = HOME_FA1_NONCE } },
      NOTHING },
    { "the mobile node's own updates are a chain",
      { { 0, BU, HOME, FA1, .life = 60, .coa = FA2, .id = 0x200000001, .replay = HOME_FA1_NONCE }, { 5, BU, FA3, FA1, .life = 60, .coa = FA3, .id = 0x700000005, .replay = HOME_FA1_NONCE },
        { 10, BU, HOME, FA1, .life = 60, .coa = FA3, .id = 0x700000002, .replay = HOME_FA1_NONCE }, { 20, BU, HOME, FA1, .life = 60, .coa = FA2, .id = 0x700000003, .replay = HOME_FA1_NONCE } },
      FIND(NONCE_CHAIN, 4, 3) },
    /* privacy */
#define PRIVATE(ms) { ms, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 }, { ms + 5, RRP, HA, HOME, .life = 600, .id = 1 }
    { "the binding of a private node is disclosed",
      { PRIVATE(0), UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 3, 1, 2) },
    { "only the care-of address is disclosed",
      { PRIVATE(0), UPDATE(10, .flags = 0, .life = 0) },
      FIND(PRIVACY, 3, 1, 2) },
    { "only a lifetime is told: a deletion by one sign, which says nothing of the binding",
      { PRIVATE(0), UPDATE(10, .flags = 0, .coa = HOME) },
      NOTHING },
    { "a private node's correspondent is told to delete",
      { PRIVATE(0), UPDATE(10, .flags = 0, .life = 0, .coa = HOME) },
      NOTHING },
    { "another node discloses it",
      { PRIVATE(0), { 10, BU, FA2, FA1, .life = 60, .coa = FA2 } },
      NOTHING },
    { "a forged update discloses it",
      { PRIVATE(0), UPDATE(10, .flags = 0, .verdict = MIPRO_BAD) },
      NOTHING },
    { "a node that is no longer private",
      { PRIVATE(0), { 20, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 25, RRP, HA, HOME, .life = 600, .id = 2 }, UPDATE(30, .flags = 0) },
      NOTHING },
    { "a node asks to be no longer private, and gets no reply",
      { PRIVATE(0), { 20, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 25, RRP, HA, HOME, .life = 600, .id = 2, .status = 130 }, UPDATE(30, .flags = 0) },
      FIND(PRIVACY, 5, 1, 2) },
    { "a node asks to be private, and is refused",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 }, { 5, RRP, HA, HOME, .life = 600, .id = 1, .status = 129 }, UPDATE(10, .flags = 0) },
      NOTHING },
    { "a forged registration does not make the node private",
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
    { "a reply has another identification, and the correct one follows",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .life = 600, .id = 0x100000002 },
        { 9, RRP, HA, HOME, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      NOTHING },
    { "a reply has another home address",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .home = HOME2, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      FIND(REPLY_MISMATCH, 2, 1) },
    { "a reply has another home agent",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .agent = FA3, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      FIND(REPLY_MISMATCH, 2, 1) },
    { "the home agent found by a broadcast request names itself",
      { { 0, RRQ, HOME, 0x0a0100ff, .agent = 0x0a0100ff, .life = 600, .coa = FA2, .id = 0x100000001 }, { 5, RRP, HA, HOME, .life = 600, .id = 0x100000001 }, { 12000, TUN, CN, FA3 } },
      NOTHING },
    { "a reply that refuses the identification copies only the low half, with timestamps",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 0x100000001, .replay = MIPRO_REPLAY_TIMESTAMP }, { 5, RRP, HA, HOME, .status = 133, .id = 0x900000001, .replay = MIPRO_REPLAY_TIMESTAMP }, { 12000, TUN, CN, FA3 } },
      NOTHING },
    { "a grant copies only the low half, with timestamps",
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
    { "with nonces the reply copies the low half",
      { { 0, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 0x100000005 }, { 5, RRP, HA, HOME, .life = 600, .id = 0x200000005 }, UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 3, 1, 2) },
    { "a reply whose request was not captured says nothing about privacy",
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
    { "a reused identification belongs to the last request with it",
      { { 0, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 1 }, { 1, RRQ, HOME, HA, .flags = P, .life = 600, .coa = FA2, .id = 1 },
        { 5, RRP, HA, HOME, .life = 600, .id = 1 }, UPDATE(10, .flags = 0) },
      FIND(PRIVACY, 4, 2, 3) },
    { "two home agents, and private with one of them",
      { PRIVATE(0), { 10, RRQ, HOME, FA3, .agent = FA3, .life = 600, .coa = FA2, .id = 0x500000001 }, { 15, RRP, FA3, HOME, .agent = FA3, .life = 600, .id = 0x600000001 },
        { 20, BU, FA3, CN, .life = 60, .coa = FA2 }, UPDATE(30, .flags = 0) },
      FIND(PRIVACY, 6, 1, 2) },
    { "what is disclosed about a private node is one finding, however long it lasts",
      { PRIVATE(0), UPDATE(10, .flags = 0, .life = 900) },
      FIND(PRIVACY, 3, 1, 2) },
    /* lifetime-exceeds */
#define REGISTERED(ms, life_) { ms, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 1 }, { ms + 5, RRP, HA, HOME, .life = life_, .id = 1 }
    { "an update outlives what was granted, though not what was asked for",
      { REGISTERED(0, 300), UPDATE(10, .flags = 0, .life = 303) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "an update lasts exactly as long as was granted",
      { REGISTERED(0, 300), UPDATE(400, .flags = 0, .life = 300) },
      NOTHING },
    { "an update outlives the remaining lifetime",
      { REGISTERED(0, 300), UPDATE(101000, .flags = 0, .life = 203) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "an update lasts exactly the remaining lifetime",
      { REGISTERED(0, 300), UPDATE(101000, .flags = 0, .life = 200) },
      NOTHING },
    { "an update after the registration has lapsed, whose renewal may be missing",
      { REGISTERED(0, 300), UPDATE(400000, .flags = 0, .life = 1) },
      NOTHING },
    { "an update that was in transit for two seconds",
      { REGISTERED(0, 300), UPDATE(101000, .flags = 0, .life = 202) },
      NOTHING },
    { "an update with infinite lifetime",
      { REGISTERED(0, 300), UPDATE(10, .flags = 0, .life = 0xffff) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "an infinite update of an infinite registration",
      { REGISTERED(0, 0xffff), UPDATE(10, .flags = 0, .life = 0xffff) },
      NOTHING },
    { "a deletion outlives nothing",
      { REGISTERED(0, 300), UPDATE(400000, .flags = 0, .life = 60, .coa = HOME), UPDATE(401000, .flags = 0, .life = 0) },
      NOTHING },
    { "an update from a node other than the home agent",
      { REGISTERED(0, 300), { 10, BU, FA2, FA1, .life = 900, .coa = FA2 } },
      NOTHING },
    { "a retransmission keeps its original lifetime",
      { REGISTERED(0, 300), UPDATE(400, .id = 7, .life = 300), UPDATE(4300, .id = 7, .life = 300), ACK(4310, .id = 7) },
      NOTHING },
    { "a registration renewed",
      { REGISTERED(0, 300), { 200000, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 200005, RRP, HA, HOME, .life = 300, .id = 2 },
        UPDATE(201000, .flags = 0, .life = 299) },
      NOTHING },
    { "only the reply was captured, which has the lifetime",
      { { 5, RRP, HA, HOME, .life = 300, .id = 1 }, UPDATE(10, .flags = 0, .life = 303) },
      FIND(LIFETIME_EXCEEDS, 2, 1) },
    { "a reply that is passed on does not restart the lifetime",
      { { 0, RRQ, HOME, FA2, .life = 300, .coa = FA2, .id = 1, .foreign = 1 }, { 5, RRP, HA, FA2, .life = 300, .id = 1 }, { 3000, RRP, FA2, HOME, .life = 300, .id = 1 },
        UPDATE(6000, .flags = 0, .life = 299) },
      FIND(LIFETIME_EXCEEDS, 4, 1, 2) },

    { "a reply that is passed on, with an uncaptured request, does not restart the lifetime",
      { { 5, RRP, HA, FA2, .life = 300, .id = 1 }, { 3000, RRP, FA2, HOME, .life = 300, .id = 1 }, UPDATE(6000, .flags = 0, .life = 299) },
      FIND(LIFETIME_EXCEEDS, 3, 1) },
    { "without times, more than was ever granted",
      { { NO_TIME, RRP, HA, HOME, .life = 300, .id = 1 }, UPDATE(NO_TIME, .flags = 0, .life = 303), UPDATE(NO_TIME, .flags = 0, .life = 300) },
      FIND(LIFETIME_EXCEEDS, 2, 1) },
    { "if times run backwards, the whole granted lifetime remains",
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
    { "a smooth handoff, retransmitted by the mobile node itself",
      { MOVE(0), MOVED(5), TELL(10), { 3000, BU, HOME, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77 }, { 3010, BA, FA1, HOME }, LATER(4000) },
      NOTHING },
    { "a smooth handoff that the mobile node retransmits before it is acknowledged",
      { MOVE(0), MOVED(5), TELL(10), { 2000, BU, HOME, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77 }, { 2010, BA, FA1, HOME }, LATER(20000) },
      NOTHING },
    { "the previous agent gets no update",
      { MOVE(0), MOVED(5), LATER(5100) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the previous agent gets no update, and code 1 grants",
      { MOVE(0), { 5, RRP, HA, FA2, .life = 600, .status = 1, .id = 1 }, LATER(5100) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the limit for the update runs from the reply",
      { MOVE(0), MOVED(4900), TELL(9900), { 9905, BA, FA1, HOME }, LATER(20000) },
      NOTHING },
    { "of two requests one is granted, and the previous agent gets no update",
      { MOVE(0), MOVE(100, .id = 2, .pfan = { FA3, FA2, 30, 0x78 }), { 105, RRP, HA, FA2, .status = 130, .id = 2 }, MOVED(110), LATER(9000) },
      FIND(HANDOFF_NO_UPDATE, 1, 4) },
    { "of two previous agents one gets an update",
      { MOVE(0, .pfan = { FA3, FA2, 30, 0x78 }), MOVED(5), MOVE(100, .id = 2), { 105, RRP, HA, FA2, .life = 600, .id = 2 }, TELL(110), { 115, BA, FA1, HOME }, LATER(9000) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the update for a notification does not answer a request",
      { { 0, BR, FA1, FA2, .id = 9 }, MOVE(1), TELL(5), { 8, BA, FA1, HOME }, MOVED(10), LATER(9000) },
      FIND(REQUEST_UNANSWERED, 1) },
    { "an update after a refusal is not for the notification",
      { MOVE(0), { 5, RRP, HA, FA2, .status = 130, .id = 1 }, TELL(900, .life = 31, .verdict = MIPRO_BAD), LATER(9000) },
      NOTHING },
    { "an update after all time limits is not for the notification",
      { MOVE(0), MOVED(5), LATER(9000), TELL(9001, .life = 31, .verdict = MIPRO_BAD), LATER(20000) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the update is captured before its notification",
      { TELL(0), { 1, BA, FA1, HOME }, MOVE(4999), MOVED(5005), LATER(15000) },
      NOTHING },
    { "an update long before the request is not for the notification",
      { TELL(0), { 1, BA, FA1, HOME }, MOVE(5001), MOVED(5006), LATER(15000) },
      FIND(HANDOFF_NO_UPDATE, 3, 4) },
    { "an acknowledged update is retransmitted, because the acknowledge was lost",
      { UPDATE(0, .id = 7), ACK(10, .id = 7), UPDATE(500, .id = 7), LATER(9000) },
      NOTHING },
    { "two requests with one notification, and one update",
      { MOVE(0), MOVED(5), MOVE(1000, .id = 2), { 1005, RRP, HA, FA2, .life = 600, .id = 2 }, TELL(1010), { 1015, BA, FA1, HOME }, LATER(9000) },
      NOTHING },
    { "a previous agent that is not a node's address",
      { MOVE(0, .pfan = { 0xe0000001u, FA2, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "a previous agent with a loopback address",
      { MOVE(0, .pfan = { 0x7f000001u, FA2, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "the previous agent is the current one",
      { MOVE(0, .coa = FA3, .pfan = { FA3, FA3, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "the previous agent gets no update; the request was passed on",
      { MOVE(0), { 3, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 } }, MOVED(5), LATER(5100) },
      FIND(HANDOFF_NO_UPDATE, 1, 2, 3) },
    { "a registration that was refused",
      { MOVE(0), { 5, RRP, HA, FA2, .life = 600, .id = 1, .status = 129 }, LATER(9000) },
      NOTHING },
    { "a registration that was not answered",
      { MOVE(0), LATER(9000) },
      NOTHING },
    { "a registration granted as the capture ends",
      { MOVE(0), MOVED(5), LATER(4000) },
      NOTHING },
    { "another node gets the update",
      { MOVE(0), MOVED(5), { 10, BU, FA2, CN, .life = 30, .coa = FA2, .mac = 0x77 }, LATER(9000) },
      FIND(HANDOFF_NO_UPDATE, 1, 2) },
    { "the previous agent is not asked for an acknowledge",
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
    { "a missing authenticator is for another rule",
      { MOVE(0), TELL(5, .verdict = MIPRO_MISSING), MOVED(10), LATER(9000) },
      NOTHING },
    { "only the first update is for the PFAN",
      { MOVE(0), TELL(5), { 8, BA, FA1, HOME }, MOVED(10), TELL(900, .life = 9, .mac = 0x12, .flags = 0) },
      NOTHING },
    { "the home agent sends the previous agent an update of its own",
      { MOVE(0), { 3, BU, HA, FA1, .life = 60, .coa = FA2 }, TELL(5), { 8, BA, FA1, HOME }, MOVED(10) },
      NOTHING },
    { "two requests, two notifications: each has its update",
      { MOVE(0), MOVE(1000, .id = 2, .pfan = { FA1, FA2, 29, 0x88 }), TELL(1005), TELL(1006, .life = 29, .mac = 0x88), { 1008, BA, FA1, HOME },
        { 1009, BA, FA1, HOME }, MOVED(1010), { 1011, RRP, HA, FA2, .life = 600, .id = 2 }, LATER(9000) },
      NOTHING },
    { "two requests, and an update for the later one",
      { MOVE(0), MOVED(1), MOVE(1000, .id = 2, .pfan = { FA1, FA2, 29, 0x88 }), TELL(1006, .life = 29, .mac = 0x88), { 1008, BA, FA1, HOME },
        { 1011, RRP, HA, FA2, .life = 600, .id = 2 }, LATER(9000) },
      NOTHING },
    { "a notification that cannot be acted on requires no update",
      { MOVE(0, .tail = true), TELL(9000, .life = 1, .mac = 9), { 9001, BA, FA1, FA2 }, LATER(20000) },
      NOTHING },
    { "a notification to the current agent, and later an update to it",
      { MOVE(0, .pfan = { FA2, FA2, 30, 0x77 }), MOVED(5), { 9000, BU, HOME, FA2, .life = 1, .coa = FA2, .mac = 9 } },
      NOTHING },
    { "a notification to the current agent",
      { MOVE(0, .pfan = { FA2, FA2, 30, 0x77 }), MOVED(5), LATER(9000) },
      NOTHING },
    { "an agent that does not advertise it is asked for a smooth handoff",
      { { 0, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F }, MOVE(5), TELL(6), { 8, BA, FA1, HOME } },
      FIND(HANDOFF_ADVERTISED, 2, 1) },
    { "an agent that advertises it is asked for a smooth handoff",
      { { 0, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F }, { 1, ADV, FA2, ROUTER, .flags = MIPRO_ADV_F | MIPRO_ADV_S }, MOVE(5), TELL(6), { 8, BA, FA1, HOME } },
      NOTHING },
    { "an agent whose advertisement was not captured is asked for a smooth handoff",
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
    { "a node still tunnels to the old care-of address",
      { UPDATE(0, .flags = 0, .coa = FA1), { 500, TUN, CN, FA1 }, UPDATE(1000, .flags = 0), { 1010, TUN, CN, FA1 }, { 1020, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 3) },
    { "a packet after the acknowledge",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000), ACK(1001), { 1002, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 2) },
    { "the care-of address before the last two",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .flags = 0, .coa = FA3), { 3000, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 3) },
    { "the care-of address before the last one of three",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .flags = 0, .coa = FA3), { 3000, TUN, CN, FA2 } },
      FIND(STALE_FORWARDING, 4, 3) },
    { "a care-of address that it never received",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), { 1500, TUN, CN, FA3 } },
      NOTHING },
    { "the node refused the third",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .coa = FA3), ACK(2010, .status = 130), { 2020, TUN, CN, FA2 }, { 2500, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 6, 2) },
    { "another node, which got no update",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), { 1500, TUN, CN2, FA1 } },
      NOTHING },
    { "another home address",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), { 1500, TUN, CN, FA1, .home = HOME2 } },
      NOTHING },
    { "the mobile node has returned to where it was",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0), UPDATE(2000, .flags = 0, .coa = FA1), { 2500, TUN, CN, FA1 } },
      NOTHING },
    { "the mobile node is home, and packets are tunnelled to it",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0, .coa = HOME, .life = 0), { 1500, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 3, 2) },
    { "a forged update has the new one",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000, .flags = 0, .verdict = MIPRO_BAD), { 1500, TUN, CN, FA1 } },
      NOTHING },
    { "the node refused the update",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(1000), ACK(1010, .status = 130), { 1500, TUN, CN, FA1 } },
      NOTHING },

    /* clocks that cannot be trusted; more than a day */
#define DAYS 100000000
    { "one frame is stamped far in the future",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(10), ACK(20, .id = 7), LATER(9000) },
      NOTHING },
    { "one frame is stamped far in the future, and the answer is still late",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(10), ACK(5001, .id = 7) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "one frame is stamped far in the past, and there is no answer",
      { UPDATE(DAYS, .id = 7), LATER(0), LATER(DAYS + 5001) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "every other frame has another clock",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(2000), LATER(DAYS + 2000), LATER(4000), LATER(DAYS + 4000), LATER(5001) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "every other frame has another clock, and the rest are out of order",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(-1), LATER(DAYS + 1), LATER(-2), LATER(DAYS + 2), LATER(5001) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "the clock is set forward, and the elapsed time is unknown",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(DAYS + 10), LATER(DAYS + 9000) },
      NOTHING },
    { "the clock is set back, and the elapsed time is unknown",
      { UPDATE(DAYS, .id = 7), LATER(0), LATER(10), LATER(9000) },
      NOTHING },
    { "an update with an implausible time is undecided",
      { LATER(0), UPDATE(DAYS, .id = 7), ACK(20000, .id = 7), LATER(30000) },
      NOTHING },
    { "a handoff granted at an unknown time is undecided",
      { MOVE(0), MOVED(DAYS), LATER(5001), LATER(20000) },
      NOTHING },
    { "a request that has no time is answered, with the home agent's own timestamp",
      { UPDATE(0, .id = 7, STAMP), { NO_TIME, BR, CN, HA, .id = 5 }, UPDATE(10, .id = 5, STAMP) },
      NOTHING },
    { "a request that has no time is not judged",
      { LATER(0), { NO_TIME, BR, CN, HA, .id = 5 }, LATER(9000) },
      NOTHING },
    { "time passes between the frames that agree on a jump of the clock",
      { REGISTERED(0, 300), LATER(DAYS), LATER(DAYS + 101000), UPDATE(DAYS + 101000, .flags = 0, .life = 203) },
      FIND(LIFETIME_EXCEEDS, 5, 1, 2) },
    { "the clock is set forward, and the answer comes after that",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(DAYS + 10), ACK(DAYS + 20, .id = 7) },
      NOTHING },
    { "a retransmission after the clock was set is judged separately",
      { UPDATE(0, .id = 7), LATER(DAYS), LATER(DAYS + 10), UPDATE(DAYS + 20, .id = 7), LATER(DAYS + 9000) },
      FIND(UPDATE_UNACKNOWLEDGED, 4) },
    { "an update after the clock was set answers a request from before",
      { UPDATE(0, .id = 7, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP), { 1, BR, CN, HA, .id = 5 }, LATER(DAYS), LATER(DAYS + 10),
        UPDATE(DAYS + 20, .id = 5, .flags = 0, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING },
    { "the clock is set, and the previous agent got no update for a registration",
      { MOVE(0), MOVED(10), LATER(DAYS), LATER(DAYS + 10), LATER(DAYS + 9000) },
      NOTHING },
    { "the clock is set, and a warning was not answered",
      { { 0, BW, FA1, HA, .target = { CN, CN2 } }, LATER(DAYS), LATER(DAYS + 10), LATER(DAYS + 9000) },
      NOTHING },
    { "an update caused by a warning from before the clock was set is not a mismatch",
      { { 0, BW, FA1, HA, .target = { CN } }, LATER(DAYS), LATER(DAYS + 10), { DAYS + 20, BR, CN, HA, .id = 5 },
        UPDATE(DAYS + 30, .id = 6, .flags = 0), LATER(DAYS + 9000) },
      FIND(REQUEST_UNANSWERED, 4) },
    { "a silence of less than a day",
      { UPDATE(0, .id = 7), LATER(3600001), LATER(3610000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "the acknowledge is the first after a silence: the clock may have been set",
      { UPDATE(0, .id = 7), ACK(3600001, .id = 7), LATER(3610000) },
      NOTHING },
    { "a silence of exactly an hour",
      { UPDATE(0, .id = 7), LATER(3600000) },
      FIND(UPDATE_UNACKNOWLEDGED, 1) },
    { "an update is stamped after its registration has lapsed, by a clock that is not trusted",
      { REGISTERED(0, 300), UPDATE(DAYS, .flags = 0, .life = 300) },
      NOTHING },
    { "an update in the next hour still follows from its registration",
      { REGISTERED(0, 7200), UPDATE(4000000, .flags = 0, .life = 3601) },
      FIND(LIFETIME_EXCEEDS, 3, 1, 2) },
    { "a registration is passed on in a frame whose clock is not trusted",
      { { 0, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP },
        { DAYS, RRQ, FA2, HA, .life = 600, .coa = FA2, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP } },
      NOTHING },
    { "a packet that may have been in transit: it has no time",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(100000, .flags = 0), { NO_TIME, TUN, CN, FA1 } },
      NOTHING },
    { "a packet in transit, stamped by a clock that is not trusted",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(100000, .flags = 0), { 100000 + DAYS, TUN, CN, FA1 } },
      NOTHING },

    /* With the default tolerance: frames closer than a second have no order. */
    { "a packet in transit",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(2000, .flags = 0), { 2999, TUN, CN, FA1 } },
      NOTHING, .field = true },
    { "a packet in transit, as the acknowledge shows",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(2000), ACK(2010), { 3009, TUN, CN, FA1 } },
      NOTHING, .field = true },
    { "a packet that was not in transit",
      { UPDATE(0, .flags = 0, .coa = FA1), UPDATE(2000), ACK(2010), { 3010, TUN, CN, FA1 } },
      FIND(STALE_FORWARDING, 4, 2), .field = true },
    { "an update overtakes another",
      { UPDATE(0, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(999, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING, .field = true },
    { "a timestamp goes back after a second",
      { UPDATE(0, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(1000, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      FIND(REPLAY, 2, 1), .field = true },
    { "a timestamp is older than one of a second ago, with a newer one in between",
      { UPDATE(0, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(900, .flags = 0, .id = 9, .replay = MIPRO_REPLAY_TIMESTAMP),
        UPDATE(1100, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      FIND(REPLAY, 3, 1), .field = true },
    { "an update is sent again just after a newer one",
      { UPDATE(0, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(2000, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP),
        UPDATE(2900, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      NOTHING, .field = true },
    { "an update is sent again a second after a newer one",
      { UPDATE(0, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP), UPDATE(2000, .flags = 0, .id = 8, .replay = MIPRO_REPLAY_TIMESTAMP),
        UPDATE(3000, .flags = 0, .id = 7, .replay = MIPRO_REPLAY_TIMESTAMP) },
      FIND(REPLAY, 3, 1), .field = true },
    { "a private node's binding is disclosed within the second",
      { PRIVATE(0), UPDATE(900, .flags = 0) },
      NOTHING, .field = true },
    { "a private node's binding is disclosed after the second",
      { PRIVATE(0), UPDATE(1005, .flags = 0) },
      FIND(PRIVACY, 3, 1, 2), .field = true },
    { "a private node asks to be public, and the reply was not captured",
      { PRIVATE(0), { 5000, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, UPDATE(9000, .flags = 0) },
      NOTHING, .field = true },
    { "a private node asks to be public, and is refused",
      { PRIVATE(0), { 5000, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 2 }, { 5005, RRP, HA, HOME, .status = 129, .id = 2 }, UPDATE(9000, .flags = 0) },
      FIND(PRIVACY, 5, 1, 2), .field = true },
    { "the clock is set back while an update is unacknowledged",
      { UPDATE(10000, .id = 7), LATER(11000), LATER(6000), ACK(9000, .id = 7), LATER(60000) },
      NOTHING, .field = true },
    { "the clock is set back between two updates, and the first one's care-of address is used",
      { UPDATE(100000, .flags = 0, .coa = FA1), UPDATE(103000, .flags = 0, .coa = FA2), LATER(0), LATER(10), { 5000, TUN, CN, FA1 }, LATER(9000) },
      NOTHING, .field = true },
    { "the clock is set back between an advertisement and a request",
      { { 100000, ADV, FA1, .flags = MIPRO_ADV_F }, LATER(0), LATER(10),
        { 5000, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 1, .pfan = { FA2, FA1, 30, 0x77 } }, LATER(9000) },
      NOTHING, .field = true },
    { "six updates without times, all at time 0",
      { UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0), UPDATE(0, .flags = 0) },
      NOTHING, .field = true },
};
/* clang-format on */

/* Check the octets of the message that a finding shows: offset and length, 0 if none. */
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

/* The expected finding with this rule and frame, in any order; NULL if there is none. */
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
    if (!r->field && r->steps[0].ms >= 0 &&
        r->steps[0].ms < 60000) /* the capture began a while ago */
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
            fail_msg("%s: frame %u has an unexpected %s (%s)", r->name, (unsigned)f->frame,
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
            fail_msg("%s: frame %u is not message %u, or the text is empty", r->name,
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
each_history_has_exactly_its_findings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i]);
}

/* The findings by frame and rule, as a number that does not depend on their order. */
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

/* Only gaps that are not a silence: the machine checks whether a frame was captured meanwhile. */
static void
findings_do_not_depend_on_the_steps_of_the_time(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++) {
        bool steady = true;

        for (size_t i = 1; i < STEPS && rows[r].steps[i].kind != STOP; i++)
            steady =
                steady && (int64_t)rows[r].steps[i].ms - rows[r].steps[i - 1].ms < INT64_C(60000);
        if (steady && found_with_ticks_every(&rows[r], 100) != found_with_ticks_every(&rows[r], 0))
            fail_msg("%s: the findings differ if time advances in smaller steps", rows[r].name);
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

/* From draft -09 on P is another bit; the old bit has another meaning. */
static void
the_private_bit_depends_on_the_draft(void **state)
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
in_draft_11_a_warning_without_target_is_for_its_receiver(void **state)
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

/* The texts: the values, and for a missing message that none was seen. */
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
        cmocka_unit_test(each_history_has_exactly_its_findings),
        cmocka_unit_test(each_rule_over_several_messages_is_broken_by_a_history),
        cmocka_unit_test(findings_do_not_depend_on_the_steps_of_the_time),
        cmocka_unit_test(the_private_bit_depends_on_the_draft),
        cmocka_unit_test(in_draft_11_a_warning_without_target_is_for_its_receiver),
        cmocka_unit_test(texts_say_what_is_wrong_with_the_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
