/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - what every sending command has: settings, keys, a framer, a sink.
 */
#ifndef INJ_SESSION_H
#define INJ_SESSION_H

#include "compose/compose.h"
#include "send/pace.h"

struct inj_session {
    const struct inj_options *options;
    struct mipro_settings set;
    struct mipro_keyring *ring; /* NULL: none given */
    uint64_t seed;
    struct inj_framer *framer;
    struct inj_sink *sink;
    size_t mtu;
    bool has_mac;
    uint8_t mac[INJ_MAC_LEN]; /* --destination-mac */
    uint16_t fragmented;      /* datagrams, for their IP identification */
    struct inj_frame *piece;
    struct inj_pace pace;
};

/* Read --draft; false after reporting an error. */
bool inj_read_draft(const struct inj_options *o, enum mipro_draft *draft);
/* Do two names mean one regular file? */
bool inj_is_same_file(const char *a, const char *b);
/* Settings and keys; nothing is opened for writing.  Reports an error unless INJ_DONE. */
enum inj_status inj_session_begin(struct inj_session *s, const struct inj_options *o);
/* Open the sink, after all options have been checked. */
enum inj_status inj_session_open(struct inj_session *s);
/* Close the sink and report; status is the result of the command so far. */
enum inj_status inj_session_end(struct inj_session *s, enum inj_status status);

/* The time at which associations must be valid: the file's start, or now. */
int64_t inj_session_time(const struct inj_session *s);

/* Set the link addresses of a frame, src_mac and dst_mac of e. */
void inj_session_link(
    const struct inj_session *s, struct inj_envelope *e, uint8_t mac[INJ_MAC_LEN]);

/* Write or send a frame, in fragments if it is longer than the MTU.  False after reporting an
 * error. */
bool inj_session_put(struct inj_session *s, int64_t time, struct inj_frame *frame);

#endif
