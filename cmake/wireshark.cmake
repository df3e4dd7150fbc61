# SPDX-License-Identifier: GPL-2.0-or-later
# Find Wireshark, and the folders where it looks for plugins and profiles: under its own prefix and
# in the user's folders, nowhere else.

# Debian 12 has WiresharkConfig.cmake where CMake does not look by default.
find_package(Wireshark 4.0 CONFIG REQUIRED
    HINTS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/wireshark/cmake)
set(MIPRO_WIRESHARK ${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION})

if(MIPRO_USER)      # the prefix is ~/.local
    set(MIPRO_PLUGIN_DIR lib/wireshark/plugins/${MIPRO_WIRESHARK}/epan)
    set(MIPRO_EXTCAP_DIR lib/wireshark/extcap)
    if(MIPRO_WIRESHARK VERSION_LESS 4.2)
        set(MIPRO_EXTCAP_DIR ../.config/wireshark/extcap)
    endif()
    set(MIPRO_PROFILE_DIR ../.config/wireshark/profiles)
else()
    set(MIPRO_PLUGIN_DIR ${Wireshark_PLUGIN_LIBDIR}/epan)
    file(RELATIVE_PATH MIPRO_EXTCAP_DIR ${Wireshark_INSTALL_PREFIX} ${Wireshark_EXTCAP_INSTALL_DIR})
    set(MIPRO_PROFILE_DIR share/wireshark/profiles)
endif()

# What is installed between these two is installed under Wireshark's prefix if the prefix is
# /usr/local.  Any other prefix (a stage, a package) is used as it is.
function(begin_wireshark_prefix)
    install(CODE "set(MIPRO_PREFIX \"\${CMAKE_INSTALL_PREFIX}\")
    if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr/local\")
        set(CMAKE_INSTALL_PREFIX \"${Wireshark_INSTALL_PREFIX}\")
    endif()" ALL_COMPONENTS)
endfunction()
function(end_wireshark_prefix)
    install(CODE "set(CMAKE_INSTALL_PREFIX \"\${MIPRO_PREFIX}\")" ALL_COMPONENTS)
endfunction()
