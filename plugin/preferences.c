/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * preferences.c - preferences for reading and judging messages; associations.c has the keys.
 *
 * Each preference has the name, default and syntax of the corresponding option of mipro-verify.
 * A malformed value is reported, and the default is used.
 */
#include "packet-mipro.h"

#include <wsutil/report_message.h>

struct mipro_settings mipro_set = MIPRO_SETTINGS;

static struct mipro_conduct_config config;
static bool wanted[MIPRO_RULES]; /* the rules whose findings are shown */

/* What the user chose. */
static int draft = MIPRO_DRAFT_08;
static int reading = MIPRO_READING_AUTO;
static int reverse_tunnel;
static unsigned warning_ext = MIPRO_EXT_WARNING;
static const char *update_rate, *warning_rate, *ack_timeout, *tolerance, *rules;

static char *reported; /* the faults that were reported last */

/* clang-format off */
static const enum_val_t draft_values[] = {
    { "08", "draft-ietf-mobileip-optim-08", MIPRO_DRAFT_08 },
    { "09", "draft-ietf-mobileip-optim-09", MIPRO_DRAFT_09 },
    { "11", "draft-ietf-mobileip-optim-11", MIPRO_DRAFT_11 },
    { NULL, NULL, 0 }
};

static const enum_val_t reading_values[] = {
    { "auto",  "Automatic",             MIPRO_READING_AUTO },
    { "draft", "Route optimization",    MIPRO_READING_DRAFT },
    { "iana",  "RFC 4857 and RFC 4881", MIPRO_READING_IANA },
    { NULL, NULL, 0 }
};

static const enum_val_t p_bit_values[] = {
    { "private",        "Private (P), as in the draft",         0 },
    { "reverse-tunnel", "Reverse tunneling (T), as in RFC 3024", 1 },
    { NULL, NULL, 0 }
};
/* clang-format on */

const struct mipro_conduct_config *
mipro_conduct_preferences(void)
{
    return &config;
}

bool
mipro_rule_is_wanted(enum mipro_rule rule)
{
    return wanted[rule];
}

/* ---- reading values; false, with a line in faults, if they are invalid ---- */

static void __attribute__((format(printf, 2, 3)))
add_fault(GString *faults, const char *format, ...)
{
    va_list ap;

    if (faults->len != 0)
        g_string_append_c(faults, '\n');
    va_start(ap, format);
    g_string_append_vprintf(faults, format, ap);
    va_end(ap);
}

/* Seconds, possibly with decimals; at most a year. */
static bool
read_seconds(const char *text, int64_t *ns)
{
    char *end;
    double v = g_ascii_strtod(text, &end); /* with a decimal point in every locale */

    /* g_ascii_strtod() also accepts "0x10", "nan" and leading space. */
    if (text[strspn(text, "0123456789.")] != '\0' || end == text || *end != '\0' ||
        v < 1 / (double)MIPRO_SECOND || v > 366.0 * 86400)
        return false;
    *ns = (int64_t)(v * (double)MIPRO_SECOND + 0.5);
    return true;
}

static void
set_seconds(GString *faults, const char *name, const char *text, int64_t *ns)
{
    if (!read_seconds(text, ns))
        add_fault(faults,
            "mipro.%s: '%s' is not a number of seconds between a nanosecond and 366 days", name,
            text);
}

static void
set_rate(GString *faults, const char *name, const char *text, struct mipro_rate *rate)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    int64_t interval;

    if (!g_ascii_isdigit(text[0]) || *end != '/' || n == 0 || n > MIPRO_RATE_MAX ||
        !read_seconds(end + 1, &interval)) {
        add_fault(faults, "mipro.%s: '%s' does not have the form N/S: N from 1 to %u, in S seconds",
            name, text, MIPRO_RATE_MAX);
        return;
    }
    *rate = (struct mipro_rate){ (unsigned)n, interval };
}

static void
set_warning_ext(GString *faults)
{
    const char *clash = warning_ext <= 255 ? mipro_warning_ext_clash((uint8_t)warning_ext) : NULL;

    if (warning_ext <= 255 && clash == NULL)
        mipro_set.warning_ext = (uint8_t)warning_ext;
    else if (clash != NULL)
        add_fault(faults,
            "mipro.warning_ext: %u is the type of another extension, %s; %u is taken instead",
            warning_ext, clash, MIPRO_EXT_WARNING);
    else
        add_fault(faults,
            "mipro.warning_ext: %u is not a type of an extension (1 to 255); %u is taken instead",
            warning_ext, MIPRO_EXT_WARNING);
}

/* "a,b": only these.  "-a": all except this one.  Both: the named ones without the excluded. */
static void
set_rules(GString *faults)
{
    char **parts = g_strsplit_set(rules, ", ", -1);
    bool left_out[MIPRO_RULES] = { false }, named[MIPRO_RULES] = { false }, any = false;

    for (char **p = parts; *p != NULL; p++) {
        bool out = **p == '-';
        enum mipro_rule rule = mipro_rule_by_id(out ? *p + 1 : *p);

        if (**p == '\0')
            continue;
        if (rule == MIPRO_RULES)
            add_fault(faults, "mipro.rules: there is no rule '%s'", out ? *p + 1 : *p);
        else if (out)
            left_out[rule] = true;
        else
            any = named[rule] = true;
    }
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        wanted[i] = (!any || named[i]) && !left_out[i];
    g_strfreev(parts);
}

/* Report faults once, unless they change. */
static void
report_faults(GString *faults)
{
    if (faults->len == 0) {
        g_free(reported);
        reported = NULL;
    } else if (g_strcmp0(reported, faults->str) != 0) {
        g_free(reported);
        reported = g_strdup(faults->str);
        report_failure("MIPRO: %s", faults->str);
    }
    g_string_free(faults, TRUE);
}

static void
read_preferences(void)
{
    static const struct mipro_settings settings = MIPRO_SETTINGS;
    GString *faults = g_string_new("");

    mipro_set = settings;
    mipro_set.draft = (enum mipro_draft)draft;
    mipro_set.reading = (enum mipro_reading)reading;
    mipro_set.reverse_tunnel = reverse_tunnel != 0;
    set_warning_ext(faults);
    config = mipro_conduct_defaults();
    config.set = mipro_set;
    /* With none, only frames with the same stamp have no order. */
    if (strcmp(tolerance, "0") == 0)
        config.tolerance = 1;
    else
        set_seconds(faults, "tolerance", tolerance, &config.tolerance);
    set_seconds(faults, "ack_timeout", ack_timeout, &config.ack_timeout);
    set_rate(faults, "update_rate", update_rate, &config.update_rate);
    set_rate(faults, "warning_rate", warning_rate, &config.warning_rate);
    set_rules(faults);
    report_faults(faults);
}

static void
apply_preferences(void)
{
    read_preferences();
    mipro_keys_changed();
}

static void
forget_reported(void)
{
    g_free(reported);
    reported = NULL;
}

static void
set_defaults(void)
{
    ack_timeout = "5";
    tolerance = "1";
    update_rate = warning_rate = "5/10";
    rules = "";
}

void
mipro_register_preferences(void)
{
    module_t *module = prefs_register_protocol(proto_mipro, apply_preferences);

    set_defaults();
    mipro_register_associations(module);
    prefs_register_enum_preference(module, "draft", "Draft",
        "The draft that the messages follow. From -09 on, P is another bit, and extension 36 "
        "authenticates.",
        &draft, draft_values, FALSE);
    prefs_register_enum_preference(module, "reading", "Decode types 16 to 19 as",
        "RFC 4857 and RFC 4881 were later assigned the types of route optimization. Automatic: "
        "route optimization, unless only one of these two fits.",
        &reading, reading_values, FALSE);
    prefs_register_enum_preference(module, "p_bit", "Flag 0x02 of a registration",
        "In draft -08 it keeps the node's location private; RFC 3024 uses it for reverse "
        "tunneling, which breaks no rule about private nodes.",
        &reverse_tunnel, p_bit_values, FALSE);
    prefs_register_uint_preference(module, "warning_ext", "Type of the Binding Warning extension",
        "Draft -08 leaves it open; -09 has 16.", 10, &warning_ext);
    prefs_register_string_preference(module, "tolerance", "Tolerance (seconds)",
        "Frames captured less than this far apart have no order: rules that depend on it wait "
        "this long.",
        &tolerance);
    prefs_register_string_preference(module, "ack_timeout", "Time limit for answers (seconds)",
        "How long a Binding Acknowledge, a Binding Update or a reply may take.", &ack_timeout);
    prefs_register_string_preference(module, "update_rate", "Binding Updates allowed (N/S)",
        "At most N Binding Updates in any S seconds from one node to another about a home "
        "address: rule rate-updates.",
        &update_rate);
    prefs_register_string_preference(module, "warning_rate", "Binding Warnings allowed (N/S)",
        "At most N Binding Warnings in any S seconds from one node to another about a home "
        "address: rule rate-warnings.",
        &warning_rate);
    prefs_register_string_preference(module, "rules", "Rules",
        "Report only these rules, separated by commas; -ID leaves one out. Empty: all of them.",
        &rules);
    read_preferences();
    register_shutdown_routine(forget_reported);
}
