/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "send/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t interrupted;

static void
note_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

void
inj_catch_interrupts(void)
{
    struct sigaction action = { .sa_handler = note_interrupt };

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL); /* no SA_RESTART: a sleep ends */
    sigaction(SIGTERM, &action, NULL);
    /* A closed pipe makes a write fail instead, unless SIGPIPE already has a handler. */
    sigaction(SIGPIPE, NULL, &action);
    if (action.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

bool
inj_interrupted(void)
{
    return interrupted != 0;
}
