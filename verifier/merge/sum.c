/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/sum.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* A number in the summary itself or in an object in it. */
struct number {
    char *object; /* "" for the summary itself */
    char *name;   /* as in the text, with quotes; NULL: an empty object */
    uint64_t n;
};

struct vrf_sum {
    GPtrArray *numbers; /* in the order of the text; those of one object are adjacent */
};

static void
free_number(gpointer p)
{
    struct number *n = p;

    g_free(n->object);
    g_free(n->name);
    g_free(n);
}

struct vrf_sum *
vrf_sum_new(void)
{
    struct vrf_sum *s = g_new(struct vrf_sum, 1);

    s->numbers = g_ptr_array_new_with_free_func(free_number);
    return s;
}

void
vrf_sum_free(struct vrf_sum *s)
{
    g_ptr_array_free(s->numbers, TRUE);
    g_free(s);
}

/* Message types are in the order of their numbers. */
static bool
comes_before(const struct number *a, const char *name)
{
    return strcmp(a->object, "messages") != 0 || a->name == NULL ||
           strtoul(a->name + 1, NULL, 10) < strtoul(name + 1, NULL, 10);
}

static struct number *
find(struct vrf_sum *s, const char *object, const char *name)
{
    guint at = s->numbers->len;
    struct number *n;

    for (guint i = 0; i < s->numbers->len; i++) {
        n = g_ptr_array_index(s->numbers, i);
        if (strcmp(n->object, object) != 0)
            continue;
        if (g_strcmp0(n->name, name) == 0)
            return n;
        if (*object == '\0')
            continue; /* they keep their position in the text */
        if (name != NULL && comes_before(n, name))
            at = i + 1;
        else if (at == s->numbers->len)
            at = i;
    }
    n = g_new0(struct number, 1);
    n->object = g_strdup(object);
    n->name = g_strdup(name);
    g_ptr_array_insert(s->numbers, (gint)at, n);
    return n;
}

/* Add the numbers of an object, or an entry for an empty object. */
static bool
add_object(struct vrf_sum *s, const char *object, struct vrf_slice text)
{
    struct vrf_slice name, value;

    (void)find(s, object, NULL);
    for (size_t at = 0; vrf_slice_member(text, &at, &name, &value);) {
        char *key = g_strndup(name.octets, name.n);
        uint64_t n;
        bool good = vrf_slice_number(value, &n);

        if (good)
            find(s, object, key)->n += n;
        g_free(key);
        if (!good)
            return false;
    }
    return true;
}

bool
vrf_sum_add(struct vrf_sum *s, struct vrf_slice summary)
{
    struct vrf_slice name, value;
    bool good = true;

    for (size_t at = 0; good && vrf_slice_member(summary, &at, &name, &value);) {
        char *key = g_strndup(name.octets, name.n), *object = vrf_slice_string(name);
        uint64_t n;

        if (value.octets[0] == '{')
            good = add_object(s, object, value);
        else if (vrf_slice_number(value, &n))
            find(s, "", key)->n += n;
        else
            good = vrf_slice_is(name, "record") || vrf_slice_is(name, "checksum");
        g_free(key);
        g_free(object);
    }
    return good;
}

void
vrf_sum_count(struct vrf_sum *s, const char *object, const char *name, int64_t n)
{
    char *key = g_strdup_printf("\"%s\"", name);

    find(s, object, key)->n += (uint64_t)n;
    g_free(key);
}

void
vrf_sum_put(const struct vrf_sum *s, struct vrf_out *out)
{
    const char *object = "";
    bool first = true;

    vrf_put(out, "{\"record\":\"summary\"");
    for (guint i = 0; i < s->numbers->len; i++) {
        const struct number *n = g_ptr_array_index(s->numbers, i);

        if (strcmp(n->object, object) != 0) {
            vrf_put(out, *object != '\0' ? "}" : "");
            object = n->object;
            first = true;
            if (*object != '\0') {
                vrf_put(out, ",\"");
                vrf_put(out, object);
                vrf_put(out, "\":{");
            }
        }
        if (n->name == NULL)
            continue;
        if (*object == '\0' || !first)
            vrf_put(out, ",");
        first = false;
        vrf_put(out, n->name);
        vrf_put(out, ":");
        vrf_put_unsigned(out, n->n);
    }
    vrf_put(out, *object != '\0' ? "}}\n" : "}\n");
}

/* Are messages of this type judged? */
static bool
is_judged(const char *type)
{
    unsigned long t = strtoul(type + 1, NULL, 10);

    return t < 256 && (mipro_msg_def((uint8_t)t, MIPRO_SOURCE_BASE) != NULL ||
                          mipro_msg_def((uint8_t)t, MIPRO_SOURCE_DRAFT) != NULL);
}

void
vrf_sum_judge(const struct vrf_sum *s, bool strict, struct vrf_result *result)
{
    result->empty = true;
    for (guint i = 0; i < s->numbers->len; i++) {
        const struct number *n = g_ptr_array_index(s->numbers, i);

        if (n->name == NULL || n->n == 0)
            continue;
        if (strcmp(n->object, "messages") == 0 && is_judged(n->name))
            result->empty = false;
        if (strcmp(n->object, "authenticators") == 0 && strcmp(n->name, "\"good\"") != 0)
            result->not_good = true;
        if (strcmp(n->object, "findings") == 0 && strcmp(n->name, "\"error\"") == 0)
            result->not_good = true;
        if (strcmp(n->object, "undecided") == 0 && strict)
            result->not_good = true;
        if (*n->object == '\0' && strcmp(n->name, "\"unread\"") == 0)
            result->unread = true;
    }
}
