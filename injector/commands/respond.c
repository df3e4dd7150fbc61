/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command `respond`: a reference node, so that a first run of `test` needs no device.
 */
#include "respond/respond.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "cli/session.h"
#include "mipro_text.h"

#define DEFAULT_HOME 0x0a010009u /* 10.1.0.9, as `test` has it */
#define DEFAULT_RATE 5
#define DEFAULT_INTERVAL 10.0 /* seconds */
#define DEFAULT_WINDOW 7.0    /* seconds: RFC 2002 5.6.1 */
#define DEFAULT_REVIVE 1.0    /* seconds */
#define MAX_RATE 1000

static enum inj_status
list_faults(void)
{
    const struct inj_fault *f;

    for (size_t i = 0; (f = inj_fault_at(i)) != NULL; i++) {
        printf("%-30s %s (", f->name, f->summary);
        for (unsigned role = 0, n = 0; role < INJ_ROLES; role++) {
            if ((f->roles >> role & 1) != 0)
                printf("%s%s", n++ > 0 ? ", " : "", inj_role_name((enum inj_role)role));
        }
        puts(f->replay == MIPRO_REPLAY_TIMESTAMP ? "; with timestamps)"
             : f->replay == MIPRO_REPLAY_NONCE   ? "; with nonces)"
                                                 : ")");
    }
    return inj_printed() ? INJ_DONE : INJ_UNSENT;
}

static void
complain_of_fault(const char *name)
{
    struct mipro_guess guess = { .word = name, .n = strlen(name) };
    const struct inj_fault *f;

    for (size_t i = 0; (f = inj_fault_at(i)) != NULL; i++)
        mipro_guess_try(&guess, f->name);
    if (guess.meant != NULL)
        inj_complain("--fault: '%s' is not a fault; did you mean %s?", name, guess.meant);
    else
        inj_complain("--fault: '%s' is not a fault; --list-faults lists them", name);
}

static bool
read_role(struct inj_respond_setup *s, const struct inj_options *o)
{
    const struct inj_value *role = &o->value[INJ_OPT_ROLE];
    const struct inj_value *fault = &o->value[INJ_OPT_FAULT];

    s->role = role->given ? inj_role_by_name(role->text) : INJ_AS_CORRESPONDENT;
    s->fault = fault->given ? inj_fault_by_name(fault->text) : inj_fault_at(0);
    if (s->fault == NULL) {
        complain_of_fault(fault->text);
        return false;
    }
    if ((s->fault->roles >> s->role & 1) == 0)
        inj_complain("warning: --fault=%s does not show in the role %s; --list-faults says in "
                     "which it does",
            s->fault->name, inj_role_name(s->role));
    return true;
}

/* The address must be ours, since answers are sent from it; its interface gives the netmask. */
static bool
read_address(struct inj_respond_setup *s, const struct inj_options *o)
{
    struct ifaddrs *list;
    bool found = false;

    if (!inj_given(o, INJ_OPT_SOURCE)) {
        inj_complain("respond: --source is missing; give --source=ADDR (the node's own address)");
        return false;
    }
    s->address = (uint32_t)o->value[INJ_OPT_SOURCE].number;
    if (getifaddrs(&list) != 0) {
        inj_complain("the addresses of this host cannot be read");
        return false;
    }
    for (const struct ifaddrs *a = list; a != NULL && !found; a = a->ifa_next) {
        struct sockaddr_in addr, mask;

        if (a->ifa_addr == NULL || a->ifa_netmask == NULL || a->ifa_addr->sa_family != AF_INET)
            continue;
        memcpy(&addr, a->ifa_addr, sizeof(addr));
        memcpy(&mask, a->ifa_netmask, sizeof(mask));
        found = ntohl(addr.sin_addr.s_addr) == s->address;
        s->netmask = ntohl(mask.sin_addr.s_addr);
    }
    freeifaddrs(list);
    if (!found)
        inj_complain("--source=%s is not an address of this host; give one of 'ip -4 addr'",
            o->value[INJ_OPT_SOURCE].text);
    return found;
}

static double
seconds_of(const struct inj_options *o, enum inj_option option, double otherwise)
{
    return inj_given(o, option) ? o->value[option].decimal : otherwise;
}

static bool
read_times(struct inj_respond_setup *s, const struct inj_options *o)
{
    unsigned long long n = DEFAULT_RATE;
    double interval = DEFAULT_INTERVAL;
    char end;

    if (inj_given(o, INJ_OPT_UPDATE_RATE) &&
        (sscanf(o->value[INJ_OPT_UPDATE_RATE].text, "%llu/%lf%c", &n, &interval, &end) != 2 ||
            n == 0 || n > MAX_RATE || !(interval > 0 && interval <= 3600))) {
        inj_complain(
            "--update-rate: '%s' is not N/S, such as 5/10", o->value[INJ_OPT_UPDATE_RATE].text);
        return false;
    }
    s->rate_limit = (unsigned)n;
    s->rate_interval = (int64_t)(interval * (double)MIPRO_SECOND);
    s->window = (int64_t)(seconds_of(o, INJ_OPT_WINDOW, DEFAULT_WINDOW) * (double)MIPRO_SECOND);
    s->revive = seconds_of(o, INJ_OPT_REVIVE, DEFAULT_REVIVE);
    return true;
}

enum inj_status
inj_respond_command(const struct inj_options *o)
{
    struct inj_respond_setup s = { 0 };
    struct inj_session session;
    enum inj_status status;

    if (inj_given(o, INJ_OPT_LIST_FAULTS))
        return list_faults();
    if (!read_role(&s, o) || !read_times(&s, o))
        return INJ_USAGE;
    if (!inj_given(o, INJ_OPT_KEYS)) {
        inj_complain("respond: --keys is missing; give --keys=FILE (mipro-keys(5))");
        return INJ_USAGE;
    }
    if (!read_address(&s, o))
        return INJ_USAGE;
    status = inj_session_begin(&session, o);
    if (status == INJ_DONE) {
        s.home = (uint32_t)inj_number(o, INJ_OPT_HOME, DEFAULT_HOME);
        s.agent = (uint32_t)inj_number(o, INJ_OPT_HOME_AGENT, 0);
        s.ring = session.ring;
        s.set = session.set;
        s.set.reading = MIPRO_READING_DRAFT;
        status = inj_respond(&s);
    }
    return inj_session_end(&session, status);
}
