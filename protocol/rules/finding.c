/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/checks.h"

#include <glib.h>
#include <stdarg.h>

void
mipro_finding_append(struct mipro_finding *f, const char *format, va_list args)
{
    char *more = g_strdup_vprintf(format, args);
    char *before = f->text;

    f->text = before != NULL ? g_strconcat(before, more, NULL) : g_strdup(more);
    g_free(before);
    g_free(more);
}

void
mipro_finding_appendf(struct mipro_finding *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    mipro_finding_append(f, format, args);
    va_end(args);
}

void
mipro_finding_relate(struct mipro_finding *f, uint64_t frame)
{
    unsigned at = f->n_related;

    if (frame == 0 || frame == f->frame || f->n_related == MIPRO_RELATED)
        return;
    for (unsigned i = 0; i < f->n_related; i++)
        if (f->related[i] == frame)
            return;
    for (; at > 0 && f->related[at - 1] > frame; at--)
        f->related[at] = f->related[at - 1];
    f->related[at] = frame;
    f->n_related++;
}

void
mipro_finding_name(struct mipro_finding *f, const struct mipro_nai *nai)
{
    char text[MIPRO_NAI_TEXT];

    mipro_nai_text(nai, text);
    g_free(f->nai);
    f->nai = g_strdup(text);
}

void
mipro_finding_clear(struct mipro_finding *f)
{
    g_free(f->text);
    g_free(f->nai);
    f->text = f->nai = NULL;
}

struct mipro_finding *
mipro_finding_copy(const struct mipro_finding *f)
{
    struct mipro_finding *copy = g_memdup2(f, sizeof(*f));

    copy->text = g_strdup(f->text);
    copy->nai = g_strdup(f->nai);
    return copy;
}

void
mipro_finding_free(struct mipro_finding *f)
{
    if (f == NULL)
        return;
    mipro_finding_clear(f);
    g_free(f);
}

void
mipro_add_place(struct mipro_breach *b, size_t off, size_t len, const char *format, ...)
{
    va_list args;

    if (b->places++ > 0)
        return;
    b->finding->off = off;
    b->finding->len = len;
    va_start(args, format);
    mipro_finding_append(b->finding, format, args);
    va_end(args);
}
