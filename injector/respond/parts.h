/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - shared by the files of the responder, and private to them.
 *
 *   fault.c      the table of faults, and the effect of each row
 *   serve.c      the sockets and the main loop, which also runs everything that waits
 *   state.c      bindings, rates and identifications
 *   sign.c       associations; authenticators of incoming messages
 *   output.c     outgoing messages
 *   receiver.c   Binding Updates: correspondent node, previous foreign agent
 *   home.c       home agent
 *   new_agent.c  new foreign agent
 *   mobile.c     mobile node
 */
#ifndef INJ_RESPOND_PARTS_H
#define INJ_RESPOND_PARTS_H

#include "respond/respond.h"

#include "mipro_auth.h"
#include "mipro_build.h"
#include "mipro_sign.h"

#define INJ_MAX_PEERS 256
#define INJ_MAX_DATAGRAM 65536
#define INJ_MAX_SENT 1024 /* messages that the rate limit remembers */
#define INJ_MAX_OUT 400   /* octets of a message that we compose ourselves */
#define INJ_MAX_LATE 8
#define INJ_RETRANSMIT_AFTER (MIPRO_SECOND / 5)

/* A binding cache entry or a registration: which node is where, and until when. */
struct inj_binding {
    bool used;
    uint32_t home, coa;
    uint32_t from;   /* its source: the home agent, or the mobile node's agent */
    int64_t expires; /* INT64_MAX: never */
    bool private;    /* P was set (4.6) */
};

/* What replay protection remembers of one association with one node. */
struct inj_replay {
    bool used;
    const struct mipro_association *association;
    uint32_t peer;
    bool known;    /* last is set */
    uint64_t last; /* the identification accepted last */
    bool asked;    /* a Binding Request is outstanding: its answer is accepted */
    uint64_t request;
    bool has_nonce; /* for registrations: the one announced in our last reply */
    uint32_t nonce;
};

/* A message that was sent to a node about a home address, for the rate limit. */
struct inj_sent {
    int64_t time;
    uint32_t node, home;
};

/* A registration that was passed on to the home agent. */
struct inj_relayed {
    bool used;
    uint32_t home, back_to;
    uint16_t port;
    uint64_t ident;
};

/* A message that is retransmitted until it is answered: the mobile node's, or a faulty agent's. */
struct inj_pending {
    bool used;
    int64_t due, pause;
    unsigned tries;
    uint32_t dst, home;
    uint64_t ident;
    uint8_t octets[INJ_MAX_OUT];
    size_t len;
};

/* A message that a fault holds back. */
struct inj_late {
    bool used;
    int64_t due;
    uint32_t dst;
    uint16_t port;
    uint8_t octets[INJ_MAX_OUT];
    size_t len;
};

struct inj_responder {
    struct inj_respond_setup setup;
    const struct inj_fault *fault;
    uint32_t address, home, agent; /* as in setup */
    struct mipro_settings set;
    int udp, ipip, icmp;
    int64_t now;
    uint64_t draw; /* state of inj_draw() */
    struct inj_binding bindings[INJ_MAX_PEERS];
    struct inj_replay replays[INJ_MAX_PEERS];
    struct inj_sent sent[INJ_MAX_SENT];
    size_t n_sent; /* total; the newest INJ_MAX_SENT are kept */
    struct inj_relayed relayed[INJ_MAX_PEERS];
    size_t n_relayed;
    struct inj_pending update;  /* to the previous agent */
    struct inj_pending request; /* a mobile node's registration */
    struct inj_late late[INJ_MAX_LATE];
    uint32_t request_ident; /* the low half of a mobile node's last registration */
    uint32_t visited, coa;  /* a mobile node's current agent and care-of address; or 0 */
};

/* A datagram as it arrived. */
struct inj_datagram {
    const uint8_t *octets;
    size_t len;
    uint32_t src, dst;
    uint16_t sport;
};

/* serve.c */
_Noreturn void inj_die_of_fault(const struct inj_responder *r);

/* state.c */
static inline bool
inj_does(const struct inj_responder *r, enum inj_quirk quirk)
{
    return inj_fault_is(r->fault, quirk);
}
uint64_t inj_draw(struct inj_responder *r);
uint64_t inj_ntp_time(const struct inj_responder *r); /* 64 bits: seconds since 1900 */
struct inj_binding *inj_find_binding(struct inj_responder *r, uint32_t home);
struct inj_binding *inj_make_binding(struct inj_responder *r, uint32_t home);
int64_t inj_life_end(const struct inj_responder *r, uint64_t life);
/* May another message about home be sent to node?  If so, it is counted. */
bool inj_rate_allows(struct inj_responder *r, uint32_t node, uint32_t home);
bool inj_is_unicast(const struct inj_responder *r, uint32_t addr);
struct inj_replay *inj_find_replay(
    struct inj_responder *r, const struct mipro_association *s, uint32_t peer);
/* Is this identification good under the association's replay protection? */
bool inj_ident_fits(struct inj_responder *r, const struct mipro_association *s, uint32_t peer,
    bool has_ident, uint64_t ident);
/* The same for a registration, whose nonces are those of RFC 2002 5.6.2. */
bool inj_registration_fits(
    struct inj_responder *r, const struct mipro_association *s, uint32_t home, uint64_t ident);
/* Must the message be silently discarded because of an extension in it (RFC 2002 1.9)? */
bool inj_is_discarded(const struct inj_responder *r, const struct mipro_message *m);

/* sign.c */
struct inj_signer {
    uint8_t ext; /* the type of the extension */
    const struct mipro_association *association;
    uint32_t node, spi;
};
/* The association of spi between two nodes, and the node of a master key; NULL if none. */
const struct mipro_association *inj_association(
    const struct inj_responder *r, uint32_t spi, uint32_t a, uint32_t b, uint32_t *node);
/* The first association of two nodes that signs without a challenge; NULL if none. */
const struct mipro_association *inj_any_association(
    const struct inj_responder *r, uint32_t a, uint32_t b, uint32_t *node);
/* The first that answers a challenge (RFC 4721). */
const struct mipro_association *inj_challenged_association(
    const struct inj_responder *r, uint32_t a, uint32_t b, uint32_t *node);
/* Does extension e of a registration authenticate it to the home agent: 32, or 36 by RFC 4721? */
bool inj_is_authorizing(const struct mipro_message *m, const struct mipro_ext *e);
/*
 * Is extension e of m, from p, good?  auth is set to the association used, also where
 * a fault accepts a bad one.
 */
bool inj_is_authentic(const struct inj_responder *r, const struct inj_datagram *p,
    const struct mipro_message *m, const struct mipro_ext *e, struct mipro_auth *auth);

/* output.c: every outgoing message passes here; faults that change messages are applied here. */
struct inj_outgoing {
    uint8_t type;
    struct mipro_build b;
    uint8_t octets[INJ_MAX_OUT];
};
void inj_begin(struct inj_responder *r, struct inj_outgoing *o, uint8_t type);
/* by: the signer, or NULL. */
void inj_finish(struct inj_responder *r, struct inj_outgoing *o, const struct inj_signer *by,
    uint32_t dst, uint16_t port);
/* Send octets that another node composed or signed. */
void inj_pass_on(struct inj_responder *r, uint8_t type, const uint8_t *octets, size_t n,
    uint32_t dst, uint16_t port);
void inj_send_late(struct inj_responder *r);

/* The roles. */
void inj_receive_update(struct inj_responder *r, const struct inj_datagram *p);
void inj_receive_tunnelled(struct inj_responder *r, const struct inj_datagram *inner,
    uint32_t outer_src, const uint8_t *octets, size_t n);
void inj_home_receive(struct inj_responder *r, const struct inj_datagram *p);
void inj_new_agent_receive(struct inj_responder *r, const struct inj_datagram *p);
void inj_new_agent_tick(struct inj_responder *r);
void inj_mobile_receive(struct inj_responder *r, const struct inj_datagram *p);
void inj_mobile_hear(struct inj_responder *r, uint32_t src, const uint8_t *icmp, size_t n);
void inj_mobile_tick(struct inj_responder *r);

#endif
