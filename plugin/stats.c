/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet-mipro.h"
void
mipro_tap(struct mipro_view *view _U_)
{
}
void
mipro_register_stats(void)
{
}
