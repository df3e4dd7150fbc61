/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may change from one packet of a run to the next: identification, authenticator,
 * sequence number and checksums, and nothing else, whatever --set has changed.
 */
#include "unit.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cases/case.h"
#include "commands/message.h"
#include "scenario/scenario.h"

#define PACKETS 5
#define MAX_WORDS 24
#define ETHER 14u
#define IP 20u

static char dir[] = "/tmp/mipro-run-XXXXXX";
static char key_path[64], out_path[64], scene_path[64];

/* An outermost datagram, reassembled. */
struct packet {
    size_t len;
    uint8_t octets[2048];
};

struct run {
    size_t n;
    struct packet packet[128];
};

static const struct key {
    const char *spi, *rest;
} keys[] = {
    { "0x1000", "text:0123456789abcdef\"" },
    { "0x1001", "text:0123456789abcdef\",\"keyed-md5\",\"type-length-spi\"" },
    { "0x1002", "text:0123456789abcdef\",\"hmac-md5\"" },
    { "0x1003", "text:0123456789abcdef\",\"hmac-md5\",\"type-length\"" },
    { "0x1004", "text:0123456789abcdef\",\"any\"" },
    { "0x1005", "master:text:0123456789abcdef\"" },
    { "0x1006", "master:text:0123456789abcdef\",\"hmac-md5\"" },
    { "0x1007", "text:0123456789abcdef\",\"hmac-sha1\"" },
    { "0x1008", "text:0123456789abcdef\",\"hmac-sha256\"" },
    { "0x1009", "master:text:0123456789abcdef\",\"hmac-sha1\"" },
};

static const struct wrapping {
    const char *option; /* NULL: none */
    size_t added;       /* octets before the innermost transport header, beyond one IP header */
} wrappings[] = {
    { NULL, 0 },
    { "--tunnel=ipip,10.1.0.1,10.3.0.1", IP },
    { "--tunnel=minimal,10.1.0.1,10.3.0.1", 12 },
    { "--tunnel=gre,10.1.0.1,10.3.0.1", 4 + IP },
};

static const struct damage {
    const char *text; /* of --set */
    enum mipro_field field;
    uint64_t value;
} damages[] = {
    { "life=7", MIPRO_F_LIFE, 7 },
    { "homeaddr=10.1.0.99", MIPRO_F_HOMEADDR, 0x0a010063 },
    { "ident=5", MIPRO_F_IDENT, 5 },
    { "code=131", MIPRO_F_CODE, 131 },
    { "auth.spi=0x12345", MIPRO_F_SPI, 0x12345 },
    { "pfan.life=9", MIPRO_F_PFAN_LIFE, 9 },
    { "pfan.spi=0x23456", MIPRO_F_PFAN_SPI, 0x23456 },
    { "adv.life=8", MIPRO_F_ADV_LIFE, 8 },
};

static const struct command {
    const char *words[12];
    bool is_signed;
} commands[] = {
    { { "warning", "--home=10.1.0.9", "--target=192.0.2.9" }, true },
    { { "request", "--home=10.1.0.9" }, true },
    { { "update", "--home=10.1.0.9", "--care-of=10.3.0.1", "--lifetime=60", "--flags=AI" }, true },
    { { "update", "--home=10.1.0.9", "--care-of=10.3.0.1", "--lifetime=60" }, true },
    { { "acknowledge", "--home=10.1.0.9", "--status=0", "--ident=3" }, true },
    { { "registration", "--home=10.1.0.9", "--home-agent=192.0.2.7", "--care-of=10.3.0.1",
          "--lifetime=60" },
        true },
    { { "registration", "--home=10.1.0.9", "--home-agent=192.0.2.7", "--care-of=10.3.0.1",
          "--lifetime=60", "--previous-agent=10.2.0.1", "--pfan-spi=0x1010", "--warn=192.0.2.9" },
        true },
    { { "reply", "--home=10.1.0.9", "--code=0", "--home-agent=192.0.2.7", "--lifetime=60" }, true },
    { { "advertisement", "--flags=FS", "--lifetime=60", "--care-of=10.3.0.1", "--sequence=65534" },
        false },
};

static int
start(void **state)
{
    FILE *f;

    (void)state;
    (void)umask(077);
    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(key_path, sizeof(key_path), "%s/keys", dir);
    snprintf(out_path, sizeof(out_path), "%s/out.pcap", dir);
    snprintf(scene_path, sizeof(scene_path), "%s/scene", dir);
    f = fopen(key_path, "w");
    if (f == NULL)
        return 1;
    for (size_t i = 0; i < COUNT(keys); i++)
        fprintf(f,
            "\"a%zu\",\"10.1.0.1\",\"192.0.2.7\",\"%s\",\"%s\n"
            "\"b%zu\",\"192.0.2.7\",\"10.1.0.9\",\"%s\",\"%s\n",
            i, keys[i].spi, keys[i].rest, i, keys[i].spi, keys[i].rest);
    fprintf(f, "\"c\",\"10.1.0.9\",\"10.2.0.1\",\"0x1010\",\"text:0123456789abcdef\"\n");
    return fclose(f);
}

static int
finish(void **state)
{
    (void)state;
    (void)unlink(key_path);
    (void)unlink(out_path);
    (void)unlink(scene_path);
    return rmdir(dir);
}

struct words {
    char *v[MAX_WORDS];
    int n;
};

static void
add(struct words *w, const char *word)
{
    assert_true(w->n < MAX_WORDS);
    w->v[w->n++] = (char *)word; /* options are read, not written */
}

static unsigned
be16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* A fragment with an offset belongs to the previous packet. */
static void
read_packets(struct run *r)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *file = pcap_open_offline(out_path, why);
    struct pcap_pkthdr *header;
    const u_char *frame;

    assert_non_null(file);
    r->n = 0;
    while (pcap_next_ex(file, &header, &frame) == 1) {
        const uint8_t *ip = frame + ETHER;
        const bool first = (be16(ip + 6) & 0x1fff) == 0;
        const size_t from = first ? 0 : IP, n = be16(ip + 2) - from;
        struct packet *p;

        assert_true(ETHER + be16(ip + 2) <= header->caplen);
        if (first) {
            assert_true(r->n < COUNT(r->packet));
            r->packet[r->n++].len = 0;
        }
        assert_true(r->n > 0);
        p = &r->packet[r->n - 1];
        assert_true(p->len + n <= sizeof(p->octets));
        memcpy(p->octets + p->len, ip + from, n);
        p->len += n;
    }
    pcap_close(file);
}

/* Run the command, with its output in a file that is read back.  False: refused. */
static bool
carry_out(struct words *w, struct run *r)
{
    struct inj_options o;
    char write[80];
    enum inj_status status;

    snprintf(write, sizeof(write), "--write=%s", out_path);
    add(w, write);
    status = inj_options_parse(&o, w->n, w->v);
    if (status == INJ_DONE && o.command == INJ_CMD_SCENARIO)
        status = inj_scenario_command(&o);
    else if (status == INJ_DONE && o.command == INJ_CMD_CASE)
        status = inj_case_command(&o);
    else if (status == INJ_DONE)
        status = inj_message_command(&o);
    inj_options_free(&o);
    if (status == INJ_DONE)
        read_packets(r);
    return status == INJ_DONE;
}

/* The position in a payload of a field that may differ, or is to be changed. */
struct place {
    size_t off, len;
};

static struct place
find(const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id)
{
    size_t n;
    const struct mipro_field_def *f =
        mipro_find_field(e == NULL ? m->def->fields : e->def->fields, id);
    const uint8_t *octets;

    if (f == NULL)
        return (struct place){ 0, 0 };
    if (e == NULL)
        return (struct place){ f->off, mipro_has(m, id) ? f->len : 0 };
    octets = mipro_ext_octets(m, e, id, &n);
    return octets == NULL ? (struct place){ 0, 0 } : (struct place){ (size_t)(octets - m->buf), n };
}

/* The fields that may differ between the packets of a run, at their positions in intact. */
static size_t
find_varying(const uint8_t *intact, size_t len, bool is_advert, struct place *places)
{
    static const enum mipro_field in_ext[] = { MIPRO_F_AUTHENTICATOR, MIPRO_F_PFAN_AUTHENTICATOR };
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_message m;
    size_t n = 0;

    if (is_advert) {
        places[n++] = (struct place){ 2, 2 }; /* checksum */
        places[n++] = (struct place){
            16u + mipro_find_field(mipro_advert_fields(), MIPRO_F_ADV_SEQUENCE)->off, 2
        };
        return n;
    }
    mipro_message_parse(&m, intact, len, len, &set, MIPRO_IDENT_UNKNOWN);
    assert_int_equal(m.err, MIPRO_OK);
    places[n++] = find(&m, NULL, MIPRO_F_IDENT);
    for (struct mipro_ext e = { 0 }; mipro_ext_next(&m, &e);)
        for (size_t i = 0; i < COUNT(in_ext); i++)
            if (e.def != NULL && e.def->fields != NULL)
                places[n++] = find(&m, &e, in_ext[i]);
    return n;
}

/* Store the value where --set must store it.  False: the message has no such field. */
static bool
alter(uint8_t *payload, size_t len, bool is_advert, const struct damage *d)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct place at = { 0, 0 };
    struct mipro_message m;

    if (is_advert) {
        if (d->field != MIPRO_F_ADV_LIFE)
            return false;
        at = (struct place){ 16u + mipro_find_field(mipro_advert_fields(), d->field)->off, 2 };
    } else {
        mipro_message_parse(&m, payload, len, len, &set, MIPRO_IDENT_UNKNOWN);
        if (d->field < MIPRO_F_MESSAGE_COUNT)
            at = find(&m, NULL, d->field);
        for (struct mipro_ext e = { 0 }; mipro_ext_next(&m, &e);)
            if (at.len == 0 && e.def != NULL && e.def->fields != NULL)
                at = find(&m, &e, d->field);
    }
    for (size_t i = 0; i < at.len; i++)
        payload[at.off + i] = (uint8_t)(d->value >> 8 * (at.len - 1 - i));
    return at.len != 0;
}

/* Clear the fields that may differ, including the checksums. */
static void
blank(struct packet *p, size_t payload_off, bool is_advert, const struct place *places, size_t n)
{
    memset(p->octets + 2, 0, 6);  /* length and offset of the first fragment, identification */
    memset(p->octets + 10, 0, 2); /* header checksum */
    if (!is_advert)
        memset(p->octets + payload_off - 2, 0, 2);
    for (size_t i = 0; i < n; i++)
        memset(p->octets + payload_off + places[i].off, 0, places[i].len);
}

static bool
sum_is_right(const struct packet *p, size_t payload_off, size_t added, bool is_advert)
{
    const size_t at = payload_off - (is_advert ? 0 : 8);
    /* The inner addresses: in RFC 2004's header in reverse order, which does not affect the sum.
     */
    const uint8_t *ends = added == 12 ? p->octets + IP + 4 : p->octets + at - 8;
    uint32_t sum = 0;

    if (!is_advert)
        sum = inj_sum_add(INJ_UDP + (uint32_t)(p->len - at), ends, 8);
    return inj_sum_finish(inj_sum_add(sum, p->octets + at, p->len - at)) == 0;
}

/* Compare both runs. */
static void
compare(const char *what, const struct run *intact, const struct run *damaged,
    const struct damage *d, size_t added, bool is_advert)
{
    const size_t off = IP + added + (is_advert ? 0 : 8);

    if (intact->n != damaged->n)
        fail_msg("%s: %zu packets, %zu with --set", what, intact->n, damaged->n);
    for (size_t i = 0; i < damaged->n; i++) {
        struct packet a = damaged->packet[0], b = damaged->packet[i], c = intact->packet[i];
        struct place places[16];
        const size_t n = find_varying(
            intact->packet[i].octets + off, intact->packet[i].len - off, is_advert, places);

        if (!sum_is_right(&b, off, added, is_advert))
            fail_msg("%s: packet %zu has a wrong checksum", what, i);
        if (a.len != b.len || b.len != c.len)
            fail_msg("%s: packet %zu has another length", what, i);
        if (d != NULL && !alter(c.octets + off, c.len - off, is_advert, d))
            fail_msg("%s: the field is absent", what);
        /* The octets of the run without --set, except for the field: the same authenticator
         * too. */
        blank(&c, off, is_advert, NULL, 0);
        blank(&b, off, is_advert, NULL, 0);
        if (is_advert)
            memset(b.octets + off + 2, 0, 2), memset(c.octets + off + 2, 0, 2);
        if (memcmp(b.octets, c.octets, b.len) != 0)
            fail_msg("%s: packet %zu is not the one without --set, altered", what, i);
        blank(&a, off, is_advert, places, n);
        blank(&b, off, is_advert, places, n);
        if (memcmp(a.octets, b.octets, b.len) != 0)
            fail_msg("%s: packet %zu differs from the first", what, i);
    }
}

static void
add_common(struct words *w, const struct command *c, const struct key *k,
    const struct wrapping *tunnel, const char *mtu)
{
    static char spi[32], keys_option[80];
    const bool is_advert = !c->is_signed;

    w->n = 0;
    for (size_t i = 0; c->words[i] != NULL; i++)
        add(w, c->words[i]);
    add(w, "--source=10.1.0.1");
    add(w, "--count=5");
    if (!is_advert)
        add(w, "--destination=192.0.2.7");
    if (k != NULL) {
        snprintf(spi, sizeof(spi), "--spi=%s", k->spi);
        snprintf(keys_option, sizeof(keys_option), "--keys=%s", key_path);
        add(w, spi);
        add(w, keys_option);
    }
    if (tunnel->option != NULL)
        add(w, tunnel->option);
    if (mtu != NULL)
        add(w, mtu);
}

/* Try each --set of one command separately. */
static void
try_damages(
    const struct command *c, const struct key *k, const struct wrapping *tunnel, const char *mtu)
{
    static struct run intact, damaged;
    const bool is_advert = !c->is_signed;
    const size_t off = IP + tunnel->added + (is_advert ? 0 : 8);
    struct words w;
    char what[160];

    add_common(&w, c, k, tunnel, mtu);
    assert_true(carry_out(&w, &intact));
    assert_int_equal(intact.n, PACKETS);
    compare(c->words[0], &intact, &intact, NULL, tunnel->added, is_advert);
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct packet copy = intact.packet[0];

        if (!alter(copy.octets + off, copy.len - off, is_advert, &damages[i]))
            continue;
        add_common(&w, c, k, tunnel, mtu);
        add(&w, "--set");
        add(&w, damages[i].text);
        assert_true(carry_out(&w, &damaged));
        snprintf(what, sizeof(what), "%s, SPI %s, %s, %s, --set %s", c->words[0],
            k != NULL ? k->spi : "none", tunnel->option != NULL ? tunnel->option : "no tunnel",
            mtu != NULL ? mtu : "no --mtu", damages[i].text);
        compare(what, &intact, &damaged, &damages[i], tunnel->added, is_advert);
    }
}

static void
every_packet_of_a_run_is_altered_after_it_was_signed(void **state)
{
    static const char *const mtus[] = { NULL, "--mtu=68" };

    (void)state;
    for (size_t c = 0; c < COUNT(commands); c++)
        for (size_t t = 0; t < COUNT(wrappings); t++)
            for (size_t m = 0; m < COUNT(mtus); m++)
                for (size_t k = 0; k < (commands[c].is_signed ? COUNT(keys) : 1); k++)
                    try_damages(&commands[c], commands[c].is_signed ? &keys[k] : NULL,
                        &wrappings[t], mtus[m]);
}

/* All settings count, of both kinds. */
static void
what_is_set_before_signing_is_signed_in_every_packet(void **state)
{
    static struct run intact, damaged;
    struct words w;

    (void)state;
    for (size_t k = 0; k < COUNT(keys); k++) {
        add_common(&w, &commands[2], &keys[k], &wrappings[0], NULL);
        add(&w, "--set-signed");
        add(&w, "life=9");
        assert_true(carry_out(&w, &intact));
        add_common(&w, &commands[2], &keys[k], &wrappings[0], NULL);
        add(&w, "--set-signed");
        add(&w, "life=9");
        add(&w, "--set");
        add(&w, "coa=10.9.9.9");
        add(&w, "--set");
        add(&w, "life=7");
        assert_true(carry_out(&w, &damaged));
        for (size_t i = 0; i < intact.n; i++)
            assert_true(alter(intact.packet[i].octets + IP + 8, intact.packet[i].len - IP - 8,
                false, &(struct damage){ "", MIPRO_F_COA, 0x0a090909 }));
        compare(keys[k].spi, &intact, &damaged, &damages[0], 0, false);
    }
}

static void
write_scene(const char *spi, const char *set)
{
    FILE *f = fopen(scene_path, "w");

    assert_non_null(f);
    fprintf(f,
        "keys keys\nnode a 10.1.0.1\nnode b 192.0.2.7\n"
        "at 0 a > b update home=10.1.0.9 care-of=10.3.0.1 lifetime=60 flags=AI spi=%s%s "
        "count=5 every=1\n",
        spi, set);
    assert_int_equal(fclose(f), 0);
}

static void
every_packet_of_a_scenario_line_is_altered_after_it_was_signed(void **state)
{
    static struct run intact, damaged;
    struct words w;

    (void)state;
    for (size_t k = 0; k < COUNT(keys); k++) {
        w.n = 0;
        add(&w, "scenario");
        add(&w, scene_path);
        write_scene(keys[k].spi, "");
        assert_true(carry_out(&w, &intact));
        assert_int_equal(intact.n, PACKETS);
        w.n = 2;
        write_scene(keys[k].spi, " set=life=7");
        assert_true(carry_out(&w, &damaged));
        compare(keys[k].spi, &intact, &damaged, &damages[0], 0, false);
    }
}

static void
the_packets_that_a_case_repeats_are_alike(void **state)
{
    static struct run got;
    char keys_option[80];
    struct words w = { .n = 0 };

    (void)state;
    snprintf(keys_option, sizeof(keys_option), "--keys=%s", key_path);
    add(&w, "case");
    add(&w, "RTE-01");
    add(&w, "--source=10.1.0.1");
    add(&w, "--destination=192.0.2.7");
    add(&w, "--spi=0x1000");
    add(&w, keys_option);
    assert_true(carry_out(&w, &got));
    assert_int_equal(got.n, 100);
    compare("RTE-01", &got, &got, NULL, 0, false);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_packet_of_a_run_is_altered_after_it_was_signed),
        cmocka_unit_test(what_is_set_before_signing_is_signed_in_every_packet),
        cmocka_unit_test(every_packet_of_a_scenario_line_is_altered_after_it_was_signed),
        cmocka_unit_test(the_packets_that_a_case_repeats_are_alike),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
