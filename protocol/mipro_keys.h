/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_keys.h - mobility security associations and the key file (mipro-keys(5)).
 *
 * The only module that holds secrets.  A key lives in a struct mipro_key inside the
 * ring, is borrowed by pointer, is wiped when the ring is freed, and appears
 * in no message.  The line buffers into which it was read are wiped too.
 *
 * The format is a Wireshark UAT file: the file that the GUI edits is, octet for
 * octet, the file that the tools read.
 *
 * Once a ring is finished, only mipro_keyring_words() changes it.  After that, any number of
 * threads may use it.
 */
#ifndef MIPRO_KEYS_H
#define MIPRO_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mipro_algorithm.h"
#include "mipro_time.h"

enum mipro_replay { MIPRO_REPLAY_NONE, MIPRO_REPLAY_TIMESTAMP, MIPRO_REPLAY_NONCE };

/* The name in the key file, JSON and the GUI: "type-length"; NULL for NONE. */
const char *mipro_coverage_name(enum mipro_coverage coverage);

/* Why a key is weak (rule key-weak); bits. */
#define MIPRO_WEAK_SHORT 1u     /* shorter than 16 octets */
#define MIPRO_WEAK_UNIFORM 2u   /* all octets are equal */
#define MIPRO_WEAK_WORD 4u      /* in the user's list of words */
#define MIPRO_WEAK_PUBLISHED 8u /* in a public manual or sample file */

struct mipro_end {
    uint32_t addr; /* host order, masked */
    uint8_t bits;  /* prefix length, 32 for an address */
    bool any;      /* "*" */
    bool nai;      /* a network access identifier; addr is its index in the ring */
};

/* A network access identifier as in a message (RFC 2794); borrowed. */
#define MIPRO_NAI_MAX 255u
struct mipro_nai {
    const uint8_t *octets;
    size_t len; /* 0: there is none */
};
/*
 * The NAI as it is compared: its realm, from the first "@" on, in lower case, the user part as it
 * is.  Returns its length, which is at most MIPRO_NAI_MAX: what is longer is cut.
 */
size_t mipro_nai_fold(const struct mipro_nai *nai, uint8_t out[MIPRO_NAI_MAX]);
/*
 * The same for people and scripts, as a key file may have it after "nai:": quotes, backslashes,
 * what cannot be printed and octets that are not UTF-8 are written as \x and two digits.
 */
#define MIPRO_NAI_TEXT (4 * MIPRO_NAI_MAX + 1) /* room for it */
void mipro_nai_text(const struct mipro_nai *nai, char text[MIPRO_NAI_TEXT]);
/* The reverse: the octets that such a text stands for.  Returns how many. */
size_t mipro_nai_read(const char *text, uint8_t out[MIPRO_NAI_MAX]);

struct mipro_key; /* opaque: the octets, and values computed from them once */

struct mipro_association {
    const char *name;
    const struct mipro_key *key;
    int64_t not_before, not_after; /* INT64_MIN, INT64_MAX if not in the file */
    struct mipro_end a, b;
    uint32_t spi;
    unsigned index; /* 0.. in the order of the file; used for sets of associations */
    unsigned line;  /* of the key file */
    enum mipro_algorithm algorithm : 8;
    enum mipro_coverage coverage : 8; /* default applied; NONE with MIPRO_ANY unless given */
    enum mipro_replay replay : 8;
    bool master : 1;   /* appendix A: a is the home agent, the other end names the node */
    unsigned weak : 4; /* MIPRO_WEAK_ bits */
    bool newline : 1;  /* the key comes from a file and ends in a newline */
    /* As nearly all are: keyed-md5, a key of 16 octets, no master, no newline, no reserved SPI. */
    bool usual : 1;
}; /* 64 octets: one cache line holds everything needed to judge a message */
_Static_assert(sizeof(void *) != 8 || sizeof(struct mipro_association) == 64, "one cache line");

/* Is it valid at this time?  True if the time is not known. */
static inline bool
mipro_association_valid(const struct mipro_association *s, int64_t time)
{
    return (s->not_before <= time && time <= s->not_after) || time == MIPRO_TIME_NONE;
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
/* The i-th word that a column may hold; NULL after the last, and for columns of free text. */
const char *mipro_key_word(enum mipro_key_field field, unsigned i);

/* An error and its location.  text contains the offending value unless it is a key. */
struct mipro_key_error {
    char file[256];
    unsigned line;     /* 0: the file as a whole */
    const char *field; /* NULL: the line as a whole */
    char text[256];
};

/* "keys.txt:12: SPI: 255 is reserved; an SPI is 256 or more" */
void mipro_key_error_text(const struct mipro_key_error *err, char *text, size_t size);

/* The source of a sample key: "System Administration Guide ..."; else NULL. */
const char *mipro_key_publisher(const struct mipro_key *key);

struct mipro_keyring;

/*
 * Read a key file.  On the first error, returns NULL, fills err, and loads nothing.
 * A byte order mark is skipped.  warn (may be NULL) is called for each file that other users
 * can read, for each key file: that ends in a newline or holds hexadecimal digits, and for a file
 * without associations; its text is a whole sentence with the file's name.
 */
typedef void mipro_key_warning(void *ctx, const char *text);
struct mipro_keyring *mipro_keyring_load(
    const char *path, mipro_key_warning *warn, void *ctx, struct mipro_key_error *err);
/* The same from memory.  Keys of the form file: are relative to the folder of path. */
struct mipro_keyring *mipro_keyring_parse(const char *text, size_t len, const char *path,
    mipro_key_warning *warn, void *ctx, struct mipro_key_error *err);

/*
 * The same row by row, for the GUI's table: begin, add each row, finish.  A row is
 * MIPRO_KEY_FIELDS strings, "" or NULL if omitted.  After an error the ring
 * must be freed.  finish checks the ring as a whole (names used twice,
 * associations that match equally well) and builds the index.
 */
struct mipro_keyring *mipro_keyring_begin(const char *path, mipro_key_warning *warn, void *ctx);
bool mipro_keyring_add(struct mipro_keyring *ring, const char *const row[MIPRO_KEY_FIELDS],
    unsigned line, struct mipro_key_error *err);
/*
 * Add all lines of one key file after the rows, between begin and finish.  Its keys of the form
 * file: are relative to its own folder.
 */
bool mipro_keyring_read(struct mipro_keyring *ring, const char *path, struct mipro_key_error *err);
bool mipro_keyring_finish(struct mipro_keyring *ring, struct mipro_key_error *err);
void mipro_keyring_free(struct mipro_keyring *ring); /* wipes; NULL allowed */

/* Check one column alone, for a cell of the GUI's table; if false, err->text gives the reason. */
bool mipro_key_field_check(
    enum mipro_key_field field, const char *value, struct mipro_key_error *err);

/* Mark the keys that are in a file of words, one per line (rule key-weak). */
bool mipro_keyring_words(struct mipro_keyring *ring, const char *path, struct mipro_key_error *err);

size_t mipro_keyring_count(const struct mipro_keyring *ring);
const struct mipro_association *mipro_keyring_at(const struct mipro_keyring *ring, size_t i);

/* The two ends of an authenticator, in either order. */
struct mipro_ends {
    uint32_t a, b;
};

/* Is there any association between one of these pairs of ends, whatever its SPI? */
bool mipro_keyring_joins(
    const struct mipro_keyring *ring, const struct mipro_ends ends[], size_t n_ends);
/* The same of a node that names itself, and the other end; NULL: that is not known. */
bool mipro_keyring_joins_nai(
    const struct mipro_keyring *ring, const struct mipro_nai *nai, const uint32_t *other);
/* These associations, with any SPI, those of the very name first.  Returns how many; at most max.
 */
size_t mipro_keyring_of_nai(const struct mipro_keyring *ring, const struct mipro_nai *nai,
    const uint32_t *other, const struct mipro_association *out[], size_t max);

/*
 * The associations between one of these pairs of ends, with any SPI: the most specific first,
 * then in the order of the file.  Returns how many; at most max.
 */
size_t mipro_keyring_between(const struct mipro_keyring *ring, const struct mipro_ends ends[],
    size_t n_ends, const struct mipro_association *out[], size_t max);
/* An association with this SPI, with any ends; NULL if there is none. */
const struct mipro_association *mipro_keyring_with_spi(
    const struct mipro_keyring *ring, uint32_t spi);

#define MIPRO_MAX_CANDIDATES 64

/*
 * Find the association (ruling 6); ends[] is in order of preference (n_ends <= 2).  All
 * exact pairs come before prefixes, the greater sum of lengths first, and prefixes before
 * "*" and master keys.  If one that is valid at time matches, out[0] is the best of them
 * and *valid is true: it alone decides the verdict.  (It may be followed by equally good
 * ones: of successive keys, all are valid if the time is unknown, and two are at the instant
 * where one replaces the other.  Then any that verifies counts.)  Otherwise out[] holds those
 * outside their validity period, best first, and any that verifies counts.
 * Returns how many; 0 if none has this SPI and these ends.  The node of a master
 * key is the end that is not the home agent: see mipro_candidate.
 */
struct mipro_candidate {
    const struct mipro_association *association;
    uint32_t node; /* with a master key: the node whose key is derived */
};
size_t mipro_keyring_find(const struct mipro_keyring *ring, uint32_t spi,
    const struct mipro_ends ends[], size_t n_ends, int64_t time,
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES], bool *valid);
/*
 * The same for a node identified by its NAI: exact, then "*@realm".  other is the address of
 * the other end, NULL if it is unknown.
 */
size_t mipro_keyring_find_nai(const struct mipro_keyring *ring, uint32_t spi,
    const struct mipro_nai *nai, const uint32_t *other, int64_t time,
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES], bool *valid);
/*
 * The fast path for nearly all look-ups: the association of exactly two addresses, in two steps,
 * each of which prefetches what the next one needs.
 */
struct mipro_slot;
struct mipro_pair {
    uint64_t ends, spi_shape;      /* as in the slots of the ring */
    const struct mipro_slot *slot; /* from which on it is looked for */
};
struct mipro_pair mipro_keyring_pair(
    const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends *ends);
/* The only association of the pair, valid or not.  If NULL, use mipro_keyring_find(). */
const struct mipro_association *mipro_keyring_only(
    const struct mipro_keyring *ring, const struct mipro_pair *pair);

#endif
