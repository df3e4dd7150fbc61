/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tester.c - the command `test`: the options, the run, its reports. */
#include "tester/talk.h"
#include "tester/matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "send/interrupt.h"
#include "tester/plan.h"

#define DEFAULT_RATE 5                       /* messages to one node about one binding ... */
#define DEFAULT_INTERVAL (10 * MIPRO_SECOND) /* ... in this time */
#define DEFAULT_WINDOW 7                     /* seconds (RFC 2002 5.6.1) */

/* "10.9.0.0/16", "10.9.0.2" */
static bool
parse_prefix(const char *text, struct inj_prefix *prefix)
{
    const char *slash = strchr(text, '/');
    uint64_t bits = 32;
    char addr[16];
    const size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);

    if (n >= sizeof(addr) || (slash != NULL && !inj_parse_number(slash + 1, 32, &bits)))
        return false;
    memcpy(addr, text, n);
    addr[n] = '\0';
    prefix->mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
    return inj_parse_address(addr, &prefix->addr);
}

/* The allowed destinations: without --allow only the tested node. */
static enum inj_status
read_allowed(struct inj_tester *t)
{
    const struct inj_value *given = &t->options->value[INJ_OPT_ALLOW];

    if (!given->given)
        t->allowed[t->n_allowed++] = (struct inj_prefix){ t->bench.destination, UINT32_MAX };
    for (size_t i = 0; i < given->n_words; i++) {
        if (t->n_allowed == INJ_MAX_ALLOWED) {
            inj_complain("--allow: more than %d prefixes", INJ_MAX_ALLOWED);
            return INJ_USAGE;
        }
        if (!parse_prefix(given->words[i], &t->allowed[t->n_allowed++])) {
            inj_complain("--allow: '%s' is not a prefix such as 192.0.2.0/24", given->words[i]);
            return INJ_USAGE;
        }
    }
    if (inj_is_allowed(t, t->bench.destination))
        return INJ_DONE;
    inj_complain("--destination=%s is outside --allow; include it if you are allowed to test it",
        t->options->value[INJ_OPT_DESTINATION].text);
    return INJ_USAGE;
}

static const char *const profiles[INJ_PROFILES] = {
    [INJ_PROFILE_DRAFT] = "draft",
    [INJ_PROFILE_RFC3344] = "rfc3344",
    [INJ_PROFILE_BODY_ONLY] = "body-only",
};

/* INJ_PROFILES if no profile has this name. */
static enum inj_profile
find_profile(const char *name)
{
    unsigned i = 0;

    while (i < INJ_PROFILES && strcmp(profiles[i], name) != 0)
        i++;
    return (enum inj_profile)i;
}

/* By the association: one that signs as in RFC 3344 gets that profile. */
static enum inj_profile
default_profile(const struct mipro_association *s)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(s->algorithm);

    return (def != NULL && def->coverage == MIPRO_TYPE_LENGTH_SPI) ||
                   s->coverage == MIPRO_TYPE_LENGTH_SPI
               ? INJ_PROFILE_RFC3344
               : INJ_PROFILE_DRAFT;
}

static enum inj_status
read_words(struct inj_tester *t)
{
    const struct inj_options *o = t->options;
    const struct inj_value *timeout = &o->value[INJ_OPT_TIMEOUT];
    const struct inj_value *profile = &o->value[INJ_OPT_PROFILE];
    const struct inj_value *role = &o->value[INJ_OPT_ROLE];
    unsigned long long n = DEFAULT_RATE;
    double seconds = (double)DEFAULT_INTERVAL / (double)MIPRO_SECOND;
    char end;

    t->bench.role = role->given ? inj_role_by_name(role->text) : INJ_AS_CORRESPONDENT;
    t->bench.profile = profile->given ? find_profile(profile->text) : INJ_PROFILE_DRAFT;
    if (t->bench.profile == INJ_PROFILES) {
        inj_complain("--profile: '%s' is not one of draft, rfc3344, body-only", profile->text);
        return INJ_USAGE;
    }
    t->timeout = timeout->given ? (int64_t)(timeout->decimal * (double)MIPRO_SECOND) : MIPRO_SECOND;
    if (t->timeout <= 0) {
        inj_complain("--timeout: 0 s leaves the node no time to answer");
        return INJ_USAGE;
    }
    if (inj_given(o, INJ_OPT_UPDATE_RATE) &&
        (sscanf(o->value[INJ_OPT_UPDATE_RATE].text, "%llu/%lf%c", &n, &seconds, &end) != 2 ||
            n == 0 || n > INJ_MAX_RECENT || !(seconds > 0 && seconds <= 3600))) {
        inj_complain(
            "--update-rate: '%s' is not N/S, such as 5/10", o->value[INJ_OPT_UPDATE_RATE].text);
        return INJ_USAGE;
    }
    t->bench.rate_limit = (unsigned)n;
    t->rate_interval = (int64_t)(seconds * (double)MIPRO_SECOND);
    t->shows = inj_given(o, INJ_OPT_REPLAY);
    return INJ_DONE;
}

/* --flags: flags of the control message in this role. */
static bool
read_flags(struct inj_tester *t, enum inj_target target)
{
    const char *text = t->options->value[INJ_OPT_FLAGS].text;
    const struct mipro_flag_def *flags = target == INJ_RECEIVER ? mipro_update_flags()
                                         : target == INJ_MOBILE_NODE
                                             ? mipro_advert_flags()
                                             : mipro_request_flags(&t->session.set);
    char letters[20] = "", odd;

    if (!inj_given(t->options, INJ_OPT_FLAGS))
        return true;
    if (inj_parse_flags(text, flags, &t->world.flags, &odd)) {
        if (target == INJ_RECEIVER)
            t->world.flags &= (uint16_t)~MIPRO_BU_I; /* set if there is an identification */
        return true;
    }
    for (size_t n = 0; flags->letter != 0 && n + 1 < sizeof(letters); flags++)
        letters[n++] = flags->letter;
    inj_complain("--flags: '%c' in '%s' is not one of %s, which the good message to a %s has", odd,
        text, letters, inj_role_name(t->bench.role));
    return false;
}

/* Other contents of the good messages. */
static bool
read_fields(struct inj_tester *t, enum inj_target target)
{
    const struct inj_options *o = t->options;

    if (!read_flags(t, target))
        return false;
    t->world.window =
        inj_given(o, INJ_OPT_WINDOW) ? (uint32_t)o->value[INJ_OPT_WINDOW].decimal : DEFAULT_WINDOW;
    t->world.has_life = inj_given(o, INJ_OPT_LIFETIME);
    t->world.has_care_of = inj_given(o, INJ_OPT_CARE_OF);
    t->world.life = (uint16_t)inj_number(o, INJ_OPT_LIFETIME, 0);
    t->world.nai = inj_given(o, INJ_OPT_NAI) ? o->value[INJ_OPT_NAI].text : NULL;
    if (t->world.nai == NULL || strlen(t->world.nai) <= UINT8_MAX)
        return true;
    inj_complain("--nai: %zu octets, but an extension has room for 255", strlen(t->world.nai));
    return false;
}

/* --foreign-spi: an association of the foreign agent, or with the tester as a foreign agent. */
static bool
read_foreign_spi(struct inj_tester *t, enum inj_target target)
{
    const struct inj_options *o = t->options;
    const bool to_home = target == INJ_HOME_AGENT;

    if (!inj_given(o, INJ_OPT_FOREIGN_SPI))
        return true;
    if (!to_home && target != INJ_FOREIGN_AGENT) {
        inj_complain("--foreign-spi: no message to a %s has such an extension; it is for "
                     "--role=new-agent and --role=home-agent",
            inj_role_name(t->bench.role));
        return false;
    }
    t->world.has_foreign_spi = t->bench.has_foreign_spi = true;
    t->world.foreign_spi = (uint32_t)inj_number(o, INJ_OPT_FOREIGN_SPI, 0);
    if (inj_world_signs_foreign(&t->world, target))
        return true;
    inj_complain("--foreign-spi: no association of %s has SPI 0x%x (%u) between %s=%s and "
                 "--destination=%s; add a line to the file, or give its SPI and ends",
        o->value[INJ_OPT_KEYS].text, t->world.foreign_spi, t->world.foreign_spi,
        to_home ? "--source" : "--home", mipro_dotted(to_home ? t->world.source : t->world.home).s,
        mipro_dotted(t->world.destination).s);
    return false;
}

static enum inj_status
begin_bench(struct inj_tester *t)
{
    const enum inj_target target = inj_target_of(t->bench.role);
    struct inj_bench *b = &t->bench;

    if (!inj_world_begin(
            &t->world, t->options, target, &t->session.set, t->session.ring, inj_realtime()))
        return INJ_USAGE;
    if (target == INJ_RECEIVER && mipro_auth_needs_challenge(t->world.signer.association)) {
        inj_complain_of_signer(&t->world, "--spi");
        return INJ_USAGE;
    }
    if (!read_fields(t, target) || !read_foreign_spi(t, target))
        return INJ_USAGE;
    b->source = t->world.source;
    b->destination = t->world.destination;
    b->home = t->world.home;
    b->care_of = t->world.care_of;
    b->set = t->session.set;
    b->set.reading = MIPRO_READING_DRAFT;
    b->ring = t->session.ring;
    b->association = t->world.signer.association;
    t->by_clock = b->association->replay == MIPRO_REPLAY_TIMESTAMP ||
                  b->association->not_before != INT64_MIN || b->association->not_after != INT64_MAX;
    b->spoof = inj_given(t->options, INJ_OPT_SPOOF);
    /* We must be the home agent of a foreign agent's mobile node, otherwise nobody answers it. */
    if (target == INJ_FOREIGN_AGENT && !inj_given(t->options, INJ_OPT_HOME_AGENT))
        t->world.agent = b->source;
    b->agent = t->world.agent;
    if (!inj_given(t->options, INJ_OPT_PROFILE))
        b->profile = default_profile(b->association);
    return read_allowed(t);
}

static enum inj_status
open_link(struct inj_tester *t)
{
    const char *name = t->options->value[INJ_OPT_INTERFACE].text;
    char why[256];

    t->heard = calloc(1, sizeof(*t->heard));
    t->ear = inj_listener_open(name, t->bench.source, why, sizeof(why));
    if (t->ear == NULL || t->heard == NULL) {
        inj_complain("%s: %s", name, t->ear == NULL ? why : "out of memory");
        return INJ_USAGE;
    }
    if (!t->bench.spoof && !inj_listener_owns(t->ear, t->bench.source)) {
        inj_complain("--source=%s is not an address of %s; sending from it needs --spoof",
            t->options->value[INJ_OPT_SOURCE].text, name);
        return INJ_USAGE;
    }
    if (!inj_listener_mask(t->ear, t->bench.source, &t->netmask))
        t->netmask = UINT32_MAX << 8;
    t->world.mask = t->netmask;
    t->world.is_far = ((t->bench.source ^ t->bench.destination) & t->netmask) != 0 ||
                      t->netmask >= UINT32_MAX - 1; /* such a subnet has no broadcast address */
    return INJ_DONE;
}

/* Sending: then all privileges are given up, so files must be open before. */
static enum inj_status
open_sender(struct inj_tester *t)
{
    enum inj_status status = inj_session_open(&t->session);

    if (status != INJ_DONE)
        return status;
    t->scope = (struct inj_scope){
        .node = t->bench.destination, .us = t->bench.source, .home = t->bench.home
    };
    memcpy(t->scope.mac, inj_sink_mac(t->session.sink), sizeof(t->scope.mac));
    return INJ_DONE;
}

/* Play a case; if it fails or is inconclusive, repeat it up to --retry times. */
static struct inj_judgement
play_again(struct inj_tester *t, const struct inj_case *c)
{
    const uint64_t retries = inj_number(t->options, INJ_OPT_RETRY, 0);
    struct inj_judgement first = inj_play(t, c), last = first;
    struct inj_judgement flaky = { .verdict = INJ_FLAKY };
    unsigned n = 1;
    bool differs = false;

    while (inj_is_not_ok(last.verdict) && n <= retries && !t->unsent && !inj_interrupted()) {
        last = inj_play(t, c);
        differs = differs || last.verdict != first.verdict;
        n++;
    }
    if (!differs || t->unsent || inj_interrupted())
        return first;
    (void)snprintf(flaky.reason, sizeof(flaky.reason), "first %s: %.450s; attempt %u %s%s%.450s",
        inj_verdict_name(first.verdict), first.reason, n, inj_verdict_name(last.verdict),
        last.reason[0] != '\0' ? ": " : "", last.reason);
    return flaky;
}

static void
play_point(struct inj_tester *t, struct inj_plan *p, size_t i)
{
    struct inj_point *point = &p->points[i];
    const int64_t begun = inj_monotonic();

    point->c = p->cases[i];
    p->unwritten = !inj_listener_record(t->ear, p->captures[i]) || p->unwritten;
    p->captures[i] = NULL; /* owned by the listener now */
    if (p->reports[INJ_REPORT_HTML] != NULL)
        t->transcript = inj_transcript_new();
    point->found = point->judgement = play_again(t, point->c);
    point->transcript = t->transcript;
    t->transcript = NULL;
    p->unwritten = !inj_listener_record(t->ear, NULL) || p->unwritten;
    point->seconds = (double)(inj_monotonic() - begun) / (double)MIPRO_SECOND;
    if (p->expected != NULL)
        point->judgement = inj_expected_apply(p->expected, point->c, &point->found);
    inj_tap_point(stdout, i + 1, point);
    if (point->judgement.verdict == INJ_PASS || point->judgement.verdict == INJ_SKIP) {
        inj_transcript_free(point->transcript);
        point->transcript = NULL;
    }
    if (point->c->reach == INJ_ALTERED && point->judgement.verdict != INJ_SKIP)
        inj_tap_comment(
            stdout, "%s: host stack: the kernel may have altered this on the way", point->c->id);
}

static enum inj_status
run_plan(struct inj_tester *t, struct inj_plan *p)
{
    static const uint8_t no_mac[INJ_MAC_LEN];
    enum inj_status status;
    size_t done = 0, bad = 0;

    inj_resolve_node(t);
    inj_tap_plan(stdout, p->n);
    if (memcmp(inj_sink_mac(t->session.sink), no_mac, INJ_MAC_LEN) == 0)
        inj_tap_comment(stdout, "loopback: the kernel may discard packets from its own "
                                "addresses; use a veth pair and a namespace");
    for (; done < p->n && !t->unsent && !inj_interrupted(); done++) {
        t->ends = done + 1 == p->n;
        play_point(t, p, done);
        bad += inj_is_not_ok(p->points[done].judgement.verdict);
    }
    if (inj_given(t->options, INJ_OPT_REQUIREMENTS))
        inj_tap_requirements(stdout, p->points, done);
    if (inj_interrupted())
        printf("Bail out! interrupted after %zu of %zu case%s\n", done, p->n, p->n == 1 ? "" : "s");
    else if (t->unsent)
        printf("Bail out! %s\n", inj_sink_error(t->session.sink));
    else if (p->expected != NULL)
        inj_expected_report(p->expected, stdout, p->points, done, p->is_whole);
    inj_tap_summary(stdout, p->points, done);
    status = inj_plan_report(p, t->options, &t->bench, done);
    if (status != INJ_DONE)
        return status;
    if (!inj_printed() || t->unsent || inj_interrupted())
        return INJ_UNSENT;
    return bad > 0 || done < p->n ? INJ_FAILED : INJ_DONE;
}

enum inj_status
inj_test_command(const struct inj_options *o)
{
    struct inj_tester *t = calloc(1, sizeof(*t));
    struct inj_plan p = { 0 };
    enum inj_status status;

    if (t == NULL) {
        inj_complain("out of memory");
        return INJ_UNSENT;
    }
    t->options = o;
    status = inj_plan_make(&p, o);
    if (status == INJ_DONE)
        status = read_words(t);
    if (status == INJ_DONE)
        status = inj_session_begin(&t->session, o);
    if (status == INJ_DONE)
        status = begin_bench(t);
    if (status == INJ_DONE)
        status = open_link(t);
    if (status == INJ_DONE)
        status = inj_plan_open(&p, o, &t->bench);
    if (status == INJ_DONE)
        status = open_sender(t);
    if (status == INJ_DONE)
        status = run_plan(t, &p);
    else
        inj_plan_undo(&p, o);
    if (t->session.options != NULL)
        status = inj_session_end(&t->session, status);
    inj_listener_close(t->ear);
    inj_plan_free(&p);
    free(t->heard);
    free(t);
    return status;
}
