/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packet-mipro.h - what the files of the plugin know of each other.
 *
 *   packet-mipro.c       registration, the shims, one message from end to end
 *   fields.c             the registered fields, subtrees and expert infos
 *   draw.c               a message as a tree and as a line of the Info column
 *   draw_verdict.c       findings and verdicts in it
 *   draw_registration.c  what mip does not say of its messages
 *   preferences.c        the preferences: how to read and what to judge by
 *   associations.c       key file and table of associations
 *   learn.c              what the first pass learns of a message: verdicts, findings, conduct
 *   record.c             where that is kept
 *   datagram.c           what tells a datagram from its copies
 *   fragments.c          datagrams in fragments, as mipro-verify reads them
 *   links.c              which message belongs to which; the binding cache
 *   waiting.c            a table for retransmissions and warnings
 *   stats.c              the tap and the statistics
 *   view.c               addresses, times and parties
 *   packet-minenc.c      minimal encapsulation, IP protocol 55
 *
 * Offsets of fields come from mipro_wire.h, and mipro_message_parse() does the framing: the
 * plugin contains no offsets of messages.
 */
#ifndef PACKET_MIPRO_H
#define PACKET_MIPRO_H

#include "compat.h"
#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>

#include "mipro_conduct.h"
#include "mipro_decap.h"

/* ---- fields.c ---- */

extern int proto_mipro;
extern int hf_mipro[MIPRO_F_COUNT]; /* one slot for each field of mipro_wire.h */
extern int hf_mipro_reserved16;     /* mipro.reserved of a Binding Acknowledge */
extern int hf_mipro_ident_time, hf_mipro_ident_next_nonce, hf_mipro_ident_nonce;
extern int hf_mipro_undecoded;
/* Subtrees with constant names, so that filters and JSON can refer to them. */
extern int hf_mipro_ext, hf_mipro_cache, hf_mipro_auth_expected;
extern int hf_mipro_rrq_p, hf_mipro_rrq_p_09;

/* Fields of an authenticator; a PFAN has its own, because a message may contain both. */
struct mipro_auth_hf {
    int status, association, algorithm, coverage, calculated, reading;
};
extern struct mipro_auth_hf hf_mipro_auth, hf_mipro_pfan;

extern int hf_mipro_response_in, hf_mipro_response_to, hf_mipro_response_time;
extern int hf_mipro_clock_difference;
extern int hf_mipro_retransmission_of, hf_mipro_copy_of, hf_mipro_update_in, hf_mipro_warning_in,
    hf_mipro_pfan_in;
extern int hf_mipro_verdict, hf_mipro_related, hf_mipro_finding, hf_mipro_finding_severity;
extern int hf_mipro_party, hf_mipro_party_from, hf_mipro_party_to;
extern int hf_mipro_cache_node, hf_mipro_cache_coa, hf_mipro_cache_expires;
extern int hf_mipro_cache_supersedes, hf_mipro_cache_superseded_in, hf_mipro_cache_deleted_in;

extern int ett_mipro, ett_mipro_flags, ett_mipro_ident, ett_mipro_ext, ett_mipro_cache;
extern int ett_mipro_auth, ett_mipro_adv, ett_mipro_finding;

extern expert_field ei_mipro_rule[MIPRO_RULES];
extern expert_field ei_mipro_mild; /* a finding less severe than its rule */
extern expert_field ei_mipro_auth_bad, ei_mipro_auth_no_key, ei_mipro_auth_truncated,
    ei_mipro_pfan_open;
extern expert_field ei_mipro_keys_fault, ei_mipro_iana, ei_mipro_overlap;

void mipro_register_fields(void);
/* The bits of a Binding Update's flags field, for proto_tree_add_bitmask(). */
int *const *mipro_update_flag_fields(void);
/* The same for an agent advertisement. */
int *const *mipro_advert_flag_fields(void);

/* ---- preferences.c ---- */

/* The preferences for reading messages. */
extern struct mipro_settings mipro_set;

void mipro_register_preferences(void);
/* The preferences for the rules over several messages; includes mipro_set. */
const struct mipro_conduct_config *mipro_conduct_preferences(void);
/* Are findings of this rule to be shown? */
bool mipro_rule_is_wanted(enum mipro_rule rule);

/* ---- associations.c ---- */

void mipro_register_associations(module_t *module);
/* A preference has changed: the keys must be read again. */
void mipro_keys_changed(void);
/* The keys; NULL if there are none, verification is off, or they are faulty. */
const struct mipro_keyring *mipro_ring(void);
/* Why keys that the user configured could not be read: a sentence with the location, or NULL. */
const char *mipro_ring_fault(void);
/* Free old rings: no message of the previous capture is displayed any more. */
void mipro_forget_rings(void);

/* ---- learn.c and record.c ---- */

/* How this Binding Update changed what its receiver believes. */
enum mipro_belief_kind { MIPRO_BELIEF_UNCHANGED, MIPRO_BELIEF_BINDING, MIPRO_BELIEF_NONE };

/* The relation of a message to one in another frame. */
enum mipro_link {
    MIPRO_RETRANSMISSION_OF,
    MIPRO_COPY_OF,    /* the first sighting of the same datagram */
    MIPRO_WARNING_IN, /* of a Binding Update or Request: the Binding Warning that led to it */
    MIPRO_PFAN_IN,    /* of a Binding Update: the registration with the PFAN that caused it */
    MIPRO_UPDATE_IN,  /* of a Binding Warning, or of a PFAN: the Binding Update */
    MIPRO_RESPONSE_IN,
    MIPRO_RESPONSE_TO,
    MIPRO_SUPERSEDES, /* of a Binding Update: the one that was believed so far ... */
    MIPRO_ENDED_IN,   /* ... and the one that is believed from then on */
    MIPRO_LINKS
};

/*
 * The results of the first pass for one message, shown in later passes.  Exists while the file
 * is open.  There may be millions, so nothing is kept that can be derived from the octets again;
 * verdicts only if they depend on other messages or take long to compute.
 */
struct mipro_record {
    int64_t time; /* MIPRO_TIME_NONE: not known */
    uint32_t frame;
    uint32_t links;      /* record.c's, as is has_links */
    unsigned layer : 15; /* which message of the frame */
    unsigned has_links : 9;
    unsigned belief : 2;  /* enum mipro_belief_kind */
    unsigned hint : 2;    /* enum mipro_ident_hint */
    unsigned deleted : 1; /* the message in MIPRO_ENDED_IN deletes the binding */
    unsigned auths_kept : 1;
    unsigned unproven : 1; /* its response may not be the true one */
    uint8_t type;          /* of the message */
};

/* One message that is being dissected. */
struct mipro_view {
    tvbuff_t *tvb;
    packet_info *pinfo;
    struct mipro_message m;
    struct mipro_record *record;
    struct mipro_auth *auth;
    unsigned n_auth;
    bool rejudged;      /* conduct decided the verdict on one of them */
    bool has_open_pfan; /* a Binding Update may still show that a PFAN is good that is bad so far */
    bool is_kept;       /* it is a message of the capture, and not one quoted or a piece of one */
    uint32_t src, dst;
    int64_t time;
    proto_tree *tree;         /* its own subtree; may be NULL */
    proto_item *top;          /* of tree */
    wmem_array_t *places;     /* of struct mipro_place: items, to which findings are added */
    struct mipro_auth few[2]; /* room for auth, enough for most messages */
};

/* A finding, kept from the first pass until it is shown. */
struct mipro_kept_finding {
    struct mipro_kept_finding *next;
    const struct mipro_record *record; /* NULL: from conduct, not about octets of a message ... */
    const char *text;
    uint32_t off, len;
    uint32_t src, dst; /* of a tunneled packet: the ends of its tunnel */
    uint8_t rule;      /* enum mipro_rule */
    uint8_t message;   /* ... of this type */
    uint8_t n_related;
    bool mild;
    uint32_t related[];
};

/* Parse tvb and record or recall the results in view; nothing is drawn yet. */
void mipro_learn(struct mipro_view *view, tvbuff_t *tvb, packet_info *pinfo);
/* Does mipro_draw_links() have anything to show? */
bool mipro_is_linked(const struct mipro_record *record);
/* The frame of the other message, or 0. */
uint32_t mipro_linked(const struct mipro_record *record, enum mipro_link link);
/* The same, or what the first transmission is linked to. */
uint32_t mipro_linked_like_first(const struct mipro_record *record, enum mipro_link link);
/* Time since the message that this one answers; MIPRO_TIME_NONE: not known. */
int64_t mipro_response_time(const struct mipro_record *record);
/* The clock difference shown by a refusal; NULL if it is not known. */
const struct mipro_clock_difference *mipro_find_refusal(const struct mipro_record *record);
/* The record of a frame whose Binding Update was believed, or NULL. */
struct mipro_record *mipro_believed_record(uint32_t frame);
/* The findings about a message in the order in which they were made; NULL after the last. */
const struct mipro_kept_finding *mipro_first_finding(const struct mipro_view *view);
const struct mipro_kept_finding *mipro_next_finding(
    const struct mipro_view *view, const struct mipro_kept_finding *f);
/* The findings about the packet in this tunnel, whose ends pinfo has; NULL after the last. */
const struct mipro_kept_finding *mipro_tunnel_findings(const packet_info *pinfo);
const struct mipro_kept_finding *mipro_next_tunnel_finding(
    const packet_info *pinfo, const struct mipro_kept_finding *f);
/*
 * Judge the message of a datagram that lacks fragments alone, keep its findings, and give it a
 * record.  False: it is not ours.
 */
struct mipro_incomplete;
bool mipro_learn_incomplete(struct mipro_incomplete *of);
/* Process an agent advertisement and a tunneled packet in the first pass. */
void mipro_learn_advert(packet_info *pinfo, const struct mipro_advert *advert);
void mipro_learn_tunnel(packet_info *pinfo, uint32_t src, uint32_t dst, uint32_t homeaddr);
/* Every frame tells the time, and some are fragments: on the first pass, before all others. */
void mipro_meet_frame(packet_info *pinfo);
/* The counts of the rules over several messages so far; false if no message was seen. */
bool mipro_learned_totals(struct mipro_conduct_totals *totals);
void mipro_register_learning(void);

/* ---- view.c ---- */

uint32_t mipro_addr(const address *addr); /* host order; 0 if it is not an IPv4 address */
int64_t mipro_time(const packet_info *pinfo);
nstime_t mipro_nstime(int64_t ns);

/* The parties of a message in Conversations; agents count as their mobile node. */
struct mipro_parties {
    uint32_t home, peer; /* the mobile node's home address, and the node that is informed or asks */
    bool from_home;
};
struct mipro_parties mipro_parties(const struct mipro_view *view);

/* ---- datagram.c ---- */

/* Unwrap the frame as mipro-verify does.  False: it holds no packet. */
bool mipro_unwrap(
    const packet_info *pinfo, const struct mipro_ports *ports, struct mipro_leaf *leaf);

/*
 * The payload of UDP as mipro-verify reads it.  A tap may cut a packet and record the length to
 * which it cut it; epan then takes the octets that are left for all that was sent, though the IP
 * header says that there were more.  They are lost, and nobody failed to send them.
 */
tvbuff_t *mipro_with_lost_octets(tvbuff_t *tvb, packet_info *pinfo);

/* The same members as in struct mipro_event. */
struct mipro_identity {
    uint16_t ip_id;
    uint32_t way;
};

/*
 * Find what distinguishes the datagram of a message from others; whole: the datagram, if this
 * frame completes it, else NULL.  False: unknown.
 */
bool mipro_identify_datagram(const struct mipro_view *view, const struct mipro_leaf *whole,
    struct mipro_identity *identity);

/* ---- fragments.c ---- */

/*
 * The payload of UDP that epan hands over; or another one, of the octets that were captured
 * first, where fragments overlap.
 */
tvbuff_t *mipro_first_octets(tvbuff_t *tvb, packet_info *pinfo);
/* Did it return another one in this frame? */
bool mipro_is_replaced(const packet_info *pinfo);
/* After all else of a frame: the datagrams that end there and that epan did not hand over. */
void mipro_show_own_datagrams(
    tvbuff_t *frame, packet_info *pinfo, proto_tree *tree, dissector_handle_t handle);
/* collect sets the ports whose messages are ours; judge is mipro_learn_incomplete(). */
void mipro_register_fragments(
    void (*collect)(struct mipro_ports *ports), bool (*judge)(struct mipro_incomplete *of));

/* ---- links.c ---- */

/* First pass only: link the message with those that it answers, in both directions. */
void mipro_learn_exchange(struct mipro_view *view);
/* First pass only: record the node's belief after this Binding Update. */
void mipro_learn_cache(struct mipro_view *view, const struct mipro_belief *belief);

/* ---- draw.c ---- */

/* Types 16-19: the whole message.  Throws where the framing is malformed, as epan expects. */
void mipro_draw_message(struct mipro_view *view, proto_tree *tree);
const char *mipro_addr_text(wmem_allocator_t *pool, uint32_t addr);

/* ---- draw_registration.c ---- */

/* Types 1 and 3, after mip: our additions, if there are any.  Never throws. */
bool mipro_draw_registration(struct mipro_view *view, proto_tree *tree);
void mipro_draw_advert(
    tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const struct mipro_advert *advert);

/* ---- draw_verdict.c ---- */

/* Draw findings about a tunneled packet. */
void mipro_draw_tunnel_findings(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* ---- stats.c ---- */

void mipro_register_stats(void);
void mipro_handoff_stats(void);
void mipro_tap(struct mipro_view *view);
/* Tap findings about a tunneled packet. */
void mipro_tap_tunnel_findings(packet_info *pinfo);

/* ---- packet-mipro.c ---- */

/* Look at a tunneled datagram; pinfo still has the ends of the tunnel. */
void mipro_look_into_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* ---- registered with epan, from plugin.c ---- */

void proto_register_mipro(void);
void proto_reg_handoff_mipro(void);
void proto_register_minenc(void);
void proto_reg_handoff_minenc(void);

#endif
