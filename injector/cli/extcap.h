/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extcap.h - the injector as a capture interface of Wireshark (extcap(4)).
 *
 * Wireshark starts the program with options of its own instead of a command;
 * they are turned into a command that writes to Wireshark's pipe.
 */
#ifndef INJ_EXTCAP_H
#define INJ_EXTCAP_H

#include "cli/options.h"

/* Was the program started by Wireshark? */
bool inj_extcap_wanted(int argc, char **argv);
enum inj_status inj_extcap(int argc, char **argv);

#endif
