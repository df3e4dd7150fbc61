/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_keys.h - mobility security associations and the key file (mipro-keys(5)).
 *
 * The only holder of secrets.  A key lives in a struct mipro_key inside the
 * ring, is borrowed by pointer, is wiped when the ring is freed, and appears
 * in no message.  The line buffers in which it was read are wiped too.
 *
 * The format is a Wireshark UAT file: the file that the GUI edits is, octet for
 * octet, the file that the tools read.
 *
 * Once a ring is finished, only mipro_keyring_words() changes it.  After that any number of
 * threads may look up in it.
 */
#ifndef MIPRO_KEYS_H
#define MIPRO_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mipro_algorithm.h"
#include "mipro_time.h"

enum mipro_replay { MIPRO_REPLAY_NONE, MIPRO_REPLAY_TIMESTAMP, MIPRO_REPLAY_NONCE };

/* The word of the key file, of JSON, of the GUI: "type-length"; NULL for NONE. */
const char *mipro_coverage_name(enum mipro_coverage coverage);

/* Why a key is weak (rule key-weak); bits. */
#define MIPRO_WEAK_SHORT 1u     /* shorter than 16 octets */
#define MIPRO_WEAK_UNIFORM 2u   /* all one octet */
#define MIPRO_WEAK_WORD 4u      /* in the list of words that the user gave */
#define MIPRO_WEAK_PUBLISHED 8u /* in a manual or a sample file that anybody may read */

struct mipro_end {
    uint32_t addr; /* host order, masked */
    uint8_t bits;  /* prefix length, 32 for an address */
    bool any;      /* "*" */
    bool nai;      /* a network access identifier; addr is the ring's own number of it */
};

/* A network access identifier as a message has it (RFC 2794); borrowed. */
#define MIPRO_NAI_MAX 255u
struct mipro_nai {
    const uint8_t *octets;
    size_t len; /* 0: there is none */
};

struct mipro_key; /* opaque: octets, and what is computed from them once */

struct mipro_association {
    const char *name;
    const struct mipro_key *key;
    int64_t not_before, not_after; /* INT64_MIN, INT64_MAX where the file says nothing */
    struct mipro_end a, b;
    uint32_t spi;
    unsigned index; /* 0.. in the order of the file: for a set of associations */
    unsigned line;  /* of the key file */
    enum mipro_algorithm algorithm : 8;
    enum mipro_coverage coverage : 8; /* default applied; NONE with MIPRO_ANY unless given */
    enum mipro_replay replay : 8;
    bool master : 1;   /* appendix A: a is the home agent, the other end names the node */
    unsigned weak : 4; /* MIPRO_WEAK_ bits */
    bool newline : 1;  /* the key comes from a file, and ends in a newline */
};                     /* 64 octets: one cache line holds all that judging a message needs */
_Static_assert(sizeof(void *) != 8 || sizeof(struct mipro_association) == 64, "one cache line");

/* Valid at this time?  Yes, where the time is not known. */
static inline bool
mipro_association_valid(const struct mipro_association *s, int64_t time)
{
    return time == MIPRO_TIME_NONE || (s->not_before <= time && time <= s->not_after);
}

/* The ten columns of a line. */
enum mipro_key_field {
    MIPRO_KEY_NAME,
    MIPRO_KEY_END_A,
    MIPRO_KEY_END_B,
    MIPRO_KEY_SPI,
    MIPRO_KEY_KEY,
    MIPRO_KEY_ALGORITHM,
    MIPRO_KEY_COVERAGE,
    MIPRO_KEY_REPLAY,
    MIPRO_KEY_NOT_BEFORE,
    MIPRO_KEY_NOT_AFTER,
    MIPRO_KEY_FIELDS
};
const char *mipro_key_field_name(enum mipro_key_field field); /* "end A", "SPI", "not before" */
/* The words that a column may hold, by number; NULL after the last, and where any text may stand. */
const char *mipro_key_word(enum mipro_key_field field, unsigned i);

/* What is wrong, and where.  text names the offending value unless it is a key. */
struct mipro_key_error {
    char file[256];
    unsigned line;     /* 0: the file as a whole */
    const char *field; /* NULL: the line as a whole */
    char text[256];
};

/* "keys.txt:12: SPI: 255 is reserved; an SPI is 256 or more" */
void mipro_key_error_text(const struct mipro_key_error *err, char *text, size_t size);

/* Whose sample key this is: "System Administration Guide ..."; NULL unless MIPRO_WEAK_PUBLISHED. */
const char *mipro_key_publisher(const struct mipro_key *key);

struct mipro_keyring;

/*
 * Read a key file.  On the first fault: NULL, err says where, nothing is loaded.
 * A byte order mark is skipped.  warn (may be NULL) is called for each file that others may
 * read, and for each key from a file that ends in a newline; it gets a whole sentence with
 * the file's name.
 */
typedef void mipro_key_warning(void *ctx, const char *text);
struct mipro_keyring *mipro_keyring_load(
    const char *path, mipro_key_warning *warn, void *ctx, struct mipro_key_error *err);
/* The same from memory; file: keys are relative to the folder of path. */
struct mipro_keyring *mipro_keyring_parse(const char *text, size_t len, const char *path,
    mipro_key_warning *warn, void *ctx, struct mipro_key_error *err);

/*
 * The same by rows, for the GUI's table: begin, add each row, finish.  A row is
 * MIPRO_KEY_FIELDS strings, "" or NULL where left out.  After a fault the ring
 * must be freed.  finish checks what only the whole shows (names used twice,
 * associations that fit equally well) and builds the look-up.
 */
struct mipro_keyring *mipro_keyring_begin(const char *path, mipro_key_warning *warn, void *ctx);
bool mipro_keyring_add(struct mipro_keyring *ring, const char *const row[MIPRO_KEY_FIELDS],
    unsigned line, struct mipro_key_error *err);
/*
 * Add all lines of one key file after the rows, between begin and finish; its file: keys
 * are relative to its own folder.
 */
bool mipro_keyring_read(struct mipro_keyring *ring, const char *path, struct mipro_key_error *err);
bool mipro_keyring_finish(struct mipro_keyring *ring, struct mipro_key_error *err);
void mipro_keyring_free(struct mipro_keyring *ring); /* wipes; NULL allowed */

/* Check one column alone, for the GUI's cell: true, or err->text says why not. */
bool mipro_key_field_check(
    enum mipro_key_field field, const char *value, struct mipro_key_error *err);

/* Mark the keys that are in a file of words, one a line (rule key-weak). */
bool mipro_keyring_words(struct mipro_keyring *ring, const char *path, struct mipro_key_error *err);

size_t mipro_keyring_count(const struct mipro_keyring *ring);
const struct mipro_association *mipro_keyring_at(const struct mipro_keyring *ring, size_t i);

/* The two ends of an authenticator; the order says nothing. */
struct mipro_ends {
    uint32_t a, b;
};

/* Is there any association between one of these pairs of ends, whatever its SPI? */
bool mipro_keyring_joins(
    const struct mipro_keyring *ring, const struct mipro_ends ends[], size_t n_ends);

/*
 * The associations between one of these pairs of ends, whatever their SPI, those that
 * fit most narrowly first, then in the order of the file.  Returns how many; at most max.
 */
size_t mipro_keyring_between(const struct mipro_keyring *ring, const struct mipro_ends ends[],
    size_t n_ends, const struct mipro_association *out[], size_t max);
/* Some association of this SPI, whatever its ends; NULL if there is none. */
const struct mipro_association *mipro_keyring_with_spi(
    const struct mipro_keyring *ring, uint32_t spi);

#define MIPRO_MAX_CANDIDATES 64

/*
 * Whose association (ruling 6): ends[] in order of preference (n_ends <= 2).  All
 * exact pairs come before prefixes, the greater sum of lengths first, these before
 * "*" and master keys.  If one that is valid at time fits, out[0] is the best of
 * them and *valid is true: its verdict stands alone.  (After it come its equals: of
 * successive keys all are valid at a time that is not known, and two at the instant
 * where one follows the other.  Then any that verifies counts.)  Otherwise out[] are
 * those outside their validity, best first, of which any that verifies counts.
 * Returns how many, 0 if none has this SPI and these ends.  The node of a master
 * key is the end that is not the home agent: see mipro_candidate.
 */
struct mipro_candidate {
    const struct mipro_association *association;
    uint32_t node; /* with a master key: the node that it is derived for */
};
size_t mipro_keyring_find(const struct mipro_keyring *ring, uint32_t spi,
    const struct mipro_ends ends[], size_t n_ends, int64_t time,
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES], bool *valid);
/*
 * The same for a node that names itself: exact, then "*@realm".  other is the address of the
 * other end, NULL if it is not known.
 */
size_t mipro_keyring_find_nai(const struct mipro_keyring *ring, uint32_t spi,
    const struct mipro_nai *nai, const uint32_t *other, int64_t time,
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES], bool *valid);
/*
 * What nearly all look-ups come to: the association for just two addresses.  Where that
 * would be is found first, so that it can be prefetched.
 */
struct mipro_pair {
    uint32_t spi, a, b; /* a <= b */
    uint32_t slot;
};
struct mipro_pair mipro_keyring_pair(
    const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends *ends);
/* The only one, valid at the time.  NULL says nothing: then mipro_keyring_find() knows. */
const struct mipro_association *mipro_keyring_of_pair(
    const struct mipro_keyring *ring, const struct mipro_pair *pair, int64_t time);
/*
 * Prefetch the slot; then, when that has come, the association and key that it names.  It
 * pays only where the cache does not hold the ring.
 */
bool mipro_keyring_is_large(const struct mipro_keyring *ring);
void mipro_keyring_prefetch(const struct mipro_keyring *ring, const struct mipro_pair *pair);
void mipro_keyring_prefetch_key(const struct mipro_keyring *ring, const struct mipro_pair *pair);

#endif
