/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_auth.h - judge authenticators.  To compute them: mipro_sign.h.
 *
 * The authenticator covers the message from its first octet, every earlier
 * extension, and the type and length of the extension that bears it (draft
 * 4.5, RFC 2002 3.5.1); by the association's coverage its SPI too (RFC 3344
 * 3.5.1).  The UDP and IP headers are not covered.
 */
#ifndef MIPRO_AUTH_H
#define MIPRO_AUTH_H

#include "mipro_keys.h"
#include "mipro_message.h"

enum mipro_verdict {
    MIPRO_GOOD,
    MIPRO_BAD,
    MIPRO_EXPIRED,   /* it fits, outside the association's validity */
    MIPRO_NO_KEY,    /* no association has this SPI and these ends; or mipro_auth.hint */
    MIPRO_TRUNCATED, /* an octet up to the end of the authenticator was not captured */
    MIPRO_MISSING,   /* a Binding Update without its authentication extension */
    MIPRO_VERDICTS
};
const char *mipro_verdict_name(enum mipro_verdict verdict); /* "no-key" */

/* What more is known of a verdict; mipro_auth_explain() says it to a person. */
enum mipro_hint {
    MIPRO_HINT_NONE,
    MIPRO_HINT_NEWLINE,  /* bad; good by the key without the newline at the end of its file */
    MIPRO_HINT_ANYBODY,  /* no key: one for any address does not fit, and may be another node's */
    MIPRO_HINT_CHALLENGE /* no key: it answers a challenge, which is not known */
};

/* The sender, the receiver and the time: of the innermost IP header. */
struct mipro_scene {
    uint32_t src, dst;
    int64_t time;
    const struct mipro_keyring *ring; /* NULL: no keys at all */
};

/* Which Binding Update body a PFAN's authenticator was computed over (5.1). */
struct mipro_pfan_reading {
    bool ident;       /* I and the Registration Request's identification */
    bool minimal;     /* M */
    bool gre;         /* G */
    bool from_update; /* only the octets of the Binding Update itself settle it */
};
/* "I=0 M=0 G=0" */
void mipro_pfan_reading_text(const struct mipro_pfan_reading *reading, char text[12]);

/* One authenticator, judged. */
struct mipro_auth {
    const struct mipro_association *association; /* with good, bad by a key, expired */
    uint32_t off; /* of the extension in the payload; where it should be, if missing */
    uint32_t len; /* of the extension, 0 if missing */
    uint32_t spi;
    uint32_t node; /* of a master key: the node that it was derived for */
    uint8_t ext;   /* 32-36 or 96; with MIPRO_MISSING the one that should be there */
    enum mipro_verdict verdict : 8;
    enum mipro_algorithm algorithm : 8; /* meaningful where association is set */
    enum mipro_coverage coverage : 8;
    bool has_spi;
    enum mipro_hint hint : 8;
    bool size_wrong;        /* no room for SPI and authenticator, or not the algorithm's size */
    uint8_t calculated_len; /* 0: nothing was calculated */
    struct mipro_pfan_reading reading;  /* of a PFAN that is good or expired */
    uint8_t calculated[MIPRO_AUTH_MAX]; /* what it should have been, by association */
};

/* The two ends of an extension, in order of preference (ruling 6).  Returns 1 or 2. */
size_t mipro_auth_ends(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_ends ends[2]);

/* The NAI by which the mobile node that is one of these ends names itself; false if by none. */
bool mipro_auth_nai(
    const struct mipro_message *m, const struct mipro_ext *e, struct mipro_nai *nai);

/* The same of an authenticator that was judged; 0 if it does not stand in m. */
size_t mipro_auth_ends_of(const struct mipro_message *m, const struct mipro_auth *auth,
    const struct mipro_scene *scene, struct mipro_ends ends[2]);

/*
 * Why an authenticator is not good, for a person: a sentence without a full stop; "" if it is
 * good.  With MIPRO_NO_KEY it names the ends, which the caller gives, the SPI in both bases,
 * and near misses: SPIs that these ends have, the same digits in the other base.
 */
#define MIPRO_EXPLANATION 400u /* room for it */
void mipro_auth_explain(const struct mipro_auth *auth, const struct mipro_ends ends[],
    size_t n_ends, const struct mipro_keyring *ring, char *text, size_t size);

/*
 * For a text about an authenticator that its receiver refused: ", under SPI 0x1000 (4096); known
 * between 10.1.0.1 and 192.0.2.7: SPI 0x1000 (4096), SPI 0x1001 (4097)".  Leaves out what is not
 * known: spi may be NULL, as may be the ring.
 */
void mipro_auth_explain_spi(const uint32_t *spi, const struct mipro_ends *ends,
    const struct mipro_keyring *ring, char *text, size_t size);

/*
 * Judge extension e of m: 32-36, or 96 in all its readings.  An extension below
 * its smallest length is MIPRO_BAD with size_wrong.
 */
void mipro_auth_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth);

/*
 * Call fn for each authenticator of m, in the order of the payload: those that
 * stand there, one that the capture cut short (MIPRO_TRUNCATED), and for a
 * Binding Update without one MIPRO_MISSING, or MIPRO_TRUNCATED where the capture
 * may have cut it off.  Of a message that ends in its fixed part: nothing.
 */
typedef void mipro_auth_fn(void *ctx, const struct mipro_auth *auth);
void mipro_auth_each(
    const struct mipro_message *m, const struct mipro_scene *scene, mipro_auth_fn *fn, void *ctx);

/*
 * An authenticator that has no key for want of a challenge (MIPRO_HINT_CHALLENGE), against one
 * that its node was given before.  True if it fits: then auth is good, or expired.
 */
bool mipro_auth_judge_challenge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, const uint8_t *challenge, size_t len, struct mipro_auth *auth);

/*
 * A Binding Update that a foreign agent sends for a mobile node has the authenticator of a
 * PFAN: it is good with either coverage, body or body and type and length (5.1).  Tries the
 * association between home address and destination; call it where auth is bad.
 */
void mipro_auth_judge_handoff(const struct mipro_message *update, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth);

/*
 * A PFAN that no rebuilt body made good, against the Binding Update that came of
 * it: if the update's octets settle it, auth becomes good (or expired), with
 * reading.from_update.  request and e are those that auth was judged from.
 */
void mipro_pfan_judge_update(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_scene *scene, const struct mipro_message *update, struct mipro_auth *auth);

/*
 * What a PFAN is signed over: the Binding Update's body, and the header of its authentication
 * extension with an authenticator of size octets, which may follow it.  Each is written to out;
 * returns its length.
 */
#define MIPRO_PFAN_SIGNED_MAX 24u /* octets of both */
size_t mipro_pfan_body(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_pfan_reading *reading, uint8_t *out);
size_t mipro_pfan_header(const struct mipro_settings *set, size_t size, uint8_t *out);

/* As mipro_auth_judge(), but faster: by the lanes, where they compute the algorithm. */
void mipro_auth_judge_one(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth);

/*
 * Many at once.  add() settles auths[whose] at once, or queues its hash; what is known without
 * the hash (the association, not the verdict) is set in either case.  After run() all that were
 * added are settled, and say what mipro_auth_judge() says.  auths is the caller's array, which
 * may move between calls; the payload of m must stay until run().  pair, from
 * mipro_auth_pair(), or NULL.
 */
struct mipro_auth_queue;
struct mipro_auth_queue *mipro_auth_queue_new(void);
void mipro_auth_queue_free(struct mipro_auth_queue *q); /* wipes; NULL allowed */
void mipro_auth_queue_add(struct mipro_auth_queue *q, const struct mipro_message *m,
    const struct mipro_ext *e, const struct mipro_scene *scene, const struct mipro_pair *pair,
    struct mipro_auth *auths, uint32_t whose);
void mipro_auth_queue_run(struct mipro_auth_queue *q, struct mipro_auth *auths);
/*
 * The pair whose association signs m, and where the keyring keeps it, so that it can be
 * prefetched.  False: m is more than the draft's own extension alone.
 */
bool mipro_auth_pair(
    const struct mipro_message *m, const struct mipro_scene *scene, struct mipro_pair *pair);

/*
 * By which a key file is known again: all of its associations, in order, with their keys.  It is
 * so short that whoever sees it, and guesses, cannot tell whether a guess is right.
 */
uint32_t mipro_auth_fingerprint(const struct mipro_keyring *ring);

/*
 * Hold each way to compute hashes that this CPU has against GLib: false if one disagrees, which is
 * not used any more.  To be called once at start, while no other thread runs.
 */
bool mipro_auth_check_lanes(void);

#endif
