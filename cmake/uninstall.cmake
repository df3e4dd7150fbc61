# SPDX-License-Identifier: GPL-2.0-or-later
# cmake --build build --target uninstall: remove what cmake --install put there.  A file that
# was changed since is the user's, and is kept.
include(${CMAKE_CURRENT_LIST_DIR}/sums.cmake)

set(sums ${CMAKE_BINARY_DIR}/install_sums.txt)
file(GLOB manifests install_manifest*.txt)
if(NOT manifests AND NOT EXISTS ${sums})
    message(FATAL_ERROR "uninstall: no install_manifest.txt in ${CMAKE_BINARY_DIR}: nothing was installed from here")
endif()
mipro_read_sums(${sums})
set(installed "")
foreach(manifest ${manifests})
    file(STRINGS ${manifest} paths)
    list(APPEND installed ${paths})
endforeach()
# A manifest lists only what the last installation wrote.
foreach(line IN LISTS MIPRO_READ_SUMS)
    string(SUBSTRING "${line}" 65 -1 path)
    list(APPEND installed "${path}")
endforeach()
list(REMOVE_DUPLICATES installed)

set(folders)
foreach(path IN LISTS installed)
    set(there "$ENV{DESTDIR}${path}")
    mipro_sum("${path}" was)
    set(now "")
    # A version that recorded no checksums may have installed it: among such files, Wireshark
    # changes only those of the profile.
    if(EXISTS "${there}" AND (NOT was STREQUAL "" OR path MATCHES "/profiles/Mobile IP/"))
        file(SHA256 "${there}" now)
    endif()
    if(NOT now STREQUAL was AND NOT now STREQUAL "") # a link may be dangling by now
        message("Kept, as it was changed: ${there}")
    elseif(EXISTS "${there}" OR IS_SYMLINK "${there}")
        message(STATUS "Removing ${there}")
        file(REMOVE "${there}")
    endif()
    # Folders named after us, because Wireshark would still offer an empty profile.
    get_filename_component(folder "${there}" DIRECTORY)
    while(folder MATCHES "/(mipro|Mobile IP)(/|$)")
        list(APPEND folders "${folder}")
        get_filename_component(folder "${folder}" DIRECTORY)
    endwhile()
endforeach()
file(REMOVE ${manifests} ${sums})

# The longest first, so that each follows its subfolders; one that is not empty is kept.
list(REMOVE_DUPLICATES folders)
list(SORT folders ORDER DESCENDING)
foreach(folder IN LISTS folders)
    execute_process(COMMAND rmdir "${folder}" ERROR_QUIET RESULT_VARIABLE failed)
    if(failed AND IS_DIRECTORY "${folder}")
        message("Kept, because it has files of yours: ${folder}")
    endif()
endforeach()
