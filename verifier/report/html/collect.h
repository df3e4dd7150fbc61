/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect.h - collect what the page shows: findings, authenticators and mobile nodes, a limited
 * number of each.
 */
#ifndef VRF_HTML_COLLECT_H
#define VRF_HTML_COLLECT_H

#include "report/html/history.h"
#include "report/html/html.h"

enum {
    VRF_HTML_OF_RULE = 100,   /* findings of a rule that are listed */
    VRF_HTML_OF_NODE = 12,    /* findings of a node that are drawn */
    VRF_HTML_FINDINGS = 8000, /* findings that are kept */
    VRF_HTML_AUTHS = 300,     /* authenticators that are listed, of each verdict */
    VRF_HTML_NODES = 20000,   /* mobile nodes that are counted separately */
    VRF_HTML_WATCHED = 1000,  /* mobile nodes whose messages are kept */
    VRF_HTML_BROKEN = 100     /* unreadable files that are listed */
};

/* A finding, or an authenticator that is not good. */
struct vrf_html_finding {
    bool is_auth;
    enum mipro_severity severity; /* an authenticator counts as an error */
    enum mipro_rule rule;         /* of a finding */
    enum mipro_verdict verdict;   /* of an authenticator, and ... */
    uint8_t ext;                  /* ... its extension */
    bool has_spi;
    uint32_t spi;
    const char *association; /* owned by the keyring; or NULL */
    uint64_t frame;
    int64_t time;
    uint32_t src, dst;
    uint8_t message;
    bool has_home;
    uint32_t home;
    char *text;        /* of a finding; of an authenticator, why it is not good */
    const char *known; /* the baseline's reason for accepting it; NULL: not accepted */
    uint64_t related[MIPRO_RELATED];
    unsigned n_related;
};

/* A mobile node of one file (with --continue: of all) with something to report. */
struct vrf_html_node {
    uint32_t home;
    unsigned file;
    uint64_t findings[3]; /* by enum mipro_severity */
    uint64_t bad;         /* authenticators that are bad, expired or missing */
    bool watched;
    const struct vrf_html_finding *drawn[VRF_HTML_OF_NODE];
    unsigned n_drawn;
};

struct vrf_html_broken {
    unsigned file;
    uint64_t frame;
    char *error;
};

struct vrf_html {
    struct vrf_history *history;
    GPtrArray *findings; /* of struct vrf_html_finding, in capture order */
    uint64_t of_rule[MIPRO_RULES], of_verdict[MIPRO_VERDICTS]; /* how many were kept to be listed */
    uint64_t known[MIPRO_VERDICTS]; /* authenticators that the baseline accepts */
    GHashTable *nodes;              /* by file and home address */
    unsigned n_watched;
    uint64_t crowded; /* findings and bad authenticators of nodes for which there was no room */
    GPtrArray *broken;
    int64_t first, last; /* times of the earliest and the latest frame */
};

#endif
