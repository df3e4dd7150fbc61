/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plugin.c - the four symbols that Wireshark looks for; mipro.map hides all others.
 */
#define WS_BUILD_DLL
#include "packet-mipro.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = MIPRO_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

void
plugin_register(void)
{
    static const proto_plugin mipro = { proto_register_mipro, proto_reg_handoff_mipro };
    static const proto_plugin minenc = { proto_register_minenc, proto_reg_handoff_minenc };

    proto_register_plugin(&mipro);
    proto_register_plugin(&minenc);
}
