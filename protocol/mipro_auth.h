/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_auth.h - compute and judge authenticators.
 *
 * The authenticator covers the message from its first octet, every earlier
 * extension, and the type and length of the extension that bears it (draft
 * 4.5, RFC 2002 3.5.1); by the association's coverage its SPI too (RFC 3344
 * 3.5.1).  The UDP and IP headers are not covered.
 *
 * GLib's GChecksum and GHmac are the reference; the batch below computes the
 * same in many lanes at once (mipro_lanes.h).
 */
#ifndef MIPRO_AUTH_H
#define MIPRO_AUTH_H

#include "mipro_keys.h"
#include "auth/md5/lanes.h"
#include "mipro_message.h"

#define MIPRO_AUTH_LEN 16 /* octets of an MD5 authenticator */

enum mipro_verdict {
    MIPRO_GOOD,
    MIPRO_BAD,
    MIPRO_EXPIRED,   /* it fits, outside the association's validity */
    MIPRO_NO_KEY,    /* no association has this SPI and these ends */
    MIPRO_TRUNCATED, /* an octet up to the end of the authenticator was not captured */
    MIPRO_MISSING,   /* a Binding Update without its authentication extension */
    MIPRO_VERDICTS
};
const char *mipro_verdict_name(enum mipro_verdict verdict); /* "no-key" */

/* Who sends to whom, and when: of the innermost IP header. */
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
    uint32_t node; /* of a master key: whom it was derived for */
    uint8_t ext;   /* 32-36 or 96; with MIPRO_MISSING the one that should be there */
    enum mipro_verdict verdict : 8;
    enum mipro_algorithm algorithm : 8; /* meaningful where association is set */
    enum mipro_coverage coverage : 8;
    bool has_spi;
    bool size_wrong; /* no room for SPI and authenticator, or not the algorithm's size */
    bool has_calculated;
    struct mipro_pfan_reading reading;  /* of a PFAN that is good or expired */
    uint8_t calculated[MIPRO_AUTH_LEN]; /* what it should have been, by association */
};

/* The two ends of an extension, in order of preference (ruling 6).  Returns 1 or 2. */
size_t mipro_auth_ends(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_ends ends[2]);

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
 * A Binding Update whose SPI and authenticator are those of a PFAN seen before is
 * good if either coverage holds, body or body and type and length (5.1).  Judges
 * e, of type 35, with the body alone; call it when mipro_auth_judge() said bad.
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
 * Sign: the authenticator of n octets of protected data (message, prior
 * extensions, type and length), spi as it will stand in the extension.  With
 * MIPRO_ANY: keyed-md5's default.  node matters for a master key only.
 */
void mipro_auth_compute(const struct mipro_association *association, uint32_t node,
    const uint8_t *octets, size_t n, uint32_t spi, uint8_t out[MIPRO_AUTH_LEN]);
/* The same with algorithm and coverage as given (MIPRO_BODY: no SPI is ever appended). */
void mipro_auth_compute_as(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, uint8_t out[MIPRO_AUTH_LEN]);

/*
 * What a PFAN is signed over: the Binding Update's body, and the header of its authentication
 * extension, which may follow it.  Each is written to out; returns its length.
 */
#define MIPRO_PFAN_SIGNED_MAX 24 /* octets of both */
size_t mipro_pfan_body(const struct mipro_message *request, const struct mipro_ext *e,
    const struct mipro_pfan_reading *reading, uint8_t *out);
size_t mipro_pfan_header(const struct mipro_settings *set, uint8_t *out);

/*
 * The batch.  begin() either settles auth at once (returns false: no key, cut,
 * "any", a PFAN: as mipro_auth_judge()), or fills job and returns true.  Then hash
 * the jobs with mipro_lanes_run(), and call step() for each: true if the job
 * was filled again and wants another run (HMAC), false when auth is settled.
 * What auth says is what mipro_auth_judge() says.  m's payload must live on.
 */
bool mipro_auth_begin(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth, struct mipro_lane_job *job);
bool mipro_auth_step(struct mipro_auth *auth, struct mipro_lane_job *job);
/*
 * The same for what nearly all are: the draft's own extension as the only one, signed with
 * keyed MD5 and a key of 128 bits, between the ends of one association for just these.
 * It begins zeroed, and ends with mipro_wave_wipe().
 */
struct mipro_auth_wave {
    struct mipro_wave wave;
    const uint8_t *authenticator[MIPRO_WAVE]; /* what each says */
    uint32_t whose[MIPRO_WAVE];               /* the caller's */
};
/*
 * Who may have signed m: its SPI and its ends, and where the keyring keeps that association.
 * False: the message is not so plain.
 */
bool mipro_auth_pair(
    const struct mipro_message *m, const struct mipro_scene *scene, struct mipro_pair *pair);
/*
 * False: nothing is done, ask mipro_auth_begin().  Else, when the wave is full (wave.n is
 * MIPRO_WAVE) or nothing more comes, run it: auths[whose] of each are settled then.
 */
bool mipro_auth_wave_add(struct mipro_auth_wave *wave, const struct mipro_message *m,
    const struct mipro_scene *scene, const struct mipro_pair *pair, struct mipro_auth *auth,
    uint32_t whose);
void mipro_auth_wave_run(struct mipro_auth_wave *wave, struct mipro_auth *auths);

/* All of that for one extension: the cheapest way for who has no batch. */
void mipro_auth_judge_alone(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth);

/*
 * The same batch for signing: fill job for n octets of protected data, which the SPI's
 * four follow.  False where the lanes cannot (a master key): mipro_auth_compute().
 * After each run call step(): true if it wants another, else job->out is the authenticator.
 */
bool mipro_auth_sign_begin(const struct mipro_association *association, const uint8_t *octets,
    size_t n, struct mipro_lane_job *job);
bool mipro_auth_sign_step(const struct mipro_association *association, struct mipro_lane_job *job);

#endif
