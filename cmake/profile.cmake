# SPDX-License-Identifier: GPL-2.0-or-later
# Run by cmake --install for a single user: install the profile of MIPRO_PROFILES in MIPRO_TO.
# Wireshark saves preferences, columns and colours in it, so a file that was changed since it was
# installed belongs to the user, and is kept.
include(${CMAKE_CURRENT_LIST_DIR}/sums.cmake)

mipro_read_sums(${MIPRO_SUMS})
file(GLOB_RECURSE files RELATIVE ${MIPRO_PROFILES} ${MIPRO_PROFILES}/*)
foreach(name IN LISTS files)
    set(path "${MIPRO_TO}/${name}")
    set(there "$ENV{DESTDIR}${path}")
    if(EXISTS "${there}")
        file(SHA256 "${there}" now)
        file(SHA256 "${MIPRO_PROFILES}/${name}" new)
        mipro_sum("${path}" was)
        if(NOT now STREQUAL was AND NOT now STREQUAL new)
            message("Kept, because you changed it: ${there}")
            continue()
        endif()
    endif()
    get_filename_component(folder "${path}" DIRECTORY)
    file(INSTALL "${MIPRO_PROFILES}/${name}" DESTINATION "${folder}")
endforeach()
