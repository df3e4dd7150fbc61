/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * associations.c - the keys, and the preferences for them.
 *
 * Associations come from a key file and from a table in the profile, which have
 * the same format.  Both are read into one ring.  After an error in either there is
 * no ring: every authenticator is "unverified", and the tree gives the reason.
 *
 * A ring is never changed.  A replaced ring is kept until the next capture is opened,
 * because results of the first pass point into it.
 */
#include "packet-mipro.h"

#include <epan/uat.h>
#include <glib/gstdio.h>
#include <wsutil/filesystem.h>
#include <wsutil/report_message.h>

#define TABLE_FILE "mipro_associations"
#define TABLE_NAME "Mobility security associations"

/* A row of the table: the ten columns as entered by the user. */
struct association_row {
    char *cell[MIPRO_KEY_FIELDS];
};

static struct association_row *rows;
static unsigned n_rows;
static bool table_loaded; /* epan has parsed all of it */
static uat_t *table;

static const char *key_file = "";
static ws_bool verify = 1;
static const char *words = "";

static bool built; /* ring and fault are up to date with the preferences */
static struct mipro_keyring *ring;
static char *fault;
static char *reported; /* the fault that was reported last */
static GPtrArray *retired;
static GHashTable *warned; /* warnings that were given already */

static void
retire_ring(void)
{
    if (ring != NULL) {
        if (retired == NULL)
            retired = g_ptr_array_new_with_free_func((GDestroyNotify)mipro_keyring_free);
        g_ptr_array_add(retired, ring);
    }
    ring = NULL;
    g_free(fault);
    fault = NULL;
    built = false;
}

void
mipro_forget_rings(void)
{
    if (retired != NULL)
        g_ptr_array_set_size(retired, 0);
}

/* Warn only once: each change of a preference reads the files again. */
static void
warn_user(void *ctx _U_, const char *text)
{
    if (warned == NULL)
        warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (g_hash_table_add(warned, g_strdup(text)))
        report_warning("MIPRO: %s", text);
}

static void
set_fault(const struct mipro_key_error *err)
{
    char text[1024];

    mipro_key_error_text(err, text, sizeof(text));
    g_free(fault);
    fault = g_strdup(text);
}

/* Give the row of the table, since the line in its file differs. */
static void
set_row_fault(const struct mipro_key_error *err)
{
    g_free(fault);
    fault = g_strdup_printf("table " TABLE_FILE ", row %u: %s%s%s", err->line,
        err->field != NULL ? err->field : "", err->field != NULL ? ": " : "", err->text);
}

/* Report a fault once, unless it changes. */
static void
report_fault(void)
{
    if (g_strcmp0(reported, fault) == 0)
        return;
    g_free(reported);
    reported = g_strdup(fault);
    report_failure("MIPRO: %s; no authenticator is verified", fault);
}

/*
 * epan stopped at a line of the table's file, and reported it.  The tree must show the fault
 * too, so find it again.
 */
static void
set_table_fault(const char *path)
{
    struct mipro_key_error err;
    struct mipro_keyring *probe = mipro_keyring_load(path, NULL, NULL, &err);

    if (probe == NULL) {
        set_fault(&err);
        return;
    }
    mipro_keyring_free(probe);
    g_free(fault);
    fault = g_strdup("the table " TABLE_FILE " of the profile could not be read");
}

static bool
add_table(struct mipro_keyring *into, struct mipro_key_error *err)
{
    for (unsigned i = 0; i < n_rows; i++) {
        const char *row[MIPRO_KEY_FIELDS];

        for (int field = 0; field < MIPRO_KEY_FIELDS; field++)
            row[field] = rows[i].cell[field];
        if (!mipro_keyring_add(into, row, i + 1, err))
            return false;
    }
    return true;
}

/* Wireshark writes the table, including keys, to a file that other users can read. */
static void
warn_of_table(const char *path)
{
    GStatBuf st;
    char *text;

    if (n_rows == 0 || g_stat(path, &st) != 0 || (st.st_mode & 044) == 0)
        return;
    text =
        g_strdup_printf("%s: users other than its owner can read the keys (mode %04o); chmod 600 "
                        "prevents that",
            path, (unsigned)st.st_mode & 07777);
    warn_user(NULL, text);
    g_free(text);
}

/* Without the list of words, a ring still works, except for rule key-weak. */
static void
add_words(struct mipro_keyring *into)
{
    struct mipro_key_error err;
    char text[1024];

    if (words[0] == '\0' || mipro_keyring_words(into, words, &err))
        return;
    mipro_key_error_text(&err, text, sizeof(text));
    warn_user(NULL, text);
}

static void
build_ring(void)
{
    char *path = get_persconffile_path(TABLE_FILE, TRUE);
    struct mipro_keyring *into;
    struct mipro_key_error err;

    built = true;
    if (!table_loaded) {
        set_table_fault(path);
        g_free(path);
        return;
    }
    into = mipro_keyring_begin(path, warn_user, NULL);
    if (!add_table(into, &err) ||
        (key_file[0] != '\0' && !mipro_keyring_read(into, key_file, &err)) ||
        !mipro_keyring_finish(into, &err)) {
        mipro_keyring_free(into);
        if (err.line != 0 && strncmp(err.file, path, sizeof(err.file) - 1) == 0)
            set_row_fault(&err);
        else
            set_fault(&err);
        report_fault();
    } else {
        add_words(into);
        warn_of_table(path);
        ring = into;
        g_free(reported);
        reported = NULL;
    }
    g_free(path);
}

const struct mipro_keyring *
mipro_ring(void)
{
    if (!verify)
        return NULL;
    if (!built)
        build_ring();
    return ring;
}

const char *
mipro_ring_fault(void)
{
    return verify ? fault : NULL;
}

/* ---- the table ---- */

/* Wipe the text, which may be a key. */
static void
forget_text(char **text)
{
    if (*text != NULL)
        explicit_bzero(*text, strlen(*text));
    g_free(*text);
    *text = NULL;
}

static ws_bool
check_cell(void *row _U_, const char *text, unsigned len, const void *field, const void *unused _U_,
    char **reason)
{
    enum mipro_key_field column = (enum mipro_key_field)GPOINTER_TO_INT(field);
    char *value = g_strndup(text != NULL ? text : "", len);
    struct mipro_key_error err;
    bool good = mipro_key_field_check(column, value, &err);

    *reason = NULL;
    if (!good)
        *reason = g_strdup_printf("%s: %s", mipro_key_field_name(column), err.text);
    forget_text(&value);
    return good;
}

static void
set_cell(void *row, const char *text, unsigned len, const void *field, const void *unused _U_)
{
    char **cell = &((struct association_row *)row)->cell[GPOINTER_TO_INT(field)];

    forget_text(cell);
    *cell = g_strndup(text != NULL ? text : "", len);
}

static void
get_cell(void *row, char **text, unsigned *len, const void *field, const void *unused _U_)
{
    const char *cell = ((struct association_row *)row)->cell[GPOINTER_TO_INT(field)];

    *text = g_strdup(cell != NULL ? cell : "");
    *len = (unsigned)strlen(*text);
}

static void *
copy_row(void *to, const void *from, size_t len _U_)
{
    for (int i = 0; i < MIPRO_KEY_FIELDS; i++)
        ((struct association_row *)to)->cell[i] =
            g_strdup(((const struct association_row *)from)->cell[i]);
    return to;
}

static void
free_row(void *row)
{
    for (int i = 0; i < MIPRO_KEY_FIELDS; i++)
        forget_text(&((struct association_row *)row)->cell[i]);
}

/* epan has read all rows, from the file or from the dialog. */
static void
table_changed(void)
{
    retire_ring();
    table_loaded = true;
    (void)mipro_ring(); /* so that a fault is reported at once */
}

/* The profile changes: there is no table until the new one is loaded. */
static void
table_reset(void)
{
    retire_ring();
    table_loaded = false;
}

/* clang-format off */
#define COLUMN(field, name, title, mode, blurb)                                                    \
    { name, title, mode, { check_cell, set_cell, get_cell },                                       \
      { GINT_TO_POINTER(field), GINT_TO_POINTER(field), GINT_TO_POINTER(field) }, NULL, blurb, FLDFILL }

static uat_field_t columns[] = {
    COLUMN(MIPRO_KEY_NAME,       "name",       "Name",       PT_TXTMOD_STRING, "Name of the association in the packet details and in reports"),
    COLUMN(MIPRO_KEY_END_A,      "end_a",      "End A",  PT_TXTMOD_STRING, "Address, prefix (10.2.0.0/16), nai:user@realm, or * for any; with a master key, the home agent"),
    COLUMN(MIPRO_KEY_END_B,      "end_b",      "End B",  PT_TXTMOD_STRING, "Address, prefix (10.2.0.0/16), nai:user@realm, or * for any"),
    COLUMN(MIPRO_KEY_SPI,        "spi",        "SPI",        PT_TXTMOD_STRING, "Security Parameter Index: decimal, or hexadecimal with 0x; 256 or greater"),
    COLUMN(MIPRO_KEY_KEY,        "key",        "Key",        PT_TXTMOD_STRING, "hex:OCTETS, text:CHARACTERS or file:PATH; with master: before it, a master key"),
    COLUMN(MIPRO_KEY_ALGORITHM,  "algorithm",  "Algorithm",  PT_TXTMOD_STRING, "keyed-md5 if empty; any tries all of them"),
    COLUMN(MIPRO_KEY_COVERAGE,   "coverage",   "Coverage",   PT_TXTMOD_STRING, "How much of its own extension the authenticator covers; if empty, what the algorithm's RFC specifies"),
    COLUMN(MIPRO_KEY_REPLAY,     "replay",     "Replay",     PT_TXTMOD_STRING, "How the identification protects against replay; none if empty"),
    COLUMN(MIPRO_KEY_NOT_BEFORE, "not_before", "Not before", PT_TXTMOD_STRING, "First time at which it is valid, such as 1999-02-25T00:00:00Z"),
    COLUMN(MIPRO_KEY_NOT_AFTER,  "not_after",  "Not after",  PT_TXTMOD_STRING, "Last time at which it is valid, such as 1999-03-25T00:00:00Z"),
    UAT_END_FIELDS
};

static const char *defaults[] = { NULL, NULL, NULL, NULL, NULL, "", "", "", "", "" };
/* clang-format on */

/* ---- preferences ---- */

void
mipro_keys_changed(void)
{
    retire_ring();
    if (table_loaded)
        (void)mipro_ring();
}

/* Wipe all keys when the program ends; epan empties the table itself, with free_row(). */
static void
forget_all(void)
{
    retire_ring();
    if (retired != NULL)
        g_ptr_array_free(retired, TRUE);
    retired = NULL;
    g_free(reported);
    reported = NULL;
    if (warned != NULL)
        g_hash_table_destroy(warned);
    warned = NULL;
}

/* The words that a column may hold, for its drop-down list. */
static const value_string *
words_of(enum mipro_key_field column)
{
    static value_string names[MIPRO_KEY_FIELDS][12];
    value_string *list = names[column];
    unsigned n = 0;
    const char *word;

    if (mipro_key_word(column, 0) != NULL && mipro_key_word(column, 0)[0] != '\0')
        list[n++].strptr = ""; /* the default */
    for (unsigned i = 0; (word = mipro_key_word(column, i)) != NULL; i++, n++) {
        if (n + 1 >= array_length(names[column]))
            ws_error("%s:%d: no room for the word %s", __FILE__, __LINE__, word);
        list[n].value = n;
        list[n].strptr = word;
    }
    return n != 0 ? list : NULL;
}

static void
add_drop_downs(void)
{
    for (unsigned i = 0; i < MIPRO_KEY_FIELDS; i++) {
        const value_string *list = words_of((enum mipro_key_field)i);

        if (list == NULL)
            continue;
        columns[i].mode = PT_TXTMOD_ENUM;
        columns[i].fld_data = list;
    }
}

void
mipro_register_associations(module_t *module)
{
    prefs_register_bool_preference(module, "verify", "Verify authenticators",
        "Verify each authenticator with the associations below.", &verify);
    prefs_register_filename_preference(module, "key_file", "Key file",
        "File of mobility security associations: the one that mipro-verify and mipro-inject take "
        "with -k. Only you should be able to read it.",
        &key_file, FALSE);
    add_drop_downs();
    table = uat_new(TABLE_NAME, sizeof(struct association_row), TABLE_FILE, TRUE, &rows, &n_rows,
        UAT_AFFECTS_DISSECTION, NULL, copy_row, NULL, free_row, table_changed, table_reset,
        columns);
    uat_set_default_values(table, defaults);
    prefs_register_uat_preference(module, "associations", TABLE_NAME,
        "Mobility security associations of this profile, in addition to those of the key file.",
        table);
    prefs_register_filename_preference(module, "words", "Word list",
        "File of keys that can be guessed, one per line: rule key-weak.", &words, FALSE);
    register_shutdown_routine(forget_all);
}
