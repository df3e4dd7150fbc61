/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of good authenticators, with the forms that were kept and without any. */
#include "unit.h"

#include <glib.h>
#include <stdio.h>

#include "mipro_algorithm.h"
#include "report/form.h"
#include "report/report.h"

enum { RECORDS = 4000, CAPTURES = 3, ASSOCIATIONS = 4 };

static const char *const names[CAPTURES] = { "a.pcap", "b \"quoted\".pcap", "\xc3\xbc" };

static struct mipro_association associations[ASSOCIATIONS] = { { .name = (char *)"short" },
    { .name = (char *)"with \"quotes\" and \\" }, { .name = NULL }, { .name = (char *)"" } };

static struct vrf_options options;

static struct vrf_report *
begin(FILE *file)
{
    struct vrf_report *r = g_new0(struct vrf_report, 1);

    r->o = &options;
    vrf_out_init(&r->out, fileno(file));
    r->names = (const char **)names;
    r->n_begun = CAPTURES;
    for (unsigned i = 0; i < CAPTURES; i++)
        *VRF_ARRAY_ADD(&r->parts) =
            (struct vrf_part){ .before = 10000 * i, .shift = -(uint64_t)(10000 * i), .file = i };
    return r;
}

static GString *
end(struct vrf_report *r, FILE *file)
{
    GString *text = g_string_new(NULL);
    char block[4096];
    size_t n;

    vrf_out_flush(&r->out);
    rewind(file);
    while ((n = fread(block, 1, sizeof(block), file)) != 0)
        g_string_append_len(text, block, (gssize)n);
    fclose(file);
    vrf_forms_clear(&r->forms);
    g_free(r->parts.at);
    g_free(r);
    return text;
}

/* Any of many pairs, most of which differ little from another. */
static struct vrf_record
any_record(uint64_t frame)
{
    const bool pfan = rand() % 8 == 0;

    return (struct vrf_record){ .kind = VRF_RECORD_AUTHENTICATOR,
        .verdict = MIPRO_GOOD,
        .frame = frame,
        .time = rand() % 16 == 0 ? MIPRO_TIME_NONE : rand(),
        .src = 0x0a000000 + (uint32_t)rand() % 3,
        .dst = 0x0a000000 + (uint32_t)rand() % 1000,
        .message = (uint8_t)(rand() % 4 + 16),
        .ext = pfan ? MIPRO_EXT_PFAN : MIPRO_EXT_MOBILE_HOME,
        .reading = { pfan && rand() % 2 == 0, pfan && rand() % 2 == 0, false, false },
        .algorithm = (uint8_t)(rand() % 2 == 0 ? MIPRO_KEYED_MD5 : MIPRO_HMAC_MD5),
        .coverage = (uint8_t)(rand() % 2 == 0 ? MIPRO_TYPE_LENGTH : MIPRO_TYPE_LENGTH_SPI),
        .has_spi = rand() % 4 != 0,
        .spi = 256 + (uint32_t)rand() % 2,
        .has_home = rand() % 4 != 0,
        .home = (uint32_t)rand(),
        .association = &associations[rand() % ASSOCIATIONS] };
}

static void
a_kept_form_is_what_would_be_written(void **state)
{
    FILE *files[2] = { tmpfile(), tmpfile() };
    struct vrf_report *kept, *anew;
    GString *texts[2];

    (void)state;
    assert_non_null(files[0]);
    assert_non_null(files[1]);
    kept = begin(files[0]);
    anew = begin(files[1]);
    associations[2].name = g_strnfill(VRF_FORM_TEXT, 'x'); /* too long to be kept */
    for (unsigned i = 0; i < RECORDS; i++) {
        struct vrf_record record = any_record(i + 1);

        vrf_json_format.authenticator(kept, &record);
        vrf_json_format.authenticator(anew, &record);
        vrf_forms_clear(&anew->forms);
    }
    texts[0] = end(kept, files[0]);
    texts[1] = end(anew, files[1]);
    assert_string_equal(texts[0]->str, texts[1]->str);
    g_string_free(texts[0], TRUE);
    g_string_free(texts[1], TRUE);
    g_free((char *)associations[2].name);
}

static void
keys_that_differ_are_told_apart(void **state)
{
    struct vrf_record record = any_record(1);
    struct vrf_form_key key = vrf_form_key(&record), other = key;
    struct vrf_forms forms = { 0 };

    (void)state;
    assert_null(vrf_forms_find(&forms, &key));
    vrf_forms_keep(&forms, &key, "text", 4);
    other.coverage++;
    assert_null(vrf_forms_find(&forms, &other));
    vrf_forms_keep(&forms, &other, "another", 7); /* in the same set */
    assert_memory_equal(vrf_forms_find(&forms, &other)->text, "another", 7);
    assert_memory_equal(vrf_forms_find(&forms, &key)->text, "text", 4);
    other.reading ^= 1;
    vrf_forms_keep(&forms, &other, "a third", 7); /* of two, the older makes way */
    assert_null(vrf_forms_find(&forms, &key));
    assert_non_null(vrf_forms_find(&forms, &other));
    vrf_forms_clear(&forms);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_form_is_what_would_be_written),
        cmocka_unit_test(keys_that_differ_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
