/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet-mipro.h"
void
mipro_learn_exchange(struct mipro_view *view _U_)
{
}
void
mipro_register_exchange(void)
{
}
