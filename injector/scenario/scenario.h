/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scenario.h - a described exchange (mipro-scenario(5)): who sends what to whom, and when.
 *
 * A scenario is read and composed as a whole before the first frame is sent: an error in
 * any line is reported with file, line and word, and nothing is sent.
 */
#ifndef INJ_SCENARIO_H
#define INJ_SCENARIO_H

#include "compose/compose.h"
#include "cli/options.h"

/* Settings that the file does not have, or may override. */
struct inj_stage {
    struct mipro_settings set;
    bool has_draft, has_warning_ext;  /* given on the command line */
    const struct mipro_keyring *ring; /* given on the command line; NULL: the file's */
    const char *keys;                 /* its name */
    uint64_t seed;
    int64_t start;     /* nanoseconds since 1970 */
    bool may_open;     /* the key file that the scenario names; not while fuzzing */
    size_t max_events; /* 0: a default */
};

/* One frame, and when. */
struct inj_event {
    int64_t at;        /* nanoseconds from the start */
    size_t serial;     /* position in the order of the file */
    uint32_t next_hop; /* its destination on the link */
    size_t len;
    uint8_t *octets;
};

struct inj_scenario {
    char title[80];
    struct inj_event *events; /* in order of time; if equal, in the order of the file */
    size_t n_events;
    struct mipro_keyring *ring; /* of the file's key file */
};

/* False after reporting an error.  Free the scenario in either case. */
bool inj_scenario_parse(struct inj_scenario *s, const char *text, size_t len, const char *path,
    struct inj_stage *stage);
/* The same from a file. */
bool inj_scenario_load(struct inj_scenario *s, const char *path, struct inj_stage *stage);
void inj_scenario_free(struct inj_scenario *s);

enum inj_status inj_scenario_command(const struct inj_options *o);

#endif
