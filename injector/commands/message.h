/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message.h - the commands that send one kind of message: warning to advertisement.
 */
#ifndef INJ_MESSAGE_H
#define INJ_MESSAGE_H

#include "cli/options.h"

enum inj_status inj_message_command(const struct inj_options *o);

#endif
