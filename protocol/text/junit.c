/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_junit.h"

#include <inttypes.h>

static void
put_attribute(const struct mipro_text_out *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    mipro_text_put(out, " ");
    mipro_text_put(out, name);
    mipro_text_put(out, "=\"");
    mipro_text_escape(out, MIPRO_ESCAPE_ATTRIBUTE, value);
    mipro_text_put(out, "\"");
}

static void
put_seconds(const struct mipro_text_out *out, double seconds)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    /* A decimal point in every locale, as XML requires. */
    if (seconds >= 0)
        put_attribute(out, "time", g_ascii_formatd(text, sizeof(text), "%.3f", seconds));
}

static const char *
count_outcome(struct mipro_junit_counts *counts, enum mipro_junit_outcome outcome)
{
    counts->tests++;
    switch (outcome) {
    case MIPRO_JUNIT_PASSED:
        break;
    case MIPRO_JUNIT_FAILURE:
        counts->failures++;
        return "failure";
    case MIPRO_JUNIT_ERROR:
        counts->errors++;
        return "error";
    case MIPRO_JUNIT_SKIPPED:
        counts->skipped++;
        return "skipped";
    }
    return NULL;
}

/* <failure type="bad" message="..."/>, or with the detail inside. */
static void
put_outcome(const struct mipro_text_out *out, const char *element, const struct mipro_junit_case *c)
{
    mipro_text_put(out, "<");
    mipro_text_put(out, element);
    put_attribute(out, "type", c->type);
    put_attribute(out, "message", c->message);
    if (c->detail == NULL) {
        mipro_text_put(out, "/>");
        return;
    }
    mipro_text_put(out, ">");
    mipro_text_escape(out, MIPRO_ESCAPE_XML, c->detail);
    mipro_text_put(out, "</");
    mipro_text_put(out, element);
    mipro_text_put(out, ">");
}

void
mipro_junit_case(const struct mipro_text_out *out, const struct mipro_junit_case *c,
    struct mipro_junit_counts *counts)
{
    const char *element = count_outcome(counts, c->outcome);

    mipro_text_put(out, "    <testcase");
    put_attribute(out, "classname", c->classname);
    put_attribute(out, "name", c->name);
    put_seconds(out, c->seconds);
    if (element == NULL && c->note == NULL) {
        mipro_text_put(out, "/>\n");
        return;
    }
    mipro_text_put(out, ">");
    if (element != NULL)
        put_outcome(out, element, c);
    if (c->note != NULL) {
        mipro_text_put(out, "<system-out>");
        mipro_text_escape(out, MIPRO_ESCAPE_XML, c->note);
        mipro_text_put(out, "</system-out>");
    }
    mipro_text_put(out, "</testcase>\n");
}

void
mipro_junit_begin(const struct mipro_text_out *out, const struct mipro_junit_suite *suite)
{
    const struct mipro_junit_counts *counts = &suite->counts;

    mipro_text_put(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    mipro_text_put(out, suite->is_root ? "<testsuite" : "<testsuites>\n  <testsuite");
    put_attribute(out, "name", suite->name);
    mipro_text_putf(out,
        " tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64 "\" skipped=\"%" PRIu64
        "\"",
        counts->tests, counts->failures, counts->errors, counts->skipped);
    put_seconds(out, suite->seconds);
    mipro_text_put(out, ">\n");
}

void
mipro_junit_end(const struct mipro_text_out *out, const struct mipro_junit_suite *suite)
{
    mipro_text_put(out, suite->is_root ? "</testsuite>\n" : "  </testsuite>\n</testsuites>\n");
}
