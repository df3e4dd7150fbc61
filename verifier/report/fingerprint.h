/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fingerprint.h - identify the same record in different captures of one network.
 *
 * A finding is identified by its rule, its ends and its home address, or the NAI of a node without
 * one; an authenticator that is not good by its verdict, extension and SPI instead of the rule.
 * Frame and time do not count.  The struct has no padding before the NAI, because its octets are
 * hashed and compared.
 */
#ifndef VRF_FINGERPRINT_H
#define VRF_FINGERPRINT_H

#include <stddef.h>

#include "report/record.h"

struct vrf_fingerprint {
    uint32_t src, dst;
    uint32_t home; /* 0 without one, and if there is an NAI */
    uint32_t spi;  /* 0 without one */
    uint8_t has_home, has_spi;
    uint8_t what; /* enum mipro_rule, or MIPRO_RULES + enum mipro_verdict */
    uint8_t ext;  /* 0 for a finding */
    uint32_t zero;
    const char *nai; /* as the report shows it, borrowed; or NULL */
};
_Static_assert(offsetof(struct vrf_fingerprint, nai) == 24, "no padding");
_Static_assert((int)MIPRO_RULES + (int)MIPRO_VERDICTS <= 256, "both fit an octet");

#define VRF_NAI_PREFIX "nai:" /* as in a key file */

struct vrf_fingerprint vrf_fingerprint(const struct vrf_record *record);

/* A column of a baseline: "10.1.0.9", "nai:alice@example.net", "" without a node.  To be freed. */
char *vrf_fingerprint_node(const struct vrf_fingerprint *f);

/* "update-no-auth", "bad:35:0x00001000", "missing:35": the first column of a baseline. */
struct vrf_what {
    char s[64];
};
struct vrf_what vrf_fingerprint_what(const struct vrf_fingerprint *f);
/* The reverse; false if there is no such rule or verdict. */
bool vrf_fingerprint_parse_what(struct vrf_fingerprint *f, const char *text);

/* Orders by rule or verdict, then by addresses. */
int vrf_fingerprint_compare(const struct vrf_fingerprint *a, const struct vrf_fingerprint *b);
/* For a GHashTable. */
unsigned vrf_fingerprint_hash(const void *f);
int vrf_fingerprint_equal(const void *a, const void *b);

#endif
