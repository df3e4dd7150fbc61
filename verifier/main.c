/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - usage, rules, keys and exit status of mipro-verify; see mipro-verify(1). */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "capture/capture.h"
#include "capture/follow.h"
#include "merge/merge.h"
#include "option_table.h"
#include "pipeline.h"
#include "report/baseline.h"
#include "warn.h"

#ifndef MIPRO_VERSION
#define MIPRO_VERSION "unknown"
#endif

static const char usage_text[] =
    "usage: mipro-verify [-k KEYS] [-o text|json|junit|sarif] [OPTIONS] CAPTURE...\n"
    "       mipro-verify [-k KEYS] [OPTIONS] --events=DIR --shard=N CAPTURE...\n"
    "       mipro-verify [-k KEYS] [OPTIONS] -o json --shard=K/N DIR...\n"
    "       mipro-verify [OPTIONS] --merge REPORT... [DIR...]\n"
    "       mipro-verify --list-rules\n"
    "\n"
    "Check the authenticators and the conduct of Mobile IP route optimization in\n"
    "CAPTURE (- is standard input).\n"
    "\n";

static const char status_text[] =
    "\n"
    "Exit status: 0 all good, 1 something is not, 2 usage or keys, 3 a capture could\n"
    "not be read or the report could not be written, 4 no message in the input.\n";

static void
list_rules(void)
{
    for (unsigned i = 0; i < MIPRO_RULES; i++) {
        const struct mipro_rule_def *rule = mipro_rule_def(i);
        /* "4.1–4.4" has more octets than characters. */
        int pad = 26 - (int)g_utf8_strlen(rule->section, -1);

        printf("%-24s %-8s %s%*s %s\n", rule->id, mipro_severity_name(rule->severity),
            rule->section, pad > 0 ? pad : 0, "", rule->text);
    }
}

static void
warn_of_keys(void *ctx, const char *text)
{
    (void)ctx;
    vrf_warn("%s", text);
}

static _Noreturn void
refuse_keys(const struct mipro_key_error *err)
{
    char text[1024];

    mipro_key_error_text(err, text, sizeof(text));
    vrf_warn("%s", text);
    exit(STATUS_USAGE);
}

static struct mipro_keyring *
load_keys(const char *path, const char *words)
{
    struct mipro_key_error err;
    struct mipro_keyring *ring = mipro_keyring_load(path, warn_of_keys, NULL, &err);

    if (ring == NULL)
        refuse_keys(&err);
    if (words != NULL && !mipro_keyring_words(ring, words, &err))
        refuse_keys(&err);
    return ring;
}

static void
tell_output_error(int error)
{
    /* The reader has closed the pipe, as head(1) does. */
    if (error != EPIPE)
        vrf_warn("standard output: %s", strerror(error));
}

/* Flush and finish an option that only prints text. */
static int
finish_text(void)
{
    if (fflush(stdout) == 0)
        return STATUS_GOOD;
    tell_output_error(errno);
    return STATUS_UNREAD;
}

static int
finish(const struct vrf_options *o, const struct vrf_result *result)
{
    if (result->output_error != 0)
        tell_output_error(result->output_error);
    if (result->no_memory)
        vrf_warn("out of memory");
    return (int)vrf_result_status(o, result);
}

static struct vrf_baseline *
load_baseline(const char *path)
{
    char *error;
    struct vrf_baseline *baseline = vrf_baseline_load(path, &error);

    if (baseline == NULL) {
        vrf_warn("%s", error);
        exit(STATUS_USAGE);
    }
    return baseline;
}

/* --write reads the captures twice. */
static void
keep_stdin(const struct vrf_options *o)
{
    char error[VRF_CAPTURE_ERROR];

    for (unsigned i = 0; i < o->n_files; i++) {
        if (strcmp(o->files[i], "-") == 0 && !vrf_capture_keep_stdin(error)) {
            vrf_warn("-: %s", error);
            exit(STATUS_UNREAD);
        }
    }
}

/*
 * If a standard stream is closed, no file opened later may get its descriptor, since output for
 * the stream would go into that file.  Reading from 0 and writing to 1 remain errors.
 */
static void
occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            (void)open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
}

/*
 * Memory is bounded, so what is freed must be there for whoever needs it next: not in the heap of
 * one of many threads, nor, of an array that has become larger, in a hole that nothing fits.
 */
static void
limit_heaps(void)
{
    (void)mallopt(M_ARENA_MAX, 2);
    (void)mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

int
main(int argc, char *argv[])
{
    struct vrf_arguments a;
    struct vrf_result result = { 0 };
    struct mipro_keyring *ring = NULL;
    int status;

    occupy_streams();
    limit_heaps();
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(), ... */
    (void)signal(SIGXFSZ, SIG_IGN); /* ... and so is a file that may not become larger */
    vrf_arguments_read(&a, argc, argv);
    switch (a.task) {
    case VRF_PRINT_HELP:
        fputs(usage_text, stdout);
        vrf_option_help();
        fputs(status_text, stdout);
        return finish_text();
    case VRF_PRINT_VERSION:
        puts("mipro-verify " MIPRO_VERSION);
        return finish_text();
    case VRF_PRINT_RULES:
        list_rules();
        return finish_text();
    case VRF_MERGE:
    case VRF_VERIFY:
        break;
    }
    if (a.keys != NULL)
        a.o.ring = ring = load_keys(a.keys, a.words);
    if (a.task == VRF_MERGE) {
        status = (int)vrf_merge(&a.o);
        mipro_keyring_free(ring);
        return status;
    }
    if (a.baseline != NULL)
        a.o.baseline = load_baseline(a.baseline);
    if (a.o.follow)
        vrf_follow_catch_signals();
    if (!mipro_auth_check_lanes())
        vrf_warn("a width of vectors computes wrong hashes here; it is not used");
    if (a.o.write != NULL && !a.o.follow)
        keep_stdin(&a.o);
    vrf_run(&a.o, &result);
    mipro_keyring_free(ring);
    vrf_baseline_free(a.o.baseline);
    return finish(&a.o, &result);
}
