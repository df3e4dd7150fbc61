/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * responder.h - a small mobility agent to test the tester against.
 *
 * It plays one role at one address, and does it right: what "mipro-inject cases"
 * expects of an implementation is what it does.  A fault makes it do one thing
 * wrong, and only that one.  It keeps a binding cache, replay protection by the
 * association (timestamps of RFC 2002 5.6.1, nonces of the draft's 4.3), and the
 * rate limits of 7.1 and 8.3.
 *
 * Everything that waits is driven by tick() in responder.c: no thread, no signal.
 */
#ifndef RESPONDER_H
#define RESPONDER_H

#include "mipro_auth.h"
#include "mipro_sign.h"
#include "mipro_build.h"

#include <netinet/in.h>

enum role { ROLE_CORRESPONDENT, ROLE_PREVIOUS_AGENT, ROLE_NEW_AGENT, ROLE_HOME_AGENT, ROLE_MOBILE };

/* One a run; the table in responder.c says what each does, and in which role it shows. */
enum fault {
    FAULT_NONE,
    FAULT_ACCEPTS_FORGED,
    FAULT_COMPARES_12_OCTETS,
    FAULT_IGNORES_A,
    FAULT_ALL_131,
    FAULT_WRONG_IDENT,
    FAULT_WRONG_HOME,
    FAULT_BAD_ACK_AUTH,
    FAULT_DIES_ON_CUT,
    FAULT_DIES_ON_18,
    FAULT_DIES_ON_OVERRUN,
    FAULT_ANSWERS_UNKNOWN_EXT,
    FAULT_REFUSES_SKIPPABLE,
    FAULT_REFUSES_RESERVED,
    FAULT_NO_REPLAY_CHECK,
    FAULT_IGNORES_NONCE,
    FAULT_ANY_SPI,
    FAULT_TRUSTS_ADDRESSES,
    FAULT_KEEPS_DELETED,
    FAULT_NO_RATE_LIMIT,
    FAULT_DISCLOSES_PRIVATE,
    FAULT_ANSWERS_OTHER_IDENT,
    FAULT_SERVES_ANYBODY,
    FAULT_WARNS_UNPROTECTED,
    FAULT_ALTERS_HANDOFF,
    FAULT_CLEARS_A,
    FAULT_RETRANSMITS_HANDOFF,
    FAULT_IGNORES_33,
    FAULT_NEVER_RETRANSMITS,
    FAULT_NEVER_STOPS,
    FAULT_NO_SMOOTH_HANDOFF,
    FAULT_ANY_ADVERTISER,
    FAULTS
};

#define MAX_PEERS 256
#define MAX_PAYLOAD 65536
#define MAX_RECENT 1024
#define REPLAY_WINDOW (7 * MIPRO_SECOND)  /* RFC 2002 5.6.1 */
#define RATE_INTERVAL (10 * MIPRO_SECOND) /* at most RATE_LIMIT messages to one node in it */
#define RATE_LIMIT 5
#define RETRANSMIT_AFTER (MIPRO_SECOND / 5)

/* A binding cache entry, a visitor, or a registration: who is where, and until when. */
struct binding {
    bool used;
    uint32_t home, coa;
    uint32_t from;   /* who told: the home agent, or the mobile node's agent */
    int64_t expires; /* INT64_MAX: never */
    uint16_t life;
    bool private; /* P was set (4.6) */
};

/* What replay protection remembers of one association with one node. */
struct replay {
    bool used;
    const struct mipro_association *association;
    uint32_t peer;
    bool known;    /* last is set */
    uint64_t last; /* the identification accepted last */
    bool asked;    /* a Binding Request is outstanding: its answer is taken */
    uint64_t request;
};

/* A message sent to a node about a home address, for the rate limit. */
struct recent {
    int64_t time;
    uint32_t node, home;
};

/* A registration that was passed on to the home agent. */
struct relayed {
    bool used;
    uint32_t home, back_to;
    uint16_t port;
    uint64_t ident;
};

/* A message that waits for an answer; the mobile node's, or a faulty agent's. */
struct pending {
    bool used;
    int64_t due;
    unsigned tries;
    uint32_t dst, home;
    uint64_t ident;
    uint8_t octets[64];
    size_t len;
};

/* A mobile node's own state. */
struct mobile {
    uint32_t agent, coa; /* with which it registers, 0: none */
};

struct responder {
    enum role role;
    enum fault fault;
    uint32_t address, netmask;
    uint32_t home;  /* of the mobile node; of which the home agent serves the neighbours */
    uint32_t agent; /* the mobile node's home agent */
    uint32_t spi;   /* with which the mobile node signs */
    const struct mipro_keyring *ring;
    struct mipro_settings set;
    int udp, ipip, icmp;
    int64_t now;
    int64_t rate_interval;
    int64_t window; /* in which a timestamp must be */
    uint64_t draw;  /* state of next_random() */
    struct binding bindings[MAX_PEERS];
    struct replay replays[MAX_PEERS];
    struct recent recent[MAX_RECENT];
    size_t n_recent; /* of which the newest MAX_RECENT are kept */
    struct relayed relayed[MAX_PEERS];
    struct pending pending;
    struct mobile mobile;
};

/* A datagram as it came. */
struct packet {
    uint8_t *buf;
    size_t len;
    uint32_t src, dst;
    uint16_t sport;
};

/* responder.c: what all roles share. */
void send_to(struct responder *r, uint32_t dst, uint16_t port, const uint8_t *octets, size_t n);
_Noreturn void die(const char *why);
uint64_t next_random(struct responder *r);
uint64_t ntp_time(const struct responder *r); /* 64-bit, RFC 1305: seconds since 1900 */
struct binding *find_binding(struct responder *r, uint32_t home);
struct binding *make_binding(struct responder *r, uint32_t home);
int64_t life_end(const struct responder *r, uint64_t life);
/* May one more message about home go to node?  Counts it if so. */
bool rate_allows(struct responder *r, uint32_t node, uint32_t home);
bool is_unicast(const struct responder *r, uint32_t addr);
/* 0, or 133: is this identification good, by the association's replay protection? */
int judge_ident(struct responder *r, const struct mipro_association *s, uint32_t peer,
    bool has_ident, uint64_t ident);
struct replay *find_replay(struct responder *r, const struct mipro_association *s, uint32_t peer);
/* The association of spi between two nodes, and the node of a master key. */
const struct mipro_association *find_association(
    const struct responder *r, uint32_t spi, uint32_t a, uint32_t b, uint32_t *node);
/* The first association that any SPI gives between two nodes: NULL if they share none. */
const struct mipro_association *any_association(
    const struct responder *r, uint32_t a, uint32_t b, uint32_t *node);
struct mipro_scene scene_of(const struct responder *r, const struct packet *p);
bool holds_unknown_ext(const struct mipro_message *m);

/* responder_update.c: Binding Updates received; tunnelled datagrams of a stale entry. */
void take_update(struct responder *r, const struct packet *p);
void take_tunnelled(struct responder *r, const struct packet *inner, uint32_t outer_src,
    const uint8_t *datagram, size_t n);

/* responder_home.c */
void home_take(struct responder *r, const struct packet *p);

/* responder_agent.c: the new foreign agent. */
void agent_take(struct responder *r, const struct packet *p);
void agent_tick(struct responder *r);

/* responder_mobile.c */
void mobile_take(struct responder *r, const struct packet *p);
void mobile_advert(struct responder *r, uint32_t src, const uint8_t *icmp, size_t n);
void mobile_tick(struct responder *r);

#endif
