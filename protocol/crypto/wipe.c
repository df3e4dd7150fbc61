/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/wipe.h"

#include <stdint.h>
#include <string.h>

__attribute__((noinline)) void
mipro_wipe_stack(void)
{
    uint8_t room[2048];

    explicit_bzero(room, sizeof(room));
}
