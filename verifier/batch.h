/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch.h - a run of frames that passes through the stages.
 *
 *   read      (in order)                  frames of one file                  reading.h
 *   inspect   (by the thread that read)   messages, verdicts, rules on one    inspect_batch.c
 *   assemble  (in order)                  fragments                           assemble.h
 *   settle    (in order, in each share)   rules over several                  settle.h
 *   join      (in order)                  what needs several shares           join.h
 *   report    (in order)                  records, in capture order           report.c
 *
 * The home addresses are shared out among settlers, each of which takes the events of its own from
 * every batch, and those that all must know (vrf_share_out()); several settlers work at once, on
 * the same batch or on different ones.
 *
 * Files that do not continue each other are processed side by side, each as a stream (stream.h),
 * and are reported one after the other (fold.h).
 *
 * What comes out depends on the frames alone, never on how they were cut into
 * batches, how many settlers and streams there are or which thread did what.
 *
 * Frames are counted from 1 through all files of a stream ("running number"), in the report through
 * all of the input; it turns that back into the number within their file.
 */
#ifndef VRF_BATCH_H
#define VRF_BATCH_H

#include "capture/capture.h"
#include "mipro_fragment.h"
#include "mipro_begun.h"
#include "mipro_conduct.h"
#include "options.h"
#include "report/record.h"
#include "tally.h"
#include "mipro_decap.h"

enum vrf_event_kind {
    VRF_EVENT_MESSAGE,
    VRF_EVENT_TUNNEL,
    VRF_EVENT_ADVERT,
    VRF_EVENT_FRAGMENT, /* assembly replaces it with some of: */
    VRF_EVENT_BEGUN,    /* a first fragment of an incomplete datagram */
    VRF_EVENT_PIECE,    /* a fragment of an incomplete datagram */
    VRF_EVENT_WHOLE     /* the fragment that completes a datagram */
};

/* Something to be passed to reassembly or conduct. */
struct vrf_event {
    enum vrf_event_kind kind : 3;
    uint32_t share : 5; /* the settler that takes it; VRF_ALL_SHARES: all do */
    uint32_t at : 24;   /* index of the message, tunnel, advert, fragment or piece in its array */
    uint32_t homeaddr;  /* of a message that has one, else 0 */
    uint64_t frame;
    int64_t time;
    uint64_t datagram; /* of a message: mipro_conduct_datagram() */
};

/*
 * Half of all instructions are in the shares, so four keep up with the rest in eight threads.  Each
 * keeps what all must know: 3.5 MiB in a flood.
 */
#define VRF_MAX_SHARES 4u
#define VRF_ALL_SHARES 31u

struct vrf_message {
    uint64_t frame;
    int64_t time;
    uint32_t src, dst;
    uint16_t sport, dport;
    /* All of these are rare, so they are tested together. */
    bool late : 1; /* fragments are missing: found too late to be passed to conduct */
    bool open : 1; /* the I bit of the Binding Update, known to conduct, decides (ruling 1) */
    bool has_pfan : 1;
    bool foreign : 1; /* another part's: see vrf_disown() */
    bool listed : 1;  /* the merge lists its authenticator, if that is good: events/goods.h */
    struct mipro_message m;
    uint64_t content;  /* mipro_conduct_content() */
    uint64_t datagram; /* mipro_conduct_datagram() */
    uint64_t copy_of;  /* set by conduct: the frame in which this datagram was first seen, or 0 */
    uint32_t way;      /* the datagram's route, and its IP identification: see mipro_event */
    uint16_t ip_id;
    uint8_t share; /* the share whose settler concludes it */
    bool in_share; /* that settler has judged the authenticators again: see vrf_auths() */
    uint32_t share_auth;
    uint32_t first_auth, n_auth; /* those found by inspect, in the batch */
    uint32_t first_finding, n_findings;
};

struct vrf_advert {
    uint32_t agent;
    struct mipro_advert advert;
};

struct vrf_piece {
    struct mipro_datagram_id id;
    bool known; /* see mipro_conduct_piece() */
};

/* A frame whose timestamp matters for the clock: see conduct/clock.h. */
struct vrf_tick {
    uint64_t frame;
    int64_t time;
};

/* A run of frames in a file of events: what concerns all parts, then what one part alone needs. */
struct vrf_encoded {
    size_t n_common, n_own; /* octets */
    bool lists;             /* its messages are listed, see vrf_message */
};

/* Consecutive frames that were not decoded for the same reason. */
struct vrf_unopened {
    struct mipro_unopened what;
    uint64_t n;
};

/* Frames with a running number above before belong to this capture. */
struct vrf_part {
    uint64_t before;  /* running number of the last frame that does not */
    uint64_t shift;   /* what is added to a running number for that within the capture; wraps */
    const char *name; /* as it is reported; lives as long as the run */
    unsigned file;    /* counts captures from 0; the report sets it */
    bool begins;      /* with it a file begins that was named, not a part of one */
    bool counts;      /* another capture than that of the part before */
};

/* Growing arrays; emptied, not freed, when a batch is reused. */
#define VRF_ARRAY(type)                                                                            \
    struct {                                                                                       \
        type *at;                                                                                  \
        uint32_t n, max;                                                                           \
    }

#define VRF_ARRAY_OF(type)                                                                         \
    {                                                                                              \
        type *at;                                                                                  \
        uint32_t n, max;                                                                           \
    }

/* Returns at with room for twice as many elements of size; max counts them. */
void *vrf_array_grow(void *at, uint32_t *max, size_t size);
/* Add an element and return a pointer to it; it is not initialized. */
#define VRF_ARRAY_ADD(a)                                                                           \
    ((a)->n < (a)->max ? (void)0                                                                   \
                       : (void)((a)->at = vrf_array_grow((a)->at, &(a)->max, sizeof(*(a)->at))),   \
        &(a)->at[(a)->n++])

/* Make room for k more. */
#define VRF_ARRAY_RESERVE(a, k)                                                                    \
    do {                                                                                           \
        while ((a)->max - (a)->n < (k))                                                            \
            (a)->at = vrf_array_grow((a)->at, &(a)->max, sizeof(*(a)->at));                        \
    } while (0)

struct vrf_events VRF_ARRAY_OF(struct vrf_event);

/* The results of judging messages one by one. */
struct vrf_judged {
    VRF_ARRAY(struct mipro_auth) auths;
    VRF_ARRAY(struct mipro_finding) findings;
};

/* In place of a home address: what is no message, but what messages are judged by. */
enum vrf_aside {
    VRF_ASIDE_ADVERT, /* an agent advertisement */
    VRF_ASIDE_PART    /* a part of a datagram that may be a message */
};

/*
 * That there was a message, for --write: which exchanges belong to the evidence is known only at
 * the end.  A message with several good authenticators leaves a trace of each.
 */
struct vrf_trace {
    uint64_t frame;
    uint32_t home;   /* of a message; of an aside, enum vrf_aside */
    uint8_t good;    /* the extension of a good authenticator; 0: none; or VRF_ASIDE */
    bool names_node; /* its NAI may matter, too */
};
#define VRF_ASIDE 127 /* authenticates nothing; stored in an octet below 128 (traces.c) */

/* What a settler takes of a batch, and its results. */
struct vrf_share {
    /* Indexes of the events that the settler takes; only if there are several shares. */
    VRF_ARRAY(uint32_t) own;
    VRF_ARRAY(struct vrf_record) records;
    VRF_ARRAY(struct vrf_trace) traces; /* only with --write */
    VRF_ARRAY(struct mipro_open) opens; /* cases that only all shares together can decide */
    struct vrf_judged judged;           /* messages whose verdicts depend on other messages */
    struct mipro_conduct_totals totals; /* conduct's counts so far, if has_totals */
    uint64_t horizon;                   /* nothing more will be reported about frames below */
    int64_t clock;
};

struct vrf_batch {
    /* read */
    struct vrf_block block;
    VRF_ARRAY(struct vrf_part) parts; /* those that begin in it, in order */
    const char *name;                 /* of the capture from which it was read */
    uint64_t first_frame;             /* running number of the first frame */
    unsigned n_begun;                 /* captures that were read from their beginning */
    unsigned thread;                  /* that read it */
    bool ends_file;
    bool ends_state; /* the state of conduct and reassembly ends after this batch */
    bool has_totals; /* they are needed at the end of a state, and where they are shown before */
    bool broken;
    char error[VRF_CAPTURE_ERROR];
    int permille; /* of the file, read so far */
    /* From files of events (events/codec.h): the block holds these, one after another, not frames.
     */
    bool of_events;
    bool lost; /* they cannot be read, for the reason in error: the part is not reported */
    VRF_ARRAY(struct vrf_encoded) encoded;
    VRF_ARRAY(struct vrf_tick) ticks;
    uint32_t n_foreign; /* messages that belong to another part */

    /* inspect; assemble adds to them */
    struct vrf_events events;
    VRF_ARRAY(struct vrf_message) messages;
    struct vrf_judged judged;
    VRF_ARRAY(uint32_t) noticed; /* messages that may break a rule */
    VRF_ARRAY(struct mipro_tunnel) tunnels;
    VRF_ARRAY(struct vrf_advert) adverts;
    VRF_ARRAY(struct mipro_leaf) fragments;
    VRF_ARRAY(struct vrf_unopened) unopened;
    uint64_t types[256]; /* messages by their first octet */
    unsigned in;         /* MIPRO_IN_ bits of the messages seen */

    /* assemble */
    VRF_ARRAY(struct mipro_begun) begun;
    VRF_ARRAY(struct vrf_piece) pieces;
    VRF_ARRAY(uint8_t *) owned;   /* octets of reassembled datagrams */
    VRF_ARRAY(uint64_t) overlaps; /* frames whose fragment overlapped others */
    uint64_t incomplete;          /* datagrams given up */
    uint64_t horizon; /* no later result is about frames below: of assembly, then of all */

    /* settle */
    struct vrf_share *shares;
    unsigned n_shares, max_shares;

    /* join */
    VRF_ARRAY(struct vrf_record) joined; /* records that belong to no share */
    struct mipro_conduct_totals totals;  /* of all shares, if has_totals */

    /* Of the batches folded into it (fold.h), which are not here any more. */
    struct {
        uint64_t messages, fragments;
    } folded;
};

/* With room for so many shares, and as many. */
struct vrf_batch *vrf_batch_new(unsigned n_shares);
void vrf_batch_empty(struct vrf_batch *b);
void vrf_batch_free(struct vrf_batch *b);

/* The records of all shares, in order; each share has its own in order. */
struct vrf_runs {
    struct {
        const struct vrf_record *at, *end;
    } run[VRF_MAX_SHARES];
    unsigned n;
};
/* They are the caller's from now on, and stay until the batch gets others. */
void vrf_runs_begin(struct vrf_runs *runs, struct vrf_batch *b);
/* The next one, or NULL. */
const struct vrf_record *vrf_runs_next(struct vrf_runs *runs);

/* Is the message about a home address of this machine's shards? */
bool vrf_is_own(const struct mipro_conduct_config *config, const struct vrf_message *message);
/* It is another part's: that part counts it, and judges it. */
void vrf_disown(struct vrf_batch *b, struct vrf_message *message);
/* Does a Binding Update announce a nonce (conduct/announced.h)? */
bool vrf_announces(const struct vrf_batch *b, const struct vrf_message *message);
/* Is the message needed to judge others, about any home address? */
static inline bool
vrf_is_common(const struct vrf_batch *b, const struct vrf_message *message)
{
    const struct mipro_message *m = &message->m;

    return !mipro_has(m, MIPRO_F_HOMEADDR) || (!m->plain && mipro_conduct_names_node(m)) ||
           (mipro_message_type(m) == MIPRO_BINDING_UPDATE && vrf_announces(b, message));
}

/* Assign the events to shares. */
void vrf_share_out(struct vrf_batch *b);
/* The authenticators of a message, in their current state. */
struct mipro_auth *vrf_auths(const struct vrf_batch *b, const struct vrf_message *message);
/* The findings about a message in judged. */
static inline const struct mipro_finding *
vrf_findings_in(const struct vrf_judged *judged, const struct vrf_message *message)
{
    return message->n_findings != 0 ? judged->findings.at + message->first_finding : NULL;
}
/* Find the frames of the block whose timestamps determine the clock. */
void vrf_find_ticks(struct vrf_batch *b);

/* Do everything for a batch that does not depend on other batches. */
void vrf_inspect(struct vrf_batch *b, const struct vrf_options *o);
/* Of frames: parse and judge their messages. */
void vrf_inspect_frames(struct vrf_batch *b, const struct vrf_options *o);

/*
 * Add the content of a leaf, a message, tunnel or advertisement, to the batch.
 * Messages are parsed, not judged.
 */
void vrf_add_leaf(struct vrf_batch *b, const struct mipro_leaf *leaf, uint64_t frame, int64_t time,
    const struct vrf_options *o);
/* The same for a datagram.  Returns its message; NULL: it is none of ours. */
struct vrf_message *vrf_add_message(struct vrf_batch *b, const struct mipro_leaf *leaf,
    uint64_t frame, int64_t time, const struct vrf_options *o);
void vrf_add_advert(
    struct vrf_batch *b, const struct vrf_advert *advert, uint64_t frame, int64_t time);
/* Judge one message alone: its authenticators, then the rules. */
void vrf_judge_message(
    struct vrf_judged *judged, struct vrf_message *message, const struct vrf_options *o);
/* Check the rules on one message, with the verdicts of its authenticators in auths. */
void vrf_check_rules(
    struct vrf_judged *judged, struct vrf_message *message, const struct mipro_auth *auths);
/* The same for all messages in noticed. */
void vrf_check_noticed(struct vrf_batch *b);
/* The input of the rules. */
struct mipro_evidence vrf_evidence(
    const struct vrf_message *message, const struct mipro_auth *auths);

#endif
