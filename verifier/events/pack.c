/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/pack.h"

#include <glib.h>
#include <string.h>

void
vrf_pack_reserve(struct vrf_pack *p, size_t n)
{
    if (p->room - p->n >= n)
        return;
    p->room = 2 * p->room + n + 4096;
    p->octets = g_realloc(p->octets, p->room);
}

#define LONGEST_NUMBER 10u /* octets */

void
vrf_pack_long_number(struct vrf_pack *p, uint64_t v)
{
    vrf_pack_reserve(p, LONGEST_NUMBER);
    for (; v >= 0x80; v >>= 7)
        p->octets[p->n++] = (uint8_t)(v | 0x80);
    p->octets[p->n++] = (uint8_t)v;
}

void
vrf_pack_octets(struct vrf_pack *p, const void *octets, size_t n)
{
    if (n == 0)
        return;
    vrf_pack_reserve(p, n);
    memcpy(p->octets + p->n, octets, n);
    p->n += n;
}

void
vrf_pack_string(struct vrf_pack *p, const char *text)
{
    size_t n = strlen(text);

    vrf_pack_number(p, n);
    vrf_pack_octets(p, text, n);
}

void
vrf_pack_free(struct vrf_pack *p)
{
    g_free(p->octets);
    *p = (struct vrf_pack){ 0 };
}

uint64_t
vrf_unpack_long_number(struct vrf_unpack *u)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 64 && u->left != 0; shift += 7) {
        uint8_t octet = *u->octets++;

        u->left--;
        v |= (uint64_t)(octet & 0x7f) << shift;
        if (octet < 0x80)
            return v;
    }
    u->failed = true;
    return 0;
}

const uint8_t *
vrf_unpack_octets(struct vrf_unpack *u, size_t n)
{
    const uint8_t *octets = u->octets;

    if (n > u->left) {
        u->failed = true;
        u->left = 0;
        return NULL;
    }
    u->octets += n;
    u->left -= n;
    return octets;
}

char *
vrf_unpack_string(struct vrf_unpack *u)
{
    uint64_t n = vrf_unpack_number(u);
    const uint8_t *octets = n <= u->left ? vrf_unpack_octets(u, (size_t)n) : NULL;

    if (octets == NULL || memchr(octets, '\0', (size_t)n) != NULL) {
        u->failed = true;
        return NULL;
    }
    return g_strndup((const char *)octets, (gsize)n);
}
