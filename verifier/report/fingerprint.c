/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/fingerprint.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "mipro_mix.h"
#include "mipro_wire.h"

#define FIXED offsetof(struct vrf_fingerprint, nai)

struct vrf_fingerprint
vrf_fingerprint(const struct vrf_record *record)
{
    struct vrf_fingerprint f = { .src = record->src, .dst = record->dst };

    if (record->nai != NULL) {
        f.nai = record->nai;
    } else if (record->has_home) {
        f.has_home = 1;
        f.home = record->home;
    }
    if (vrf_is_finding(record)) {
        f.what = (uint8_t)record->finding->rule;
        return f;
    }
    f.what = (uint8_t)(MIPRO_RULES + record->verdict);
    f.ext = record->ext;
    if (record->has_spi) {
        f.has_spi = 1;
        f.spi = record->spi;
    }
    return f;
}

char *
vrf_fingerprint_node(const struct vrf_fingerprint *f)
{
    if (f->nai != NULL)
        return g_strconcat(VRF_NAI_PREFIX, f->nai, NULL);
    return g_strdup(f->has_home ? mipro_dotted(f->home).s : "");
}

struct vrf_what
vrf_fingerprint_what(const struct vrf_fingerprint *f)
{
    struct vrf_what what;

    if (f->what < MIPRO_RULES)
        snprintf(what.s, sizeof(what.s), "%s", mipro_rule_def(f->what)->id);
    else if (f->has_spi)
        snprintf(what.s, sizeof(what.s), "%s:%u:0x%08x", mipro_verdict_name(f->what - MIPRO_RULES),
            f->ext, f->spi);
    else
        snprintf(
            what.s, sizeof(what.s), "%s:%u", mipro_verdict_name(f->what - MIPRO_RULES), f->ext);
    return what;
}

static bool
read_number(const char *text, unsigned base, uint64_t max, uint64_t *v)
{
    return g_ascii_string_to_unsigned(text, base, 0, max, v, NULL) == TRUE;
}

bool
vrf_fingerprint_parse_what(struct vrf_fingerprint *f, const char *text)
{
    enum mipro_rule rule = mipro_rule_by_id(text);
    char **parts;
    uint64_t v = 0;
    bool good = false;
    guint n;

    if (rule != MIPRO_RULES) {
        f->what = (uint8_t)rule;
        return true;
    }
    parts = g_strsplit(text, ":", 4);
    n = g_strv_length(parts);
    for (unsigned i = 0; (n == 2 || n == 3) && i < MIPRO_VERDICTS; i++) {
        if (i == MIPRO_GOOD || strcmp(parts[0], mipro_verdict_name(i)) != 0)
            continue;
        f->what = (uint8_t)(MIPRO_RULES + i);
        good = read_number(parts[1], 10, 255, &v);
        f->ext = (uint8_t)v;
        if (good && n == 3) {
            good =
                g_str_has_prefix(parts[2], "0x") && read_number(parts[2] + 2, 16, UINT32_MAX, &v);
            f->has_spi = 1;
            f->spi = (uint32_t)v;
        }
    }
    g_strfreev(parts);
    return good;
}

int
vrf_fingerprint_compare(const struct vrf_fingerprint *a, const struct vrf_fingerprint *b)
{
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    if (a->src != b->src)
        return a->src < b->src ? -1 : 1;
    if (a->dst != b->dst)
        return a->dst < b->dst ? -1 : 1;
    if (memcmp(a, b, FIXED) != 0)
        return memcmp(a, b, FIXED);
    return g_strcmp0(a->nai, b->nai);
}

unsigned
vrf_fingerprint_hash(const void *p)
{
    const struct vrf_fingerprint *f = p;
    uint32_t words[FIXED / 4], h = 0;

    memcpy(words, f, sizeof(words));
    if (f->nai != NULL)
        h = (uint32_t)mipro_mix_octets((const uint8_t *)f->nai, strlen(f->nai));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        h = (h ^ words[i]) * UINT32_C(0x9e3779b1);
        h ^= h >> 15;
    }
    return h;
}

int
vrf_fingerprint_equal(const void *a, const void *b)
{
    const struct vrf_fingerprint *f = a, *g = b;

    return memcmp(f, g, FIXED) == 0 && g_strcmp0(f->nai, g->nai) == 0;
}
