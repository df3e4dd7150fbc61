/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A conduct that finds nothing, until protocol/mipro_conduct.c is there; then this goes. */
#include "mipro_conduct.h"
#include <stdlib.h>
struct mipro_conduct_config
mipro_conduct_defaults(void)
{
    struct mipro_conduct_config c = { .set = MIPRO_SETTINGS };
    return c;
}
struct mipro_conduct *
mipro_conduct_new(const struct mipro_conduct_config *c, const struct mipro_conduct_sink *s)
{
    (void)c;
    (void)s;
    return malloc(1);
}
void
mipro_conduct_free(struct mipro_conduct *c)
{
    free(c);
}
enum mipro_ident_hint
mipro_conduct_ident_hint(const struct mipro_conduct *c, uint32_t a, uint32_t b, uint32_t h)
{
    (void)c;
    (void)a;
    (void)b;
    (void)h;
    return 0;
}
void
mipro_conduct_see(struct mipro_conduct *c, struct mipro_event *e)
{
    (void)c;
    (void)e;
}
void
mipro_conduct_advert(
    struct mipro_conduct *c, uint64_t f, int64_t t, uint32_t a, const struct mipro_advert *d)
{
    (void)c;
    (void)f;
    (void)t;
    (void)a;
    (void)d;
}
void
mipro_conduct_tunnel(
    struct mipro_conduct *c, uint64_t f, int64_t t, uint32_t s, uint32_t d, uint32_t h)
{
    (void)c;
    (void)f;
    (void)t;
    (void)s;
    (void)d;
    (void)h;
}
void
mipro_conduct_tick(struct mipro_conduct *c, int64_t t)
{
    (void)c;
    (void)t;
}
void
mipro_conduct_end(struct mipro_conduct *c)
{
    (void)c;
}
