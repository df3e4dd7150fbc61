/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures as octets: what is read, and how damage is reported.  If libpcap
 * reads a file too, the results are compared.
 */
#include "frames.h"

#include <fcntl.h>
#include <glib.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 4096, MAX_FRAMES = 16 };

/* Three frames of 4, 2 of 6 and 0 octets, 1.5 s apart from 1 s on. */
#define PCAP_LE(magic, fraction)                                                                   \
    magic "0200 0400 00000000 00000000 ffff0000 01000000"                                          \
          "01000000" fraction "04000000 04000000 01020304"                                         \
          "02000000 00000000 02000000 06000000 0506"                                               \
          "04000000" fraction "00000000 00000000"
#define PCAP_BE(magic, fraction)                                                                   \
    magic "0002 0004 00000000 00000000 0000ffff 00000001"                                          \
          "00000001" fraction "00000004 00000004 01020304"                                         \
          "00000002 00000000 00000002 00000006 0506"                                               \
          "00000004" fraction "00000000 00000000"

#define SHB_LE "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
#define SHB_BE "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c"
#define IDB_LE(link) "01000000 14000000" link "0000 00000000 14000000"
#define EPB_LE(number, high, low)                                                                  \
    "06000000 24000000" number high low "04000000 06000000 01020304 24000000"
#define HALF "20a10700" /* 500000 */
#define HALF_BE "0007a120"

struct wanted {
    uint32_t captured, len;
    int64_t time;
    enum mipro_linktype link;
};

struct file {
    const char *name;
    const char *hex;
    enum vrf_read end;
    const char *error; /* part of the message, if the end is broken */
    size_t n;
    struct wanted frames[4];
    bool by_libpcap; /* libpcap reads it as well */
};

#define NO_PADDING "a block whose lengths exclude its padding" /* read until Wireshark 4.4 */

#define S MIPRO_SECOND
#define THREE(link)                                                                                \
    3,                                                                                             \
    {                                                                                              \
        { 4, 4, S + S / 2, link }, { 2, 6, 2 * S, link }, { 0, 0, 4 * S + S / 2, link }            \
    }
#define NONE MIPRO_TIME_NONE

/* clang-format off */
static const struct file files[] = {
    { "pcap, little endian",       PCAP_LE("d4c3b2a1", HALF), VRF_READ_END, NULL, THREE(MIPRO_LINKTYPE_ETHERNET), true },
    { "pcap, big endian",          PCAP_BE("a1b2c3d4", HALF_BE), VRF_READ_END, NULL, THREE(MIPRO_LINKTYPE_ETHERNET), true },
    { "nanoseconds, little endian", PCAP_LE("4d3cb2a1", "0065cd1d"), VRF_READ_END, NULL, THREE(MIPRO_LINKTYPE_ETHERNET), true },
    { "nanoseconds, big endian",   PCAP_BE("a1b23c4d", "1dcd6500"), VRF_READ_END, NULL, THREE(MIPRO_LINKTYPE_ETHERNET), true },
    { "modified, eight more octets per record",
      "34cdb2a1 0200 0400 00000000 00000000 ffff0000 01000000"
      "01000000" HALF "04000000 04000000 0000000000000000 01020304", VRF_READ_END, NULL,
      1, { { 4, 4, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "FCS length above the link type", "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000024"
      "01000000" HALF "04000000 04000000 01020304", VRF_READ_END, NULL,
      1, { { 4, 4, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "shorter on the wire than captured", "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000"
      "01000000" HALF "04000000 02000000 01020304", VRF_READ_END, NULL,
      1, { { 4, 4, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "no frames",                 "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000", VRF_READ_END, NULL, 0, { { 0 } }, true },
    { "cut in a record header",    "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000"
      "01000000" HALF "04000000 04000000 01020304 0100", VRF_READ_BROKEN, "cut short",
      1, { { 4, 4, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "cut in a frame",            "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000"
      "01000000" HALF "04000000 04000000 01020304 01000000 00000000 04000000 04000000 01", VRF_READ_BROKEN, "cut short",
      1, { { 4, 4, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "a frame too large",         "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000"
      "01000000" HALF "04000000 04000000 01020304 01000000 00000000 ffffff7f ffffff7f 01", VRF_READ_BROKEN, "2147483647",
      1, { { 4, 4, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, false },

    { "pcapng",                    SHB_LE IDB_LE("0100") EPB_LE("00000000", "00000000", "60e31600"), VRF_READ_END, NULL,
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "pcapng, big endian",        SHB_BE "00000001 00000014 0001 0000 00000000 00000014"
      "00000006 00000024 00000000 00000000 0016e360 00000004 00000006 01020304 00000024", VRF_READ_END, NULL,
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "interfaces of different link types", SHB_LE IDB_LE("0100") IDB_LE("6500")
      EPB_LE("01000000", "00000000", "60e31600") EPB_LE("00000000", "00000000", "60e31600"), VRF_READ_END, NULL,
      2, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_RAW }, { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "two sections, the second big endian with its own interfaces", SHB_LE IDB_LE("0100")
      EPB_LE("00000000", "00000000", "60e31600") SHB_BE "00000001 00000014 0065 0000 00000000 00000014"
      "00000006 00000024 00000000 00000000 0016e360 00000004 00000006 01020304 00000024", VRF_READ_END, NULL,
      2, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET }, { 4, 6, S + S / 2, MIPRO_LINKTYPE_RAW } }, false },
    { "nanosecond resolution",     SHB_LE "01000000 20000000 0100 0000 00000000 0900 0100 09000000 00000000 20000000"
      EPB_LE("00000000", "00000000", "002f6859"), VRF_READ_END, NULL,
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "binary resolution, 2^-10",  SHB_LE "01000000 20000000 0100 0000 00000000 0900 0100 8a000000 00000000 20000000"
      EPB_LE("00000000", "00000000", "00060000"), VRF_READ_END, NULL,
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "offset of an hour",         SHB_LE "01000000 24000000 0100 0000 00000000 0e00 0800 100e000000000000 00000000 24000000"
      EPB_LE("00000000", "00000000", "60e31600"), VRF_READ_END, NULL,
      1, { { 4, 6, 3601 * S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "a time out of range",   SHB_LE IDB_LE("0100") EPB_LE("00000000", "ffffffff", "ffffffff"), VRF_READ_END, NULL,
      1, { { 4, 6, NONE, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "simple packet block",       SHB_LE "01000000 14000000 0100 0000 04000000 14000000"
      "03000000 14000000 06000000 01020304 14000000", VRF_READ_END, NULL,
      1, { { 4, 6, NONE, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "simple packet block without a snapshot length", SHB_LE IDB_LE("0100")
      "03000000 14000000 04000000 01020304 14000000", VRF_READ_END, NULL,
      1, { { 4, 4, NONE, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "an option that is padded before the resolution", SHB_LE
      "01000000 24000000 0100 0000 00000000 0200 0100 61000000 0900 0100 09000000 24000000"
      EPB_LE("00000000", "00000000", "002f6859"), VRF_READ_END, NULL,
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "a resolution after the end of options", SHB_LE
      "01000000 20000000 0100 0000 00000000 0000 0000 0900 0100 09000000 20000000"
      EPB_LE("00000000", "00000000", "60e31600"), VRF_READ_END, NULL,
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { NO_PADDING, SHB_LE IDB_LE("0100")
      "06000000 23000000 00000000 00000000 60e31600 03000000 06000000 01020300 23000000", VRF_READ_END, NULL,
      1, { { 3, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "a custom block that must not be copied", SHB_LE IDB_LE("0100")
      "ad0b0040 14000000 01000000 01020304 14000000"
      EPB_LE("00000000", "00000000", "60e31600"), VRF_READ_END, NULL,
      2, { { 0, 0, NONE, MIPRO_LINKTYPE_NONE }, { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "a Netflix event that describes a connection", SHB_LE IDB_LE("0100")
      "ad0b0000 34000000 c52a0000 01000000 ad0b1800 c52a0000 02000000 0100000000000000 0000000000000000"
      "00000000 34000000"
      EPB_LE("00000000", "00000000", "60e31600"), VRF_READ_END, NULL,
      2, { { 0, 0, NONE, MIPRO_LINKTYPE_NONE }, { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "obsolete packet block",     SHB_LE IDB_LE("0100")
      "02000000 24000000 0000 0000 00000000 60e31600 04000000 06000000 01020304 24000000", VRF_READ_END, NULL,
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "custom and unknown blocks: the first counts, as in Wireshark", SHB_LE IDB_LE("0100")
      "ad0b0000 14000000 01000000 01020304 14000000" "ffee0000 0c000000 0c000000"
      EPB_LE("00000000", "00000000", "60e31600"), VRF_READ_END, NULL,
      2, { { 0, 0, NONE, MIPRO_LINKTYPE_NONE }, { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, false },
    { "an interface that is not described", SHB_LE IDB_LE("0100") EPB_LE("00000000", "00000000", "60e31600")
      EPB_LE("01000000", "00000000", "60e31600"), VRF_READ_BROKEN, "interface 1",
      1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "two lengths that differ",   SHB_LE IDB_LE("0100")
      "06000000 24000000 00000000 00000000 60e31600 04000000 06000000 01020304 28000000", VRF_READ_BROKEN, "lengths",
      0, { { 0 } }, true },
    { "a packet longer than its block", SHB_LE IDB_LE("0100")
      "06000000 24000000 00000000 00000000 60e31600 05000000 06000000 01020304 24000000", VRF_READ_BROKEN, "too short",
      0, { { 0 } }, true },
    { "a block of 8 octets",       SHB_LE IDB_LE("0100") "06000000 08000000", VRF_READ_BROKEN, "8 octets", 0, { { 0 } }, true },
    { "a block of 4 GB",           SHB_LE IDB_LE("0100") "06000000 fcffffff", VRF_READ_BROKEN, "4294967292", 0, { { 0 } }, true },
    { "pcapng cut in a block",     SHB_LE IDB_LE("0100") EPB_LE("00000000", "00000000", "60e31600") "06000000 2400",
      VRF_READ_BROKEN, "cut short", 1, { { 4, 6, S + S / 2, MIPRO_LINKTYPE_ETHERNET } }, true },
    { "pcapng 2",                  "0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ffffffffffffffff 1c000000", VRF_READ_BROKEN, "2.0", 0, { { 0 } }, true },
};
/* clang-format on */

static char folder[] = "/tmp/mipro-capture-XXXXXX";

static char *
write_file(const uint8_t *octets, size_t n)
{
    char *path = g_build_filename(folder, "capture", NULL);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(octets, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

/* Read the whole file; check that the octets of each frame lie within their block. */
static enum vrf_read
read_all(const char *path, struct vrf_frame frames[MAX_FRAMES], size_t *n, char *error)
{
    struct vrf_capture *c = vrf_capture_open(path, NULL, error);
    struct vrf_block block = { .n_frames = 0 };
    enum vrf_read how = VRF_READ_BROKEN;

    *n = 0;
    if (c == NULL)
        return how;
    do {
        how = vrf_capture_read(c, &block, error);
        for (size_t i = 0; i < block.n_frames && *n < MAX_FRAMES; i++) {
            assert_true(block.frames[i].at + block.frames[i].captured <= block.used);
            frames[(*n)++] = block.frames[i];
        }
    } while (how == VRF_READ_MORE);
    vrf_block_free(&block);
    vrf_capture_close(c);
    return how;
}

static void
every_file_gives_its_frames_and_its_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        const struct file *f = &files[i];
        uint8_t octets[MAX_FILE];
        char error[VRF_CAPTURE_ERROR] = "";
        struct vrf_frame frames[MAX_FRAMES];
        char *path = write_file(octets, unit_octets(f->hex, octets, sizeof(octets)));
        size_t n;
        enum vrf_read end = read_all(path, frames, &n, error);

        if (end != f->end || (f->error != NULL && strstr(error, f->error) == NULL))
            fail_msg("%s: ends with %d: %s", f->name, end, error);
        if (n != f->n)
            fail_msg("%s: %zu frames", f->name, n);
        for (size_t k = 0; k < n; k++) {
            const struct wanted *w = &f->frames[k];

            if (frames[k].captured != w->captured || frames[k].len != w->len ||
                frames[k].time != w->time || frames[k].link != w->link)
                fail_msg("%s: frame %zu: %u of %u octets, time %lld, link %d", f->name, k + 1,
                    frames[k].captured, frames[k].len, (long long)frames[k].time, frames[k].link);
        }
        g_free(path);
    }
}

static void
libpcap_reads_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        const struct file *f = &files[i];
        uint8_t octets[MAX_FILE];
        char error[PCAP_ERRBUF_SIZE];
        char *path = write_file(octets, unit_octets(f->hex, octets, sizeof(octets)));
        struct pcap_pkthdr *header;
        const u_char *data;
        size_t n = 0;
        pcap_t *pcap;
        int how = PCAP_ERROR;

        if (!f->by_libpcap) {
            g_free(path);
            continue;
        }
        pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
        for (; pcap != NULL && (how = pcap_next_ex(pcap, &header, &data)) == 1; n++) {
            const struct wanted *w = &f->frames[n];

            if (n == f->n)
                fail_msg("%s: libpcap reads more", f->name);
            if (header->caplen != w->captured || header->len != w->len ||
                header->ts.tv_sec * S + header->ts.tv_usec != w->time)
                fail_msg("%s: frame %zu: libpcap reads it differently", f->name, n + 1);
        }
        if (n != f->n || (how == PCAP_ERROR_BREAK) != (f->end == VRF_READ_END))
            fail_msg("%s: libpcap reads %zu frames and ends with %d", f->name, n, how);
        if (pcap != NULL)
            pcap_close(pcap);
        g_free(path);
    }
}

/* Cut anywhere, no file crashes the reader or gives frames that it does not have. */
static void
a_file_cut_anywhere_gives_no_more_frames_than_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        uint8_t octets[MAX_FILE];
        size_t size = unit_octets(files[i].hex, octets, sizeof(octets)), before = 0;

        /* Shorter files are neither pcap nor pcapng; libwiretap may recognize anything. */
        for (size_t len = 24; len < size; len++) {
            char error[VRF_CAPTURE_ERROR];
            struct vrf_frame frames[MAX_FRAMES];
            char *path = write_file(octets, len);
            size_t n;
            enum vrf_read end = read_all(path, frames, &n, error);

            if (n < before || n > files[i].n || (end == VRF_READ_BROKEN && error[0] == '\0'))
                fail_msg("%s, %zu octets: %zu frames", files[i].name, len, n);
            before = n;
            g_free(path);
        }
    }
}

static void
a_compressed_capture_is_read_as_well(void **state)
{
    struct vrf_frame frames[MAX_FRAMES];
    char error[VRF_CAPTURE_ERROR];
    uint8_t octets[MAX_FILE];
    char *path, *zipped, *command;
    enum vrf_read how;
    size_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        if (files[i].end != VRF_READ_END || files[i].n == 0)
            continue;
        path = write_file(octets, unit_octets(files[i].hex, octets, sizeof(octets)));
        zipped = g_strconcat(path, ".gz", NULL);
        command = g_strdup_printf("gzip -c '%s' >'%s'", path, zipped);
        assert_int_equal(system(command), 0);
        how = read_all(zipped, frames, &n, error);
        if (how == VRF_READ_BROKEN && strcmp(files[i].name, NO_PADDING) == 0)
            n = 0;
        else if (how != VRF_READ_END || n != files[i].n)
            fail_msg("%s, by gzip: %zu frames, %s", files[i].name, n, error);
        for (size_t k = 0; k < n; k++)
            if (frames[k].captured != files[i].frames[k].captured ||
                frames[k].len != files[i].frames[k].len ||
                (files[i].frames[k].time != NONE && frames[k].time != files[i].frames[k].time) ||
                frames[k].link != files[i].frames[k].link)
                fail_msg("%s, by gzip: frame %zu differs", files[i].name, k + 1);
        unlink(zipped);
        g_free(command);
        g_free(zipped);
        g_free(path);
    }
}

static void
a_file_that_is_not_a_capture_is_named(void **state)
{
    struct vrf_frame frames[MAX_FRAMES];
    char error[VRF_CAPTURE_ERROR];
    char *path = write_file((const uint8_t *)"this is a letter, not a capture.", 32);
    size_t n;

    (void)state;
    assert_int_equal(read_all(path, frames, &n, error), VRF_READ_BROKEN);
    assert_non_null(strstr(error, "not a capture"));
    g_free(path);
    path = write_file((const uint8_t *)"", 0);
    assert_int_equal(read_all(path, frames, &n, error), VRF_READ_BROKEN);
    assert_non_null(strstr(error, "empty"));
    assert_int_equal(read_all(folder, frames, &n, error), VRF_READ_BROKEN);
    assert_non_null(strstr(error, "directory"));
    assert_int_equal(read_all("/nowhere/at/all", frames, &n, error), VRF_READ_BROKEN);
    g_free(path);
}

enum change { NOTHING, MORE, LESS, OTHER, CHANGES };

static void
change(const char *path, enum change how)
{
    FILE *file = how == NOTHING ? NULL : fopen(path, how == MORE ? "a" : "r+");

    if (how == MORE)
        fputc('x', file);
    else if (how == LESS)
        assert_int_equal(ftruncate(fileno(file), 30), 0);
    else if (how == OTHER) /* the link type */
        assert_int_equal(pwrite(fileno(file), "\x65", 1, 20), 1);
    if (file != NULL)
        fclose(file);
}

/* Whatever was read of it, nobody knows what it is worth. */
static void
a_file_that_is_written_to_while_it_is_read_is_broken(void **state)
{
    const struct timespec before[2] = { { .tv_sec = 100 }, { .tv_sec = 100 } };
    uint8_t octets[MAX_FILE];
    char *path = g_build_filename(folder, "capture", NULL);

    (void)state;
    for (unsigned how = NOTHING; how < CHANGES; how++) {
        char error[VRF_CAPTURE_ERROR];
        struct vrf_block block = { 0 };
        enum vrf_read end = VRF_READ_MORE;
        struct vrf_capture *c;

        g_free(write_file(octets, unit_octets(files[0].hex, octets, sizeof(octets))));
        assert_int_equal(utimensat(AT_FDCWD, path, before, 0), 0);
        c = vrf_capture_open(path, NULL, error);
        assert_non_null(c);
        change(path, how);
        while (end == VRF_READ_MORE)
            end = vrf_capture_read(c, &block, error);
        if (how == NOTHING)
            assert_int_equal(end, VRF_READ_END);
        else if (end != VRF_READ_BROKEN || strstr(error, "changed while it was read") == NULL)
            fail_msg("change %u: %s", how, error);
        vrf_block_free(&block);
        vrf_capture_close(c);
    }
    g_free(path);
}

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
    char *path = g_build_filename(folder, "capture", NULL);

    (void)state;
    unlink(path);
    g_free(path);
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_gives_its_frames_and_its_end),
        cmocka_unit_test(libpcap_reads_the_same),
        cmocka_unit_test(a_file_cut_anywhere_gives_no_more_frames_than_before),
        cmocka_unit_test(a_compressed_capture_is_read_as_well),
        cmocka_unit_test(a_file_that_is_not_a_capture_is_named),
        cmocka_unit_test(a_file_that_is_written_to_while_it_is_read_is_broken),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
