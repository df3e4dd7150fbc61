/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_auth.h - verify authenticators.  To compute them: mipro_sign.h.
 *
 * The authenticator covers the message from its first octet, every earlier extension, and the
 * type and length of the extension that carries it (draft 4.5, RFC 2002 3.5.1); if the
 * association's coverage says so, its SPI too (RFC 3344 3.5.1).  The UDP and IP headers are
 * not covered.
 */
#ifndef MIPRO_AUTH_H
#define MIPRO_AUTH_H

#include "mipro_keys.h"
#include "mipro_message.h"

enum mipro_verdict {
    MIPRO_GOOD,
    MIPRO_BAD,
    MIPRO_EXPIRED,   /* correct, but outside the association's validity period */
    MIPRO_NO_KEY,    /* no association has this SPI and these ends, or see mipro_auth.hint */
    MIPRO_TRUNCATED, /* some octets up to the end of the authenticator were not captured */
    MIPRO_MISSING,   /* a Binding Update without its authentication extension */
    MIPRO_VERDICTS
};
const char *mipro_verdict_name(enum mipro_verdict verdict); /* "no-key" */

/* Details of a verdict; mipro_auth_explain() puts them into words. */
enum mipro_hint {
    MIPRO_HINT_NONE,
    MIPRO_HINT_NEWLINE,  /* bad, but good with the key without its file's trailing newline */
    MIPRO_HINT_ANYBODY,  /* no key: the one for any address, maybe another node's, does not match */
    MIPRO_HINT_CHALLENGE /* no key: it answers a challenge that is not known */
};

/* Sender and receiver (from the innermost IP header), time and keys. */
struct mipro_scene {
    uint32_t src, dst;
    int64_t time;
    const struct mipro_keyring *ring; /* NULL: no keys */
};

/* Which Binding Update body a PFAN's authenticator was computed over (5.1). */
struct mipro_pfan_reading {
    bool ident;       /* I and the Registration Request's identification */
    bool minimal;     /* M */
    bool gre;         /* G */
    bool from_update; /* it matched only the octets of the captured Binding Update */
};
/* "I=0 M=0 G=0" */
void mipro_pfan_reading_text(const struct mipro_pfan_reading *reading, char text[12]);

/* The result for one authenticator. */
struct mipro_auth {
    /* If good, expired, or bad with this key: see mipro_auth_associate(). */
    const struct mipro_association *association;
    uint32_t off; /* of the extension in the payload; if missing, where it should be */
    uint32_t len; /* of the extension; 0 if missing */
    uint32_t spi;
    uint32_t node; /* with a master key: the node whose key was derived */
    uint8_t ext;   /* 32-36 or 96; with MIPRO_MISSING the type that is missing */
    enum mipro_verdict verdict : 8;
    enum mipro_algorithm algorithm : 8; /* valid if association is set */
    enum mipro_coverage coverage : 8;
    bool has_spi;
    enum mipro_hint hint : 8;
    bool size_wrong;        /* no room for SPI and authenticator, or not the algorithm's size */
    uint8_t calculated_len; /* 0: nothing was calculated */
    enum mipro_replay replay : 8; /* the association's, here because that may be out of the cache */
    struct mipro_pfan_reading reading;  /* of a PFAN that is good or expired */
    uint8_t calculated[MIPRO_AUTH_MAX]; /* the correct authenticator, by association */
};

/* Set the association, or with NULL unset it. */
static inline void
mipro_auth_associate(struct mipro_auth *auth, const struct mipro_association *association)
{
    auth->association = association;
    auth->replay = association != NULL ? association->replay : MIPRO_REPLAY_NONE;
}

/* The two ends of an extension, in order of preference (ruling 6).  Returns 1 or 2. */
size_t mipro_auth_ends(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_ends ends[2]);

/* The NAI of the mobile node, if that is one of the ends; false if the message has none. */
bool mipro_auth_nai(
    const struct mipro_message *m, const struct mipro_ext *e, struct mipro_nai *nai);

/* The same for an authenticator already judged; 0 if it is not in m. */
size_t mipro_auth_ends_of(const struct mipro_message *m, const struct mipro_auth *auth,
    const struct mipro_scene *scene, struct mipro_ends ends[2]);

/*
 * Why an authenticator is not good, in words: a sentence without a full stop; "" if it is
 * good.  With MIPRO_NO_KEY it names the ends, which the caller passes, the SPI in both bases,
 * and near misses: other SPIs between these ends, and the same digits in the other base.
 */
#define MIPRO_EXPLANATION 400u /* room for it */
void mipro_auth_explain(const struct mipro_auth *auth, const struct mipro_ends ends[],
    size_t n_ends, const struct mipro_keyring *ring, char *text, size_t size);
/*
 * The same for an authenticator of a mobile node, the first of the ends, that the message names:
 * nai is the text of mipro_nai_text(), or NULL.
 */
void mipro_auth_explain_node(const struct mipro_auth *auth, const struct mipro_ends ends[],
    size_t n_ends, const char *nai, const struct mipro_keyring *ring, char *text, size_t size);

/*
 * For a text about an authenticator that its receiver refused: ", under SPI 0x1000 (4096); known
 * between 10.1.0.1 and 192.0.2.7: SPI 0x1000 (4096), SPI 0x1001 (4097)".  Omits what is
 * unknown: spi and ring may be NULL.
 */
void mipro_auth_explain_spi(const uint32_t *spi, const struct mipro_ends *ends,
    const struct mipro_keyring *ring, char *text, size_t size);

/*
 * Judge extension e of m: 32-36, or 96 in all its readings.  An extension shorter than its
 * minimum length is MIPRO_BAD with size_wrong.
 */
void mipro_auth_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth);

/*
 * Call fn for each authenticator of m, in the order of the payload: those that are whole, one
 * that the capture cut short (MIPRO_TRUNCATED), and for a Binding Update without one
 * MIPRO_MISSING, or MIPRO_TRUNCATED if the capture may have cut it off.  For a message that
 * ends in its fixed part fn is not called.
 */
typedef void mipro_auth_fn(void *ctx, const struct mipro_auth *auth);
void mipro_auth_each(
    const struct mipro_message *m, const struct mipro_scene *scene, mipro_auth_fn *fn, void *ctx);

/*
 * Check an authenticator whose challenge is unknown (MIPRO_HINT_CHALLENGE) against a challenge
 * that its node was given earlier.  True if it matches: auth is then good or expired.
 */
bool mipro_auth_judge_challenge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, const uint8_t *challenge, size_t len, struct mipro_auth *auth);

/*
 * A Binding Update that a foreign agent sends for a mobile node carries the authenticator of a
 * PFAN: it is good with either coverage, body, or body and type and length (5.1).  Tries the
 * association between home address and destination; call it if auth is bad.
 */
void mipro_auth_judge_handoff(const struct mipro_message *update, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth);

/*
 * Check a PFAN that matched no reconstructed body against the Binding Update sent because of
 * it: if the update's octets match, auth becomes good (or expired), with reading.from_update.
 * request and e are those that auth was judged from.
 */
void mipro_pfan_judge_update(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_scene *scene, const struct mipro_message *update, struct mipro_auth *auth);

/*
 * What a PFAN's authenticator covers: the Binding Update's body, and possibly after it the
 * header of an authentication extension with an authenticator of size octets.  Each function
 * writes one of them to out and returns its length.
 */
#define MIPRO_PFAN_SIGNED_MAX 24u /* octets of both */
size_t mipro_pfan_body(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_pfan_reading *reading, uint8_t *out);
size_t mipro_pfan_header(const struct mipro_settings *set, size_t size, uint8_t *out);

/* As mipro_auth_judge(), but faster: uses the lanes if they support the algorithm. */
void mipro_auth_judge_one(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth);

/*
 * Many at once.  add() either judges auths[whose] immediately or queues its hash; what is known
 * without the hash (the association, but not the verdict) is set in both cases.  After run() all
 * that were added have the results of mipro_auth_judge().  auths is the caller's array, which
 * may move between calls; the payload of m must remain valid until run().
 */
struct mipro_auth_queue;
struct mipro_auth_queue *mipro_auth_queue_new(void);
void mipro_auth_queue_free(struct mipro_auth_queue *q); /* wipes; NULL allowed */
void mipro_auth_queue_add(struct mipro_auth_queue *q, const struct mipro_message *m,
    const struct mipro_ext *e, const struct mipro_scene *scene, struct mipro_auth *auths,
    uint32_t whose);
void mipro_auth_queue_run(struct mipro_auth_queue *q, struct mipro_auth *auths);
/*
 * The fast path for nearly all: begin to look up the association that signs m.  False if m has
 * more than just the draft's authentication extension.
 */
bool mipro_auth_pair(
    const struct mipro_message *m, const struct mipro_scene *scene, struct mipro_pair *pair);
/*
 * Then add() the only authenticator of m, with what mipro_keyring_only() has found for the pair.
 * False, with nothing done, if this is not a usual case.
 */
bool mipro_auth_queue_add_usual(struct mipro_auth_queue *q, const struct mipro_message *m,
    const struct mipro_association *only, int64_t time, struct mipro_auth *auths, uint32_t whose);

/*
 * A short hash of all associations of a key file, in order, with their keys, to detect whether
 * two runs used the same keys.  It is so short that it cannot confirm a guessed key.
 */
uint32_t mipro_auth_ring_hash(const struct mipro_keyring *ring);

/*
 * Check each implementation of the hashes that this CPU supports against GLib.  False if one
 * disagrees; that one is no longer used.  Call once at start, while no other thread runs.
 */
bool mipro_auth_check_lanes(void);

#endif
